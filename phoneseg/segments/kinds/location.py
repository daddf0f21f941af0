"""Place of the primary phone."""

import polars as pl

from phoneseg.profiles.country_names import is_country_name
from phoneseg.segments.kind import SegmentKind

_IS_A_PLACE = ~is_country_name(pl.col("location_name"), pl.col("region_code"))

KIND = SegmentKind(
    name="location",
    family="geographic",
    description="Place that the number range of the contact's primary phone was given to.",
    definition="region_code:location_name of a valid, geographic primary phone, where it is more than the country.",
    definition_version="1",
    is_exclusive=True,
    inputs=("is_valid", "is_geographic", "region_code", "location_name"),
    code=pl.when(pl.col("is_valid") & pl.col("is_geographic") & _IS_A_PLACE).then(
        pl.col("region_code") + pl.lit(":") + pl.col("location_name")
    ),
    label=pl.col("location_name") + pl.lit(" (") + pl.col("region_code") + pl.lit(")"),
)

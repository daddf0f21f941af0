"""Original carrier of the primary phone."""

import polars as pl

from phoneseg.segments.kind import SegmentKind

KIND = SegmentKind(
    name="original_carrier",
    family="carrier",
    description="Carrier that the number range of the contact's primary phone was first given to.",
    definition="region_code:original_carrier_name of a valid primary phone; see kind portability.",
    definition_version="1",
    is_exclusive=True,
    inputs=("is_valid", "region_code", "original_carrier_name"),
    code=pl.when("is_valid").then(pl.col("region_code") + pl.lit(":") + pl.col("original_carrier_name")),
    label=pl.col("original_carrier_name") + pl.lit(" (") + pl.col("region_code") + pl.lit(")"),
)

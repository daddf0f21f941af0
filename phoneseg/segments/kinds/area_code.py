"""Area code of the primary phone."""

import polars as pl

from phoneseg.segments.kind import SegmentKind

_CALLING_CODE = pl.col("country_calling_code").cast(pl.String)

KIND = SegmentKind(
    name="area_code",
    family="geographic",
    description="Area code of the contact's primary phone.",
    definition="country_calling_code-national_destination_code of a valid, geographic primary phone.",
    definition_version="1",
    is_exclusive=True,
    inputs=("is_valid", "is_geographic", "country_calling_code", "national_destination_code"),
    code=pl.when(pl.col("is_valid") & pl.col("is_geographic")).then(
        _CALLING_CODE + pl.lit("-") + pl.col("national_destination_code")
    ),
    label=pl.lit("+") + _CALLING_CODE + pl.lit(" ") + pl.col("national_destination_code"),
)

"""Whether the primary phone can have left its original carrier."""

import polars as pl

from phoneseg.segments.kind import SegmentKind

_CAN_BE_MOBILE = pl.col("number_type").is_in(["MOBILE", "FIXED_LINE_OR_MOBILE"])

KIND = SegmentKind(
    name="portability",
    family="carrier",
    description="Whether the contact's mobile number can have moved away from its original carrier.",
    definition="is_carrier_portable of a valid primary phone that is, or may be, a mobile.",
    definition_version="1",
    is_exclusive=True,
    inputs=("is_valid", "number_type", "is_carrier_portable"),
    code=pl.when(pl.col("is_valid") & _CAN_BE_MOBILE).then(
        pl.when("is_carrier_portable").then(pl.lit("PORTABLE")).otherwise(pl.lit("NOT_PORTABLE"))
    ),
    label=pl.when(pl.col("segment_code") == "PORTABLE")
    .then(pl.lit("May have another carrier"))
    .otherwise(pl.lit("Still with its original carrier")),
    codes=("PORTABLE", "NOT_PORTABLE"),
)

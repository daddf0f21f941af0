"""How many valid phones the contact has."""

import polars as pl

from phoneseg.segments.kind import SegmentKind

_COUNT = pl.col("valid_phone_count")
_NAMES = {"NONE": "No valid phone", "ONE": "One valid phone", "SEVERAL": "Several valid phones"}

KIND = SegmentKind(
    name="valid_phones",
    family="reach",
    description="How many valid phones the contact has.",
    definition="NONE, ONE or SEVERAL, by valid_phone_count.",
    definition_version="1",
    is_exclusive=True,
    inputs=("valid_phone_count",),
    code=pl.when(_COUNT == 0).then(pl.lit("NONE")).when(_COUNT == 1).then(pl.lit("ONE")).otherwise(pl.lit("SEVERAL")),
    label=pl.col("segment_code").replace_strict([*_NAMES], [*_NAMES.values()]),
    codes=tuple(_NAMES),
)

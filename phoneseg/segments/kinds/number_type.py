"""Type of the primary phone."""

import polars as pl

from phoneseg.segments.kind import SegmentKind

_NAMES = {
    "FIXED_LINE": "Fixed line",
    "MOBILE": "Mobile",
    "FIXED_LINE_OR_MOBILE": "Fixed line or mobile",
    "TOLL_FREE": "Toll-free",
    "PREMIUM_RATE": "Premium rate",
    "SHARED_COST": "Shared cost",
    "VOIP": "Internet telephony",
    "PERSONAL_NUMBER": "Personal number",
    "PAGER": "Pager",
    "UAN": "Company number",
    "VOICEMAIL": "Voicemail",
    "UNKNOWN": "Not a valid number",
}

KIND = SegmentKind(
    name="number_type",
    family="carrier",
    description="Type of the contact's primary phone; some countries cannot tell mobile from fixed line.",
    definition="number_type of the primary phone; UNKNOWN is a number that is possible but not valid.",
    definition_version="1",
    is_exclusive=True,
    inputs=("number_type",),
    code=pl.col("number_type"),
    label=pl.col("segment_code").replace_strict([*_NAMES], [*_NAMES.values()], default=pl.col("segment_code")),
    codes=tuple(_NAMES),
)

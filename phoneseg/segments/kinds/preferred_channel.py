"""Channel that the contact uses most."""

import polars as pl

from phoneseg.segments.kind import SegmentKind
from phoneseg.segments.labels import sentence_case

_CHANNEL = pl.col("preferred_channel").str.strip_chars().str.to_lowercase()

KIND = SegmentKind(
    name="preferred_channel",
    family="behavioral",
    description="Channel that the contact uses most.",
    definition="preferred_channel in small letters; unknown where there is none.",
    definition_version="1",
    is_exclusive=True,
    inputs=("preferred_channel",),
    code=pl.when(_CHANNEL != "").then(_CHANNEL).otherwise(pl.lit("unknown")),
    label=sentence_case(pl.col("segment_code"), {"sms": "SMS", "whatsapp": "WhatsApp", "rcs": "RCS", "mms": "MMS"}),
)

"""Country of the primary phone."""

import polars as pl

from phoneseg.profiles.country_names import country_name
from phoneseg.segments.kind import SegmentKind

KIND = SegmentKind(
    name="country",
    family="geographic",
    description="Country that the contact's primary phone belongs to.",
    definition="region_code of a valid primary phone, ISO 3166 alpha-2; 001 is an international service.",
    definition_version="1",
    is_exclusive=True,
    inputs=("is_valid", "region_code"),
    code=pl.when("is_valid").then("region_code"),
    label=country_name(pl.col("segment_code")),
)

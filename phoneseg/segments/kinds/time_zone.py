"""Time zones of the primary phone."""

import polars as pl

from phoneseg.segments.kind import SegmentKind

KIND = SegmentKind(
    name="time_zone",
    family="geographic",
    description="Time zone that the contact's primary phone may be in; a wide number range lies in several.",
    definition="Each of the time_zones of a valid primary phone, IANA names; Etc/Unknown makes no member.",
    definition_version="1",
    is_exclusive=False,
    inputs=("is_valid", "time_zones"),
    code=pl.when("is_valid").then(
        pl.col("time_zones").str.split(",").list.filter(pl.element() != pl.lit("Etc/Unknown"))
    ),
    label=pl.col("segment_code").str.replace_all("_", " ", literal=True),
)

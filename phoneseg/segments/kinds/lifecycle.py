"""Where the contact is in its life as one of ours."""

import polars as pl

from phoneseg.segments.kind import KindParameters, SegmentKind, version_of
from phoneseg.segments.labels import sentence_case


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind as it is at as_of.

    Args:
        parameters: as_of, and the settings with the days that part the segments.
    """
    bounds = parameters.settings.lifecycle
    since_seen, since_engaged = (
        pl.lit(parameters.as_of) - pl.col(name) for name in ("first_seen_at", "last_engagement_at")
    )
    return SegmentKind(
        name="lifecycle",
        family="behavioral",
        description="How long ago the contact was first seen and last turned to us.",
        definition=(
            f"new: first_seen_at is at most {bounds.new_days} days before as_of. Else by last_engagement_at: active "
            f"is at most {bounds.active_days} days before as_of, cooling {bounds.cooling_days}, dormant "
            f"{bounds.dormant_days}, lost more; never_active has none."
        ),
        definition_version=version_of("1", (parameters.settings, "lifecycle")),
        is_exclusive=True,
        inputs=("first_seen_at", "last_engagement_at"),
        code=pl.when(since_seen <= pl.duration(days=bounds.new_days))
        .then(pl.lit("new"))
        .when(since_engaged <= pl.duration(days=bounds.active_days))
        .then(pl.lit("active"))
        .when(since_engaged <= pl.duration(days=bounds.cooling_days))
        .then(pl.lit("cooling"))
        .when(since_engaged <= pl.duration(days=bounds.dormant_days))
        .then(pl.lit("dormant"))
        .when(pl.col("last_engagement_at").is_not_null())
        .then(pl.lit("lost"))
        .otherwise(pl.lit("never_active")),
        label=sentence_case(pl.col("segment_code")),
        codes=("new", "active", "cooling", "dormant", "lost", "never_active"),
    )

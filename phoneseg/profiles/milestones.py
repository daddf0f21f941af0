"""The first and the last time of what a contact does."""

import polars as pl

from phoneseg.contracts.activity import ACTIVITY_KINDS
from phoneseg.contracts.model import UTC_INSTANT
from phoneseg.profiles.timeline import Timeline, came_from_contact


def find_milestones(timeline: Timeline, created_at: pl.Series) -> pl.DataFrame:
    """Find when a contact first and last did something, or had something done to it.

    Instants rather than ages: tenure is `as_of - first_seen_at`, recency `as_of - last_purchase_at`, and neither makes
    a row new every day. `first_seen_at` is when the contact came to be, or its first event where that was earlier or
    where the source does not say.

    Args:
        timeline: The events.
        created_at: When each contact came to be, null where nobody knows.

    Returns:
        One row per contact in order: `first_seen_at`, `first_activity_at`, `last_activity_at`, `last_engagement_at` (of
        what came from the contact: what we do makes nobody active), `first_purchase_at`, and `last_<kind>_at` of each
        kind of activity; null where there is none.
    """
    is_purchase = pl.col("kind") == "purchase"
    found = timeline.events.group_by("contact").agg(
        pl.col("at_us").min().alias("first_activity_at"),
        pl.col("at_us").max().alias("last_activity_at"),
        pl.when(came_from_contact()).then("at_us").max().alias("last_engagement_at"),
        pl.when(is_purchase).then("at_us").min().alias("first_purchase_at"),
        *(pl.when(pl.col("kind") == kind).then("at_us").max().alias(f"last_{kind}_at") for kind in ACTIVITY_KINDS),
    )
    instants = timeline.spread(found).cast(UTC_INSTANT)
    return instants.with_columns(first_seen_at=pl.min_horizontal(pl.lit(created_at), "first_activity_at"))

"""The contact profile out of what the source, the phones and the activity say."""

from datetime import datetime

import polars as pl

from phoneseg.contracts import contact_profile
from phoneseg.profiles.place import add_place
from phoneseg.profiles.seasons import summarize_seasons
from phoneseg.settings import ProfileSettings

SCORES = ("recency_score", "frequency_score", "monetary_score")


def build_profiles(
    base: pl.LazyFrame, activity: pl.LazyFrame, as_of: datetime, settings: ProfileSettings
) -> pl.LazyFrame:
    """Build the profiles of some contacts.

    Args:
        base: Rows of CONTACT_BASE.
        activity: Rows of ACTIVITY of those contacts, all before `as_of`.
        as_of: End of the windows, UTC.
        settings: How activity becomes figures.

    Returns:
        Rows of `contact_profile(settings.windows_days)`, one per row of `base`, whose scores and `content_hash` are
        null: those depend on all contacts, and on the memberships.
    """
    table = contact_profile(settings.windows_days)
    base = add_place(base, settings.place).with_columns(time_zone=pl.lit(None, pl.String))
    seasons = summarize_seasons(activity, base, as_of, settings.seasons)
    base = base.join(seasons, on="contact_id", how="left", maintain_order="left")
    missing = [column for column in table.columns if column.name not in base.collect_schema()]
    return table.conform(
        base.with_columns(
            pl.lit(0 if "_count_" in column.name or "active_days" in column.name else None).alias(column.name)
            for column in missing
        )
    )


def score_purchases(profiles: pl.LazyFrame, settings: ProfileSettings) -> pl.LazyFrame:
    """Return the RFM scores of all contacts that have purchased.

    Args:
        profiles: Rows of the contact profile of all contacts.
        settings: Which window the scores are about.

    Returns:
        `contact_id`, `recency_score`, `frequency_score`, `monetary_score`.
    """
    return profiles.filter(pl.col("last_purchase_at").is_not_null()).select(
        "contact_id", *(pl.lit(1, pl.Int16).alias(score) for score in SCORES)
    )

"""The contact profile out of what the source, the phones and the activity say."""

from datetime import datetime

import polars as pl

from phoneseg.contracts import contact_profile
from phoneseg.profiles.counterparties import measure_counterparties
from phoneseg.profiles.counts import count_events, measure_answered_share, measure_trend
from phoneseg.profiles.local_time import time_zone_of
from phoneseg.profiles.milestones import find_milestones
from phoneseg.profiles.money import measure_money
from phoneseg.profiles.place import add_place
from phoneseg.profiles.preferred_channel import find_preferred_channel
from phoneseg.profiles.repeat_purchases import measure_repeat_purchases
from phoneseg.profiles.responses import measure_responses
from phoneseg.profiles.rhythm import measure_clock, measure_gaps
from phoneseg.profiles.seasons import summarize_seasons
from phoneseg.profiles.timeline import order_events
from phoneseg.settings import ProfileSettings


def build_profiles(
    base: pl.LazyFrame, activity: pl.LazyFrame, as_of: datetime, settings: ProfileSettings
) -> pl.LazyFrame:
    """Build the profiles of some contacts.

    Args:
        base: Rows of CONTACT_BASE.
        activity: Rows of ACTIVITY of those contacts; one at or after `as_of` counts nowhere.
        as_of: End of the windows, UTC.
        settings: How activity becomes figures.

    Returns:
        Rows of `contact_profile(settings.windows_days)`, one per row of `base`, ordered by time zone. The scores and
        `content_hash` are null: those depend on all contacts, and on the memberships.
    """
    zone = time_zone_of(pl.col("time_zones"), pl.col("region_hint"), pl.col("region_code"))
    placed = add_place(base, settings.place)
    contacts = placed.with_columns(time_zone=zone).collect().sort("time_zone", maintain_order=True)
    timeline = order_events(activity, contacts["contact_id"], as_of, settings)
    profiles = pl.concat(
        [
            contacts,
            count_events(timeline),
            measure_counterparties(timeline),
            measure_money(timeline),
            measure_gaps(timeline),
            measure_responses(timeline, settings),
            measure_answered_share(timeline),
            measure_clock(timeline, contacts["time_zone"], settings),
            measure_trend(timeline),
            find_milestones(timeline, contacts["contact_created_at"]),
            measure_repeat_purchases(timeline),
            find_preferred_channel(timeline),
        ],
        how="horizontal",
    ).lazy()
    seasons = summarize_seasons(activity, contacts.lazy(), as_of, settings.seasons)
    profiles = profiles.join(seasons, on="contact_id", how="left", maintain_order="left")
    table = contact_profile(settings.windows_days)
    later = set(table.column_names) - set(profiles.collect_schema())  # of other modules, of other verbs
    return table.conform(profiles.with_columns(pl.lit(None).alias(name) for name in later))

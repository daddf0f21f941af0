"""The channel that a contact uses most."""

import polars as pl

from phoneseg.profiles.timeline import Timeline, came_from_contact


def find_preferred_channel(timeline: Timeline) -> pl.DataFrame:
    """Find the channel with most events that came from the contact, in the longest window that has a length.

    A call from the contact is of the channel `call`, a visit of `visit`; its messages and purchases are of the channel
    that the source names, in small letters, else of `message` and `purchase`. Of channels with as many events, the one
    that was used last is preferred, then the first by name.

    Returns:
        One row per contact in order: `preferred_channel`; null without such an event.
    """
    longest = timeline.windows[-2].position
    has_name = pl.col("kind").is_in(["message", "purchase"])
    channel = pl.coalesce(
        pl.when(has_name).then(pl.col("channel").cast(pl.String).str.to_lowercase()), pl.col("kind").cast(pl.String)
    )
    uses = timeline.events.lazy().filter(came_from_contact() & (pl.col("window") <= longest))
    counts = uses.group_by("contact", channel.alias("preferred_channel")).agg(
        count=pl.len(), last_at_us=pl.col("at_us").max()
    )
    best = (
        counts.sort("contact", "count", "last_at_us", "preferred_channel", descending=[False, True, True, False])
        .unique("contact", keep="first", maintain_order=True)
        .select("contact", "preferred_channel")
    )
    return timeline.spread(best.collect())

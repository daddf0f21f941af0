"""How often: events by kind and direction, days with an event, calls picked up, and the trend."""

from typing import Final

import polars as pl

from phoneseg.profiles.shares import share
from phoneseg.profiles.timeline import DAY_US, Timeline

_IS_CALL: Final = pl.col("kind") == "call"
_IS_MESSAGE: Final = pl.col("kind") == "message"
_IS_OURS: Final = ~pl.col("is_inbound")


def count_events(timeline: Timeline) -> pl.DataFrame:
    """Count the events of each window by kind and direction, and the days with one.

    Days are those of UTC: bandicoot's `active_days` (de Montjoye, Rocher & Pentland 2016, "bandicoot: a Python toolbox
    for mobile phone metadata", JMLR 17). A call or message whose direction nobody knows is an event, and neither in
    nor out.

    Returns:
        One row per contact in order: `event_count`, `call_in_count`, `call_out_count`, `message_in_count`,
        `message_out_count`, `purchase_count`, `visit_count`, `active_days`, each by window; never null.
    """
    day = pl.col("at_us") // DAY_US
    is_last_of_day = day.ne_missing(day.shift(-1)) | pl.col("contact").ne_missing(pl.col("contact").shift(-1))
    return timeline.sum(
        event_count=pl.col("contact").is_not_null(),
        call_in_count=_IS_CALL & pl.col("is_inbound"),
        call_out_count=_IS_CALL & _IS_OURS,
        message_in_count=_IS_MESSAGE & pl.col("is_inbound"),
        message_out_count=_IS_MESSAGE & _IS_OURS,
        purchase_count=pl.col("kind") == "purchase",
        visit_count=pl.col("kind") == "visit",
        active_days=is_last_of_day,
    )


def measure_answered_share(timeline: Timeline) -> pl.DataFrame:
    """Measure the share of our calls that the contact picked up.

    Returns:
        One row per contact in order: `answered_share` by window, 0 to 1; null without a call of ours of which it is
        known whether it was picked up.
    """
    is_known = _IS_CALL & _IS_OURS & pl.col("is_answered").is_not_null()
    sums = timeline.sum(answered=is_known & pl.col("is_answered"), known=is_known)
    return sums.select(
        share(pl.col(f"answered_{window.suffix}"), pl.col(f"known_{window.suffix}")).alias(
            f"answered_share_{window.suffix}"
        )
        for window in timeline.windows
    )


def measure_trend(timeline: Timeline) -> pl.DataFrame:
    """Compare the events of each window with those of the window of the same length before it.

    Returns:
        One row per contact in order: `trend` by window that has a length, `(now - before) / (now + before)`: -1 where
        the contact fell silent, 1 where it was silent before; null without an event in both.
    """
    figures = []
    for window in timeline.windows:
        if window.days is None:
            continue
        since, before = (timeline.as_of_us - times * window.days * DAY_US for times in (1, 2))
        sums = timeline.sum_all(now=pl.col("at_us") >= since, both=pl.col("at_us") >= before)
        now, both = pl.col("now"), pl.col("both")
        figures.append(sums.select(share(2 * now - both, both).alias(f"trend_{window.suffix}")).to_series())
    return pl.DataFrame(figures)

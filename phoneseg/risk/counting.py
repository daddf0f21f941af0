"""How much happens per prefix: events of each hour or day, at every level that a number belongs to."""

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from phoneseg.contracts.risk import PREFIX_ACTIVITY, PREFIX_LEVELS

WINDOWS_H: Final = (1, 24)
_KEY: Final = PREFIX_ACTIVITY.key


def count_prefixes(events: pl.LazyFrame, start: datetime, end: datetime, window_h: int) -> pl.LazyFrame:
    """Count the events of every prefix, per hour or per day of an interval.

    Args:
        events: Rows of RISK_EVENT; those outside of the interval do not count.
        start: Where the interval begins.
        end: Where it ends; days are 24 hours that begin with `start`.
        window_h: 1 or 24.

    Returns:
        Rows of PREFIX_ACTIVITY, in no order. An event counts at each level that it has a prefix for, so that levels
        are not to be summed. Where nothing happened, there is no row.

    Raises:
        ValueError: The interval is not made of whole windows.
    """
    window = timedelta(hours=window_h)
    if window_h not in WINDOWS_H or start >= end or (end - start) % window:
        raise ValueError(f"the interval has to be made of whole windows of {' or '.join(map(str, WINDOWS_H))} h")
    passed = (pl.col("occurred_at") - start).dt.total_microseconds() // (window // timedelta(microseconds=1))
    within = events.filter(pl.col("occurred_at") >= start, pl.col("occurred_at") < end).with_columns(
        as_of=start + (passed + 1) * pl.lit(window), window_h=pl.lit(window_h)
    )
    return pl.concat(_count_level(within, level) for level in PREFIX_LEVELS)


def _count_level(events: pl.LazyFrame, level: str) -> pl.LazyFrame:
    counted = (
        events.drop_nulls(level)
        .with_columns(prefix_level=pl.lit(level), prefix=pl.col(level))
        .group_by(_KEY)
        .agg(
            event_count=pl.len(),
            number_count=pl.col("phone_token").n_unique(),
            answered_count=pl.col("is_answered").sum(),
            total_duration_s=pl.col("duration_s").cast(pl.Int64).sum(),
        )
    )
    return PREFIX_ACTIVITY.conform(counted)


def add_hours(hours: pl.LazyFrame, as_of: datetime) -> pl.LazyFrame:
    """Add the 24 hours that end at `as_of` up to one day.

    Distinct numbers of hours do not add up: a number may call in several. `number_count` is that of the busiest hour,
    which the day has at least; count a day from its events where it matters.

    Args:
        hours: Rows of PREFIX_ACTIVITY; those of days, and of other hours, do not count.
        as_of: End of the day.

    Returns:
        Rows of PREFIX_ACTIVITY, in no order.
    """
    within = hours.filter(
        pl.col("window_h") == 1, pl.col("as_of") > as_of - timedelta(days=1), pl.col("as_of") <= as_of
    ).with_columns(as_of=pl.lit(as_of), window_h=pl.lit(24))
    sums = [pl.col(name).sum() for name in ("event_count", "answered_count", "total_duration_s")]
    return PREFIX_ACTIVITY.conform(within.group_by(_KEY).agg(*sums, pl.col("number_count").max()))

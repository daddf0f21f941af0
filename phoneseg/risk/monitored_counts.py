"""The counts of prefixes that a run adds to those of the runs before it."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from phoneseg.contracts.risk import PREFIX_ACTIVITY
from phoneseg.risk.counting import count_prefixes
from phoneseg.risk.read_times import list_whole_days


def count_interval(
    events: pl.LazyFrame, start: datetime, as_of: datetime, hourly_levels: Sequence[str]
) -> pl.LazyFrame:
    """Count the events of each prefix by the hours of a data interval, and by the days that end in it.

    Args:
        events: Rows of RISK_EVENT, of the interval, and of the days that end in it.
        start: Start of the interval, a whole hour.
        as_of: End of the interval, a whole hour.
        hourly_levels: Levels of prefixes that hours are counted for; days are for all.

    Returns:
        Rows of PREFIX_ACTIVITY, in no order; `as_of` of each lies within the interval.
    """
    hours = count_prefixes(events, start, as_of, 1).filter(pl.col("prefix_level").is_in(hourly_levels))
    counted = [hours]
    first, last = list_whole_days(start, as_of)
    if first < last:
        counted.append(count_prefixes(events, first, last, 24))
    return PREFIX_ACTIVITY.conform(pl.concat(counted))

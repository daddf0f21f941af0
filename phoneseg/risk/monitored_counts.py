"""The counts of prefixes that a run adds to those of the runs before it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from phoneseg.contracts.risk import PREFIX_ACTIVITY
from phoneseg.risk.counting import count_prefixes
from phoneseg.risk.read_times import ends_day

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def count_interval(
    events: pl.LazyFrame, start: datetime, as_of: datetime, hourly_levels: Sequence[str]
) -> pl.LazyFrame:
    """Count the events of each prefix by the hours of a data interval, and by the days that end in it.

    Args:
        events: Rows of RISK_EVENT, of the interval, and of the day before `as_of` where that ends one.
        start: Start of the interval, a whole hour; a day that began before it is only counted if it ends at `as_of`.
        as_of: End of the interval, a whole hour.
        hourly_levels: Levels of prefixes that hours are counted for; days are for all.

    Returns:
        Rows of PREFIX_ACTIVITY, in no order; `as_of` of each lies within the interval.
    """
    hours = count_prefixes(events, start, as_of, 1).filter(pl.col("prefix_level").is_in(hourly_levels))
    counted = [hours]
    last = _EPOCH + (as_of - _EPOCH) // _DAY * _DAY
    first = _EPOCH + -(-(start - _EPOCH) // _DAY) * _DAY
    if ends_day(as_of):
        first = min(first, as_of - _DAY)
    if first < last:
        counted.append(count_prefixes(events, first, last, 24))
    return PREFIX_ACTIVITY.conform(pl.concat(counted))

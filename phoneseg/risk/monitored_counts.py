"""The counts of prefixes that a run adds to those of the runs before it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from phoneseg.contracts.risk import PREFIX_ACTIVITY
from phoneseg.risk.counting import count_prefixes

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def count_interval(
    events: pl.LazyFrame, start: datetime, as_of: datetime, hourly_levels: Sequence[str]
) -> Iterator[pl.LazyFrame]:
    """Count the events of each prefix by the hours of a data interval, and by the days that end in it, day by day.

    So many weeks are counted in the memory that a day takes: distinct numbers have to be held while they are counted.

    Args:
        events: Rows of RISK_EVENT, of the interval, and of the day before `as_of` where that ends one.
        start: Start of the interval, a whole hour; a day that began before it is only counted if it ends at `as_of`.
        as_of: End of the interval, a whole hour.
        hourly_levels: Levels of prefixes that hours are counted for; days are for all.

    Yields:
        Rows of PREFIX_ACTIVITY, in no order; `as_of` of each lies within the interval, and of later frames is later.
    """
    midnight = _EPOCH + (start - _EPOCH) // _DAY * _DAY
    while midnight < as_of:
        begins, ends = max(start, midnight), min(as_of, midnight + _DAY)
        hours = count_prefixes(events, begins, ends, 1).filter(pl.col("prefix_level").is_in(hourly_levels))
        is_whole = ends == midnight + _DAY and (begins == midnight or ends == as_of)
        days = [count_prefixes(events, midnight, ends, 24)] if is_whole else []
        yield PREFIX_ACTIVITY.conform(pl.concat([hours, *days]))
        midnight += _DAY

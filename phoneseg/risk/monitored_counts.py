"""The counts of prefixes that a run adds to those of the runs before it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from phoneseg.contracts.risk import PREFIX_ACTIVITY
from phoneseg.risk.counting import count_prefixes

_DAY: Final = timedelta(days=1)


def count_interval(
    events: pl.LazyFrame, start: datetime, as_of: datetime, hourly_levels: Sequence[str]
) -> Iterator[pl.LazyFrame]:
    """Count the events of each prefix by the hours of a data interval, and by the days that end in it, day by day.

    So many weeks are counted in the memory that a day takes: distinct numbers have to be held while they are counted.

    Args:
        events: Rows of RISK_EVENT, of the interval, and of the days that end in it.
        start: Start of the interval (UTC), a whole hour.
        as_of: End of the interval (UTC), a whole hour.
        hourly_levels: Levels of prefixes that hours are counted for; days are for all.

    Yields:
        Rows of PREFIX_ACTIVITY, in no order; `as_of` of each lies within the interval, and of later frames is later.
    """
    midnight = start.replace(hour=0)
    while midnight < as_of:
        next_midnight = midnight + _DAY
        hours = count_prefixes(events, max(start, midnight), min(as_of, next_midnight), 1)
        counted = [hours.filter(pl.col("prefix_level").is_in(hourly_levels))]
        if next_midnight <= as_of:
            counted.append(count_prefixes(events, midnight, next_midnight, 24))
        yield PREFIX_ACTIVITY.conform(pl.concat(counted))
        midnight = next_midnight

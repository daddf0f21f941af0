"""How far back a run of `monitor_activity` reads events."""

from datetime import datetime, time, timedelta
from typing import Final

import polars as pl

from phoneseg.contracts.activity import ACTIVITY_KINDS
from phoneseg.settings.risk import RiskSettings

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


def ends_day(as_of: datetime) -> bool:
    """Return whether an interval that ends at an instant (UTC) ends a day, so that detectors look at the day, too."""
    return as_of.time() == time()


def list_whole_days(data_interval_start: datetime, as_of: datetime) -> tuple[datetime, datetime]:
    """Return the midnights (UTC) from the first to the last of which a run counts days: all those that end in it.

    The first day may have begun before the interval. The two are the same where no day ends.
    """
    last = datetime.combine(as_of, time(), as_of.tzinfo)
    return min(datetime.combine(data_interval_start, time(), as_of.tzinfo), last), last


def list_starts(data_interval_start: datetime, as_of: datetime, settings: RiskSettings) -> dict[str, datetime]:
    """Return from which instant on events of each kind are read, up to `as_of`.

    Within a day that is the interval itself; days that end in it are read whole. The end of a day is also judged by
    what led up to it, a day and the time that is waited for an answer: calls, messages and visits go as far back as
    the slowest of SIM boxes, conversion, completion and callbacks; purchases as far as conversion and the sleep of
    those that wake together.

    Args:
        data_interval_start: Start of the data interval (UTC).
        as_of: Its end (UTC).
        settings: When numbers and prefixes misbehave.

    Returns:
        An instant for each of ACTIVITY_KINDS, none of them after `data_interval_start`.
    """
    first, last = list_whole_days(data_interval_start, as_of)
    start = first if first < last else data_interval_start
    if not ends_day(as_of):
        return dict.fromkeys(ACTIVITY_KINDS, start)
    conversion, one_ring = settings.prefixes.conversion, settings.prefixes.one_ring
    converted = _DAY + timedelta(hours=conversion.conversion_h)
    answered = _DAY + timedelta(hours=max(conversion.completion_window_h, one_ring.callback_h))
    contacted = max(timedelta(days=settings.sim_box.window_days), converted, answered)
    paid = max(_DAY + timedelta(days=settings.clusters.amounts.sleep_days), converted)
    reach = dict.fromkeys(ACTIVITY_KINDS, contacted) | {"purchase": paid}
    return {kind: min(start, as_of - span) for kind, span in reach.items()}


def is_judged(as_of: datetime, settings: RiskSettings) -> pl.Expr:
    """Return whether detectors look at an event, by its `activity_kind` and `occurred_at`.

    They look as far back as a run of the last hour reads. What a wider interval reads is for counts alone: else it
    would tell other clusters and rings than the hour does when it is run again.

    Args:
        as_of: End of the data interval (UTC).
        settings: When numbers and prefixes misbehave.
    """
    starts = list_starts(as_of - _HOUR, as_of, settings)
    is_of_kind = (
        (pl.col("activity_kind") == kind) & (pl.col("occurred_at") >= start) for kind, start in starts.items()
    )
    return pl.any_horizontal(is_of_kind)

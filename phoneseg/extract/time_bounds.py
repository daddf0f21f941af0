"""Which rows of a column of times a database has to read for a span of instants: all of it, and little more."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from phoneseg.extract.watermarks import literal_of

_NEAR: Final = timedelta(days=2)  # what a clock shows of an instant lies no further from it
_STEP: Final = timedelta(hours=6)  # no zone has changed its clocks twice within so few hours


def is_within(column: str, family: str, time_zone: str, since: datetime, until: datetime) -> sa.ColumnElement[bool]:
    """Return the condition on a column that leaves out what is not from `since` to before `until`.

    It is exact for instants and for times in UTC. Clocks of other zones are set, so that it lets rows through for as
    long as they are apart, but never leaves out one of the span.

    Args:
        column: Its name.
        family: Family of its type: date, timestamp or timestamptz.
        time_zone: Zone of those that have none of their own.
        since: Start (UTC).
        until: End (UTC), which is not part of it.
    """
    occurred: sa.ColumnElement[Any] = sa.column(column)
    if family == "timestamptz":
        return sa.and_(occurred >= literal_of(since, family), occurred < literal_of(until, family))
    first, last = find_local_span(since, until, time_zone)
    if family == "date":  # it stands for its midnight
        return sa.and_(occurred >= literal_of(first, family), occurred <= literal_of(last, family))
    return sa.and_(occurred >= literal_of(first, family), occurred < literal_of(last, family))


def find_local_span(since: datetime, until: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """Return from which time on, and before which, the clocks of a zone show every instant of a span.

    Args:
        since: Start (UTC).
        until: End (UTC), which is not part of it.
        time_zone: The zone.

    Returns:
        Two times of those clocks, written as if they were UTC.
    """
    return since + min(_list_offsets(since, time_zone)), until + max(_list_offsets(until, time_zone))


def _list_offsets(instant: datetime, time_zone: str) -> set[timedelta]:
    """Return how far clocks of a zone were from UTC around an instant."""
    zone = ZoneInfo(time_zone)
    steps = range(-(_NEAR // _STEP), _NEAR // _STEP + 1)
    offsets = {(instant + step * _STEP).astimezone(UTC).astimezone(zone).utcoffset() for step in steps}
    return {offset for offset in offsets if offset is not None}

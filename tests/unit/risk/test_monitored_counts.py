"""Which hours and days a run counts."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from phoneseg.contracts.risk import PREFIX_ACTIVITY
from phoneseg.risk.monitored_counts import count_interval
from tests.unit.risk.prefix_days import list_events

MIDNIGHT = datetime(2026, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEVELS = ("country", "area_code", "carrier")


def _count(start: datetime, as_of: datetime) -> pl.DataFrame:
    """Count one event in the middle of each hour of the four days before and after midnight."""
    place = {"country": "DE", "area_code": "49-30", "number_block": "4930123", "carrier": None}
    ends = [MIDNIGHT + HOUR * place_h for place_h in range(-95, 97)]
    events = [
        {**place, "occurred_at": end - HOUR / 2, "phone_token": "t", "is_answered": None, "duration_s": 1}
        for end in ends
    ]
    return pl.concat(pl.collect_all(count_interval(list_events(events), start, as_of, LEVELS)))


def test_an_hour_that_ends_no_day_is_counted_alone_and_not_by_block() -> None:
    counted = _count(MIDNIGHT, MIDNIGHT + HOUR)
    assert counted.schema == PREFIX_ACTIVITY.schema
    assert set(counted.select("as_of", "window_h", "prefix_level", "event_count").rows()) == {
        (MIDNIGHT + HOUR, 1, "country", 1),
        (MIDNIGHT + HOUR, 1, "area_code", 1),
    }


def test_the_hour_that_ends_a_day_counts_the_day_by_block_too() -> None:
    counted = _count(MIDNIGHT - HOUR, MIDNIGHT)
    assert set(counted.filter(pl.col("window_h") == 24).select("as_of", "prefix_level", "event_count").rows()) == {
        (MIDNIGHT, "country", 24),
        (MIDNIGHT, "area_code", 24),
        (MIDNIGHT, "number_block", 24),
    }


@pytest.mark.parametrize(
    ("start", "as_of", "hours", "days"),
    [
        (MIDNIGHT - 30 * HOUR, MIDNIGHT + HOUR, 31, [MIDNIGHT - 24 * HOUR, MIDNIGHT]),
        (MIDNIGHT - 20 * HOUR, MIDNIGHT + HOUR, 21, [MIDNIGHT]),
        (MIDNIGHT, MIDNIGHT + 20 * HOUR, 20, []),
        (MIDNIGHT - 20 * HOUR, MIDNIGHT, 20, [MIDNIGHT]),
        (MIDNIGHT - 48 * HOUR, MIDNIGHT + 30 * HOUR, 78, [MIDNIGHT - 24 * HOUR, MIDNIGHT, MIDNIGHT + 24 * HOUR]),
    ],
)
def test_a_wide_interval_counts_all_its_hours_and_the_days_that_end_in_it_whole(
    start: datetime, as_of: datetime, hours: int, days: list[datetime]
) -> None:
    counted = _count(start, as_of).filter(pl.col("prefix_level") == "country")
    assert counted.filter(pl.col("window_h") == 1)["as_of"].n_unique() == hours
    days_counted = counted.filter(pl.col("window_h") == 24).sort("as_of")
    assert days_counted.select("as_of", "event_count").rows() == [(day, 24) for day in days]
    assert counted["as_of"].is_between(start, as_of, closed="right").all()


def test_hours_one_by_one_give_what_a_wide_interval_gives() -> None:
    start, as_of = MIDNIGHT - 24 * HOUR, MIDNIGHT + 2 * HOUR
    steps = [_count(start + HOUR * place, start + HOUR * (place + 1)) for place in range(26)]
    one_by_one = pl.concat(steps).sort(PREFIX_ACTIVITY.key)
    assert one_by_one.equals(_count(start, as_of).sort(PREFIX_ACTIVITY.key))

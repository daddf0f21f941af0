"""An hour reads its own events; the end of a day reads what led up to it."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from phoneseg.risk.read_times import ends_day, is_judged, list_starts
from phoneseg.settings.risk import RiskSettings

MIDNIGHT = datetime(2026, 7, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("as_of", [MIDNIGHT - HOUR, MIDNIGHT + HOUR])
def test_within_a_day_nothing_is_read_but_the_interval(as_of: datetime) -> None:
    assert not ends_day(as_of)
    assert not ends_day(MIDNIGHT + timedelta(seconds=1))
    assert set(list_starts(as_of - HOUR, as_of, RiskSettings()).values()) == {as_of - HOUR}


def test_the_end_of_a_day_reads_a_week_of_calls_and_fifteen_days_of_purchases() -> None:
    assert ends_day(MIDNIGHT)
    assert list_starts(MIDNIGHT - HOUR, MIDNIGHT, RiskSettings()) == {
        "call": MIDNIGHT - 7 * DAY,
        "message": MIDNIGHT - 7 * DAY,
        "purchase": MIDNIGHT - 15 * DAY,
        "visit": MIDNIGHT - 7 * DAY,
    }


@pytest.mark.parametrize(
    ("prefixes", "days"),
    [
        ({"conversion": {"conversion_h": 240}}, 11),
        ({"conversion": {"completion_window_h": 264}}, 12),
        ({"one_ring": {"callback_h": 288}}, 13),
        ({"one_ring": {"callback_h": 1}}, 7),
    ],
)
def test_what_is_waited_for_longest_decides(prefixes: dict[str, object], days: int) -> None:
    starts = list_starts(MIDNIGHT - HOUR, MIDNIGHT, RiskSettings.model_validate({"prefixes": prefixes}))
    assert starts["call"] == starts["message"] == starts["visit"] == MIDNIGHT - days * DAY


def test_purchases_are_read_for_as_long_as_they_convert() -> None:
    settings = {"clusters": {"amounts": {"sleep_days": 0.5}}, "prefixes": {"conversion": {"conversion_h": 48}}}
    starts = list_starts(MIDNIGHT - HOUR, MIDNIGHT, RiskSettings.model_validate(settings))
    assert starts["purchase"] == MIDNIGHT - 3 * DAY


def test_an_interval_that_is_wider_than_all_of_it_is_read_whole() -> None:
    start = MIDNIGHT - 30 * DAY
    assert set(list_starts(start, MIDNIGHT, RiskSettings()).values()) == {start}


def test_days_that_end_within_an_interval_are_read_whole() -> None:
    starts = list_starts(MIDNIGHT - 20 * HOUR, MIDNIGHT + HOUR, RiskSettings())
    assert set(starts.values()) == {MIDNIGHT - DAY}


@pytest.mark.parametrize("as_of", [MIDNIGHT, MIDNIGHT + HOUR])
def test_of_a_wide_interval_the_events_of_its_last_hours_run_are_judged(as_of: datetime) -> None:
    starts = list_starts(as_of - HOUR, as_of, RiskSettings())
    events = pl.DataFrame(
        [(kind, start - ago) for kind, start in starts.items() for ago in (timedelta(0), timedelta(microseconds=1))],
        {"activity_kind": pl.String, "occurred_at": pl.Datetime("us", "UTC")},
        orient="row",
    )
    judged = events.filter(is_judged(as_of, RiskSettings()))
    assert judged.rows() == list(starts.items())

"""What a database reads of a span: every row of it, whatever its clocks show, and few others."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from phoneseg.extract.column_values import as_instants
from phoneseg.extract.time_bounds import find_local_span, is_within

HOUR: Final = timedelta(hours=1)
TURNS: Final = {
    "UTC": datetime(2026, 7, 1, tzinfo=UTC),
    "Europe/Berlin": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, 6, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, 15, tzinfo=UTC),  # by half an hour
    "Pacific/Apia": datetime(2011, 12, 30, 10, tzinfo=UTC),  # by a day that never was
}
"""When clocks change in zones."""


@pytest.mark.parametrize("zone", TURNS)
@settings(max_examples=40, deadline=None)
@given(after_m=st.integers(-3000, 3000), hours=st.sampled_from((1, 24)))
def test_no_clock_shows_a_time_of_the_span_that_is_left_out(zone: str, after_m: int, hours: int) -> None:
    since = TURNS[zone] + timedelta(minutes=after_m)
    until = since + hours * HOUR
    start = since.replace(tzinfo=None)
    shown = pl.datetime_range(start - 60 * HOUR, start + 90 * HOUR, "10m", eager=True)
    instants = as_instants(shown, zone)
    assert instants is not None
    first, last = (each.replace(tzinfo=None) for each in find_local_span(since, until, zone))
    is_of = instants.is_between(since, until, closed="left")
    assert is_of.sum() >= 6 * hours - 6 or zone == "Pacific/Apia"
    assert shown.filter(is_of).is_between(first, last, closed="left").all()


def _read(kind: str, zone: str, since: datetime, until: datetime) -> list[object]:
    """Return what DuckDB reads of a column with every hour of two days around midnight."""
    hours = "SELECT CAST(TIMESTAMPTZ '2026-06-30 00:00:00+00' + INTERVAL (n) HOUR AS {}) AS at FROM range(49) t(n)"
    family = {"TIMESTAMP": "timestamp", "TIMESTAMPTZ": "timestamptz", "DATE": "date"}[kind]
    engine = sa.create_engine("duckdb:///:memory:", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET TimeZone = 'UTC'")
        connection.exec_driver_sql(f"CREATE TABLE t AS {hours.format(kind)} UNION ALL SELECT NULL")
        rows = sa.select(sa.column("at")).select_from(sa.table("t")).where(is_within("at", family, zone, since, until))
        return sorted(connection.execute(rows).scalars())


SINCE: Final = datetime(2026, 7, 1, 14, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_instants_are_read_exactly_whatever_the_zone(zone: str) -> None:
    assert _read("TIMESTAMPTZ", zone, SINCE, SINCE + 2 * HOUR) == [SINCE, SINCE + HOUR]


@pytest.mark.parametrize(("zone", "shown"), [("UTC", 14), ("Europe/Berlin", 16), ("America/New_York", 10)])
def test_times_of_a_zone_are_read_as_its_clocks_show_them(zone: str, shown: int) -> None:
    assert _read("TIMESTAMP", zone, SINCE, SINCE + 2 * HOUR) == [
        datetime(2026, 7, 1, shown),
        datetime(2026, 7, 1, shown + 1),
    ]


def test_a_day_is_read_by_the_hour_that_holds_its_midnight() -> None:
    midnight = datetime(2026, 7, 1, tzinfo=UTC)
    assert date(2026, 7, 1) in _read("DATE", "UTC", midnight, midnight + HOUR)
    assert date(2026, 7, 1) in _read("DATE", "Europe/Berlin", midnight - 2 * HOUR, midnight - HOUR)
    assert _read("DATE", "UTC", midnight - timedelta(hours=1), midnight + HOUR).count(date(2026, 6, 30)) == 24

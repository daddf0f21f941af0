"""What `monitor_activity` knows beforehand: calendar, lists, rates, and the counts of the weeks before."""

import logging
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from monitored_calls import (
    CALLS,
    DAY,
    DAY_END,
    HOUR,
    HOUR_END,
    calls,
    monitor,
    open_run,
)
from runs import AS_OF

from phoneseg.contracts.risk import PREFIX_ACTIVITY
from phoneseg.errors import SourceError
from phoneseg.monitor.extract import extract
from phoneseg.risk.prefix_windows import read_histories
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

CALENDAR = (
    "[risk.calendar]\nquery = \"SELECT {} AS starts_at, CAST('2026-07-02' AS DATE) AS ends_at, 'sale' AS cause\"\n"
)


def test_what_is_known_is_read_from_tables_and_a_file(published: Settings) -> None:
    (published.folder / "own.csv").write_text("region_code,list_level,source,valid_from\nCU,block,own,2026-01-01\n")
    more = """[risk]
holiday_regions = ["DE"]
prefix_list_file = "own.csv"
[risk.prefix_list]
table = "listed"
[risk.rates]
query = "SELECT '*' AS origin_country, 'gh' AS destination_country, 0.19 AS rate_per_min, 'USD' AS currency"
"""
    listed = (
        "CREATE TABLE listed AS SELECT '+233 24' AS prefix, 'monitor' AS list_level, 'union' AS source, "
        "CAST('2026-06-30' AS DATE) AS valid_from"
    )
    calendar = CALENDAR.format("CAST('2026-07-01 12:00:00' AS TIMESTAMP)")
    stage = monitor(published, CALLS + more + calendar, calls(), listed)
    causes = stage.scan("known_cause").collect()
    assert causes.filter(pl.col("cause") == "sale").rows() == [
        (datetime(2026, 7, 1, 12, tzinfo=UTC), DAY_END, "sale", *[None] * 5)
    ]
    days = causes.filter(pl.col("region") == "DE")["starts_at"].dt.date()
    assert datetime(2026, 5, 1).date() in days  # a date has no zone
    assert stage.scan("prefix_list").select("prefix", "region_code", "list_level", "source").collect().rows() == [
        ("23324", None, "monitor", "union"),
        (None, "CU", "block", "own"),
    ]
    assert stage.scan("termination_rate").collect().rows() == [("*", "GH", 0.19, "USD")]


def test_columns_that_a_table_may_have_and_has_not_are_told(
    duckdb_published: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ends = "CAST('2026-07-01 12:00:00' AS TIMESTAMP)"
    monitor(duckdb_published, CALLS + CALENDAR.format(ends), calls())
    assert "risk.calendar has no column prefix_level, prefix, activity_kind, campaign, region" in caplog.text


def test_nothing_is_known_where_nothing_is_set(duckdb_published: Settings) -> None:
    stage = monitor(duckdb_published, CALLS, calls())
    assert [stage.count(name) for name in ("known_cause", "prefix_list", "termination_rate")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (CALENDAR.format("'soon'"), r"risk\.calendar: column `starts_at` holds values that are no date"),
        (CALENDAR.format("'2026-07-02'"), r"risk\.calendar: column `ends_at` has to be after `starts_at`; 1 of 1"),
        (
            CALENDAR.format("1").replace("starts_at", "started_at"),
            r"risk\.calendar: no column `starts_at` in the query",
        ),
        ('[risk.rates]\ntable = "customers"\n', r"risk\.rates\.table: no table `customers`; did you mean `customer`"),
        ('[risk]\nprefix_list_file = "none.csv"\n', r"risk\.prefix_list_file: none\.csv: No such file"),
        ('[risk]\nprefix_list_file = "token.key"\n', r"risk\.prefix_list_file: token\.key: line 1: no column"),
    ],
)
def test_what_is_wrong_with_what_is_known_is_told(duckdb_published: Settings, more: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        monitor(duckdb_published, CALLS + more, calls())
    assert "soon" not in str(raised.value)


def _publish(settings: Settings, rows: list[tuple[datetime, int, str, str, int]]) -> None:
    warehouse = open_warehouse(settings)
    table = warehouse.naming.published(PREFIX_ACTIVITY)
    names = ("as_of", "window_h", "prefix_level", "prefix", "event_count")
    usual: dict[str, Any] = {"activity_kind": "call", "number_count": 1, "answered_count": 0, "total_duration_s": 0}
    with warehouse.transaction() as connection:
        connection.execute(sa.insert(table), [usual | dict(zip(names, row, strict=True)) for row in rows])


def test_history_is_what_was_published_before_the_interval_of_the_same_hours_and_of_days(published: Settings) -> None:
    first_day, weeks = datetime(2026, 5, 1, tzinfo=UTC), 8
    days = [(first_day + n * DAY, 24, "country", "DE", n) for n in range(63)]
    hours = [(HOUR_END - n * HOUR, 1, "country", "DE", n) for n in range(24 * 7 * 9 + 1)]
    blocks = [(AS_OF, 24, "number_block", "493090", 5)]
    _publish(published, [*days, *hours, *blocks])

    run = open_run(published, CALLS, calls())
    extract(run)
    history = run.stage.scan("prefix_history").sort("as_of").collect()
    told = history.filter(pl.col("window_h") == 1)["as_of"].to_list()
    assert told == [HOUR_END - week * 7 * DAY for week in range(weeks, 0, -1)]
    told = history.filter(pl.col("window_h") == 24)["as_of"].to_list()
    reach = HOUR_END - weeks * 7 * DAY - DAY
    assert told == [day for day, *_ in days if reach < day <= HOUR_END]
    assert history["prefix_level"].unique().to_list() == ["country"]  # blocks are counted by the day alone

    current = history.clear()
    causes = run.stage.scan("known_cause").collect()
    histories = read_histories(current, history.lazy(), HOUR_END, 1, causes, run.settings.risk.spikes)
    assert (histories.days.shape, histories.hours.shape) == ((1, 56), (1, 8))
    assert histories.hours.min() > 0
    assert histories.days.min() > 0


def test_history_of_a_day_has_all_levels_and_nothing_of_the_days_own_hour(duckdb_published: Settings) -> None:
    days = [(DAY_END - n * DAY, 24, "number_block", "493090", 100 + n) for n in range(59)]
    _publish(duckdb_published, [*days, (DAY_END, 1, "country", "DE", 7), (DAY_END - HOUR, 1, "country", "DE", 8)])
    run = open_run(duckdb_published, CALLS, calls(), as_of=DAY_END)
    extract(run)
    history = run.stage.scan("prefix_history").sort("as_of").collect()
    assert history["as_of"].to_list() == [DAY_END - n * DAY for n in range(56, 0, -1)]
    causes = run.stage.scan("known_cause").collect()
    histories = read_histories(history.clear(), history.lazy(), DAY_END, 24, causes, run.settings.risk.spikes)
    assert histories.days.shape == (1, 56)
    assert histories.days[0, 0] == 101
    assert histories.days.min() > 0

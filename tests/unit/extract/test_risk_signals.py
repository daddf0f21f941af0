"""Signals of risk that count at as_of are read with what people said of them, on each kind of database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from phoneseg.contracts import TABLES
from phoneseg.contracts.contact_risk import MEMBER_SIGNAL
from phoneseg.extract import read_risk_signals, was_monitored
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.migrations import prepare_tables

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ON = '[risk]\nmode = "on"\nvalid_days = 10'
Opened = tuple[Warehouse, Run]


@pytest.fixture
def open_tables(make_settings: Callable[..., Settings], tmp_path: Path) -> Callable[[str, str], Opened]:
    """Return a function that opens empty tables, and a run with an empty stage folder."""

    def open_them(url: str, more: str) -> Opened:
        settings = make_settings(url=url, more=more)
        warehouse = open_warehouse(settings)
        with warehouse.transaction() as connection:
            prepare_tables(warehouse, connection, settings)
        run = Run.open(settings, as_of=AS_OF)
        run.stage.create()
        return warehouse, run

    return open_them


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def monitored(request: pytest.FixtureRequest, open_tables: Callable[[str, str], Opened]) -> Opened:
    """Empty tables with risk.mode on."""
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if is_server else f"{request.param}:///warehouse.file"
    return open_tables(url, ON)


def insert(warehouse: Warehouse, name: str, **values: object) -> None:
    table = next(each for each in TABLES if each.name == name)
    empty = {each.name: None if each.nullable else f"some {each.name}" for each in table.columns}
    numbers = {each.name: 0 for each in table.columns if each.dtype in (pl.Float64, pl.Int64) and not each.nullable}
    with warehouse.transaction() as connection:
        connection.execute(warehouse.naming.published(table).insert(), [empty | numbers | values])


def signal(warehouse: Warehouse, subject: str, ago: timedelta, *members: str, **values: object) -> None:
    told = {"as_of": AS_OF - ago, "window_start": AS_OF - ago - DAY, "signal_kind": "sim_box", "subject": subject}
    insert(warehouse, "risk_signal", **told | {"risk_level": "monitor"} | values)
    for member in members:
        insert(warehouse, "risk_member", **told, member_kind="number", member=member)


def label(warehouse: Warehouse, subject: str, said: str | None, signal_kind: str = "sim_box") -> None:
    insert(warehouse, "risk_review", signal_kind=signal_kind, subject=subject, as_of=AS_OF, label=said)


def read(warehouse: Warehouse, run: Run) -> dict[str, str]:
    """Return the level of each signal by its member."""
    with warehouse.snapshot() as connection:
        read_risk_signals(warehouse, connection, run)
    rows = run.stage.scan(MEMBER_SIGNAL.name).collect()
    assert rows.schema == MEMBER_SIGNAL.schema
    return dict(rows.select("member", "risk_level").iter_rows())


def test_a_signal_counts_for_its_days_and_a_label_decides_it(
    monitored: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse, run = monitored
    for name, ago in (("now", 0 * DAY), ("last", 10 * DAY - HOUR), ("old", 10 * DAY), ("later", -HOUR)):
        signal(warehouse, name, ago, name)
    signal(warehouse, "prefix", HOUR)
    for name, said in (("a", "fraud"), ("b", "legitimate"), ("c", None), ("d", "Fraud?")):
        signal(warehouse, name, DAY, name, f"mate of {name}")
        label(warehouse, name, said)
    label(warehouse, "now", "legitimate", "another detector")
    assert read(warehouse, run) == {
        **{"now": "monitor", "last": "monitor"},
        **{"a": "high", "mate of a": "high", "c": "monitor", "mate of c": "monitor", "d": "monitor"},
        "mate of d": "monitor",
    }
    assert was_monitored(run)
    assert "1 rows of risk_review have a label that is neither fraud nor legitimate" in caplog.text


def test_monitoring_that_found_nothing_is_known_and_that_of_other_days_is_not(
    open_tables: Callable[[str, str], Opened],
) -> None:
    warehouse, run = open_tables("sqlite:///warehouse.file", ON)
    for as_of, is_known in ((AS_OF - 10 * DAY, False), (AS_OF + HOUR, False), (AS_OF, True)):
        insert(warehouse, "monitored_size", as_of=as_of)
        assert (read(warehouse, run), was_monitored(run)) == ({}, is_known)


def test_in_shadow_mode_no_signal_is_read(open_tables: Callable[[str, str], Opened]) -> None:
    warehouse, run = open_tables("sqlite:///warehouse.file", "")
    signal(warehouse, "now", 0 * DAY, "now")
    assert read(warehouse, run) == {}
    assert not was_monitored(run)

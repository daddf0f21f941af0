"""Signals of risk that count at as_of are read with what people said of them, on both first-class warehouses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from phoneseg.contracts.contact_risk import MEMBER_SIGNAL
from phoneseg.contracts.risk import MONITORED_SIZE
from phoneseg.extract import read_risk_signals, was_monitored
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse
from tests.risk_rows import make_tables, write_review, write_row, write_signal

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ON = '[risk]\nmode = "on"\nvalid_days = 10'


@pytest.fixture
def open_run(make_settings: Callable[..., Settings]) -> Callable[[str, str], Run]:
    """Return a function that makes empty tables, and a run with an empty stage folder."""

    def open_it(url: str, more: str) -> Run:
        run = Run.open(make_settings(url=url, more=more), as_of=AS_OF)
        make_tables(run.settings)
        run.stage.create()
        return run

    return open_it


@pytest.fixture(params=["duckdb", "postgresql"])
def any_run(request: pytest.FixtureRequest, open_run: Callable[[str, str], Run]) -> Run:
    """A run with risk.mode on, on each of the two first-class warehouses."""
    is_server = request.param == "postgresql"
    return open_run(
        request.getfixturevalue("postgresql_url") if is_server else f"{request.param}:///warehouse.file", ON
    )


def read(run: Run) -> dict[str, str]:
    """Return the level of each signal by its member."""
    warehouse = open_warehouse(run.settings)
    with warehouse.snapshot() as connection:
        read_risk_signals(warehouse, connection, run)
    rows = run.stage.scan(MEMBER_SIGNAL.name).collect()
    assert rows.schema == MEMBER_SIGNAL.schema
    return dict(rows.select("member", "risk_level").iter_rows())


def test_a_signal_counts_for_its_days_and_a_label_decides_it(any_run: Run, caplog: pytest.LogCaptureFixture) -> None:
    settings = any_run.settings
    for name, ago in (("now", 0 * DAY), ("last", 10 * DAY - HOUR), ("old", 10 * DAY), ("later", -HOUR)):
        write_signal(settings, "sim_box", [name], AS_OF - ago)
    for name, said in (("a", "fraud"), ("b", "legitimate"), ("c", None), ("d", "Fraud?")):
        write_signal(settings, "sim_box", [name, f"mate of {name}"], AS_OF - DAY)
        write_review(settings, "sim_box", name, AS_OF, said)
    write_review(settings, "another detector", "now", AS_OF, "legitimate")
    assert read(any_run) == {
        **dict.fromkeys(("now", "last", "c", "mate of c", "d", "mate of d"), "monitor"),
        **dict.fromkeys(("a", "mate of a"), "high"),
    }
    assert was_monitored(any_run)
    assert "1 rows of risk_review have a label that is neither fraud nor legitimate" in caplog.text


def test_monitoring_that_found_nothing_is_known_and_that_of_other_days_is_not(
    open_run: Callable[[str, str], Run],
) -> None:
    run = open_run("sqlite:///warehouse.file", ON)
    for as_of, is_known in ((AS_OF - 10 * DAY, False), (AS_OF + HOUR, False), (AS_OF, True)):
        write_row(run.settings, MONITORED_SIZE, as_of=as_of)
        assert (read(run), was_monitored(run)) == ({}, is_known)


def test_in_shadow_mode_no_signal_is_read(open_run: Callable[[str, str], Run]) -> None:
    run = open_run("sqlite:///warehouse.file", "")
    write_signal(run.settings, "sim_box", ["a"], AS_OF)
    assert read(run) == {}
    assert not was_monitored(run)

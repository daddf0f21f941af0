"""Activity is read out of a real warehouse, and what is missing there is named."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from phoneseg.contracts.model import Pipeline
from phoneseg.errors import SourceError
from phoneseg.extract import plan_activity, read_activity
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

JULY = datetime(2026, 7, 1, tzinfo=UTC)
BACKENDS = ("duckdb", "sqlite")
CALLS = '[activity.calls]\nkind = "call"\ntable = "call"\nphone = "caller"\noccurred_at = "began"\n'
TABLE = "CREATE TABLE call (caller VARCHAR(40), began {type}, cost DECIMAL(12, 2))"
ROWS = "INSERT INTO call VALUES ('1', '2026-06-30 23:59:59', 1.25), ('2', '2026-07-01 00:00:00', 2), ('3', NULL, 3)"
MakeSettings = Callable[..., Settings]
ReadCalls = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def read(make_settings: MakeSettings, tmp_path: Path) -> ReadCalls:
    """Write statements into a fresh warehouse; return the numbers, times and money of its activity, as of July 2026."""

    def read_all(
        backend: str, more: str = "", statements: tuple[str, ...] = (TABLE.format(type="TIMESTAMP"), ROWS)
    ) -> list[tuple[object, ...]]:
        settings = make_settings(url=f"{backend}:///warehouse", more=CALLS + more)
        engine = sa.create_engine(f"{backend}:///{tmp_path / 'warehouse'}", poolclass=sa.NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        warehouse, run, batches = open_warehouse(settings), Run.open(settings, as_of=JULY), []
        with warehouse.snapshot() as connection:
            plans = plan_activity(warehouse, connection, run)
            count = read_activity(warehouse, connection, run, plans, batches.append)
        rows = pl.concat(batches)
        assert len(rows) == count
        return rows.select("phone_raw", "occurred_at", "amount_e4").rows()

    return read_all


@pytest.mark.parametrize("backend", BACKENDS)
def test_all_rows_before_as_of_are_read(read: ReadCalls, backend: str) -> None:
    assert read(backend, 'amount = "cost"') == [
        ("1", datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC), 12_500),
        ("3", None, 30_000),
    ]


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_NS", "DATE", "VARCHAR"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "UTC", "Pacific/Niue"])
def test_the_database_leaves_out_no_row_that_is_before_as_of(read: ReadCalls, kind: str, zone: str) -> None:
    """It compares times that mean another instant, and so has to leave room for that."""
    rows = "INSERT INTO call SELECT n::VARCHAR, TIMESTAMP '2026-06-29' + INTERVAL (n) HOUR, NULL FROM range(200) t(n)"
    found = read("duckdb", f'time_zone = "{zone}"', (TABLE.format(type=kind), rows))
    shown_hours = {"Pacific/Kiritimati": 14, "UTC": 0, "Pacific/Niue": -11}[zone]
    before = 48 if kind == "TIMESTAMPTZ" else 48 + shown_hours
    assert len(found) == (24 * -(-before // 24) if kind == "DATE" else before)
    assert max(occurred for _, occurred, _ in found) < JULY  # type: ignore[type-var]  # instants


def test_the_database_leaves_out_what_is_far_behind_as_of(make_settings: MakeSettings, tmp_path: Path) -> None:
    settings = make_settings(url="duckdb:///warehouse", more=CALLS)
    engine = sa.create_engine(f"duckdb:///{tmp_path / 'warehouse'}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(TABLE.format(type="TIMESTAMP"))
        connection.exec_driver_sql("INSERT INTO call VALUES ('1', '2026-07-09', 1)")
    warehouse = open_warehouse(settings)
    with warehouse.snapshot() as connection:
        (plan,) = plan_activity(warehouse, connection, Run.open(settings, as_of=JULY))
        assert connection.execute(plan.statement).all() == []


@pytest.mark.parametrize("pipeline", Pipeline)
def test_a_run_plans_the_sources_of_its_pipeline_alone(
    make_settings: MakeSettings, tmp_path: Path, pipeline: Pipeline
) -> None:
    """What is for the other is not even looked for: its table is missing here."""
    other = next(each for each in Pipeline if each is not pipeline)
    missing = CALLS.replace("calls", "others").replace('"call"', '"message"')
    more = f'{CALLS}pipelines = ["{pipeline}"]\n{missing}pipelines = ["{other}"]\n'
    settings = make_settings(url="duckdb:///warehouse", more=more)
    engine = sa.create_engine(f"duckdb:///{tmp_path / 'warehouse'}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(TABLE.format(type="TIMESTAMP"))
    warehouse = open_warehouse(settings)
    run = Run.open(settings, as_of=JULY, pipeline=pipeline)
    with warehouse.snapshot() as connection:
        assert [plan.reader.name for plan in plan_activity(warehouse, connection, run)] == ["calls"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_source_without_rows_is_fine(read: ReadCalls, backend: str) -> None:
    assert read(backend, statements=(TABLE.format(type="TIMESTAMP"),)) == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_missing_table_names_the_nearest(read: ReadCalls, backend: str) -> None:
    with pytest.raises(SourceError, match=r"^phoneseg\.toml: activity\.calls\.table: no table `call`; did you mean"):
        read(backend, statements=("CREATE TABLE calls (caller VARCHAR)",))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_missing_column_names_the_nearest(read: ReadCalls, backend: str) -> None:
    with pytest.raises(SourceError, match=r"activity\.calls: no column `costs` in call; did you mean `cost`"):
        read(backend, 'amount = "costs"')


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_column_that_is_gone_stops_before_anything_is_read(read: ReadCalls, backend: str) -> None:
    with pytest.raises(SourceError, match=r"activity\.calls: no column `began` in call; there is: caller"):
        read(backend, statements=("CREATE TABLE call (caller VARCHAR)",))


def test_a_query_that_fails_while_its_rows_are_read_is_told_as_the_sources(read: ReadCalls) -> None:
    query = "SELECT CASE WHEN range = 299999 THEN error('late') END AS caller, NULL::DATE AS began FROM range(300000)"
    broken = CALLS.replace("calls", "visits").replace('table = "call"', f'query = "{query}"')
    with pytest.raises(SourceError, match=r"^phoneseg\.toml: activity\.visits: "):
        read("duckdb", broken)

"""A small warehouse with calls and orders to monitor, in which a daily run is published."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from runs import AS_OF, execute, run_pipeline

from phoneseg.contracts import Pipeline
from phoneseg.contracts.risk import STAGED_EVENT
from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.monitor.extract import extract
from phoneseg.run import Run, Stage
from phoneseg.settings import Settings, load_settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOUR_END = datetime(2026, 7, 1, 15, tzinfo=UTC)
DAY_END = datetime(2026, 7, 2, tzinfo=UTC)
# 1 and 2 share a number, 3 cannot be read, 4 has two numbers, 5 is for erasing.
CUSTOMERS = """CREATE TABLE customer AS SELECT * FROM (VALUES
    (1, '030 901820', CAST(NULL AS TEXT), 'DE', TIMESTAMP '2026-05-01 12:00:00'),
    (2, '+49 30 901820', NULL, 'DE', TIMESTAMP '2026-06-01 12:00:00'),
    (3, 'none', NULL, 'DE', TIMESTAMP '2026-05-01'),
    (4, '+4930901822', '+442079460018', 'DE', TIMESTAMP '2026-05-01'),
    (5, '+4930901825', NULL, 'DE', TIMESTAMP '2026-05-01')
) AS t(id, phone, second, country, created_at)"""
SETTINGS = """
[warehouse]
url = "{url}"
[privacy]
token_key_file = "token.key"
[quality]
suites_folder = "{suites}"
[contacts.crm]
table = "customer"
id = "id"
phones = ["phone", "second"]
region_column = "country"
created_at = "created_at"
"""
MANY_CALLS = """INSERT INTO call SELECT '030901820', NULL, NULL, CAST('2026-06-01' AS TIMESTAMP) + INTERVAL '{}' * n, 1,
    NULL, NULL FROM generate_series(0, {}) AS t(n)"""
CALLS = """
[activity.calls]
kind = "call"
table = "call"
phone = "caller"
region = "DE"
occurred_at = "began"
counterparty = "callee"
direction = "way"
duration_s = "seconds"
cell = "cell"
device = "device"
"""
ORDERS = """
[activity.orders]
kind = "purchase"
table = "orders"
contact_id = "who"
contacts = "crm"
occurred_at = "began"
amount = "paid"
"""
Monitor = Callable[..., Stage]


def calls(*rows: str, kind: str = "TIMESTAMP") -> str:
    """Return statements that make a table of calls, each `caller, callee, way, began, seconds, cell, device`."""
    columns = f"caller TEXT, callee TEXT, way TEXT, began {kind}, seconds INTEGER, cell TEXT, device BIGINT"
    values = ", ".join(f"({row})" for row in rows)
    return (
        f"CREATE TABLE call ({columns}); INSERT INTO call VALUES {values}" if rows else f"CREATE TABLE call ({columns})"
    )


def orders(*rows: str) -> str:
    """Return the statement that makes a table of orders: each row is `who, began, paid`."""
    return f"CREATE TABLE orders AS SELECT * FROM (VALUES {', '.join(rows)}) AS t(who, began, paid)"


def _write(folder: Path, url: str, suites: Path) -> Settings:
    key = folder / "token.key"
    key.write_text("a key for tests alone")
    key.chmod(0o600)
    config = folder / "phoneseg.toml"
    config.write_text(SETTINGS.format(url=url, suites=suites))
    settings = load_settings(config)
    execute(settings, CUSTOMERS)
    run_pipeline(settings, AS_OF)
    return settings


@pytest.fixture(scope="session")
def _duckdb_original(tmp_path_factory: pytest.TempPathFactory, _few_checks_folder: Path) -> Path:
    folder = tmp_path_factory.mktemp("monitored")
    _write(folder, "duckdb:///warehouse.duckdb", _few_checks_folder)
    return folder


@pytest.fixture(scope="session")
def _postgresql_template(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: PostgreSQLServer, _few_checks_folder: Path
) -> Path:
    postgresql_server.create_database("monitored_original")
    folder = tmp_path_factory.mktemp("monitored_postgresql")
    _write(folder, postgresql_server.url("monitored_original"), _few_checks_folder)
    return folder


@pytest.fixture
def duckdb_published(_duckdb_original: Path, tmp_path: Path) -> Settings:
    shutil.copytree(_duckdb_original, tmp_path / "monitored")
    return load_settings(tmp_path / "monitored" / "phoneseg.toml")


@pytest.fixture
def postgresql_published(
    _postgresql_template: Path, postgresql_server: PostgreSQLServer, tmp_path: Path
) -> Iterator[Settings]:
    name = f"monitored_{secrets.token_hex(6)}"
    postgresql_server.create_database(name, template="monitored_original")
    shutil.copytree(_postgresql_template, tmp_path / "monitored")
    config = tmp_path / "monitored" / "phoneseg.toml"
    original = postgresql_server.url("monitored_original")
    config.write_text(config.read_text().replace(original, postgresql_server.url(name)))
    yield load_settings(config)
    postgresql_server.drop_database(name)


@pytest.fixture(params=["duckdb", "postgresql"])
def published(request: pytest.FixtureRequest) -> Settings:
    """Settings of a warehouse of the test's own in which a run of 1 July 2026 is published."""
    settings: Settings = request.getfixturevalue(f"{request.param}_published")
    return settings


def monitor(settings: Settings, more: str, *statements: str, as_of: datetime = HOUR_END) -> Stage:
    """Add to the sources and to the settings, and extract; return what that wrote."""
    run = open_run(settings, more, *statements, as_of=as_of)
    extract(run)
    return run.stage


def open_run(settings: Settings, more: str, *statements: str, as_of: datetime = HOUR_END) -> Run:
    execute(settings, *(each for statement in statements for each in statement.split("; ")))
    with settings.config_file.open("a") as file:
        file.write(more)
    return Run.open(load_settings(settings.config_file), as_of=as_of, pipeline=Pipeline.MONITOR_ACTIVITY)


def events_of(stage: Stage) -> pl.DataFrame:
    events = stage.scan(STAGED_EVENT.name).collect()
    assert events.schema == STAGED_EVENT.schema
    return events.sort("occurred_at", "phone_token")


def size_of(stage: Stage) -> dict[str, tuple[int, ...]]:
    """Return, by source: rows, events, and rows of an unknown contact, unreadable and erased."""
    sizes = stage.scan("monitored_size").collect()
    return {row[1]: tuple(row[2:]) for row in sizes.rows()}

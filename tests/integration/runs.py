"""Runs the pipeline for the tests, and reads what it published."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from phoneseg import pipeline
from phoneseg.contracts import CANONICAL_CHANGE, SEGMENT_CHANGE, TABLES, staged_tables
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import Warehouse, open_warehouse

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
COMPARED_TABLES = (*staged_tables(), SEGMENT_CHANGE, CANONICAL_CHANGE)
Tables = dict[str, list[tuple[object, ...]]]


def on_warehouses(first: str, *slow: str) -> pytest.MarkDecorator:
    """Run a test with `any_settings` on one kind of warehouse, and on others in the slow part."""
    params = (first, *(pytest.param(each, marks=pytest.mark.slow) for each in slow))
    return pytest.mark.parametrize("any_settings", params, indirect=True)


def run_pipeline(settings: Settings, as_of: datetime = AS_OF, **options: object) -> dict[str, int]:
    """Run all verbs in this process; return all their counts."""
    run = Run.open(settings, as_of=as_of, **options)  # type: ignore[arg-type]
    counts: dict[str, int] = {}
    for verb in pipeline.VERBS:
        counts |= verb(run)
    return counts


def run_command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `phoneseg` as a program."""
    command = [sys.executable, "-m", "phoneseg", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def query(settings: Settings, sql: str) -> pl.DataFrame:
    """Return the rows of a query on the warehouse."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        return warehouse.read_query(connection, sql)


def published_tables(settings: Settings) -> Tables:
    """Return the sorted rows of all published tables and of the history, but no log that depends on the clock."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        return {table.name: _rows(warehouse, connection, table.name) for table in COMPARED_TABLES}


def _rows(warehouse: Warehouse, connection: sa.Connection, name: str) -> list[tuple[object, ...]]:
    table = warehouse.naming.published(next(table for table in TABLES if table.name == name))
    return sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)


def staging_tables(settings: Settings) -> list[str]:
    """Return the names of all staging tables in the warehouse."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        naming = warehouse.naming
        names = sa.inspect(connection).get_table_names(schema=naming.staging_schema if naming.has_schemas else None)
        return [name for name in names if "run_" in name and (naming.has_schemas or "staging" in name)]


def execute(settings: Settings, *statements: str) -> None:
    """Change the sources."""
    with open_warehouse(settings).transaction() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def edit_settings(settings: Settings, old: str, new: str) -> Settings:
    """Return the settings with a change of their file."""
    file = settings.config_file
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return load_settings(file)


def check_that_a_full_run_changes_nothing(settings: Settings, as_of: datetime) -> None:
    """Check that what is published is what a run publishes that reads everything."""
    before = published_tables(settings)
    full = run_pipeline(settings, as_of, full=True)
    assert not full["is_incremental"]
    assert published_tables(settings) == before
    assert (full["deleted_rows"], full["inserted_rows"]) == (0, 0)

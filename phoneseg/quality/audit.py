"""Runs the suites on the staging tables, without a value of a row in any result."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import Keeping, Pipeline, Table, staged_tables
from phoneseg.errors import AuditError
from phoneseg.quality.gx import GreatExpectations
from phoneseg.quality.suites import Suite, load_suite, suites_folder
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.replacement import Replacement

Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class AuditResult:
    """What the suites said.

    Attributes:
        passed_count: Expectations that were met.
        failed: The others, as `table: expectation (column)`.
        data_docs: The Data Docs page.
    """

    passed_count: int
    failed: tuple[str, ...]
    data_docs: Path


def data_docs_folder(settings: Settings, pipeline: Pipeline) -> Path:
    """Return where the Data Docs of the intervals of a pipeline are."""
    folder = settings.resolve(settings.quality.data_docs_folder)
    return folder if pipeline is Pipeline.SEGMENT_CONTACTS else folder / pipeline.value


def audit_staging(warehouse: Warehouse, connection: sa.Connection, run: Run) -> AuditResult:
    """Run every table's suite on the run's staging tables and write Data Docs.

    Where Great Expectations knows the database, it sends SQL and reads nothing back.

    Args:
        warehouse: The warehouse.
        connection: A connection.
        run: A run that is loaded.

    Returns:
        The result; all expectations were met.

    Raises:
        AuditError: Some were not; the message names them and the Data Docs page.
        SettingsError: A suite is missing or wrong.
    """
    settings = run.settings
    folder = suites_folder(settings)
    tables = [warehouse.naming.contract(table) for table in staged_tables(run.pipeline)]
    suites = [(table, load_suite(folder, table)) for table in tables]
    docs_folder = data_docs_folder(settings, run.pipeline) / f"{run.as_of:%Y-%m-%dT%H%M}"
    checks, replacement = GreatExpectations(docs_folder, warehouse.connect_read_only), Replacement.of(warehouse, run)
    passed_count, failed = 0, []
    for table, suite in suites:
        for part, rows in _parts(replacement, table, suite):
            is_pushed_down = warehouse.connect_read_only is not None
            outcomes = checks.validate(
                part, rows if is_pushed_down else _read_columns(warehouse, connection, table, part, rows)
            )
            failed += [f"{table.name}: {outcome.label}" for outcome in outcomes if not outcome.is_met]
            passed_count += sum(outcome.is_met for outcome in outcomes)
    result = AuditResult(passed_count, tuple(failed), checks.write_data_docs())
    if failed:
        raise AuditError(
            f"{len(failed)} of {passed_count + len(failed)} expectations failed, nothing was published: "
            f"{'; '.join(failed)}. Data Docs: {result.data_docs}"
        )
    return result


def _parts(replacement: Replacement, table: Table, suite: Suite) -> Iterator[tuple[Suite, Rows]]:
    """Yield the suite with the rows that it is about.

    What a suite asks of each row, it asks of the staged ones: the others passed when they were published. What it asks
    of all rows together, such as a share, it asks of what readers will see.
    """
    staged = sa.select(*replacement.staging(table).c)
    if not replacement.is_partial or table.keeping is Keeping.DATED:
        parts = [(suite, staged)]
    else:
        of_each, of_all = suite.parted()
        parts = [(of_each, staged), (of_all, replacement.visible(table))]
    yield from ((part, rows) for part, rows in parts if part.expectations)


def _read_columns(
    warehouse: Warehouse, connection: sa.Connection, table: Table, suite: Suite, rows: Rows
) -> pl.DataFrame:
    """Read back the columns that the suite reads."""
    columns = suite.columns or table.key  # a suite may look at the table alone
    found = rows.subquery()
    statement = sa.select(*(found.c[column] for column in columns))
    schema = {column: table.schema[column] for column in columns}
    return pl.concat(_typed(warehouse.read_batches(connection, statement), schema), rechunk=False)


def _typed(batches: Iterator[pl.DataFrame], schema: dict[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    return (batch.cast(schema) for batch in batches)  # type: ignore[arg-type]  # dtypes of the contract

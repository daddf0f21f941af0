"""Runs the suites on the staging tables, without a value of a row in any result."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import Table, staged_tables
from phoneseg.errors import AuditError
from phoneseg.quality.gx import GreatExpectations
from phoneseg.quality.suites import Suite, load_suite, shipped_suites_folder
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse


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
    own = settings.quality.suites_folder
    folder = shipped_suites_folder() if own is None else settings.resolve(own)
    suites = [(table, load_suite(folder, table)) for table in staged_tables()]
    docs_folder = settings.resolve(settings.quality.data_docs_folder) / f"{run.as_of:%Y-%m-%dT%H%M}"
    checks = GreatExpectations(docs_folder, warehouse.connect_read_only)
    passed_count, failed = 0, []
    for table, suite in suites:
        if warehouse.connect_read_only is None:
            outcomes = checks.validate(suite, _staged_columns(warehouse, connection, run, table, suite))
        else:
            outcomes = checks.validate(suite, sa.select(warehouse.naming.staging(table, run.run_id)))
        failed += [f"{table.name}: {outcome.label}" for outcome in outcomes if not outcome.is_met]
        passed_count += sum(outcome.is_met for outcome in outcomes)
    result = AuditResult(passed_count, tuple(failed), checks.write_data_docs())
    if failed:
        raise AuditError(
            f"{len(failed)} of {passed_count + len(failed)} expectations failed, nothing was published: "
            f"{'; '.join(failed)}. Data Docs: {result.data_docs}"
        )
    return result


def _staged_columns(
    warehouse: Warehouse, connection: sa.Connection, run: Run, table: Table, suite: Suite
) -> pl.DataFrame:
    """Read back, from the staging table, the columns that the suite reads."""
    staging = warehouse.naming.staging(table, run.run_id)
    columns = suite.columns or table.key  # a suite may look at the table alone
    statement = sa.select(*(staging.c[column] for column in columns))
    schema = {column: table.schema[column] for column in columns}
    return pl.concat(_typed(warehouse.read_batches(connection, statement), schema), rechunk=False)


def _typed(batches: Iterator[pl.DataFrame], schema: dict[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    return (batch.cast(schema) for batch in batches)  # type: ignore[arg-type]  # dtypes of the contract

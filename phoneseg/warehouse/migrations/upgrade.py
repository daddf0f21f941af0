"""Creates the published tables, or brings them to the newest revision."""

import logging
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PROFILE, PIPELINE_RUN
from phoneseg.settings import Settings
from phoneseg.warehouse.backend import Warehouse
from phoneseg.warehouse.migrations.state import (
    FIRST_REVISION,
    VERSION_TABLE,
    check_known,
    check_revision,
    find_revision,
)
from phoneseg.warehouse.migrations.target import Target
from phoneseg.warehouse.migrations.windows import WindowChange, check_windows, compare_windows
from phoneseg.warehouse.postgresql_failures import is_depended_on
from phoneseg.warehouse.views import without_views

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory


@dataclass(frozen=True)
class Migration:
    """What was done to the tables, or would be.

    Attributes:
        found: The revision that they were; null where there were none.
        applied: What each revision does that was missing, by revision, oldest first.
        windows: How the columns of the profile's windows change, in words; empty where they are those of the settings.
    """

    found: str | None
    applied: dict[str, str]
    windows: str = ""


def prepare_tables(warehouse: Warehouse, connection: sa.Connection, settings: Settings) -> None:
    """Create the tables where there are none; where there are, check that they are of the newest revision.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction that has changed nothing yet.
        settings: The settings that the warehouse is of.

    Raises:
        OutdatedSchemaError: The tables are of an older or a newer revision, or of other windows of the profile.
        RetryableError: Another process has been creating or migrating them for `lock_wait_s`.
    """
    found = find_revision(warehouse, connection)
    if found is None:
        _wait_alone(connection, settings)
        found = find_revision(warehouse, connection)  # another process may have created them meanwhile
        if found is None:
            _create(warehouse, connection)
    check_revision(found, settings)
    check_windows(warehouse, connection, settings)


def migrate_tables(warehouse: Warehouse, connection: sa.Connection, settings: Settings) -> Migration:
    """Bring the tables to the newest revision, and their comments to those of the contracts; create what is not there.

    Views of ours that are in the way are made anew; readers never miss them.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction: an interrupted migration leaves everything as it was.
        settings: The settings that the warehouse is of.

    Raises:
        OutdatedSchemaError: The tables are of a newer revision.
        RetryableError: Another process has been at work on the tables for `lock_wait_s`.
        StopError: A view of somebody else reads what has to change; the message names it.
    """
    _wait_alone(connection, settings)
    found = find_revision(warehouse, connection)
    check_known(found, settings)
    if found is None:
        _create(warehouse, connection)
        return Migration(None, {})
    missing, windows = _missing(found), compare_windows(warehouse, connection)
    if missing or str(windows):
        _wait_for_runs(warehouse, connection)
        _change_tables(warehouse, connection, windows)
    _set_comments(warehouse, connection)
    return Migration(found, missing, str(windows))


def plan_migration(warehouse: Warehouse, connection: sa.Connection, settings: Settings) -> tuple[Migration, str]:
    """Return what `migrate_tables` would do, and the SQL of its revisions; nothing is changed or locked.

    Raises:
        OutdatedSchemaError: The tables are of a newer revision.
    """
    found = find_revision(warehouse, connection)
    check_known(found, settings)
    if found is None:
        return Migration(None, {}), ""
    missing, windows, sql = _missing(found), compare_windows(warehouse, connection), StringIO()
    if missing:
        # Only tables without a version table are of the first revision: Alembic would create it.
        start = None if found == FIRST_REVISION else found
        _run_revisions(warehouse, connection, as_sql=True, starting_rev=start, output_buffer=sql)
    _change_windows(warehouse, connection, windows, as_sql=True, output_buffer=sql)
    return Migration(found, missing, str(windows)), sql.getvalue().strip()


def _create(warehouse: Warehouse, connection: sa.Connection) -> None:
    warehouse.create_tables(connection)
    _context(warehouse, connection).stamp(_scripts(), "head")


def _missing(found: str) -> dict[str, str]:
    """Return the revisions after the one that was found, and what they do."""
    scripts = reversed([*_scripts().walk_revisions()])
    return {script.revision: script.doc for script in scripts if script.revision > found}


def _change_tables(warehouse: Warehouse, connection: sa.Connection, windows: WindowChange) -> None:
    """Apply the revisions that are missing, and the windows.

    PostgreSQL changes no column that a view reads. Our views stay where they are in nobody's way: to drop one, whatever
    somebody has built on it would have to go first. DuckDB lets a view be whose columns are no longer those it had.
    """
    if connection.dialect.name == "postgresql":
        try:
            with connection.begin_nested():
                _apply(warehouse, connection, windows)
        except sa.exc.DBAPIError as error:
            if not is_depended_on(error.orig):
                raise
        else:
            return
    with without_views(warehouse, connection):
        _apply(warehouse, connection, windows)


def _apply(warehouse: Warehouse, connection: sa.Connection, windows: WindowChange) -> None:
    _run_revisions(warehouse, connection)
    _change_windows(warehouse, connection, windows)


def _run_revisions(warehouse: Warehouse, connection: sa.Connection, **options: object) -> None:
    from alembic.operations import Operations

    context = _context(warehouse, connection, **options)
    target = Target(warehouse.naming)
    with Operations.context(context) as operations:
        context.run_migrations(target=target)
        for statement in target.row_changes:
            operations.execute(statement)


def _change_windows(warehouse: Warehouse, connection: sa.Connection, change: WindowChange, **options: object) -> None:
    from alembic.operations import Operations

    target = Target(warehouse.naming)
    table = target.name(CONTACT_PROFILE.name)
    with Operations.context(_context(warehouse, connection, **options)) as operations:
        for column in change.missing:
            operations.add_column(table, sa.Column(column.name, column.type), schema=target.schema())
        for name in change.surplus:
            operations.drop_column(table, name, schema=target.schema())


def _context(warehouse: Warehouse, connection: sa.Connection, **options: object) -> "MigrationContext":
    """Return what Alembic works with: the connection, in the transaction that it is in."""
    scripts = _scripts()
    from alembic.runtime.migration import MigrationContext

    target = Target(warehouse.naming)
    if connection.dialect.name == "duckdb":
        from duckdb_sqlalchemy import alembic_impl  # noqa: F401  # tells Alembic of DuckDB
    options |= {
        "script": scripts,
        "fn": lambda heads, _: scripts._upgrade_revs("head", heads),
        "version_table": target.name(VERSION_TABLE),
        "version_table_schema": target.schema(),
        "version_table_pk": target.has_keys,
    }
    return MigrationContext.configure(connection, opts=options)


def _scripts() -> "ScriptDirectory":
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells all that it loads
    from alembic.script import ScriptDirectory  # takes a third of a second

    return ScriptDirectory(str(Path(__file__).parent))


def _set_comments(warehouse: Warehouse, connection: sa.Connection) -> None:
    """Set the comments of all tables and columns to what the contracts say today."""
    if connection.dialect.supports_comments:
        for table in warehouse.naming.all_published():
            connection.execute(sa.schema.SetTableComment(table))
            for column in table.columns:
                connection.execute(sa.schema.SetColumnComment(column))


def _wait_alone(connection: sa.Connection, settings: Settings) -> None:
    """Let one process at a time create or migrate the tables, until its transaction ends; DuckDB does so by itself."""
    if connection.dialect.name == "postgresql":
        wait_ms = max(1, round(settings.warehouse.lock_wait_s * 1000))  # 0 would wait for ever
        connection.execute(sa.select(sa.func.set_config("lock_timeout", f"{wait_ms}ms", True)))
        key = sa.func.hashtextextended(f"phoneseg migrate {settings.warehouse.output_schema}", 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # its driver would begin no transaction for DDL


def _wait_for_runs(warehouse: Warehouse, connection: sa.Connection) -> None:
    """Let transactions of runs end, and none begin: each touches the log of runs first.

    Without that, a run and a migration could each hold a table that the other waits for.
    """
    if connection.dialect.name == "postgresql":
        log = connection.dialect.identifier_preparer.format_table(warehouse.naming.published(PIPELINE_RUN))
        connection.exec_driver_sql(f"LOCK TABLE {log} IN ACCESS EXCLUSIVE MODE")

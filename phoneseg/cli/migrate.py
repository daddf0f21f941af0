"""`phoneseg migrate`: brings phoneseg's own tables to the version that is installed."""

from typing import Annotated

import typer
from rich.console import Console

from phoneseg.cli.options import Config
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import NEWEST_REVISION, Migration, migrate_tables, plan_migration


def migrate(
    config: Config = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; print the SQL that would be run.")
    ] = False,
) -> None:
    """Bring phoneseg's tables in the warehouse to the version of phoneseg that is installed.

    All of it is one transaction: interrupted, it leaves the tables as they were, and it can be called again at any
    time. Comments on tables and columns are set anew, too. There is no way back to an older version.
    """
    settings = load_settings(config)
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        if dry_run:
            migration, sql = plan_migration(warehouse, connection, settings)
        else:
            migration, sql = migrate_tables(warehouse, connection, settings), ""
    console = Console(soft_wrap=True, highlight=False, stderr=dry_run)  # what is piped on is the SQL alone
    console.print(f"{warehouse.shown_url}, schema {settings.warehouse.output_schema}: {_outcome(migration, dry_run)}")
    for revision, meaning in migration.applied.items():
        console.print(f"{revision}  {meaning}")
    if migration.windows:
        console.print(migration.windows)
    if sql:
        typer.echo(sql)


def _outcome(migration: Migration, dry_run: bool) -> str:
    if migration.found is None:
        return f"no tables yet; {'to be ' if dry_run else ''}created at revision {NEWEST_REVISION}"
    if not migration.applied and migration.windows:
        return f"at revision {NEWEST_REVISION}; windows {'to be ' if dry_run else ''}changed"
    if not migration.applied:
        return f"at revision {NEWEST_REVISION}, the newest"
    return f"{'to be ' if dry_run else ''}brought from revision {migration.found} to {NEWEST_REVISION}"

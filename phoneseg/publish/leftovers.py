"""What dead runs left behind: staging tables and stage folders."""

from collections.abc import Collection

import sqlalchemy as sa

from phoneseg.run import Run, Stage, file_name
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.tables import staging_prefix


def remove_leftovers(warehouse: Warehouse, connection: sa.Connection, run: Run, alive: Collection[str]) -> None:
    """Drop the staging tables and remove the stage folders of runs that are not alive.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
        run: The run that cleans; what it left itself, before a retry, goes too.
        alive: Ids of the other runs that are under way.
    """
    _drop_tables(warehouse, connection, {staging_prefix(run_id) for run_id in alive})
    kept = {file_name(run_id) for run_id in alive}
    for folder in run.stage.folder.parent.glob("*"):
        if folder.is_dir() and folder.name not in kept:
            Stage(folder, run.stage.owner).remove()


def _drop_tables(warehouse: Warehouse, connection: sa.Connection, kept_prefixes: Collection[str]) -> None:
    naming = warehouse.naming
    schema = naming.staging_schema if naming.has_schemas else None
    start = "run_" if naming.has_schemas else f"{naming.staging_schema}_run_"
    for name in sa.inspect(connection).get_table_names(schema=schema):
        is_kept = any(prefix in name for prefix in kept_prefixes)
        if name.startswith(start) and not is_kept:
            sa.Table(name, sa.MetaData(), schema=schema).drop(connection)

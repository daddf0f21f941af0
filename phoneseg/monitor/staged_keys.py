"""Keys of a run in a table of the warehouse, so that it joins what is published with them alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import Table
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse


@contextmanager
def stage_keys(warehouse: Warehouse, run: Run, table: Table, keys: pl.LazyFrame) -> Iterator[sa.Table]:
    """Yield a staging table of the run that holds the keys; it is gone after the block.

    The load is a transaction of its own, and an embedded database takes one writer: no transaction of the warehouse
    may be open around this.

    Args:
        warehouse: The warehouse.
        run: A run with a stage folder, which gets a file of the table's name.
        table: What the keys are.
        keys: Rows of `table`.
    """
    run.stage.write(table.name, table.conform(keys))
    staged = warehouse.naming.staging(table, run.run_id)
    with warehouse.transaction() as connection:
        staged.drop(connection, checkfirst=True)
        staged.create(connection)
    warehouse.load(staged, run.stage.path(table.name))
    try:
        yield staged
    finally:
        with warehouse.transaction() as connection:
            staged.drop(connection, checkfirst=True)

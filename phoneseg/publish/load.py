"""Stage files into staging tables, which hold the whole of what readers would see."""

import sqlalchemy as sa

from phoneseg.contracts import (
    CONTACT_PHONE,
    PHONE_NUMBER,
    SEGMENT,
    SEGMENT_MEMBERSHIP,
    SEGMENT_SIZE,
    Table,
    staged_tables,
)
from phoneseg.errors import ReconciliationError, StopError
from phoneseg.publish.log import has_newer_published
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse


def load_staging(warehouse: Warehouse, run: Run) -> dict[str, int]:
    """Create and fill the run's staging tables.

    Where the run reads some of the sources only, the published rows of the others are copied beside its own, so that
    the suites see, and the swap compares, whole tables.

    Args:
        warehouse: The warehouse; tables are committed before they are loaded, which may take a connection of its own.
        run: A run whose stage holds all tables but SEGMENT_SIZE, which is counted from the memberships.

    Returns:
        Rows by staging table.

    Raises:
        ReconciliationError: The database took other rows than the file holds.
        StopError: The run reads some of the sources for an interval that is not the newest.
    """
    with warehouse.transaction() as connection:
        if not run.has_all_sources and has_newer_published(warehouse, connection, run):
            raise StopError(
                f"a run of some sources ({', '.join(run.sources)}) cannot go back to {run.as_of:%Y-%m-%d}: the others "
                "are published for a later day; run all sources"
            )
        drop_staging(warehouse, connection, run)
        for staging in warehouse.naming.all_staging(run.run_id):
            staging.create(connection)
    loaded = [table for table in staged_tables() if table is not SEGMENT_SIZE]
    for table in loaded:
        _load(warehouse, run, table)
    with warehouse.transaction() as connection:
        if not run.has_all_sources:
            for table in loaded:
                _carry_over(warehouse, connection, run, table)
        _count_members(warehouse, connection, run)
        return {
            table.name: count_rows(connection, warehouse.naming.staging(table, run.run_id)) for table in staged_tables()
        }


def drop_staging(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Drop the run's staging tables, where there are any."""
    for table in warehouse.naming.all_staging(run.run_id):
        table.drop(connection, checkfirst=True)


def count_rows(connection: sa.Connection, table: sa.Table) -> int:
    """Return how many rows the table has."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _load(warehouse: Warehouse, run: Run, table: Table) -> None:
    expected = run.stage.count(table.name)
    loaded = warehouse.load(warehouse.naming.staging(table, run.run_id), run.stage.path(table.name))
    if loaded != expected:
        raise ReconciliationError(f"staging {table.name}: loaded {loaded} rows of {expected}")


def _carry_over(warehouse: Warehouse, connection: sa.Connection, run: Run, table: Table) -> None:
    """Copy the published rows of the sources that the run does not read."""
    published = warehouse.naming.published(table)
    others = tuple(set(run.settings.contacts) - set(run.sources))
    if "source" in table.column_names:
        is_carried: sa.ColumnElement[bool] = published.c.source.in_(others)
    elif table is PHONE_NUMBER:
        is_carried = _is_used(warehouse, run, published, CONTACT_PHONE, table)
    elif table is SEGMENT:
        is_carried = _is_used(warehouse, run, published, SEGMENT_MEMBERSHIP, table)
    else:
        raise NotImplementedError(f"no rule says which rows of {table.name} belong to a source")
    rows = sa.select(published).where(is_carried)
    staging = warehouse.naming.staging(table, run.run_id)
    connection.execute(staging.insert().from_select(list(table.column_names), rows))


def _is_used(warehouse: Warehouse, run: Run, published: sa.Table, user: Table, table: Table) -> sa.ColumnElement[bool]:
    """Return whether a published row is referred to by staged rows of `user`, and not staged itself."""
    used = warehouse.naming.staging(user, run.run_id)
    staged = warehouse.naming.staging(table, run.run_id)
    refers = sa.exists().where(*(used.c[name] == published.c[name] for name in table.key))
    is_staged = sa.exists().where(*(staged.c[name] == published.c[name] for name in table.key))
    return refers & ~is_staged


def _count_members(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    size = warehouse.naming.staging(SEGMENT_SIZE, run.run_id)
    member = warehouse.naming.staging(SEGMENT_MEMBERSHIP, run.run_id)
    as_of = sa.literal(run.as_of, type_=size.c.as_of.type)
    counted = sa.select(as_of, member.c.segment_kind, member.c.segment_code, sa.func.count()).group_by(
        member.c.segment_kind, member.c.segment_code
    )
    connection.execute(size.insert().from_select(list(SEGMENT_SIZE.column_names), counted))

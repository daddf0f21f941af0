"""Stage files into staging tables, which no reader looks at."""

from collections.abc import Iterator

import sqlalchemy as sa

from phoneseg.contracts import (
    CONTACT_PERMISSION,
    CONTACT_PHONE,
    CONTACT_PROFILE,
    CONTACT_QUARANTINE,
    REPLACED_CONTACTS,
    SEGMENT_MEMBERSHIP,
    SEGMENT_SIZE,
    SOURCE_SIZE,
    Pipeline,
    Table,
    staged_tables,
)
from phoneseg.errors import ReconciliationError, StopError, SupersededError
from phoneseg.publish.log import has_newer_published
from phoneseg.publish.overtaken import check_nobody_erased
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.replacement import Replacement


def load_staging(warehouse: Warehouse, run: Run) -> dict[str, int]:
    """Create and fill the run's staging tables.

    Args:
        warehouse: The warehouse.
        run: A run whose stage holds all tables but SEGMENT_SIZE, which is counted from the memberships; the staging
            table of SEGMENT_CHANGE stays empty until it is known what was published before.

    Returns:
        Rows by staging table.

    Raises:
        ReconciliationError: The database took other rows than the file holds.
        SupersededError: A later day was published since the run read what changed, or somebody was erased.
        StopError: The run reads some of the sources for an interval that is not the newest.
    """
    with warehouse.transaction() as connection:
        check_nobody_erased(warehouse, connection, run)  # `swap` asks again; this spares the work
        _check_is_newest(warehouse, connection, run)
        drop_staging(warehouse, connection, run)
        for staging in warehouse.naming.all_staging(run.run_id, run.pipeline):
            staging.create(connection)
    tables = list(_loaded_tables(run))
    warehouse.load_all({warehouse.naming.staging(table, run.run_id): run.stage.path(table.name) for table in tables})
    with warehouse.transaction() as connection:
        loaded = {table.name: _count_loaded(warehouse, connection, run, table) for table in tables}
        if run.pipeline is Pipeline.SEGMENT_CONTACTS:
            loaded[SEGMENT_SIZE.name] = _count_members(connection, Replacement.of(warehouse, run))
    return loaded


def count_visible(warehouse: Warehouse, connection: sa.Connection, run: Run) -> dict[str, int]:
    """Count what readers will see of a run that is loaded.

    Returns:
        Columns of PIPELINE_RUN.

    Raises:
        ReconciliationError: They would see other contacts of a source than it has.
    """
    replacement = Replacement.of(warehouse, run)
    profile, phone, quarantine, member = (
        replacement.visible(table).subquery()
        for table in (CONTACT_PROFILE, CONTACT_PHONE, CONTACT_QUARANTINE, SEGMENT_MEMBERSHIP)
    )
    size = replacement.staging(SOURCE_SIZE)
    expected = {row.source: row.contact_count for row in connection.execute(sa.select(size))}
    rows = connection.execute(sa.select(profile.c.source, sa.func.count()).group_by(profile.c.source))
    contacts = {source: int(count) for source, count in rows}
    for source, count in expected.items():
        if contacts.get(source, 0) != count:
            raise ReconciliationError(
                f"load: {source} has {count:,} contacts, but readers would see {contacts.get(source, 0):,}; nothing "
                "was published. Run with --full (Param full)"
            )
    valid = sa.func.coalesce(sa.func.sum(sa.case((phone.c.is_valid, 1), else_=0)), 0)
    phone_count, valid_count = connection.execute(sa.select(sa.func.count(), valid).select_from(phone)).one()
    quarantined_count, member_count = (_count(connection, rows) for rows in (quarantine, member))
    first = sa.union_all(*(sa.select(rows.c.contact_id).where(rows.c.position == 1) for rows in (phone, quarantine)))
    filled_count = _count(connection, first.subquery())
    sources = run.settings.contacts
    cell_count = sum(count * len(sources[name].phones) for name, count in contacts.items() if name in sources)
    return {
        "contact_count": sum(contacts.values()),
        "filled_cell_count": filled_count,  # the first number of each
        "empty_cell_count": cell_count - filled_count,
        "number_count": int(phone_count) + quarantined_count,
        "phone_count": int(phone_count),
        "valid_phone_count": int(valid_count),
        "quarantined_count": quarantined_count,
        "membership_count": member_count,
    }


def tell_planner(warehouse: Warehouse, connection: sa.Connection, run: Run, contact_count: int) -> None:
    """Let the database plan joins of contacts with the tables that hold many rows of each.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
        run: A run that is loaded.
        contact_count: Contacts that readers will see.
    """
    replacement, staged_count = Replacement.of(warehouse, run), run.stage.count(CONTACT_PROFILE.name)
    for table in (CONTACT_PERMISSION, SEGMENT_MEMBERSHIP):
        warehouse.analyze(connection, replacement.published(table), {"contact_id": contact_count})
        warehouse.analyze(connection, replacement.staging(table), {"contact_id": staged_count})


def drop_staging(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Drop the run's staging tables, where there are any."""
    for table in warehouse.naming.all_staging(run.run_id, run.pipeline):  # looking for each first takes longer
        connection.execute(sa.schema.DropTable(table, if_exists=True))


def _check_is_newest(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Check that a partial run does not go back in time: the tables do not show the other contacts of that day."""
    if Replacement.of(warehouse, run).is_partial and has_newer_published(warehouse, connection, run):
        if run.has_all_sources:
            raise SupersededError(
                f"run {run.run_id}: a later day was published since this one read what changed; nothing was "
                "published, start a new run"
            )
        raise StopError(
            f"a run of some sources ({', '.join(run.sources)}) cannot go back to {run.as_of:%Y-%m-%d}: the others are "
            "published for a later day; run all sources"
        )


def _loaded_tables(run: Run) -> Iterator[Table]:
    yield from (table for table in staged_tables(run.pipeline) if table is not SEGMENT_SIZE)
    if run.pipeline is Pipeline.SEGMENT_CONTACTS:
        yield from REPLACED_CONTACTS


def _count_loaded(warehouse: Warehouse, connection: sa.Connection, run: Run, table: Table) -> int:
    """Count the rows of a staging table in the database: a driver's own count is no proof."""
    loaded, expected = _count(connection, warehouse.naming.staging(table, run.run_id)), run.stage.count(table.name)
    if loaded != expected:
        raise ReconciliationError(f"staging {table.name}: loaded {loaded} rows of {expected}")
    return loaded


def _count(connection: sa.Connection, rows: sa.FromClause) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(rows)).scalar_one())


def _count_members(connection: sa.Connection, replacement: Replacement) -> int:
    """Fill the staging table of SEGMENT_SIZE from all memberships that readers will see."""
    size, member = replacement.staging(SEGMENT_SIZE), replacement.visible(SEGMENT_MEMBERSHIP).subquery()
    as_of = sa.literal(replacement.run.as_of, type_=size.c.as_of.type)
    counted = sa.select(as_of, member.c.segment_kind, member.c.segment_code, sa.func.count()).group_by(
        member.c.segment_kind, member.c.segment_code
    )
    connection.execute(size.insert().from_select(list(SEGMENT_SIZE.column_names), counted))
    return _count(connection, size)

"""The one transaction that makes a run visible."""

from collections.abc import Mapping

import sqlalchemy as sa

from phoneseg.contracts import Keeping, Table, staged_tables
from phoneseg.publish.load import drop_staging
from phoneseg.publish.log import end_run, has_newer_published
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse


def swap_staging(
    warehouse: Warehouse, connection: sa.Connection, run: Run, counts: Mapping[str, int]
) -> dict[str, int]:
    """Make the run's staging tables visible: delete what differs, insert what is new, drop the staging tables.

    Current tables change only when the run is not older than what they show; dated tables replace exactly the run's
    `as_of`. Rows that are the same are not touched.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction, which the caller commits: until then readers see the old tables.
        run: A run whose staging tables passed their suites.
        counts: Columns of PIPELINE_RUN that the run has counted.

    Returns:
        `deleted_rows` and `inserted_rows` over all tables, `is_current`.

    Raises:
        SupersededError: Another run of the interval has taken over.
    """
    is_current = not has_newer_published(warehouse, connection, run)
    deleted = inserted = 0
    for table in staged_tables():
        if table.keeping is Keeping.DATED or is_current:
            changes = _replace(warehouse, connection, run, table)
            deleted, inserted = deleted + changes[0], inserted + changes[1]
    end_run(warehouse, connection, run, "published", {**counts, "is_current": is_current})
    drop_staging(warehouse, connection, run)
    return {"deleted_rows": deleted, "inserted_rows": inserted, "is_current": is_current}


def _replace(warehouse: Warehouse, connection: sa.Connection, run: Run, table: Table) -> tuple[int, int]:
    """Make the published rows equal the staged ones, by the differences; return how many went and came."""
    published = warehouse.naming.published(table)
    staged = sa.select(warehouse.naming.staging(table, run.run_id))
    shown = sa.select(published)
    if table.keeping is Keeping.DATED:
        shown = shown.where(published.c.as_of == run.as_of)
    # EXCEPT takes two nulls for equal, as a comparison of rows should.
    gone = shown.except_(staged).subquery("gone")
    is_gone = sa.tuple_(*(published.c[name] for name in table.key)).in_(
        sa.select(*(gone.c[name] for name in table.key))
    )
    deleted = connection.execute(published.delete().where(is_gone)).rowcount
    new = sa.select(staged.except_(shown).subquery("new"))
    inserted = connection.execute(published.insert().from_select(list(table.column_names), new)).rowcount
    return deleted, inserted

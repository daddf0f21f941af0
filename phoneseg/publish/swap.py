"""The one transaction that makes a run visible."""

from collections.abc import Mapping

import sqlalchemy as sa

from phoneseg.contracts import SOURCE_WATERMARK, Keeping, Table, staged_tables
from phoneseg.errors import SupersededError
from phoneseg.publish.load import drop_staging
from phoneseg.publish.log import end_run, has_newer_published, last_published_us
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.replacement import Replacement, is_unchanged


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
        SupersededError: Another run of the interval has taken over, or the tables that a partial run goes on from have
            changed since its extract.
    """
    warehouse.serialize_publishing(connection)
    replacement = Replacement.of(warehouse, run)
    _check_base(warehouse, connection, run, replacement)
    is_current = not has_newer_published(warehouse, connection, run)
    deleted = inserted = 0
    for table in staged_tables():
        if table.keeping is Keeping.DATED or is_current:
            changes = _replace(connection, replacement, table)
            deleted, inserted = deleted + changes[0], inserted + changes[1]
    changed = {"deleted_rows": deleted, "inserted_rows": inserted, "is_current": is_current}
    watermark = replacement.visible(SOURCE_WATERMARK).subquery()
    freshness = {"source_updated_at": sa.select(sa.func.max(watermark.c.watermark_at)).scalar_subquery()}
    end_run(warehouse, connection, run, "published", {**counts, **changed, **freshness})
    drop_staging(warehouse, connection, run)
    return changed


def _check_base(warehouse: Warehouse, connection: sa.Connection, run: Run, replacement: Replacement) -> None:
    base_us = run.stage.read_counts("extract")["base_us"]
    if replacement.is_partial and last_published_us(warehouse, connection) != base_us:
        raise SupersededError(
            f"run {run.run_id}: another run has published since this one read what changed; nothing was published, "
            "start a new run"
        )


def _replace(connection: sa.Connection, replacement: Replacement, table: Table) -> tuple[int, int]:
    """Make the published rows equal the staged ones, by the differences; return how many went and came."""
    published, staging = replacement.published(table), replacement.staging(table)
    is_kept = sa.exists(sa.select(sa.literal(1)).where(is_unchanged(table, staging, published)))
    deleted = sum(
        connection.execute(published.delete().where(is_replaced, ~is_kept)).rowcount
        for is_replaced in replacement.replaced(table, published)
    )
    is_there = sa.exists(sa.select(sa.literal(1)).where(*(published.c[n] == staging.c[n] for n in table.key)))
    new = sa.select(*staging.c).where(~is_there)
    insert = published.insert().from_select(staging.c.keys(), new)
    inserted = connection.execute(insert.execution_options(preserve_rowcount=True)).rowcount
    return deleted, inserted

"""Published rows become the staged ones, by their differences."""

from collections.abc import Iterable

import sqlalchemy as sa

from phoneseg.contracts import Table
from phoneseg.warehouse.replacement import is_unchanged


def publish_differences(
    connection: sa.Connection,
    table: Table,
    staging: sa.Table,
    published: sa.Table,
    replaced: Iterable[sa.ColumnElement[bool]],
) -> tuple[int, int]:
    """Make published rows equal the staged ones; rows that are the same are not touched.

    Args:
        connection: A connection in a transaction.
        table: The contract of both tables.
        staging: The staged rows.
        published: The table that readers see.
        replaced: Conditions on its rows: those that any of them holds for are replaced.

    Returns:
        How many rows were deleted and inserted.
    """
    is_kept = sa.exists(sa.select(sa.literal(1)).where(is_unchanged(table, staging, published)))
    deleted = sum(
        connection.execute(published.delete().where(is_replaced, ~is_kept)).rowcount for is_replaced in replaced
    )
    is_there = sa.exists(sa.select(sa.literal(1)).where(*(published.c[n] == staging.c[n] for n in table.key)))
    new = sa.select(*staging.c).where(~is_there)
    if connection.dialect.name == "postgresql":  # which fills an index of its keys half as fast again in their order
        new = new.order_by(*(staging.c[name] for name in table.key))
    insert = published.insert().from_select(staging.c.keys(), new)
    inserted = connection.execute(insert.execution_options(preserve_rowcount=True)).rowcount
    return deleted, inserted

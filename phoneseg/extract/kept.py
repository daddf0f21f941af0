"""Published contacts that a partial run does not read again; their activity goes on."""

import sqlalchemy as sa

from phoneseg.contracts import (
    CONTACT_PHONE,
    CONTACT_PROFILE,
    CONTACT_QUARANTINE,
    KEPT_CONTACT,
    KEPT_PHONE,
    KEPT_QUARANTINE,
    Table,
)
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse

_KEPT: tuple[tuple[Table, Table], ...] = (
    (KEPT_CONTACT, CONTACT_PROFILE),
    (KEPT_PHONE, CONTACT_PHONE),
    (KEPT_QUARANTINE, CONTACT_QUARANTINE),
)


def read_kept(warehouse: Warehouse, connection: sa.Connection, run: Run, *, is_partial: bool) -> None:
    """Read what is published of the contacts of all sources, those that the run has read again included.

    Writes `kept_contact`, `kept_phone` and `kept_quarantine`, which are empty of a run that reads everything.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.
        is_partial: Whether it leaves published contacts alone.
    """
    for kept, table in _KEPT:
        published = warehouse.naming.published(table)
        columns = [published.c[name] for name in kept.column_names]
        rows = sa.select(*columns).where(published.c.source.in_(tuple(run.settings.contacts)))
        with run.stage.append(kept) as append:
            for batch in warehouse.read_batches(connection, rows) if is_partial else ():
                append(batch)

"""Published contacts that a partial run does not read again; their activity goes on."""

from collections.abc import Callable

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PHONE, CONTACT_PROFILE, KEPT_CONTACT, KEPT_PHONE
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse

Append = Callable[[pl.DataFrame], None]


def read_kept(
    warehouse: Warehouse, connection: sa.Connection, run: Run, append_contacts: Append, append_phones: Append
) -> None:
    """Read what is published of the contacts of all sources, those that the run has read again included.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: A partial run.
        append_contacts: Appends rows of KEPT_CONTACT.
        append_phones: Appends rows of KEPT_PHONE.
    """
    profile, phone = (warehouse.naming.published(table) for table in (CONTACT_PROFILE, CONTACT_PHONE))
    columns = [profile.c[name] for name in KEPT_CONTACT.column_names]
    contacts = sa.select(*columns).where(profile.c.source.in_(tuple(run.settings.contacts)))
    for batch in warehouse.read_batches(connection, contacts):
        append_contacts(batch)
    for batch in warehouse.read_batches(connection, sa.select(*(phone.c[n] for n in KEPT_PHONE.column_names))):
        append_phones(batch)

"""Which contacts are the same person."""

from collections.abc import Collection

import sqlalchemy as sa

from phoneseg.contracts import CONTACT_CANONICAL
from phoneseg.governance.targets import chunks
from phoneseg.warehouse import Warehouse


def list_cluster(
    warehouse: Warehouse, connection: sa.Connection, contact_ids: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the contacts that are the same person as each contact, itself among them, sorted.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
        contact_ids: Contacts; one that is in no cluster is alone.
    """
    canonical = warehouse.naming.published(CONTACT_CANONICAL)
    canonical_of: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    for some in chunks(contact_ids):
        asked = sa.select(canonical.c.contact_id, canonical.c.canonical_contact_id)
        for contact, head in connection.execute(asked.where(canonical.c.contact_id.in_(some))):
            canonical_of[contact] = head
    for some in chunks(canonical_of.values()):
        all_of = sa.select(canonical.c.canonical_contact_id, canonical.c.contact_id)
        for head, contact in connection.execute(all_of.where(canonical.c.canonical_contact_id.in_(some))):
            members.setdefault(head, set()).add(contact)
    return {
        contact: tuple(sorted({contact, *members.get(canonical_of.get(contact, contact), ())}))
        for contact in contact_ids
    }

"""Erases the rows of contacts, and what only they referred to."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PHONE, SEGMENT, SEGMENT_MEMBERSHIP
from phoneseg.governance.cluster import list_cluster
from phoneseg.governance.receipts import Erased
from phoneseg.governance.targets import chunks, contact_columns, contact_tables, token_columns, token_tables
from phoneseg.warehouse import Warehouse

_SEGMENT: Final = ("segment_kind", "segment_code")

RowsByTable = dict[str, Counter[str]]
"""Rows by table, and by contact."""

Dropped = list[tuple[str, set[str]]]
"""The table of each row that went with the last of its contacts, and those contacts."""


def erase_contacts(warehouse: Warehouse, connection: sa.Connection, contact_ids: Sequence[str]) -> dict[str, Erased]:
    """Erase contacts, and the contacts of their clusters, from all tables.

    Their numbers go where nobody else has them, and segments that have no members left.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction that holds the publishing lock.
        contact_ids: Contacts; one that is nowhere has no rows.

    Returns:
        What was erased, by contact; of several contacts of one person, the first has the rows.
    """
    clusters = list_cluster(warehouse, connection, contact_ids)
    everybody = list(dict.fromkeys(each for cluster in clusters.values() for each in cluster))
    if not everybody:
        return {}
    holders = _list_numbers(warehouse, connection, everybody)
    rows: RowsByTable = {}
    for table in contact_tables():
        rows[table.name] = Counter()
        for name in contact_columns(table):
            for some in chunks(everybody):
                rows[table.name] += _delete(connection, warehouse.naming.published(table), name, some)
    dropped = [(name, holders[token]) for name, token in _drop_numbers(warehouse, connection, holders)]
    _drop_segments(warehouse, connection)
    first = {
        cluster: contact for contact, cluster in reversed(clusters.items())
    }  # who asks for a person gone has no rows
    return {
        contact: Erased(cluster, _rows_of(cluster, rows, dropped) if first[cluster] == contact else {})
        for contact, cluster in clusters.items()
    }


def _rows_of(cluster: Collection[str], rows: RowsByTable, dropped: Dropped) -> dict[str, int]:
    """Return the rows by table of a cluster, without the tables that had none; one row of several contacts is one."""
    counts = Counter({table: sum(by_contact[each] for each in cluster) for table, by_contact in rows.items()})
    counts.update(table for table, contacts in dropped if not contacts.isdisjoint(cluster))
    return {table: count for table, count in counts.items() if count}


def _list_numbers(warehouse: Warehouse, connection: sa.Connection, contact_ids: Sequence[str]) -> dict[str, set[str]]:
    """Return the contacts that hold each token, of those given."""
    phone, holders = warehouse.naming.published(CONTACT_PHONE), dict[str, set[str]]()
    for some in chunks(contact_ids):
        held = sa.select(phone.c.phone_token, phone.c.contact_id).where(phone.c.contact_id.in_(some))
        for token, contact in connection.execute(held):
            holders.setdefault(token, set()).add(contact)
    return holders


def _delete(connection: sa.Connection, table: sa.Table, column: str, contact_ids: Sequence[str]) -> Counter[str]:
    """Delete the rows that name one of the contacts in a column; return how many, by contact."""
    is_of = table.c[column].in_(contact_ids)
    counts = connection.execute(sa.select(table.c[column], sa.func.count()).where(is_of).group_by(table.c[column]))
    deleted = Counter({contact: int(count) for contact, count in counts})
    if deleted:
        connection.execute(table.delete().where(is_of))
    return deleted


def _drop_numbers(
    warehouse: Warehouse, connection: sa.Connection, holders: Mapping[str, set[str]]
) -> list[tuple[str, str]]:
    """Delete the numbers that no contact holds any more; return the table and the token of each row."""
    phone, dropped = warehouse.naming.published(CONTACT_PHONE), []
    columns = [(table, name) for table in token_tables() if not table.is_per_contact for name in token_columns(table)]
    for some in chunks(holders):
        held = set(connection.execute(sa.select(phone.c.phone_token).where(phone.c.phone_token.in_(some))).scalars())
        alone = [token for token in some if token not in held]
        for table, name in columns:
            published = warehouse.naming.published(table)
            has_token = published.c[name].in_(alone)
            there = connection.execute(sa.select(published.c[name]).where(has_token))
            dropped += [(table.name, each) for each in there.scalars()]
            connection.execute(published.delete().where(has_token))
    return dropped


def _drop_segments(warehouse: Warehouse, connection: sa.Connection) -> None:
    """Delete the segments without members: the code of one may say something of the only one that it had."""
    segment, member = (warehouse.naming.published(table) for table in (SEGMENT, SEGMENT_MEMBERSHIP))
    has_members = sa.exists(sa.select(sa.literal(1)).where(*(member.c[name] == segment.c[name] for name in _SEGMENT)))
    connection.execute(segment.delete().where(~has_members))

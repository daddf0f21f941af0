"""What signals of risk say of a person: of its numbers and contacts, and of clusters that they are members of."""

from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa

from phoneseg.contracts import Table
from phoneseg.contracts.risk import PREFIX_LEVELS, RISK_MEMBER, RISK_REVIEW, RISK_SIGNAL
from phoneseg.governance.targets import chunks, token_columns
from phoneseg.warehouse import Warehouse

_MEMBER_OF: Final = {
    RISK_SIGNAL.name: ("as_of", "window_start", "signal_kind", "subject"),
    RISK_REVIEW.name: ("signal_kind", "subject"),
    RISK_MEMBER.name: (),
}
"""What a row has in common with the members that it is about, by table."""


def read_signals(
    warehouse: Warehouse, connection: sa.Connection, table: Table, subjects: Collection[str]
) -> list[dict[str, Any]]:
    """Return the rows of a table of signals that are about a person.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
        table: RISK_SIGNAL, RISK_MEMBER or RISK_REVIEW.
        subjects: Contact ids and tokens of the person.

    Returns:
        The rows in the order of their key, each once; ids and tokens of others are null: they may be other persons.
    """
    published, member = (warehouse.naming.published(each) for each in (table, RISK_MEMBER))
    is_same = [member.c[name] == published.c[name] for name in _MEMBER_OF[table.name]]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for some in chunks(sorted(subjects)):
        is_about: list[sa.ColumnElement[bool]] = [published.c[name].in_(some) for name in token_columns(table)]
        if is_same:
            is_about.append(sa.exists(sa.select(sa.literal(1)).where(member.c.member.in_(some), *is_same)))
        for row in connection.execute(sa.select(published).where(sa.or_(*is_about))).mappings():
            found[tuple(row[name] for name in table.key)] = _without_others(table, dict(row), subjects)
    return [found[key] for key in sorted(found)]


def _without_others(table: Table, row: dict[str, Any], subjects: Collection[str]) -> dict[str, Any]:
    if row.get("subject_kind") in PREFIX_LEVELS:
        return row
    others = [name for name in token_columns(table) if row[name] not in subjects]
    return {**row, **dict.fromkeys(others)}

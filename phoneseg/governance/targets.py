"""Where contacts and numbers stand in the published tables: as the contracts say, so that no table is forgotten."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from phoneseg.contracts import PRIVACY_REQUEST, TABLES, Table
from phoneseg.privacy import TOKEN_HEX_DIGITS

Item = TypeVar("Item")

_CHUNK: Final = 500  # values in one statement; drivers take some thousands


_EITHER: Final = ("subject", "member")
"""Columns of tables of risk that hold the token of a number, or a contact's id, or a prefix."""


def contact_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that may name a contact, such as `contact_id` and `canonical_contact_id`."""
    names = ("contact_id", *_EITHER)
    return tuple(name for name in table.column_names if name in names or name.endswith("_contact_id"))


def token_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that may hold the token of a number."""
    return tuple(name for name in table.column_names if name in ("phone_token", *_EITHER))


def is_token(held: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Return whether a column of `token_columns` holds a token, and neither a contact id nor a prefix.

    Contact ids and carriers have a colon, and no other prefix is as long.
    """
    if held.key == "phone_token":
        return sa.true()
    return sa.and_(sa.func.length(held) == TOKEN_HEX_DIGITS, sa.not_(held.contains(":")))


def is_of_either(table: Table) -> bool:
    """Return whether the rows of a table are about numbers or contacts, as they come: those of signals are."""
    return _EITHER[0] in table.column_names


def contact_tables() -> Iterator[Table]:
    """Yield the tables with rows of contacts; requests have their own way to go."""
    return (table for table in TABLES if contact_columns(table) and table is not PRIVACY_REQUEST)


def token_tables() -> Iterator[Table]:
    """Yield the tables that hold tokens of numbers."""
    return (table for table in TABLES if token_columns(table))


def chunks(values: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """Yield the distinct values in parts that one statement can take, in their order."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), _CHUNK):
        yield distinct[start : start + _CHUNK]

"""Where contacts and numbers stand in the published tables: as the contracts say, so that no table is forgotten."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from phoneseg.contracts import PRIVACY_REQUEST, TABLES, Table

Item = TypeVar("Item")

_CHUNK: Final = 500  # values in one statement; drivers take some thousands


def contact_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that name a contact, such as `contact_id` and `canonical_contact_id`."""
    return tuple(name for name in table.column_names if name == "contact_id" or name.endswith("_contact_id"))


def contact_tables() -> Iterator[Table]:
    """Yield the tables with rows of contacts; requests have their own way to go."""
    return (table for table in TABLES if contact_columns(table) and table is not PRIVACY_REQUEST)


def token_tables() -> Iterator[Table]:
    """Yield the tables that hold tokens of numbers."""
    return (table for table in TABLES if "phone_token" in table.column_names)


def chunks(values: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """Yield the distinct values in parts that one statement can take, in their order."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), _CHUNK):
        yield distinct[start : start + _CHUNK]

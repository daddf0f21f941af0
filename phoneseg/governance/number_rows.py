"""Erases numbers from the contacts that hold them; the contacts stay, and another phone becomes the primary one."""

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CONTACT_QUARANTINE, QUARANTINE_RAW, Table
from phoneseg.governance.primary_phones import renew_primary_phones
from phoneseg.governance.receipts import Erased, list_digits
from phoneseg.governance.targets import chunks, token_columns, token_tables
from phoneseg.numbers import normalize
from phoneseg.privacy import KeyRing, load_key_ring, written_digits
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse

_CELL: Final = ("contact_id", "phone_column", "position")


def erase_numbers(
    warehouse: Warehouse, connection: sa.Connection, settings: Settings, numbers: Sequence[str]
) -> dict[str, Erased]:
    """Erase numbers from all tables; the contacts that held them lose them.

    What follows from a number, such as a segment by its area, follows it with the next run.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction that holds the publishing lock.
        settings: Their order of phone columns decides which phone is the primary one now.
        numbers: Numbers in E.164.

    Returns:
        What was erased, by number.

    Raises:
        SettingsError: There is no token key.
    """
    if not numbers:
        return {}
    digits, number_of = _digits_of(numbers), _list_tokens(load_key_ring(settings), numbers)
    rows = {number: Counter[str]() for number in numbers}
    losers: dict[str, set[str]] = {number: set() for number in numbers}
    for cell, number in _list_cells(warehouse, connection, digits):
        deleted = [_delete_cell(connection, warehouse, table, cell) for table in (CONTACT_QUARANTINE, QUARANTINE_RAW)]
        rows[number].update(dict(zip((CONTACT_QUARANTINE.name, QUARANTINE_RAW.name), deleted, strict=True)))
        losers[number].add(cell[0])
    for table in token_tables():
        published = warehouse.naming.published(table)
        named = [published.c.contact_id] if table.is_per_contact else []
        for held, some in product((published.c[name] for name in token_columns(table)), chunks(number_of)):
            for token, *contact in connection.execute(sa.select(held, *named).where(held.in_(some))):
                rows[number_of[token]][table.name] += 1
                losers[number_of[token]].update(contact)
            change = published.update().values({held.name: None}) if held.nullable else published.delete()
            connection.execute(change.where(held.in_(some)))
    renew_primary_phones(warehouse, connection, settings, {each for some in losers.values() for each in some})
    return {
        number: Erased(
            tuple(sorted(losers[number])), {name: n for name, n in rows[number].items() if n}, digits[number]
        )
        for number in numbers
    }


def _digits_of(numbers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    cells = pl.DataFrame({"phone_raw": list(numbers)}, {"phone_raw": pl.String})
    cells = cells.with_columns(region_hint=pl.lit(None, pl.String))
    read = normalize(cells, phone="phone_raw", region="region_hint", fields=("national_significant_number",))
    return list_digits(numbers, read["national_significant_number"].to_list())


def _list_tokens(ring: KeyRing, numbers: Sequence[str]) -> dict[str, str]:
    """Return the tokens of numbers under all keys, each with its number.

    Of a number that nobody holds, such as one in quarantine or an earlier one, tokens may stand without the number.
    """
    keys = (ring.current, *ring.old)
    return {token: number for key in keys for token, number in zip(key.tokens(numbers), numbers, strict=True)}


def _list_cells(
    warehouse: Warehouse, connection: sa.Connection, digits: dict[str, tuple[str, ...]]
) -> list[tuple[tuple[Any, ...], str]]:
    """Return the quarantined cells whose digits are those of a number, with that number."""
    number_of = {written: number for number, ways in digits.items() for written in ways}
    table, found = warehouse.naming.published(QUARANTINE_RAW), []
    if not number_of:
        return []
    columns = (*_CELL, "phone_raw")
    for batch in warehouse.read_batches(connection, sa.select(*(table.c[name] for name in columns))):
        cells = batch.cast({"phone_raw": pl.String}).with_columns(written=written_digits("phone_raw"))
        named = cells.filter(pl.col("written").is_in(list(number_of)))
        found += [(row[:3], number_of[row[3]]) for row in named.select(*_CELL, "written").iter_rows()]
    return found


def _delete_cell(connection: sa.Connection, warehouse: Warehouse, table: Table, cell: tuple[Any, ...]) -> int:
    published = warehouse.naming.published(table)
    is_of = (published.c[name] == value for name, value in zip(_CELL, cell, strict=True))
    return int(connection.execute(published.delete().where(*is_of)).rowcount)

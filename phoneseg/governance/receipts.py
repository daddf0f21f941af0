"""What stays of an erasure: receipts that name nobody, and tombstones."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import ERASURE_RECEIPT, PRIVACY_REQUEST, TOMBSTONE
from phoneseg.governance.requests import OpenRequests, Request, RequestKind
from phoneseg.governance.targets import chunks
from phoneseg.privacy import CONTACT, DIGITS, NUMBER, TokenKey, written_digits
from phoneseg.warehouse import Warehouse

_ROWS: Final = 100


@dataclass(frozen=True)
class Erased:
    """What was erased of one subject.

    Attributes:
        contact_ids: The contact and those of its cluster; of a number, the contacts that lost it.
        rows_by_table: Rows that were erased, or lost the number, by table.
        digits: Of a number, its digits as they may stand in a cell, with and without the calling code.
    """

    contact_ids: tuple[str, ...]
    rows_by_table: dict[str, int]
    digits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """A request that was served; the fields are those of ERASURE_RECEIPT.

    Attributes:
        receipt_id: Id of the receipt.
        request: The request.
        erased: What was erased for it.
    """

    receipt_id: str
    request: Request
    erased: Erased

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(self.erased.rows_by_table.values())


def write_receipts(
    warehouse: Warehouse, connection: sa.Connection, receipts: Sequence[Receipt], served_at: datetime
) -> None:
    """Write the receipts. A request id that names the erased, though it should name nobody, is left out."""
    rows = [
        {
            "receipt_id": each.receipt_id,
            "request_id": _harmless(each.request.request_id, each),
            "request_kind": str(each.request.kind),
            "requested_at": each.request.requested_at,
            "served_at": served_at,
            "contact_count": len(each.erased.contact_ids),
            "row_count": each.row_count,
            "rows_by_table": json.dumps(each.erased.rows_by_table, sort_keys=True),
        }
        for each in receipts
    ]
    _insert(connection, warehouse.naming.published(ERASURE_RECEIPT), rows)


def write_tombstones(
    warehouse: Warehouse, connection: sa.Connection, key: TokenKey, receipts: Sequence[Receipt], erased_at: datetime
) -> None:
    """Write the tombstones that are not there yet: of each contact that was erased, and of each number."""
    table = warehouse.naming.published(TOMBSTONE)
    new = {(kind, key.erasure_token(kind, value)): receipt for kind, value, receipt in _buried(receipts)}
    is_known: set[tuple[str, str]] = set()
    for some in chunks(token for _, token in new):
        known = sa.select(table.c.token_kind, table.c.erasure_token).where(table.c.token_key_id == key.key_id)
        is_known |= {(row[0], row[1]) for row in connection.execute(known.where(table.c.erasure_token.in_(some)))}
    rows = [
        dict(zip(TOMBSTONE.column_names, (kind, token, key.key_id, erased_at, receipt), strict=True))
        for (kind, token), receipt in new.items()
        if (kind, token) not in is_known
    ]
    _insert(connection, table, rows)


def close_requests(
    warehouse: Warehouse, connection: sa.Connection, receipts: Sequence[Receipt], found: OpenRequests
) -> None:
    """Delete the requests that were served, and all others that name whom they erased.

    A request for somebody else that names them beside stays, without them.
    """
    table = warehouse.naming.published(PRIVACY_REQUEST)
    numbers = {each.request.subject for each in receipts if each.request.kind == RequestKind.ERASE_NUMBER}
    contacts = {
        contact
        for each in receipts
        if each.request.kind == RequestKind.ERASE_CONTACT
        for contact in each.erased.contact_ids
    }
    served = {each.request.request_id for each in receipts}
    done, without_contact, without_number = list[str](), list[str](), list[str]()
    for request_id, kind, contact, number in found.named:
        is_of_contact, is_of_number = contact in contacts, number in numbers
        is_for_them = is_of_contact and kind != RequestKind.ERASE_NUMBER
        is_for_number = is_of_number and kind != RequestKind.ERASE_CONTACT
        if request_id in served or is_for_them or is_for_number:
            done.append(request_id)
        elif is_of_contact:
            without_contact.append(request_id)
        elif is_of_number:
            without_number.append(request_id)
    for some in chunks(done):
        connection.execute(table.delete().where(table.c.request_id.in_(some)))
    for name, requests in (("contact_id", without_contact), ("phone_e164", without_number)):
        for some in chunks(requests):
            connection.execute(table.update().where(table.c.request_id.in_(some)).values({name: None}))


def list_digits(numbers: Sequence[str], national: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the digits of numbers, with and without the calling code, as `written_digits` gives them.

    Args:
        numbers: Numbers in E.164.
        national: Their national significant numbers.
    """
    frame = pl.DataFrame(
        {"whole": list(numbers), "national": list(national)}, dict.fromkeys(("whole", "national"), pl.String)
    )
    digits = frame.select(written_digits(name) for name in frame.columns)
    return {number: tuple(dict.fromkeys(row)) for number, row in zip(numbers, digits.iter_rows(), strict=True)}


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows, many in one statement: one by one, an embedded database takes milliseconds for each."""
    for start in range(0, len(rows), _ROWS):
        connection.execute(table.insert().values(rows[start : start + _ROWS]))


def _buried(receipts: Iterable[Receipt]) -> Iterator[tuple[str, str, str]]:
    """Yield kind, value and receipt of each tombstone."""
    for each in receipts:
        if each.request.kind == RequestKind.ERASE_CONTACT:
            yield from ((CONTACT, contact, each.receipt_id) for contact in each.erased.contact_ids)
        else:
            yield NUMBER, each.request.subject, each.receipt_id
            yield from ((DIGITS, digits, each.receipt_id) for digits in each.erased.digits)


def _harmless(request_id: str | None, receipt: Receipt) -> str | None:
    """Return the id of a request, but for one that holds the id, or the digits, of who was erased."""
    if request_id is None:
        return None
    (written,) = pl.DataFrame({"id": [request_id]}).select(written_digits("id")).to_series()
    ids = {each.partition(":")[2] for each in receipt.erased.contact_ids} | {*receipt.erased.digits}
    named = {receipt.request.subject, *receipt.erased.contact_ids}
    is_naming = (
        any(word in request_id for word in named)
        or request_id in ids
        or any(digits in written for digits in receipt.erased.digits)
    )
    return None if is_naming else request_id

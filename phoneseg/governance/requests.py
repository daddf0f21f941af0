"""Requests to erase a contact or a number."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import PRIVACY_REQUEST
from phoneseg.errors import StopError
from phoneseg.numbers import normalize
from phoneseg.run import as_utc
from phoneseg.warehouse import Warehouse


class RequestKind(StrEnum):
    """What is asked for."""

    ERASE_CONTACT = "erase_contact"
    ERASE_NUMBER = "erase_number"


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        kind: What is asked for.
        subject: The contact id, or the number in E.164; it never prints.
        request_id: Id of its row in PRIVACY_REQUEST, if it has one.
        requested_at: When it was asked for.
    """

    kind: RequestKind
    subject: str = field(repr=False)
    request_id: str | None = None
    requested_at: datetime | None = None


class OpenRequests(NamedTuple):
    """What PRIVACY_REQUEST holds.

    Attributes:
        requests: Those that can be served.
        refused: How many others there are, by the reason.
        named: Id, kind, contact and number in E.164 of each row, those that cannot be served among them.
    """

    requests: list[Request]
    refused: dict[str, int]
    named: list[tuple[str, str, str | None, str | None]]


_NO_CONTACT = "the contact id has to be `<source>:<id>`, such as crm:17"
_NO_NUMBER = "the number has to be a possible one with its calling code, such as +49 30 ..."


def request_contact(contact_id: str) -> Request:
    """Return the request to erase a contact.

    Raises:
        StopError: It is no contact id.
    """
    source, _, key = contact_id.partition(":")
    if not (source.isidentifier() and key):
        raise StopError(_NO_CONTACT)
    return Request(RequestKind.ERASE_CONTACT, contact_id)


def request_number(text: str) -> Request:
    """Return the request to erase a number.

    Raises:
        StopError: The text is no number that can be read without a country.
    """
    (number,) = read_numbers([text])
    if number is None:
        raise StopError(_NO_NUMBER)
    return Request(RequestKind.ERASE_NUMBER, number)


def read_numbers(texts: Iterable[str]) -> list[str | None]:
    """Return each text as a number in E.164; null where it is no possible number with its calling code."""
    cells = pl.DataFrame({"phone_raw": list(texts)}, {"phone_raw": pl.String})
    cells = cells.with_columns(region_hint=pl.lit(None, pl.String))
    read = normalize(cells, phone="phone_raw", region="region_hint", fields=("phone_e164", "is_possible"))
    return read.select(pl.when("is_possible").then("phone_e164")).to_series().to_list()


def read_requests(warehouse: Warehouse, connection: sa.Connection, sources: Collection[str]) -> OpenRequests:
    """Read the open requests, the oldest first.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
        sources: Names of the contact sources: who asks for a contact of another would hear that nothing was held.
    """
    table = warehouse.naming.published(PRIVACY_REQUEST)
    rows = connection.execute(sa.select(table).order_by(table.c.requested_at, table.c.request_id)).all()
    numbers = dict(zip((row.request_id for row in rows), read_numbers(row.phone_e164 for row in rows), strict=True))
    requests, refused = [], dict[str, int]()
    for row in rows:
        at = row.requested_at and as_utc(row.requested_at)
        try:
            request = _of_row(row.request_kind, row.contact_id, numbers[row.request_id], sources)
        except StopError as error:
            refused[str(error)] = refused.get(str(error), 0) + 1
        else:
            requests.append(Request(request.kind, request.subject, row.request_id, at))
    named = [(row.request_id, row.request_kind, row.contact_id, numbers[row.request_id]) for row in rows]
    return OpenRequests(requests, refused, named)


def _of_row(kind: str, contact_id: str | None, number: str | None, sources: Collection[str]) -> Request:
    if kind == RequestKind.ERASE_CONTACT:
        request = request_contact(contact_id or "")
        if request.subject.partition(":")[0] not in sources:
            raise StopError(f"the source of the contact id has to be one of the settings: {', '.join(sources)}")
        return request
    if kind != RequestKind.ERASE_NUMBER:
        raise StopError(f"request_kind has to be {' or '.join(RequestKind)}")
    if number is None:
        raise StopError(_NO_NUMBER)
    return Request(RequestKind.ERASE_NUMBER, number)

"""Erases contacts and numbers from every table, in one transaction, and lets tombstones keep them away."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from secrets import token_hex

import sqlalchemy as sa

from phoneseg.extract import check_token_key
from phoneseg.governance.contact_rows import erase_contacts
from phoneseg.governance.leftovers import remove_idle_leftovers
from phoneseg.governance.number_rows import erase_numbers
from phoneseg.governance.receipts import Erased, Receipt, close_requests, write_receipts, write_tombstones
from phoneseg.governance.requests import OpenRequests, Request, RequestKind, read_requests
from phoneseg.privacy import load_token_key
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.migrations import prepare_tables

_NOTHING = Erased((), {})
log = logging.getLogger(__name__)


def erase(settings: Settings, requests: Sequence[Request], *, dry_run: bool) -> list[Receipt]:
    """Erase contacts and numbers, and the open requests that name them.

    A run that read the sources before will not be published. What runs that are not at work left, staging tables and
    stage folders, goes too.

    Args:
        settings: The settings.
        requests: What to erase.
        dry_run: Whether to do it all and then take it back, so that the receipts say what would be erased.

    Returns:
        A receipt for each request, in their order.

    Raises:
        SettingsError: There is no token key.
        StopError: The published tokens are of another key: the tombstones would be, too.
        OutdatedSchemaError: The tables are those of another version of phoneseg.
        WarehouseBusyError: A run was publishing for longer than `lock_wait_s`.
    """
    return _serve(settings, requests, dry_run=dry_run)[0]


def serve_requests(settings: Settings, *, dry_run: bool) -> tuple[list[Receipt], dict[str, int]]:
    """Serve the open requests of PRIVACY_REQUEST; each goes as it is served.

    Args:
        settings: The settings.
        dry_run: As for `erase`.

    Returns:
        The receipts; and how many requests stay because they cannot be served, by the reason.

    Raises:
        SettingsError: There is no token key.
        StopError: The published tokens are of another key: the tombstones would be, too.
        OutdatedSchemaError: The tables are those of another version of phoneseg.
        WarehouseBusyError: A run was publishing for longer than `lock_wait_s`.
    """
    return _serve(settings, None, dry_run=dry_run)


def _serve(
    settings: Settings, requests: Sequence[Request] | None, *, dry_run: bool
) -> tuple[list[Receipt], dict[str, int]]:
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        prepare_tables(warehouse, connection, settings)
    with warehouse.transaction() as connection:
        warehouse.serialize_publishing(connection)
        found = read_requests(warehouse, connection, settings.contacts)
        receipts = _erase_within(
            warehouse, connection, settings, found.requests if requests is None else requests, found
        )
        if dry_run:
            connection.rollback()
    if receipts and not dry_run and (count := remove_idle_leftovers(warehouse, settings)):
        log.warning("erased; runs under way: %s; they will not be published: start them again", count)
    return receipts, found.refused


def _erase_within(
    warehouse: Warehouse,
    connection: sa.Connection,
    settings: Settings,
    requests: Sequence[Request],
    found: OpenRequests,
) -> list[Receipt]:
    """Erase in a transaction that holds the publishing lock, which the caller commits."""
    if not requests:
        return []
    key, now = load_token_key(settings), datetime.now(UTC)
    check_token_key(warehouse, connection, settings, key.key_id)
    contacts, numbers = ([each.subject for each in requests if each.kind == kind] for kind in RequestKind)
    erased = {
        RequestKind.ERASE_CONTACT: erase_contacts(warehouse, connection, contacts),
        RequestKind.ERASE_NUMBER: erase_numbers(warehouse, connection, settings, numbers),
    }
    receipts = [
        Receipt(token_hex(8), each, erased[each.kind].pop(each.subject, _NOTHING))  # who asks twice has nothing left
        for each in requests
    ]
    write_receipts(warehouse, connection, receipts, now)
    write_tombstones(warehouse, connection, key, receipts, now)
    close_requests(warehouse, connection, receipts, found)
    return receipts

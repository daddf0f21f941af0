"""All that is held of a person, for the person: by table, with the meaning of every column (GDPR, 15 and 20)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import phoneseg
from phoneseg.contracts import CONTACT_PHONE, PHONE_NUMBER, PIPELINE_RUN, SEGMENT, Table
from phoneseg.governance.cluster import list_cluster
from phoneseg.governance.requests import Request, RequestKind
from phoneseg.governance.signal_rows import read_signals
from phoneseg.governance.targets import chunks, contact_columns, contact_tables, is_of_either, token_tables
from phoneseg.privacy import load_token_key
from phoneseg.run import as_utc
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.migrations import check_tables

Rows = list[dict[str, Any]]


def export_person(settings: Settings, request: Request) -> dict[str, Any]:
    """Return all that is published of a contact and its cluster, or of a number.

    A number that contacts of one person alone hold gives all that is held of that person. Of one that several hold, it
    gives what is held of the number, and names no contact: they may be others.

    Args:
        settings: The settings.
        request: Who it is.

    Returns:
        What JSON can hold: `contact_ids`, `tables` with meaning, columns and rows, `segments` with their rules, and the
        `sources` in the settings that the rows come from.

    Raises:
        SettingsError: It is a number, and there is no token key.
        OutdatedSchemaError: The tables are those of another version of phoneseg.
    """
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        tokens, contacts, is_shared = _find(warehouse, connection, settings, request)
        tables = {
            table.name: _rows_of_contacts(warehouse, connection, table, contacts)
            for table in contact_tables()
            if not is_of_either(table)
        }
        tokens |= {row["phone_token"] for row in tables[CONTACT_PHONE.name]}
        for table in token_tables():
            if is_of_either(table):
                tables[table.name] = _told(read_signals(warehouse, connection, table, {*contacts, *tokens}))
            elif not table.is_per_contact:
                tables[table.name] = _rows_of(warehouse, connection, table, "phone_token", tokens)
        segments = _read_segments(warehouse, connection, tables)
        as_of = _shown_as_of(warehouse, connection)
    contracts = {table.name: warehouse.naming.contract(table) for table in (*contact_tables(), *token_tables())}
    return {
        "exported_by": f"phoneseg {phoneseg.__version__}",
        "as_of": as_of,
        "contact_ids": sorted(contacts),
        "is_shared_number": is_shared,
        "tables": {name: _describe(contracts[name], rows) for name, rows in tables.items() if rows},
        "segments": segments,
        "sources": _describe_sources(settings, contacts),
    }


def _find(
    warehouse: Warehouse, connection: sa.Connection, settings: Settings, request: Request
) -> tuple[set[str], tuple[str, ...], bool]:
    """Return tokens and contacts of a person, and whether it is a number that several persons hold."""
    if request.kind is RequestKind.ERASE_CONTACT:
        return set(), list_cluster(warehouse, connection, [request.subject])[request.subject], False
    number, phone = (warehouse.naming.published(table) for table in (PHONE_NUMBER, CONTACT_PHONE))
    found = sa.select(number.c.phone_token).where(number.c.phone_e164 == request.subject)
    tokens = {*connection.execute(found).scalars(), load_token_key(settings).token(request.subject)}
    holders = sa.select(phone.c.contact_id).where(phone.c.phone_token.in_(tokens)).distinct()
    persons = set(list_cluster(warehouse, connection, sorted(connection.execute(holders).scalars())).values())
    return tokens, persons.pop() if len(persons) == 1 else (), len(persons) > 1


def _rows_of_contacts(warehouse: Warehouse, connection: sa.Connection, table: Table, contacts: Collection[str]) -> Rows:
    """Return the rows of contacts, without the ids of others: they may be other persons."""
    rows = _rows_of(warehouse, connection, table, "contact_id", contacts)
    others = [name for name in contact_columns(table) if name != "contact_id"]
    return [row | {name: None for name in others if row[name] not in contacts} for row in rows]


def _rows_of(warehouse: Warehouse, connection: sa.Connection, table: Table, column: str, values: Iterable[str]) -> Rows:
    """Return the rows with one of some values in a column, in the order of their key."""
    published, rows = warehouse.naming.published(table), []
    order = [published.c[name] for name in table.key]
    for some in chunks(sorted(values)):
        found = connection.execute(sa.select(published).where(published.c[column].in_(some)).order_by(*order))
        rows += _told(dict(row) for row in found.mappings())
    return rows


def _told(rows: Iterable[Mapping[str, Any]]) -> Rows:
    return [{name: _as_json(value) for name, value in row.items()} for row in rows]


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return as_utc(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _describe(table: Table, rows: Rows) -> dict[str, Any]:
    meanings = {column.name: column.meaning for column in table.columns}
    return {"meaning": table.row_meaning, "columns": meanings, "rows": rows}


def _read_segments(warehouse: Warehouse, connection: sa.Connection, tables: Mapping[str, Rows]) -> Rows:
    """Return what the segments of a person's memberships mean."""
    key = ("segment_kind", "segment_code")
    named = {tuple(row[name] for name in key) for rows in tables.values() for row in rows if key[0] in row}
    kinds = {kind for kind, _ in named}
    found = _rows_of(warehouse, connection, SEGMENT, key[0], kinds)
    return [row for row in found if tuple(row[name] for name in key) in named]


def _describe_sources(settings: Settings, contacts: Collection[str]) -> dict[str, Any]:
    """Return where the contacts come from, as the settings say."""
    names = sorted({each.partition(":")[0] for each in contacts} & set(settings.contacts))
    sources = {name: settings.contacts[name] for name in names}
    return {
        name: {
            "table": each.table or "a query",
            "columns": list(dict.fromkeys((*each.columns, *each.person_columns))),  # names and addresses are compared
        }
        for name, each in sources.items()
    }


def _shown_as_of(warehouse: Warehouse, connection: sa.Connection) -> str | None:
    log = warehouse.naming.published(PIPELINE_RUN)
    shown = connection.execute(sa.select(sa.func.max(log.c.as_of)).where(log.c.is_current.is_(True))).scalar()
    return as_utc(shown).isoformat() if shown else None

"""Which phone is the primary one of contacts that lost one, and what their profiles say of it."""

from collections.abc import Collection, Sequence
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PHONE, CONTACT_PROFILE, CONTACT_QUARANTINE, RAW_CONTACT, Table
from phoneseg.contracts.profile import PHONE_COLUMNS
from phoneseg.governance.targets import chunks
from phoneseg.numbers import mark_primary
from phoneseg.profiles import build_contact_base
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse

_CELL: Final = ("contact_id", "phone_column", "position")
_LAST_RANK: Final = 9_999


def renew_primary_phones(
    warehouse: Warehouse, connection: sa.Connection, settings: Settings, contact_ids: Collection[str]
) -> None:
    """Mark the primary phones of contacts anew, and let their profiles tell of what is left, as a run would.

    An incremental run goes on from the published profiles; where they still told of the number, it would come back.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction that has deleted rows of CONTACT_PHONE or CONTACT_QUARANTINE.
        settings: Their order of phone columns decides.
        contact_ids: The contacts that lost rows.
    """
    for some in chunks(contact_ids):
        phones, quarantined = (
            _read(warehouse, connection, table, some) for table in (CONTACT_PHONE, CONTACT_QUARANTINE)
        )
        marked = mark_primary(
            phones.join(_ranks(settings), on=("source", "phone_column"), how="left").with_columns(
                pl.col("phone_rank").fill_null(_LAST_RANK)
            )
        )
        _mark(warehouse, connection, phones, marked)
        contacts = pl.LazyFrame({"contact_id": some}).with_columns(
            pl.lit(None, column.dtype).alias(column.name) for column in RAW_CONTACT.columns[1:]
        )
        base = build_contact_base(contacts, marked, quarantined).select(
            "contact_id", *(column.name for column in PHONE_COLUMNS)
        )
        _update(connection, warehouse.naming.published(CONTACT_PROFILE), ("contact_id",), base.collect())


def _read(warehouse: Warehouse, connection: sa.Connection, table: Table, contact_ids: Sequence[str]) -> pl.LazyFrame:
    """Return rows of contacts as this transaction sees them, which `read_batches` may not."""
    published = warehouse.naming.published(table)
    columns = [published.c[name] for name in table.column_names]
    rows = connection.execute(sa.select(*columns).where(published.c.contact_id.in_(contact_ids))).all()
    return pl.LazyFrame([tuple(row) for row in rows], table.schema, orient="row")


def _ranks(settings: Settings) -> pl.LazyFrame:
    """Return the rank of each phone column of each source, as extract gives it."""
    ranks = [
        (name, column, rank)
        for name, source in settings.contacts.items()
        for rank, column in enumerate(source.phones, start=1)
    ]
    return pl.LazyFrame(ranks, {"source": pl.String, "phone_column": pl.String, "phone_rank": pl.Int16}, orient="row")


def _mark(warehouse: Warehouse, connection: sa.Connection, before: pl.LazyFrame, after: pl.LazyFrame) -> None:
    """Write `is_primary` where it changed."""
    flags = before.select(*_CELL, was="is_primary").join(after.select(*_CELL, "is_primary"), on=_CELL)
    changed = flags.filter(pl.col("was") != pl.col("is_primary")).drop("was").collect()
    _update(connection, warehouse.naming.published(CONTACT_PHONE), _CELL, changed)


def _update(connection: sa.Connection, table: sa.Table, key: Sequence[str], rows: pl.DataFrame) -> None:
    """Set the columns of rows that are there."""
    if rows.is_empty():
        return
    is_row = (table.c[name] == sa.bindparam(f"of_{name}") for name in key)
    values: dict[str, sa.BindParameter[object]] = {
        name: sa.bindparam(f"to_{name}") for name in rows.columns if name not in key
    }
    named = rows.rename({name: f"of_{name}" if name in key else f"to_{name}" for name in rows.columns})
    connection.execute(table.update().where(*is_row).values(values), named.to_dicts())

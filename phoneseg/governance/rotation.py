"""A new key for the tokens: every table gets the new tokens in one transaction, so that joins go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import PHONE_NUMBER, TOMBSTONE, Area, Column, Keeping, PrivacyClass, Table
from phoneseg.errors import RetryableError
from phoneseg.governance.targets import is_token, token_columns, token_tables
from phoneseg.privacy import KeyRing, TokenKey
from phoneseg.run import Stage
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.migrations import check_tables, prepare_tables

_CHANGE: Final = Table(
    "token_change",
    "One number whose token changes.",
    Keeping.CURRENT,
    ("former_token",),
    (
        Column("former_token", pl.String, "Its token until now.", PrivacyClass.PSEUDONYM),
        Column("phone_token", pl.String, "Its new token.", PrivacyClass.PSEUDONYM),
    ),
    Area.STAGE,
)
_ROTATION: Final = "rotation"  # instead of a run's id: what a killed one left, the next run removes


@dataclass(frozen=True)
class KeyUse:
    """One key of tokens or tombstones.

    Attributes:
        key_id: Its id.
        role: `current` or `old` in the settings, or `missing`.
        number_count: Published numbers with tokens of it.
        tombstone_count: Tombstones of it.
    """

    key_id: str
    role: str
    number_count: int
    tombstone_count: int


def list_keys(settings: Settings, ring: KeyRing) -> list[KeyUse]:
    """Return the keys of the settings, and those that the tables name.

    Raises:
        OutdatedSchemaError: The tables are those of another version of phoneseg.
    """
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        numbers, tombstones = (_count_by_key(warehouse, connection, table) for table in (PHONE_NUMBER, TOMBSTONE))
    roles = {ring.current.key_id: "current"}
    for key in ring.old:
        roles.setdefault(key.key_id, "old")
    known = dict.fromkeys((*roles, *numbers, *tombstones))
    return [KeyUse(each, roles.get(each, "missing"), numbers.get(each, 0), tombstones.get(each, 0)) for each in known]


def rotate_keys(settings: Settings, new_key: TokenKey) -> dict[str, int]:
    """Give all published tokens a new key; tombstones keep theirs, which nobody can make anew.

    The numbers in clear of the restricted table make the new tokens, so that the old key is not asked for. Tokens whose
    numbers are not there go. It can be called again: what has the new key stays. A run that began before will not be
    published.

    Returns:
        Rows that got a new token, by table.

    Raises:
        OutdatedSchemaError: The tables are those of another version of phoneseg.
        RetryableError: A run has published numbers meanwhile.
    """
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        prepare_tables(warehouse, connection, settings)
    with _staged_changes(warehouse, new_key) as change, warehouse.transaction() as connection:
        warehouse.serialize_publishing(connection)
        number = warehouse.naming.published(PHONE_NUMBER)
        is_known = sa.exists(sa.select(sa.literal(1)).where(change.c.former_token == number.c.phone_token))
        unknown = sa.select(sa.literal(1)).where(number.c.token_key_id != new_key.key_id, ~is_known).limit(1)
        if connection.execute(unknown).scalar() is not None:
            raise RetryableError("a run has published new numbers meanwhile; nothing was changed, try again")
        renewed = {table.name: _retoken(warehouse, connection, table, change, new_key) for table in token_tables()}
        if any(renewed.values()):
            _drop_unknown_tokens(warehouse, connection)
        return renewed


@contextmanager
def _staged_changes(warehouse: Warehouse, new_key: TokenKey) -> Iterator[sa.Table]:
    """Yield a staging table of _CHANGE that is gone after the block; it holds no number."""
    change = warehouse.naming.staging(_CHANGE, _ROTATION)
    with TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        _write_changes(warehouse, new_key, stage)
        with warehouse.transaction() as connection:
            change.drop(connection, checkfirst=True)
            change.create(connection)
        warehouse.load(change, stage.path(_CHANGE.name))
    try:
        yield change
    finally:
        with warehouse.transaction() as connection:
            change.drop(connection, checkfirst=True)


def _write_changes(warehouse: Warehouse, new_key: TokenKey, stage: Stage) -> None:
    number = warehouse.naming.published(PHONE_NUMBER)
    former = sa.select(number.c.phone_token, number.c.phone_e164).where(number.c.token_key_id != new_key.key_id)
    with warehouse.snapshot() as connection, stage.append(_CHANGE) as append:
        for batch in warehouse.read_batches(connection, former):
            rows = batch.cast(dict.fromkeys(batch.columns, pl.String))
            tokens = pl.Series(new_key.tokens(rows["phone_e164"]), dtype=pl.String)
            append(rows.select(pl.col("phone_token").alias("former_token"), tokens.alias("phone_token")))


def _retoken(warehouse: Warehouse, connection: sa.Connection, table: Table, change: sa.Table, new_key: TokenKey) -> int:
    published, columns = warehouse.naming.published(table), token_columns(table)
    former = sa.select(change.c.former_token)
    has_former = sa.or_(*(published.c[name].in_(former) for name in columns))
    count = connection.execute(sa.select(sa.func.count()).select_from(published).where(has_former)).scalar_one()
    for name in columns:
        values: dict[str, object] = {name: change.c.phone_token}
        if "token_key_id" in table.column_names:
            values["token_key_id"] = new_key.key_id
        renewed = published.update().values(values).where(published.c[name] == change.c.former_token)
        connection.execute(renewed)
    return int(count)


def _drop_unknown_tokens(warehouse: Warehouse, connection: sa.Connection) -> None:
    """Delete what the tables of numbers say of tokens whose numbers are not there: nobody can make those anew.

    Those are answers about numbers that nobody has any more, which no run could use; numbers in quarantine, which too
    many share: the next run, which reads everything, writes them again; and signals and reviews of numbers that no
    contact has. Of a cluster, such a member goes alone.
    """
    number = warehouse.naming.published(PHONE_NUMBER)
    for table in token_tables():
        if table.is_per_contact or table is PHONE_NUMBER:
            continue
        published = warehouse.naming.published(table)
        for name in token_columns(table):
            held = published.c[name]
            is_known = sa.exists(sa.select(sa.literal(1)).where(number.c.phone_token == held))
            connection.execute(published.delete().where(is_token(held), ~is_known))


def _count_by_key(warehouse: Warehouse, connection: sa.Connection, table: Table) -> dict[str, int]:
    published = warehouse.naming.published(table)
    if not sa.inspect(connection).has_table(published.name, schema=published.schema):
        return {}
    key_id = published.c.token_key_id
    counts = connection.execute(sa.select(key_id, sa.func.count()).group_by(key_id).order_by(key_id))
    return {each: int(count) for each, count in counts}

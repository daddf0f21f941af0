"""Numbers to ask the Reassigned Numbers Database of the FCC about, and what it answered."""

from collections.abc import Iterator
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PHONE, NUMBER_STATE, PHONE_NUMBER, RND_ANSWER
from phoneseg.errors import StopError
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.backend import BATCH_ROWS

COVERED_REGIONS: Final = ("AS", "GU", "MP", "PR", "US", "VI")
"""The database is about numbers of the United States and its territories, and toll-free ones, which are of US."""

_ASKED: Final = pl.Schema(
    {"national_significant_number": pl.String(), "confirmed_at": NUMBER_STATE.schema["confirmed_at"]}
)


def read_askable(warehouse: Warehouse, connection: sa.Connection) -> Iterator[pl.DataFrame]:
    """Yield the numbers that the database can be asked about, some at a time, each once for each contact that has it.

    Returns:
        `national_significant_number` (ten digits, in clear) and `confirmed_at` (UTC): when the contact last showed that
        the number is its own; null where nobody knows.

    Raises:
        StopError: Nothing is published yet.
    """
    phone, number, state = (warehouse.naming.published(table) for table in (CONTACT_PHONE, PHONE_NUMBER, NUMBER_STATE))
    if not sa.inspect(connection).has_table(state.name, schema=state.schema):
        raise StopError("nothing is published yet: `phoneseg run`")
    is_same = (state.c.contact_id == phone.c.contact_id) & (state.c.phone_token == phone.c.phone_token)
    asked = (
        sa.select(number.c.national_significant_number, state.c.confirmed_at)
        .join_from(phone, state, is_same)
        .join(number, number.c.phone_token == phone.c.phone_token)
        .where(phone.c.is_valid, phone.c.country_calling_code == 1, phone.c.region_code.in_(COVERED_REGIONS))
        .distinct()
    )
    for batch in warehouse.read_batches(connection, asked):
        yield batch.select(pl.col(name).cast(dtype) for name, dtype in _ASKED.items())


def write_answers(warehouse: Warehouse, connection: sa.Connection, answers: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Write answers in the place of those about the same numbers and dates.

    Numbers that nobody has any more stay out: who was erased since the question would come back by the answer.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction: all are written, or none.
        answers: Rows of RND_ANSWER, each number and date once.

    Returns:
        The answers that were written, and how many rows they replaced.

    Raises:
        StopError: Nothing is published yet.
        WarehouseBusyError: A run was publishing for longer than `lock_wait_s`.
    """
    table = warehouse.naming.published(RND_ANSWER)
    if not sa.inspect(connection).has_table(table.name, schema=table.schema):
        raise StopError("nothing is published yet: `phoneseg run`")
    warehouse.serialize_publishing(connection)  # nobody is erased between the look and the end
    kept, before = _about_published(warehouse, connection, answers), _count(connection, table)
    is_same = (table.c.phone_token == sa.bindparam("token")) & (table.c.asked_at == sa.bindparam("asked"))
    for rows in kept.iter_slices(BATCH_ROWS):
        keys = rows.select(pl.col("phone_token").alias("token"), pl.col("asked_at").alias("asked")).to_dicts()
        connection.execute(table.delete().where(is_same), keys)  # its rowcount is of the last of the keys, or unknown
        connection.execute(table.insert(), rows.to_dicts())
    return kept, before + len(kept) - _count(connection, table)


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _about_published(warehouse: Warehouse, connection: sa.Connection, answers: pl.DataFrame) -> pl.DataFrame:
    """Return the answers about numbers that are published."""
    number = warehouse.naming.published(PHONE_NUMBER)
    found = [
        batch.cast({"phone_token": pl.String}).join(answers, on="phone_token", how="semi")
        for batch in warehouse.read_batches(connection, sa.select(number.c.phone_token))
    ]
    return answers.join(pl.concat(found), on="phone_token", how="semi", maintain_order="left")

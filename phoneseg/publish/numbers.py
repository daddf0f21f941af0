"""The published numbers in clear, for those who may read them."""

from collections.abc import Iterator

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import PHONE_NUMBER
from phoneseg.errors import StopError
from phoneseg.warehouse import Warehouse


def read_numbers(warehouse: Warehouse, connection: sa.Connection) -> Iterator[pl.Series]:
    """Yield the numbers of the restricted table in E.164, each once, some at a time.

    Raises:
        StopError: Nothing is published yet.
    """
    table = warehouse.naming.published(PHONE_NUMBER)
    if not sa.inspect(connection).has_table(table.name, schema=table.schema):
        raise StopError("nothing is published yet: `phoneseg run`")
    for batch in warehouse.read_batches(connection, sa.select(table.c.phone_e164)):
        yield batch.get_column("phone_e164").cast(pl.String)

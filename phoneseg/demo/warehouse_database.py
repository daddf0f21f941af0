"""The demo in a database of a PostgreSQL server."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import polars as pl
import psycopg

from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.demo.source_tables import INDEXES, SOURCE_TABLES

DATABASE: Final = "phoneseg_demo"


def demo_server(folder: Path) -> PostgreSQLServer:
    """Return the PostgreSQL server of the demo in `folder`; it may not be made yet."""
    return PostgreSQLServer(folder / "postgresql")


def write_postgresql(server: PostgreSQLServer, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the source tables into the database `phoneseg_demo`.

    Args:
        server: A server that runs; its existing demo, and what was published into it, is replaced when the new one is
            complete.
        tables: Rows by table name (`crm.customer`, ...), their columns in the order of the table.
    """
    new = f"{DATABASE}_{secrets.token_hex(4)}"
    server.create_database(new)
    try:
        with psycopg.connect(server.url(new), autocommit=True) as connection:
            connection.execute(SOURCE_TABLES)
            for name, rows in tables.items():
                _copy(server.url(new), name, rows)
            connection.execute(INDEXES)
            connection.execute("VACUUM ANALYZE")
        server.drop_database(DATABASE)
        server.rename_database(new, DATABASE)
    finally:
        server.drop_database(new)


def _copy(url: str, name: str, rows: pl.DataFrame) -> None:
    from adbc_driver_postgresql import dbapi  # it imports pandas, and every command imports the demo

    schema, table = name.split(".")
    with closing(dbapi.connect(url)) as connection, closing(connection.cursor()) as cursor:
        cursor.adbc_ingest(table, rows.to_arrow(compat_level=pl.CompatLevel.oldest()), "append", db_schema_name=schema)
        connection.commit()

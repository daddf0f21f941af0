"""The demo in a DuckDB file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from phoneseg.demo.folder import replace_when_done
from phoneseg.demo.source_tables import SOURCE_TABLES


def write_duckdb(path: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the source tables into a new DuckDB file.

    Args:
        path: The file; an existing one is replaced when the new one is complete.
        tables: Rows by table name (`crm.customer`, ...), their columns in the order of the table.
    """
    with replace_when_done(path) as temporary:
        with duckdb.connect(str(temporary)) as connection:
            connection.execute(SOURCE_TABLES)
            for name, rows in tables.items():
                connection.from_arrow(rows.to_arrow()).insert_into(name)
            connection.execute("CHECKPOINT")
        # A log that a crash left beside the old file would be replayed into the new one.
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)

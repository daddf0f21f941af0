"""DuckDB, the embedded default: Arrow out, Parquet in, one process at a time."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from phoneseg.errors import SourceError, without_values
from phoneseg.settings import Settings
from phoneseg.warehouse.backend import BATCH_ROWS, Warehouse

_FAMILIES: Final = {
    "DECIMAL": "number",
    "DOUBLE": "number",
    "FLOAT": "number",
    "VARCHAR": "text",
    "ENUM": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "BLOB": "binary",
}


def is_duckdb(settings: Settings) -> bool:
    """Return whether the settings' warehouse is a DuckDB file, which one process at a time can open."""
    return settings.warehouse.url.get_secret_value().startswith("duckdb")


class DuckDBWarehouse(Warehouse):
    """A DuckDB file."""

    def __init__(self, url: sa.URL, settings: Settings) -> None:
        """Prepare the engine; files that a source's query names are looked for beside the settings file."""
        super().__init__(url, settings)
        self._file_search_path = str(settings.folder)

    def _prepare(self, connection: sa.Connection) -> None:
        if "," not in self._file_search_path:  # the setting is a list with commas
            path = self._file_search_path.replace("'", "''")
            connection.exec_driver_sql(f"SET file_search_path = '{path}'")
        connection.exec_driver_sql("SET TimeZone = 'UTC'")

    def read_batches(self, connection: sa.Connection, statement: sa.Executable) -> Iterator[pl.DataFrame]:
        """Yield the rows as Arrow gives them, with the types of the table.

        Raises:
            SourceError: The statement gives no rows, or a row of it cannot be computed.
        """
        result = connection.execute(statement)
        try:
            reader = result.cursor.to_arrow_reader(BATCH_ROWS)
        except NotImplementedError:
            raise SourceError("the statement gives no rows; only a SELECT does") from None
        is_first = True
        try:
            for batch in reader:
                is_first = False
                yield pl.DataFrame(batch)
        except OSError as error:  # how Arrow passes on what DuckDB found wrong while it computed the rows
            raise SourceError(without_values(str(error))) from None
        if is_first:
            yield pl.DataFrame(reader.schema.empty_table())

    def _families(self, connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]]) -> list[str]:
        described = connection.execute(statement.limit(0)).cursor.description
        return [_family(str(column[1])) for column in described or ()]

    def load(self, table: sa.Table, parquet: Path) -> int:
        """Append the rows of a Parquet file in one statement, in a transaction of its own."""
        with self.transaction() as connection:
            return self._insert(connection, table, parquet)

    def load_all(self, files: Mapping[sa.Table, Path]) -> None:
        """Append the rows of a Parquet file to each table, in one transaction: opening the file takes its time."""
        with self.transaction() as connection:
            for table, parquet in files.items():
                self._insert(connection, table, parquet)

    def _insert(self, connection: sa.Connection, table: sa.Table, parquet: Path) -> int:
        columns = ", ".join(column.name for column in table.columns)
        target = self.engine.dialect.identifier_preparer.format_table(table)
        result = connection.execute(
            sa.text(f"INSERT INTO {target} ({columns}) SELECT {columns} FROM read_parquet(:path)"),  # noqa: S608  # names of our own tables
            {"path": str(parquet).replace("[", "[[]")},  # a path, not a pattern
        )
        return int(result.scalar_one())


def _family(type_name: str) -> str:
    """Return the family of a type, such as `BIGINT`, `DECIMAL(12,2)` or `TIMESTAMP WITH TIME ZONE`."""
    if type_name.endswith(("INT", "INTEGER")):
        return "integer"
    if type_name.startswith("TIMESTAMP"):
        return "timestamptz" if type_name.endswith("TIME ZONE") else "timestamp"
    return "other" if type_name.endswith("]") else _FAMILIES.get(type_name.split("(")[0], "other")

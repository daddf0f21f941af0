"""DuckDB, the embedded default: Arrow out, Parquet in, one process at a time."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from phoneseg.errors import SourceError, without_values
from phoneseg.settings import Settings
from phoneseg.warehouse.backend import BATCH_ROWS, Warehouse


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

    def load(self, table: sa.Table, parquet: Path) -> None:
        """Append the rows of a Parquet file in one statement."""
        columns = ", ".join(column.name for column in table.columns)
        target = self.engine.dialect.identifier_preparer.format_table(table)
        statement = f"INSERT INTO {target} ({columns}) SELECT {columns} FROM read_parquet(:path)"  # noqa: S608
        with self.transaction() as connection:  # the path is a path, not a pattern
            connection.execute(sa.text(statement), {"path": str(parquet).replace("[", "[[]")})

"""A warehouse through SQLAlchemy: any database, rows in batches; backends with a bulk path override two methods."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import Pipeline
from phoneseg.errors import SettingsError, SourceError, WarehouseBusyError
from phoneseg.settings import ActivitySource, ContactSource, NumberListSource, PermissionSource, Settings
from phoneseg.settings.risk_tables import RiskTable
from phoneseg.warehouse.failures import clear_failures
from phoneseg.warehouse.interval_lock import Release, hold, try_file_lock
from phoneseg.warehouse.tables import TableNaming
from phoneseg.warehouse.url import FILE_DIALECTS

Source = ContactSource | ActivitySource | PermissionSource | NumberListSource | RiskTable

BATCH_ROWS: Final = 100_000
_LOCK_POLL_S: Final = 0.25


class Warehouse:
    """A database that holds the contact sources and takes the segment tables.

    Attributes:
        connect_read_only: Opens a driver's connection that can only read, where Great Expectations has a use for it.
    """

    connect_read_only: Callable[[], Any] | None = None

    def __init__(self, url: sa.URL, settings: Settings) -> None:
        """Prepare the engine; nothing connects yet.

        Raises:
            SettingsError: The driver of the URL is not installed.
        """
        self.url = url
        self.shown_url = url.set(query={}).render_as_string(hide_password=True)  # a query may hold a secret
        self._where = f"warehouse {self.shown_url}"
        self._config_name = settings.config_file.name
        self._lock_wait_s = settings.warehouse.lock_wait_s
        try:
            # A pooled connection would keep an embedded database's file locked between two verbs.
            self.engine = sa.create_engine(
                url,
                poolclass=sa.NullPool,
                hide_parameters=True,
                connect_args=self._connect_args(),
            )
        except (ModuleNotFoundError, sa.exc.NoSuchModuleError) as error:
            raise SettingsError(f"{self._config_name}: warehouse.url: no driver for it: {error}") from None
        dialect = self.engine.dialect
        self.naming = TableNaming(
            settings.warehouse.output_schema,
            has_schemas=dialect.name != "sqlite",
            has_keys=dialect.name != "duckdb",
            windows_days=settings.profile.windows_days,
        )

    def _connect_args(self) -> dict[str, Any]:
        return {"timeout": self._lock_wait_s} if self.url.get_backend_name() == "sqlite" else {}

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Yield a connection in one transaction: all of it becomes visible at the end, or nothing.

        Raises:
            WarehouseBusyError: Another process held the file for longer than `lock_wait_s`.
            WarehouseUnavailableError: The connection failed or broke.
            SettingsError: The user or password is refused.
        """
        with self._transaction() as connection:
            yield connection

    @contextmanager
    def _transaction(self, **options: Any) -> Iterator[sa.Connection]:  # noqa: ANN401  # SQLAlchemy's execution options
        with clear_failures(self._where):
            connection = self._connect().execution_options(**options)
            try:
                with connection.begin():
                    self._prepare(connection)
                    yield connection
            finally:
                connection.close()

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Yield a connection whose reads, `read_batches` included, all see the same moment; it changes nothing."""
        with self.transaction() as connection:
            yield connection

    def _connect(self) -> sa.Connection:
        deadline = time.monotonic() + self._lock_wait_s
        while True:
            try:
                with clear_failures(self._where):
                    return self.engine.connect()
            except WarehouseBusyError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_LOCK_POLL_S)

    def _prepare(self, connection: sa.Connection) -> None:
        """Set what a session needs; for backends to override."""

    @contextmanager
    def hold_interval(self, as_of: datetime, pipeline: Pipeline = Pipeline.SEGMENT_CONTACTS) -> Iterator[None]:
        """Hold one interval of this warehouse and output schema, so that no other process works on it.

        A process may enter its own hold again. The system lets go when the process is killed. Databases that have
        neither a file beside which to lock nor advisory locks hold nothing.

        Args:
            as_of: End of the interval.
            pipeline: Who works on it: another pipeline may, at the same time.

        Raises:
            IntervalBusyError: Another process held it for longer than `lock_wait_s`.
        """
        what = f"{self.naming.output_schema} {as_of.isoformat()} {pipeline}"
        with hold(f"{self.url} {what}", as_of, self._lock_wait_s, lambda: self._try_lock(what)):
            yield

    def _try_lock(self, what: str) -> Release | None:
        """Take the lock of something in this warehouse, if no other process has it; return what gives it back."""
        file = Path(str(self.url.database))
        if self.url.get_backend_name() not in FILE_DIALECTS or not file.parent.is_dir():
            return lambda: None  # without its folder the database itself says better what is wrong
        return try_file_lock(file.with_name(f".{file.name}.lock"), what)

    def serialize_beginning(self, connection: sa.Connection) -> None:
        """Let runs begin one after the other, each until its transaction ends; for servers to override.

        Who cleans up would otherwise take a run for dead that begins meanwhile, or wait for another that cleans up.

        Raises:
            WarehouseBusyError: Another one took longer than `lock_wait_s`.
        """

    def serialize_publishing(self, connection: sa.Connection) -> None:
        """Let publishing transactions follow each other; each holds on until it ends. For servers to override.

        Raises:
            WarehouseBusyError: Another one took longer than `lock_wait_s`.
        """

    def analyze(
        self, connection: sa.Connection, table: sa.Table, distinct_counts: Mapping[str, int] | None = None
    ) -> None:
        """Let the planner know what is in a table now, where a server would find out later; for servers to override.

        Args:
            connection: A connection in a transaction.
            table: The table.
            distinct_counts: Distinct values by column, of columns where a sample of the rows tells too few.
        """

    def create_tables(self, connection: sa.Connection) -> None:
        """Create the schemas and published tables that are missing."""
        self.create_schemas(connection)
        for table in self.naming.all_published():
            table.create(connection, checkfirst=True)

    def create_schemas(self, connection: sa.Connection) -> None:
        """Create the schemas that are missing."""
        if self.naming.has_schemas:
            for schema in self.naming.schemas:
                connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))

    def read_batches(self, connection: sa.Connection, statement: sa.Executable) -> Iterator[pl.DataFrame]:
        """Yield the rows of a SELECT in frames of up to `BATCH_ROWS`; at least one frame, empty if need be.

        Column types are those that the driver gives; a column without a value in a batch has dtype Null there.
        """
        result = connection.execution_options(yield_per=BATCH_ROWS).execute(statement)
        if not result.returns_rows:
            raise SourceError("the statement gives no rows; only a SELECT does")
        names = list(result.keys())
        is_first = True
        while rows := result.fetchmany(BATCH_ROWS):
            is_first = False
            yield pl.DataFrame([tuple(row) for row in rows], schema=names, orient="row", infer_schema_length=None)
        if is_first:
            yield pl.DataFrame(schema=dict.fromkeys(names, pl.Null))

    def read_query(self, connection: sa.Connection, sql: str) -> pl.DataFrame:
        """Return the rows of a SELECT statement that a person typed.

        Raises:
            SourceError: The statement is wrong.
        """
        with clear_failures("query"):
            statement = sa.text(sql.replace(":", r"\:"))  # a colon, not a bind parameter
            return pl.concat(self.read_batches(connection, statement), how="vertical_relaxed")

    def load(self, table: sa.Table, parquet: Path) -> int:
        """Append the rows of a Parquet file with the table's columns, in a transaction of its own.

        Returns:
            How many rows there were.
        """
        loaded = 0
        with self.transaction() as connection:
            for batch in pl.scan_parquet(parquet, glob=False).collect_batches(chunk_size=BATCH_ROWS):
                # SQLite keeps instants as text without a zone; ours are UTC.
                naive = batch.with_columns(pl.col(pl.Datetime).dt.replace_time_zone(None))
                if len(naive):
                    connection.execute(table.insert(), naive.to_dicts())
                loaded += len(naive)
        return loaded

    def load_all(self, files: Mapping[sa.Table, Path]) -> None:
        """Append the rows of a Parquet file to each table."""
        for table, parquet in files.items():
            self.load(table, parquet)

    def source_columns(self, connection: sa.Connection, name: str, source: Source) -> list[str]:
        """Return the columns of a source's table or query.

        Raises:
            SourceError: There is no such table, or the query is wrong.
        """
        where = self._place(name, source)
        try:
            with clear_failures(where):
                return self._columns(connection, sa.select(sa.text("*")).select_from(self._relation(source)))
        except SourceError as error:
            if source.table is None or self._exists(source.table):  # it may not be read, perhaps
                raise
            raise SourceError(f"{where}.table: no table `{source.table}`; {self._existing(source.table)}") from error

    def _columns(self, connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]]) -> list[str]:
        """Return the names of the columns of a SELECT; for backends to override."""
        return list(connection.execute(statement.limit(0)).keys())

    def select_columns(
        self, name: str, source: Source, existing: list[str], columns: tuple[str, ...] | None = None
    ) -> sa.Select[*tuple[Any, ...]]:
        """Return the SELECT of a source's configured columns, or of the `columns` given.

        Raises:
            SourceError: A column is not among the `existing` ones.
        """
        columns = columns or source.columns
        for column in columns:
            if column not in existing:
                nearest = get_close_matches(column, existing, n=1, cutoff=0.5)
                hint = f"did you mean `{nearest[0]}`? " if nearest else ""
                place = self._place(name, source)
                what = source.table or "the query"
                raise SourceError(f"{place}: no column `{column}` in {what}; {hint}there is: {', '.join(existing)}")
        return self._select(source, columns)

    def source_types(self, connection: sa.Connection, name: str, source: Source) -> dict[str, str]:
        """Return the family of the database type of each configured column of a source.

        Returns:
            `integer`, `number`, `text`, `boolean`, `date`, `timestamp`, `timestamptz`, `binary` or `other` by column;
            an empty text where the database cannot tell.

        Raises:
            SourceError: A column is missing, or the query is wrong.
        """
        with clear_failures(self._place(name, source)):
            return dict(
                zip(source.columns, self._families(connection, self._select(source, source.columns)), strict=True)
            )

    def _place(self, name: str, source: Source) -> str:
        """Return where the settings describe a source."""
        return f"{self._config_name}: {source.section}.{name}"

    def _families(self, connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]]) -> list[str]:
        """Return the type family of each column of a SELECT; for backends to override."""
        return ["" for _ in statement.selected_columns]

    def _select(self, source: Source, columns: tuple[str, ...]) -> sa.Select[*tuple[Any, ...]]:
        return sa.select(*(sa.column(column) for column in columns)).select_from(self._relation(source))

    def _exists(self, table: str) -> bool:
        *schema, name = table.split(".")
        return sa.inspect(self.engine).has_table(name, schema=".".join(schema) or None)

    def _relation(self, source: Source) -> sa.FromClause:
        if source.query is not None:
            query = source.query.strip().rstrip(";").replace(":", r"\:")  # a colon, not a bind parameter
            return sa.text(f"({query}\n) AS source")  # type: ignore[return-value]
        *schema, table = str(source.table).split(".")
        return sa.table(table, schema=".".join(schema) or None)

    def _existing(self, wanted: str) -> str:
        """Say which tables there are, the nearest name first."""
        inspector = sa.inspect(self.engine)
        ours = set(self.naming.schemas)
        names: list[str] = []
        for schema in inspector.get_schema_names() if self.naming.has_schemas else [None]:
            plain = (schema or "").split(".")[-1]  # DuckDB puts the database's name before the schema's
            if plain in ours or plain in {"information_schema", "pg_catalog"}:
                continue
            prefix = f"{plain}." if plain not in {"", inspector.default_schema_name} else ""
            found = inspector.get_table_names(schema=schema)
            names += [prefix + table for table in found if not self.naming.is_ours(table)]
        if not names:
            return "the warehouse has no tables"
        nearest = get_close_matches(wanted, names, n=1)
        hint = f"did you mean `{nearest[0]}`? " if nearest else ""
        return f"{hint}there is: {', '.join(sorted(set(names))[:20])}"

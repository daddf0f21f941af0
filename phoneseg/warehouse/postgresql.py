"""PostgreSQL: COPY in both directions through ADBC, and the locks that a server has."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import adbc_driver_postgresql.dbapi as adbc
import polars as pl
import psycopg
import pyarrow
import sqlalchemy as sa
from adbc_driver_postgresql import StatementOptions
from psycopg.conninfo import make_conninfo
from pyarrow.parquet import ParquetFile
from sqlalchemy.dialects.postgresql.base import PGDialect

from phoneseg.errors import SourceError
from phoneseg.settings import Settings
from phoneseg.warehouse.backend import BATCH_ROWS, Warehouse
from phoneseg.warehouse.failures import clear_failures
from phoneseg.warehouse.interval_lock import Release, lock_number
from phoneseg.warehouse.postgresql_types import as_copied, describe, read_copied

# Either end notices within a minute that the other is gone, and gives back its locks: by probes while it listens, and
# by the time that what it said goes unheard, which is 15 minutes if nobody says less.
_CONNECTION: Final = {
    "application_name": "phoneseg",
    "client_encoding": "utf8",
    "connect_timeout": "30",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_SESSION: Final = {
    "TimeZone": "UTC",
    "idle_in_transaction_session_timeout": "0",  # a transaction waits while its rows go through COPY elsewhere
    "standard_conforming_strings": "on",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
# A server's 4 MB make every join of ten million rows go through files; a run has one or two sessions at work.
_WORK_MEM: Final = "256MB"
_READING: Final = {"default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read"}
_SNAPSHOT: Final = "phoneseg_snapshot"


class PostgreSQLWarehouse(Warehouse):
    """A database on a PostgreSQL server."""

    def __init__(self, url: sa.URL, settings: Settings) -> None:
        """Prepare the engine; whatever driver the URL names, psycopg and ADBC are used."""
        super().__init__(url.set(drivername="postgresql+psycopg"), settings)

        self.connect_read_only = self._connect_read_only

    def _connect_read_only(self) -> psycopg.Connection:
        session = self._session(_SESSION | {"default_transaction_read_only": "on"})
        session.autocommit = False
        return session

    def _connect_args(self) -> dict[str, Any]:
        return {name: value for name, value in _CONNECTION.items() if name not in self.url.query}

    def _prepare(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql(_setting(_SESSION))

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Yield a connection whose reads, `read_batches` included, all see the same moment; it changes nothing."""
        with self._transaction(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
            connection.info[_SNAPSHOT] = connection.execute(sa.select(sa.func.pg_export_snapshot())).scalar_one()
            yield connection

    def read_batches(self, connection: sa.Connection, statement: sa.Executable) -> Iterator[pl.DataFrame]:
        """Yield the rows as COPY gives them, in a read-only transaction of their own: one moment of what is committed.

        That moment is the connection's, if it is one of `snapshot`.

        Numbers with decimals, and what has no type in Polars, come as texts.

        Raises:
            SourceError: The statement gives no rows, changes something, or a row of it cannot be computed or told.
        """
        sql = sql_of(statement)
        columns = describe(connection, sql)
        if not columns:
            raise SourceError("the statement gives no rows; only a SELECT does")
        with self._adbc(_SESSION | _READING) as session, session.cursor() as cursor:
            if _SNAPSHOT in connection.info:
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{connection.info[_SNAPSHOT]}'")
            query, is_select = as_copied(sql, columns)
            cursor.adbc_statement.set_options(**{StatementOptions.USE_COPY.value: str(is_select).lower()})
            with clear_failures(""):
                cursor.execute(query)
                reader = cursor._results.reader  # fetch_record_batch() gives one that loses the server's error code
                is_first = True
                for batch in reader:
                    is_first = False
                    yield read_copied(batch, columns)
                if is_first:
                    yield read_copied(reader.schema.empty_table(), columns)

    def _columns(self, connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]]) -> list[str]:
        # Not run: who may read some of the columns may not run this.
        return [column.name for column in describe(connection, sql_of(statement))]

    def _families(self, connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]]) -> list[str]:
        connection.execute(statement.limit(0))  # a privilege that is missing should not show after an hour
        return [column.family for column in describe(connection, sql_of(statement))]

    def create_schemas(self, connection: sa.Connection) -> None:
        """Create the schemas that are missing; a role that may create none can work with those made for it."""
        # Two first runs at once would both find them missing.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_number(f"{self.naming.output_schema} tables"))))
        existing = sa.inspect(connection).get_schema_names()
        for schema, meaning in self.naming.schema_meanings.items():
            if schema not in existing:
                connection.execute(sa.schema.CreateSchema(schema))
                named = self.engine.dialect.identifier_preparer.quote_schema(schema)
                connection.exec_driver_sql(f"COMMENT ON SCHEMA {named} IS '{meaning}'")

    def load(self, table: sa.Table, parquet: Path) -> int:
        """Append the rows of a Parquet file by COPY, in a transaction of its own that sees what is committed.

        The planner learns what is in the table: the server would find out a minute later, after it was read.
        """
        with self._adbc(_SESSION) as session, session.cursor() as cursor, ParquetFile(parquet) as file:
            rows = pyarrow.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(BATCH_ROWS))
            with clear_failures(f"{self._where}: {table.fullname}"):
                loaded = cursor.adbc_ingest(table.name, rows, mode="append", db_schema_name=table.schema)
                session.commit()
                cursor.execute(f"ANALYZE {self.engine.dialect.identifier_preparer.format_table(table)}")
                session.commit()
        return int(loaded)

    def analyze(
        self, connection: sa.Connection, table: sa.Table, distinct_counts: Mapping[str, int] | None = None
    ) -> None:
        """Let the planner know what is in a table now, in the transaction that fills it."""
        name = self.engine.dialect.identifier_preparer.format_table(table)
        for column, count in (distinct_counts or {}).items():
            connection.exec_driver_sql(f"ALTER TABLE {name} ALTER COLUMN {column} SET (n_distinct = {count})")
        connection.exec_driver_sql(f"ANALYZE {name}")

    def serialize_beginning(self, connection: sa.Connection) -> None:
        """Wait until no other run begins in the output schema; none can until this transaction ends.

        From here on the transaction waits no longer than `lock_wait_s` for any lock: what a killed process asked of the
        server may still be at work on a table that it left.

        Raises:
            WarehouseBusyError: Another one took longer than `lock_wait_s`.
        """
        self._serialize(connection, "beginning")

    def serialize_publishing(self, connection: sa.Connection) -> None:
        """Wait until no other transaction publishes to the output schema; none can until this one ends.

        From here on the transaction waits no longer than `lock_wait_s` for any lock.

        Raises:
            WarehouseBusyError: Another one took longer than `lock_wait_s`.
        """
        self._serialize(connection, "publishing")

    def _serialize(self, connection: sa.Connection, what: str) -> None:
        with clear_failures(f"{self._where}: another run is {what}"):
            wait_ms = max(1, round(self._lock_wait_s * 1000))  # 0 would be forever
            connection.execute(sa.select(sa.func.set_config("lock_timeout", f"{wait_ms}ms", True)))
            connection.execute(
                sa.select(sa.func.pg_advisory_xact_lock(lock_number(f"{self.naming.output_schema} {what}")))
            )

    def _try_lock(self, what: str) -> Release | None:
        with clear_failures(self._where):
            session = self._session(_SESSION)
            # The hold is idle for as long as the run takes; servers before 14 do not have the setting.
            session.execute("SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'")
            taken = session.execute("SELECT pg_try_advisory_lock(%s)", [lock_number(what)]).fetchone()
        if taken == (True,):
            return session.close
        session.close()
        return None

    def _session(self, settings: Mapping[str, str]) -> psycopg.Connection:
        """Return a connection of psycopg's own that commits by itself."""
        session = psycopg.connect(self._conninfo(), autocommit=True)
        session.execute(_setting(settings))
        return session

    def _conninfo(self) -> str:
        arguments = {**self.engine.dialect.create_connect_args(self.url)[1], **self._connect_args()}
        arguments.pop("context", None)  # psycopg's own
        return make_conninfo(**arguments)

    @contextmanager
    def _adbc(self, session: Mapping[str, str]) -> Iterator[adbc.Connection]:
        """Yield an ADBC connection in a transaction, which is rolled back unless it was committed."""
        with clear_failures(self._where):
            connection = adbc.connect(self._conninfo())
        try:
            with clear_failures(self._where), connection.cursor() as cursor:
                cursor.execute(_setting(session))
                cursor.fetchall()
                connection.commit()  # the settings stay; the next transaction begins with them
            yield connection
        finally:
            connection.close()


def _setting(session: Mapping[str, str]) -> str:
    """Return the one statement that gives a session its settings, and more memory where the server gives little."""
    mine = f"pg_size_bytes('{_WORK_MEM}') > pg_size_bytes(current_setting('work_mem'))"
    settings = [f"set_config('{name}', '{value}', false)" for name, value in session.items()]
    work_mem = f"CASE WHEN {mine} THEN set_config('work_mem', '{_WORK_MEM}', false) END"
    return "SELECT " + ", ".join([*settings, work_mem])


def sql_of(statement: sa.Executable) -> str:
    """Return a statement in PostgreSQL's words, with its values in it."""
    # psycopg's own dialect would double percent signs.
    dialect = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects have no hints
    dialect._backslash_escapes = False  # as our sessions have it
    compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]  # an Executable compiles
    return str(compiled)

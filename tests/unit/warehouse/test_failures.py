"""A database's complaint becomes one clear line that says whether to wait or to mend, and quotes nobody's row."""

import re
from pathlib import Path

import psycopg.errors as pg
import pytest
import sqlalchemy as sa

from phoneseg.errors import (
    PhonesegError,
    SettingsError,
    SourceError,
    StopError,
    WarehouseBusyError,
    WarehouseUnavailableError,
)
from phoneseg.warehouse.failures import clear_failures

NUMBER = "+16502530000"


@pytest.fixture
def engines(tmp_path: Path) -> dict[str, sa.Engine]:
    """Real databases with one row of one table, `contact`."""
    made = {
        "sqlite": sa.create_engine(
            f"sqlite:///{tmp_path / 'a.db'}", poolclass=sa.NullPool, connect_args={"timeout": 0}
        ),
        "duckdb": sa.create_engine(f"duckdb:///{tmp_path / 'a.duckdb'}", poolclass=sa.NullPool),
    }
    for engine in made.values():
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE contact (id INTEGER PRIMARY KEY, mobile TEXT NOT NULL)")
            connection.execute(sa.text("INSERT INTO contact VALUES (1, :mobile)"), {"mobile": NUMBER})
    return made


def _failure(engine: sa.Engine, sql: str, **parameters: object) -> PhonesegError:
    with pytest.raises(PhonesegError) as raised, clear_failures("the place"), engine.begin() as connection:
        connection.execute(sa.text(sql), parameters).all()
    assert str(raised.value).startswith("the place: ")
    assert raised.value.__suppress_context__
    return raised.value


@pytest.mark.parametrize("backend", ["sqlite", "duckdb"])
@pytest.mark.parametrize("sql", ["SELECT * FROM no_such", "SELECT no_such FROM contact"])
def test_a_missing_table_or_column_is_for_a_person(engines: dict[str, sa.Engine], backend: str, sql: str) -> None:
    failure = _failure(engines[backend], sql)
    assert type(failure) is SourceError
    assert "no_such" in str(failure)


@pytest.mark.parametrize("backend", ["sqlite", "duckdb"])
def test_a_parameter_is_never_shown(engines: dict[str, sa.Engine], backend: str) -> None:
    failure = _failure(engines[backend], "INSERT INTO contact VALUES (1, :mobile)", mobile="+44 20 7946 0018")
    assert type(failure) is SourceError
    assert "7946" not in str(failure)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST(mobile || 'x' AS INTEGER) FROM contact",
        "SELECT CAST(mobile AS TIMESTAMP) FROM contact",
        "SELECT error('call ' || mobile) FROM contact",
    ],
)
def test_a_number_that_a_database_quotes_is_hidden(engines: dict[str, sa.Engine], sql: str) -> None:
    told = str(_failure(engines["duckdb"], sql))
    assert "<value>" in told or "<digits>" in told
    assert not re.search(r"253\D?0000", told)


def test_a_database_that_another_holds_is_busy(engines: dict[str, sa.Engine]) -> None:
    with engines["sqlite"].connect() as other:
        other.exec_driver_sql("BEGIN EXCLUSIVE")
        failure = _failure(engines["sqlite"], "SELECT * FROM contact")
    assert type(failure) is WarehouseBusyError
    assert "another process holds the warehouse" in str(failure)


def test_the_same_call_succeeds_when_the_other_lets_go(engines: dict[str, sa.Engine]) -> None:
    with engines["sqlite"].connect() as other:
        other.exec_driver_sql("BEGIN EXCLUSIVE")
    with clear_failures("the place"), engines["sqlite"].begin() as connection:
        assert connection.execute(sa.text("SELECT id FROM contact")).scalar_one() == 1


def _of_a_server(kind: type[sa.exc.DBAPIError], message: str) -> PhonesegError:
    with pytest.raises(PhonesegError) as raised, clear_failures("the place"):
        raise kind("SELECT :mobile", {"mobile": NUMBER}, RuntimeError(message))
    assert NUMBER not in str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("kind", "message", "failure"),
    [
        (sa.exc.OperationalError, 'FATAL: password authentication failed for user "etl"', SettingsError),
        (sa.exc.OperationalError, 'FATAL: role "etl" does not exist', SettingsError),
        (sa.exc.OperationalError, "Access denied for user 'etl'@'host' (using password: YES)", SettingsError),
        (sa.exc.OperationalError, "connection to server at db failed: Connection refused", WarehouseUnavailableError),
        (sa.exc.OperationalError, "server closed the connection unexpectedly", WarehouseUnavailableError),
        (sa.exc.InterfaceError, "connection already closed", WarehouseUnavailableError),
        (sa.exc.ProgrammingError, 'relation "crm.contact" does not exist\nLINE 1: SELECT', SourceError),
        (sa.exc.DataError, f'invalid input syntax for type integer: "{NUMBER}"', SourceError),
        (sa.exc.OperationalError, 'FATAL: database "crm" does not exist', SourceError),
        (sa.exc.OperationalError, "FATAL:  sorry, too many clients already", WarehouseBusyError),
        (sa.exc.OperationalError, "FATAL:  remaining connection slots are reserved", WarehouseBusyError),
        (sa.exc.OperationalError, "FATAL:  the database system is starting up", WarehouseUnavailableError),
        (sa.exc.OperationalError, "FATAL:  the database system is shutting down", WarehouseUnavailableError),
        (sa.exc.OperationalError, "FATAL:  the database system is in recovery mode", WarehouseUnavailableError),
        (sa.exc.OperationalError, "could not translate host name to address", WarehouseUnavailableError),
        (sa.exc.OperationalError, "failed to resolve host 'db'", WarehouseUnavailableError),
        (sa.exc.OperationalError, "SSL SYSCALL error: EOF detected", WarehouseUnavailableError),
        (sa.exc.OperationalError, 'FATAL:  no pg_hba.conf entry for host "db"', SettingsError),
        (sa.exc.OperationalError, "could not extend file: No space left on device", StopError),
        (sa.exc.OperationalError, 'Could not write file "w.duckdb.wal": File too large', StopError),
        (sa.exc.InternalError, 'Could not write file "w.duckdb": No space left on device', StopError),
    ],
)
def test_a_servers_words_decide_between_waiting_and_mending(
    kind: type[sa.exc.DBAPIError], message: str, failure: type[PhonesegError]
) -> None:
    assert type(_of_a_server(kind, message)) is failure


def test_what_is_no_complaint_of_a_database_passes() -> None:
    with pytest.raises(SourceError, match=r"^as it was$"), clear_failures("the place"):
        raise SourceError("as it was")


@pytest.mark.parametrize("backend", ["sqlite", "duckdb"])
@pytest.mark.parametrize("sql", ["SELECT password FROM contact", "SELECT * FROM authentication_log"])
def test_a_missing_name_with_password_in_it_is_a_missing_name(
    engines: dict[str, sa.Engine], backend: str, sql: str
) -> None:
    assert type(_failure(engines[backend], sql)) is SourceError


def test_a_wrong_statement_is_not_retried_on_sqlite(engines: dict[str, sa.Engine]) -> None:
    assert type(_failure(engines["sqlite"], "SELECT FROM WHERE")) is SourceError


@pytest.mark.parametrize("path", ["no/such/folder/a.duckdb", "text.duckdb"])
def test_a_file_that_cannot_be_a_database_is_for_a_person(tmp_path: Path, path: str) -> None:
    (tmp_path / "text.duckdb").write_text("this is no database " * 500, encoding="utf-8")
    engine = sa.create_engine(f"duckdb:///{tmp_path / path}", poolclass=sa.NullPool)
    assert not isinstance(_failure(engine, "SELECT 1"), WarehouseUnavailableError)


def test_a_statement_that_sqlalchemy_itself_refuses_is_told(engines: dict[str, sa.Engine]) -> None:
    assert type(_failure(engines["duckdb"], "SELECT ' :word'")) is SourceError


def test_a_postgresql_that_is_restarting_is_worth_another_try() -> None:
    message = 'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory'
    assert type(_of_a_server(sa.exc.OperationalError, message)) is WarehouseUnavailableError


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (pg.AdminShutdown("terminating connection due to administrator command"), WarehouseUnavailableError),
        (pg.CannotConnectNow("the database system is starting up"), WarehouseUnavailableError),
        (pg.ConnectionFailure("connection failure"), WarehouseUnavailableError),
        (pg.IdleInTransactionSessionTimeout("terminating connection"), WarehouseUnavailableError),
        (pg.OutOfMemory("out of memory"), WarehouseUnavailableError),
        (pg.QueryCanceled("canceling statement due to statement timeout"), WarehouseUnavailableError),
        (pg.TooManyConnections("too many connections for role"), WarehouseBusyError),
        (pg.LockNotAvailable("canceling statement due to lock timeout"), WarehouseBusyError),
        (pg.SerializationFailure("could not serialize access due to concurrent update"), WarehouseBusyError),
        (pg.DeadlockDetected("deadlock detected"), WarehouseBusyError),
        (pg.DiskFull("could not extend file"), StopError),
        (pg.InvalidPassword("password authentication failed"), SettingsError),
        (pg.InsufficientPrivilege("permission denied for table customer"), SourceError),
        (pg.UndefinedTable('relation "crm.contact" does not exist'), SourceError),
        (pg.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"), SourceError),
    ],
)
def test_a_code_of_postgresql_decides_whatever_its_words(error: pg.Error, failure: type[PhonesegError]) -> None:
    for raised in (error, sa.exc.InternalError("SELECT 1", None, error)):
        with pytest.raises(PhonesegError) as told, clear_failures("the place"):
            raise raised
        assert type(told.value) is failure
        assert str(error) in str(told.value)


@pytest.mark.parametrize(
    "error",
    [
        pg.UniqueViolation('duplicate key value violates unique constraint "k"\nDETAIL:  Key (name)=(Jane) exists.'),
        pg.InvalidTextRepresentation('invalid input syntax for type integer: "Jane"'),
        pg.NumericValueOutOfRange('value "Jane" is out of range for type integer'),
        pg.InvalidDatetimeFormat('invalid value "Jane" for "DD"\nDETAIL:  Value must be an integer.'),
        pg.NotNullViolation('null value in column "name" of relation "c"\nDETAIL:  Failing row contains (1, Jane).'),
        pg.RaiseException("call Jane"),
    ],
)
def test_a_row_that_postgresql_quotes_is_hidden(error: pg.Error) -> None:
    with pytest.raises(SourceError) as told, clear_failures("the place"):
        raise error
    assert "Jane" not in str(told.value)


@pytest.mark.parametrize(
    ("message", "grant"),
    [
        ("permission denied for table customer", "GRANT SELECT ON customer TO"),
        ("permission denied for view customer", "GRANT SELECT ON customer TO"),
        ("permission denied for schema crm", "GRANT USAGE ON SCHEMA crm TO"),
        ("permission denied for database prod", "GRANT CREATE ON DATABASE prod TO"),
    ],
)
def test_a_missing_privilege_is_told_with_what_to_grant(message: str, grant: str) -> None:
    with pytest.raises(SourceError, match=grant), clear_failures("the place"):
        raise pg.InsufficientPrivilege(message)

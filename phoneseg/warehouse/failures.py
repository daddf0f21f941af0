"""Turns a database's complaint into one clear line without a value of anybody's row."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from phoneseg.errors import (
    PhonesegError,
    SettingsError,
    SourceError,
    StopError,
    WarehouseBusyError,
    WarehouseUnavailableError,
    without_values,
)
from phoneseg.warehouse.postgresql_failures import of_sqlstate

_FULL = re.compile(r"no space left on device|file too large|quota exceeded", re.IGNORECASE)
_BUSY = re.compile(
    r"could not set lock|conflicting lock|database is locked|too many clients|remaining connection slots", re.IGNORECASE
)
_WRONG = re.compile(
    r"(catalog|binder|parser|conversion|invalid input) error|no such (table|column)|database .* does not exist"
    r"|syntax error|unrecognized token|incomplete input|not a (valid|database)|is not a directory"
    r"|no such file|no files found|permission denied|read-only|unable to open database",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"connection to server .*(refused|no such file|timeout expired|starting up|shutting down|recovery mode)"
    r"|connection refused|could not connect|server closed|(resolve|translate) host",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"password|authentication|role .* does not exist|access denied|pg_hba\.conf|server does not support SSL",
    re.IGNORECASE,
)


@contextmanager
def clear_failures(where: str) -> Iterator[None]:
    """Raise the database's errors as phoneseg's, without the statement's parameters.

    Args:
        where: What the reader knows the place by, such as `source crm`; an empty text where the caller adds it.

    Raises:
        WarehouseBusyError: Another process holds the file, or what the statement needs.
        WarehouseUnavailableError: The connection failed or broke.
        SettingsError: The user or password is refused.
        SourceError: A table or column is missing, may not be read, or the statement is wrong.
        StopError: The server's disk is full.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        is_connection = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
        raise _as_phoneseg_error(where, error.orig, is_connection or error.connection_invalidated) from None
    except sa.exc.StatementError as error:  # SQLAlchemy itself would not send it
        raise SourceError(_joined(where, without_values(str(error.orig or error)))) from None
    except Exception as error:
        if not hasattr(error, "sqlstate"):  # which the errors of psycopg and ADBC have
            raise
        is_connection = type(error).__name__ in {"OperationalError", "InterfaceError"}
        raise _as_phoneseg_error(where, error, is_connection) from None


def _as_phoneseg_error(where: str, error: BaseException | None, is_connection: bool) -> PhonesegError:
    if state := getattr(error, "sqlstate", None):
        kind, message = of_sqlstate(state, error)
        return kind(_joined(where, message))
    message = without_values(re.sub(r"^.*?ERROR:  ", "", str(error), flags=re.DOTALL))  # ADBC quotes a query before it
    if _FULL.search(message):
        return StopError(_joined(where, f"the warehouse has no room left on its disk: {message}"))
    if _BUSY.search(message):
        return WarehouseBusyError(_joined(where, f"another process holds the warehouse: {message}"))
    is_down = is_connection and _DOWN.search(message)
    if not is_connection or (_WRONG.search(message) and not is_down):
        return SourceError(_joined(where, message))
    if _REFUSED.search(message) and not is_down:
        return SettingsError(_joined(where, f"the warehouse refuses the user or the password: {message}"))
    return WarehouseUnavailableError(_joined(where, f"the warehouse does not answer: {message}"))


def _joined(where: str, message: str) -> str:
    return f"{where}: {message}" if where else message

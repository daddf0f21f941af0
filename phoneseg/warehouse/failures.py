"""Turns a database's complaint into one clear line without a value of anybody's row."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from phoneseg.errors import (
    PhonesegError,
    SettingsError,
    SourceError,
    WarehouseBusyError,
    WarehouseUnavailableError,
    without_values,
)

_BUSY = re.compile(r"could not set lock|conflicting lock|database is locked", re.IGNORECASE)
_WRONG = re.compile(
    r"(catalog|binder|parser|conversion|invalid input) error|no such (table|column)|database .* does not exist"
    r"|syntax error|unrecognized token|incomplete input|not a (valid|database)|is not a directory"
    r"|no such file|no files found|permission denied|read-only|unable to open database",
    re.IGNORECASE,
)
_DOWN = re.compile(r"connection to server|connection refused|could not connect|server closed", re.IGNORECASE)
_REFUSED = re.compile(r"password|authentication|role .* does not exist|access denied", re.IGNORECASE)


@contextmanager
def clear_failures(where: str) -> Iterator[None]:
    """Raise the database's errors as phoneseg's, without the statement's parameters.

    Args:
        where: What the reader knows the place by, such as `source crm`.

    Raises:
        WarehouseBusyError: Another process holds the file.
        WarehouseUnavailableError: The connection failed or broke.
        SettingsError: The user or password is refused.
        SourceError: A table or column is missing, or the statement is wrong.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _as_phoneseg_error(where, error) from None
    except sa.exc.StatementError as error:  # SQLAlchemy itself would not send it
        raise SourceError(f"{where}: {without_values(str(error.orig or error))}") from None


def _as_phoneseg_error(where: str, error: sa.exc.DBAPIError) -> PhonesegError:
    message = without_values(str(error.orig))
    if _BUSY.search(message):
        return WarehouseBusyError(f"{where}: another process holds the warehouse: {message}")
    is_connection = error.connection_invalidated or isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
    is_down = is_connection and _DOWN.search(message)
    if not is_connection or (_WRONG.search(message) and not is_down):
        return SourceError(f"{where}: {message}")
    if _REFUSED.search(message):
        return SettingsError(f"{where}: the warehouse refuses the user or the password: {message}")
    return WarehouseUnavailableError(f"{where}: the warehouse does not answer: {message}")

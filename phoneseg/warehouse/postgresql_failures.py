"""PostgreSQL's error codes, by what the reader does next."""

import re
from typing import Final

from phoneseg.errors import (
    PhonesegError,
    SettingsError,
    SourceError,
    StopError,
    WarehouseBusyError,
    WarehouseUnavailableError,
    without_values,
)

_DEPENDED_ON: Final = "2BP01"
# The beginning of a code, the longest that fits; see PostgreSQL's appendix of error codes.
_BY_STATE: Final[dict[str, tuple[type[PhonesegError], str]]] = {
    "08": (WarehouseUnavailableError, "the connection to the warehouse broke"),
    "25006": (SourceError, "the warehouse takes no changes here"),
    "25P03": (WarehouseUnavailableError, "the warehouse ended an idle session"),
    "28": (SettingsError, "the warehouse refuses the user or the password"),
    _DEPENDED_ON: (StopError, "drop first what depends on it, and create it again afterwards"),
    "40": (WarehouseBusyError, "another session was in the way"),
    "42501": (SourceError, "the warehouse's user lacks a privilege"),
    "53": (WarehouseUnavailableError, "the warehouse is short of resources"),
    "53100": (StopError, "the warehouse's disk is full"),
    "53300": (WarehouseBusyError, "the warehouse has no connection to spare"),
    "55P03": (WarehouseBusyError, "another session holds what this one needs"),
    "57": (WarehouseUnavailableError, "the warehouse ended the statement"),
    "58": (WarehouseUnavailableError, "the warehouse cannot reach its files"),
}
_UNSUPPORTED: Final = "0A000"
_CHANGING_A_TYPE: Final = {"ATExecAlterColumnType", "RememberAllDependentForRebuilding"}
"""The functions, up to 15 and since, that refuse it for a column that a view reads: the code says much else, too."""
_GRANTS: Final = (
    (r"for schema (\S+)", "GRANT USAGE ON SCHEMA {0} TO the user of warehouse.url, or CREATE where phoneseg writes"),
    (
        r"for (?:table|view|materialized view|foreign table|relation) (\S+)",
        "GRANT SELECT ON {0} TO the user of warehouse.url",
    ),
    (r"for database (\S+)", "GRANT CREATE ON DATABASE {0} TO the user of warehouse.url, or make its schemas for it"),
)
_OWN_WORDS: Final = "P0"  # RAISE in somebody's function
_OF_DATA: Final = ("22", "23")


def is_depended_on(error: BaseException | None) -> bool:
    """Return whether an error of psycopg says that something, such as a view, depends on what was to change."""
    state, diag = getattr(error, "sqlstate", None), getattr(error, "diag", None)
    is_of_type = state == _UNSUPPORTED and getattr(diag, "source_function", None) in _CHANGING_A_TYPE
    return state == _DEPENDED_ON or is_of_type


def name_dependents(error: BaseException | None) -> str:
    """Return what an error of psycopg says depends on what was to change, in one line; empty where it does not say."""
    detail = getattr(getattr(error, "diag", None), "message_detail", None)
    return ", ".join((detail or "").splitlines())


def of_sqlstate(state: str, error: BaseException | None) -> tuple[type[PhonesegError], str]:
    """Return which error a server's error is, and its line.

    Args:
        state: The five characters of its SQLSTATE.
        error: The error, of psycopg or of ADBC.
    """
    if is_depended_on(error):
        state = _DEPENDED_ON
    for length in (5, 2):
        if known := _BY_STATE.get(state[:length]):
            kind, words = known
            message = _message(state, error)
            return kind, f"{words}: {message}{_grant(message)}"
    return SourceError, _message(state, error)


def _message(state: str, error: BaseException | None) -> str:
    """Return the server's first line; the others quote rows and statements."""
    if state.startswith(_OWN_WORDS):
        return f"the database raised an error of its own ({state})"  # with who knows what in it
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    if primary is None:  # ADBC: `INVALID_DATA: Failed to execute query 'SELECT ...': ERROR:  division by zero`
        told = re.search(r"(?:ERROR|FATAL|PANIC):  (.*)", str(error)) or re.search(r"(.*)", str(error))
        primary = told[1] if told else ""
    if state == _DEPENDED_ON:  # the detail names tables and views
        detail = str(getattr(getattr(error, "diag", None), "message_detail", None))
        primary += f" ({'; '.join(detail.splitlines())})"
    if state.startswith(_OF_DATA):
        primary = re.sub(r'(?<!column )(?<!relation )(?<!constraint )(?<!table )".*?"', '"<value>"', primary)
    return without_values(primary)


def _grant(message: str) -> str:
    for pattern, grant in _GRANTS:
        if found := re.search(pattern, message):
            return f": {grant.format(found[1])}"
    return ""

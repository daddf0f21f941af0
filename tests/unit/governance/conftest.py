"""A warehouse whose tables hold what a test writes into them, on each kind of database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from phoneseg.contracts import TABLES, UTC_INSTANT, Table
from phoneseg.contracts.risk import RISK_MEMBER, RISK_REVIEW, RISK_SIGNAL
from phoneseg.governance.targets import contact_columns, is_of_either, token_columns
from phoneseg.privacy import TokenKey
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.migrations import prepare_tables

KEY = TokenKey(b"a key for tests alone")
NOW = datetime(2026, 7, 1, tzinfo=UTC)
_VALUES: dict[Any, object] = {pl.Boolean: True, pl.Float64: 0.5, pl.Date: NOW.date(), UTC_INSTANT: NOW}


@dataclass(frozen=True)
class Books:
    """The published tables of a warehouse."""

    settings: Settings
    warehouse: Warehouse

    def write(self, table: Table, **values: object) -> None:
        """Write a row; columns without a value get one that says nothing."""
        with self.warehouse.transaction() as connection:
            self._insert(connection, table, values)

    def write_person(self, contact: str, number: str) -> str:
        """Write a row into every table that can name a contact or a token; return the token of the number.

        Tables whose rows are about either get a row of each.
        """
        token = KEY.token(number)
        mine = {"phone_token": token, "token_key_id": KEY.key_id, "phone_e164": number}
        mine |= {"source": contact.partition(":")[0], "request_id": f"about {contact}"}
        with self.warehouse.transaction() as connection:
            for table in TABLES:
                columns = table.column_names
                values = {name: value for name, value in mine.items() if name in columns}
                if contact_columns(table) or "phone_token" in columns:
                    self._insert(connection, table, dict.fromkeys(contact_columns(table), contact) | values)
                if is_of_either(table):
                    self._insert(connection, table, dict.fromkeys(token_columns(table), token) | values)
        return token

    def write_signal(self, signal_kind: str, subject: str, *members: str, **values: object) -> None:
        """Write a signal, its members and its review."""
        subject_kind = "number" if members == (subject,) else "cluster"
        signal = {"signal_kind": signal_kind, "subject": subject, "subject_kind": subject_kind} | values
        for table in (RISK_SIGNAL, RISK_REVIEW):
            self.write(table, **{name: each for name, each in signal.items() if name in table.column_names})
        for member in members:
            member_kind = "contact" if ":" in member else "number"
            told = {"signal_kind": signal_kind, "subject": subject, "member_kind": member_kind, "member": member}
            self.write(RISK_MEMBER, **told)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Return the rows of a table."""
        return self.all_rows(table)[table.name]

    def all_rows(self, *tables: Table) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of some tables, or of all, by table."""
        with self.warehouse.transaction() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(self._select(table)).mappings()]
                for table in tables or TABLES
            }

    def tables_with(self, *words: str) -> set[str]:
        """Return the tables in which a value holds one of some words."""
        held = {name: " ".join(str(row.values()) for row in rows) for name, rows in self.all_rows().items()}
        return {name for name, text in held.items() if any(word in text for word in words)}

    def _select(self, table: Table) -> sa.Select[Any]:
        return sa.select(self.warehouse.naming.published(table))

    def _insert(self, connection: sa.Connection, table: Table, values: dict[str, object]) -> None:
        row = {column.name: _value(column.dtype, column.name) for column in table.columns} | values
        connection.execute(self.warehouse.naming.published(table).insert(), [row])


def _value(dtype: object, name: str) -> object:
    return _VALUES.get(dtype, f"some {name}" if dtype == pl.String else 7)


@pytest.fixture
def open_books(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Books]:
    """Return a function that opens empty tables."""
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", KEY.secret.decode())
    return lambda url: _open(make_settings(url=url))


@pytest.fixture
def books(open_books: Callable[[str], Books]) -> Books:
    """Empty tables, on the database that opens fastest."""
    return open_books("sqlite:///warehouse.file")


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def any_books(request: pytest.FixtureRequest, open_books: Callable[[str], Books]) -> Books:
    """Empty tables, on each kind of database."""
    is_server = request.param == "postgresql"
    return open_books(request.getfixturevalue("postgresql_url") if is_server else f"{request.param}:///warehouse.file")


def _open(settings: Settings) -> Books:
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        prepare_tables(warehouse, connection, settings)
    return Books(settings, warehouse)

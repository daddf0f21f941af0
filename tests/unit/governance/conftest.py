"""A warehouse whose tables hold what a test writes into them, on each kind of database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from phoneseg.contracts import TABLES, UTC_INSTANT, Table
from phoneseg.governance.targets import contact_columns
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
        row = {column.name: _value(column.dtype, column.name) for column in table.columns} | values
        with self.warehouse.transaction() as connection:
            connection.execute(self.warehouse.naming.published(table).insert(), [row])

    def write_person(self, contact: str, number: str) -> str:
        """Write a row into every table that can name a contact or a token; return the token of the number."""
        token = KEY.token(number)
        for table in TABLES:
            names = dict.fromkeys(contact_columns(table), contact)
            if "phone_token" in table.column_names:
                names |= {"phone_token": token, "token_key_id": KEY.key_id}
            if "phone_e164" in table.column_names:
                names["phone_e164"] = number
            if names:
                mine = {name: value for name, value in names.items() if name in table.column_names}
                own = {"request_id": f"about {contact}"} if "request_id" in table.key else {}
                own |= {"source": contact.partition(":")[0]} if "source" in table.column_names else {}
                self.write(table, **mine, **own)
        return token

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Return the rows of a table."""
        with self.warehouse.transaction() as connection:
            found = connection.execute(sa.select(self.warehouse.naming.published(table))).mappings()
            return [dict(row) for row in found]

    def tables_with(self, *words: str) -> set[str]:
        """Return the tables in which a value holds one of some words."""
        held = {table.name: " ".join(str(row.values()) for row in self.rows(table)) for table in TABLES}
        return {name for name, text in held.items() if any(word in text for word in words)}


def _value(dtype: object, name: str) -> object:
    return _VALUES.get(dtype, f"some {name}" if dtype == pl.String else 7)


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def books(
    request: pytest.FixtureRequest, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> Books:
    """Empty tables."""
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if is_server else f"{request.param}:///warehouse.file"
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", KEY.secret.decode())
    settings = make_settings(url=url)
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        prepare_tables(warehouse, connection, settings)
    return Books(settings, warehouse)

"""The types of a source's columns, by family, as far as a database can tell."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from phoneseg.errors import SourceError
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

DUCKDB = {
    "TINYINT": "integer",
    "BIGINT": "integer",
    "UBIGINT": "integer",
    "INTEGER": "integer",
    "HUGEINT": "integer",
    "DECIMAL(12,0)": "number",
    "FLOAT": "number",
    "DOUBLE": "number",
    "VARCHAR": "text",
    "ENUM('a', 'b')": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMPTZ": "timestamptz",
    "BLOB": "binary",
    "UUID": "other",
    "JSON": "other",
    "INTEGER[]": "other",
    "STRUCT(a INTEGER)": "other",
    "TIME": "other",
    "INTERVAL": "other",
}


def _families(settings: Settings, columns: dict[str, str]) -> dict[str, str]:
    """Return what the warehouse says of a table `contact` with these columns and types."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        connection.execute(sa.text(f"CREATE TABLE contact ({', '.join(' '.join(each) for each in columns.items())})"))
        return warehouse.source_types(connection, "crm", settings.contacts["crm"])


def test_duckdb_tells_the_family_of_every_type(make_settings: Callable[..., Settings]) -> None:
    columns = {f"c{position}": kind for position, kind in enumerate(DUCKDB)}
    settings = make_settings(f'table = "contact"\nid = "c0"\nphones = {list(columns)[1:]}')
    assert _families(settings, columns) == dict(zip(columns, DUCKDB.values(), strict=True))


def test_sqlite_whose_columns_hold_anything_tells_nothing(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(url="sqlite:///warehouse.sqlite")
    assert _families(settings, {"id": "INTEGER", "mobile": "TEXT"}) == {"id": "", "mobile": ""}


def test_a_missing_column_is_told(make_settings: Callable[..., Settings]) -> None:
    with pytest.raises(SourceError, match=r"phoneseg\.toml: contacts\.crm: .*mobile"):
        _families(make_settings(), {"id": "INTEGER"})

"""A warehouse of the tests: what its tables look like, what they hold, and the DDL of the first release."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.migrations import find_revision

_FIRST_RELEASE: Final = Path(__file__).parent / "first_release"
"""The DDL that the first release sent, by database. It never changes."""

Shape = dict[str, dict[str, object]]


@dataclass(frozen=True)
class House:
    """A warehouse with its settings."""

    settings: Settings
    warehouse: Warehouse

    @classmethod
    def open(cls, settings: Settings, **changes: object) -> "House":
        """Open the warehouse of settings that are changed in section `warehouse`."""
        changed = settings.model_copy(update={"warehouse": settings.warehouse.model_copy(update=changes)})
        return cls(changed, open_warehouse(changed))

    def beside(self, **changes: object) -> "House":
        """Return the same warehouse with other settings."""
        return House.open(self.settings, **changes)

    def call(self, function: Callable[..., Any]) -> Any:
        """Call a function of the migrations in a transaction of its own."""
        with self.warehouse.transaction() as connection:
            return function(self.warehouse, connection, self.settings)

    @property
    def revision(self) -> str | None:
        """The revision of the tables."""
        with self.warehouse.transaction() as connection:
            return find_revision(self.warehouse, connection)

    def execute(self, sql: str) -> None:
        """Execute statements that end with their line."""
        with self.warehouse.transaction() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            for statement in sql.split(";\n"):
                if statement.strip():
                    connection.exec_driver_sql(statement)

    def build_first_release(self) -> None:
        """Create the tables as the first release did."""
        sql = (_FIRST_RELEASE / f"{self.warehouse.engine.dialect.name}.sql").read_text(encoding="utf-8")
        schema = self.settings.warehouse.output_schema
        self.execute(re.sub(r"\bphoneseg(?=[;.]|_(?!version\b))", schema, sql))

    def shape(self) -> Shape:
        """Return what the database says of every table of ours, by its name without the schema."""
        naming = self.warehouse.naming
        with self.warehouse.transaction() as connection:
            inspector, found = sa.inspect(connection), {}
            for schema in naming.schemas if naming.has_schemas else (None,):
                for name in inspector.get_table_names(schema=schema):
                    if schema is not None or naming.is_ours(name):
                        prefix = "" if schema else f"{naming.output_schema}_"
                        found[name.removeprefix(prefix)] = _describe(inspector, name, schema, prefix)
            return found

    def rows(self) -> dict[str, list[dict[str, object]]]:
        """Return the rows of the published tables, which hold few."""
        with self.warehouse.transaction() as connection:
            return {
                name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
                for name, table in _tables(connection, self.warehouse).items()
            }

    def fill(self) -> None:
        """Write a row into every table, with something in every column."""
        with self.warehouse.transaction() as connection:
            for table in _tables(connection, self.warehouse).values():
                connection.execute(table.insert().values({column.name: _value(column) for column in table.columns}))


def _describe(inspector: sa.Inspector, name: str, schema: str | None, prefix: str) -> dict[str, object]:
    has_comments = inspector.dialect.supports_comments
    return {
        "columns": {
            column["name"]: (repr(column["type"]), column["nullable"], column["default"], column.get("comment"))
            for column in inspector.get_columns(name, schema=schema)
        },
        "key": inspector.get_pk_constraint(name, schema=schema)["constrained_columns"],
        "indexes": {
            str(index["name"]).removeprefix(prefix): (index["column_names"], bool(index["unique"]))
            for index in inspector.get_indexes(name, schema=schema)
        },
        "comment": inspector.get_table_comment(name, schema=schema)["text"] if has_comments else None,
    }


def _tables(connection: sa.Connection, warehouse: Warehouse) -> dict[str, sa.Table]:
    metadata, naming = sa.MetaData(), warehouse.naming
    for schema in naming.schemas if naming.has_schemas else (None,):
        metadata.reflect(connection, schema=schema)
    return {name: table for name, table in metadata.tables.items() if not name.endswith("schema_version")}


def _value(column: sa.Column[Any]) -> object:
    kind = column.type.python_type
    texts = {str: f"a {column.name}", bool: True, int: 7}
    return sa.func.current_timestamp() if kind not in texts else texts[kind]

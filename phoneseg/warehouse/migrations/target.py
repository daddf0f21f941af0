"""What a revision has to know of the warehouse."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from phoneseg.contracts import Area
from phoneseg.warehouse.tables import TableNaming


@dataclass(frozen=True)
class Target:
    """Where the tables are that a revision changes."""

    naming: TableNaming
    row_changes: list[str] = field(default_factory=list)
    """Statements that change rows, for after the last revision: DuckDB adds no column to a table that has just had
    rows changed."""

    @property
    def has_keys(self) -> bool:
        """Whether tables have keys and indexes."""
        return self.naming.has_keys

    def name(self, table: str, area: Area = Area.PUBLISHED) -> str:
        """Return the name of a table, with the schema in front where the database has none."""
        return table if self.naming.has_schemas else f"{self.naming.schema(area)}_{table}"

    def schema(self, area: Area = Area.PUBLISHED) -> str | None:
        """Return the schema of an area; null where the database has none."""
        return self.naming.schema(area) if self.naming.has_schemas else None

    def key(self, *columns: str) -> tuple[sa.PrimaryKeyConstraint, ...]:
        """Return the primary key of a table to create: one constraint, or none where keys are not declared."""
        return (sa.PrimaryKeyConstraint(*columns),) if self.has_keys else ()

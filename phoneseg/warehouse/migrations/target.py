"""What a revision has to know of the warehouse."""

from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa

from phoneseg.contracts import Area
from phoneseg.warehouse.backend import Warehouse
from phoneseg.warehouse.tables import TableNaming


@dataclass(frozen=True)
class Target:
    """The database that a revision changes, and how tables are named there.

    Attributes:
        naming: How tables are named.
        dialect: SQLAlchemy's name of the database.
    """

    naming: TableNaming
    dialect: str

    @classmethod
    def of(cls, warehouse: Warehouse) -> Self:
        """Return the target that a warehouse is."""
        return cls(warehouse.naming, warehouse.engine.dialect.name)

    @property
    def has_indexes(self) -> bool:
        """Whether tables have indexes besides their keys."""
        return self.dialect == "postgresql"

    def name(self, table: str, area: Area = Area.PUBLISHED) -> str:
        """Return the name of a table, with the schema in front where the database has none."""
        return table if self.naming.has_schemas else f"{self.naming.schema(area)}_{table}"

    def schema(self, area: Area = Area.PUBLISHED) -> str | None:
        """Return the schema of an area; null where the database has none."""
        return self.naming.schema(area) if self.naming.has_schemas else None

    def key(self, *columns: str) -> tuple[sa.PrimaryKeyConstraint, ...]:
        """Return the primary key of a table to create: one constraint, or none where keys are not declared."""
        return (sa.PrimaryKeyConstraint(*columns),) if self.naming.has_keys else ()

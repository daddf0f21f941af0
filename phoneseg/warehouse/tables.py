"""SQLAlchemy tables derived from the contracts."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import (
    CANONICAL_CHANGE,
    CONTACT_PROFILE,
    REPLACED_CONTACTS,
    SEGMENT_CHANGE,
    TABLES,
    Area,
    Pipeline,
    Table,
    contact_profile,
    staged_tables,
)
from phoneseg.settings.profile import DEFAULT_WINDOWS_DAYS

_SQL_TYPES: dict[type[pl.DataType], sa.types.TypeEngine[Any]] = {
    pl.String: sa.Text(),
    pl.Boolean: sa.Boolean(),
    pl.Int16: sa.SmallInteger(),
    pl.Int32: sa.Integer(),
    pl.Int64: sa.BigInteger(),
    pl.Float64: sa.Double(),
    pl.Date: sa.Date(),
    pl.Datetime: sa.DateTime(timezone=True),
}


@dataclass(frozen=True)
class TableNaming:
    """How tables are named in one warehouse.

    Where there are no schemas (SQLite), the schema becomes a prefix of the name. Staging tables are named by run.

    Attributes:
        output_schema: Schema of the published tables.
        has_schemas: Whether the database has schemas.
        has_keys: Whether primary keys and indexes are declared. DuckDB checks keys too eagerly when one transaction
            deletes one and inserts it again, so there the suites alone guard them; and it scans rather than searches.
        windows_days: Windows of the contact profile, which has columns for each.
    """

    output_schema: str
    has_schemas: bool
    has_keys: bool
    windows_days: tuple[int, ...] = DEFAULT_WINDOWS_DAYS

    def contract(self, table: Table) -> Table:
        """Return the contract of a table with the columns that it has in this warehouse."""
        return contact_profile(self.windows_days) if table.name == CONTACT_PROFILE.name else table

    def schema(self, area: Area) -> str:
        """Return the schema of an area."""
        return self.output_schema if area is Area.PUBLISHED else f"{self.output_schema}_{area.value}"

    @property
    def staging_schema(self) -> str:
        """Schema of the staging tables."""
        return f"{self.output_schema}_staging"

    @property
    def schemas(self) -> tuple[str, ...]:
        """All schemas that phoneseg keeps."""
        return tuple(self.schema_meanings)

    @property
    def schema_meanings(self) -> dict[str, str]:
        """What is in each of the schemas."""
        return {
            self.schema(Area.PUBLISHED): "Segments of contacts by their phone numbers; no number in clear.",
            self.schema(Area.RESTRICTED): "Phone numbers in clear, by token, and what stood in quarantined cells.",
            self.schema(Area.REPORT): "Counts of contacts, rounded, the small ones left out; nothing of one contact.",
            self.staging_schema: "Tables of runs under way; nobody reads them.",
        }

    def is_ours(self, name: str) -> bool:
        """Return whether a table's name starts with one of our schemas, as it does where there are none."""
        return not self.has_schemas and name.startswith(tuple(f"{schema}_" for schema in self.schemas))

    def published(self, table: Table) -> sa.Table:
        """Return the table that readers see."""
        return _build(self, self.contract(table), self.schema(table.area), table.name, is_staging=False)

    def staging(self, table: Table, run_id: str) -> sa.Table:
        """Return the run's staging table."""
        name = staging_prefix(run_id) + table.name
        return _build(self, self.contract(table), self.staging_schema, name, is_staging=True)

    def all_published(self) -> list[sa.Table]:
        """Return all tables that readers see."""
        return [self.published(table) for table in TABLES]

    def all_staging(self, run_id: str, pipeline: Pipeline = Pipeline.SEGMENT_CONTACTS) -> list[sa.Table]:
        """Return the staging tables of a run of a pipeline."""
        tables = tuple(staged_tables(pipeline))
        if pipeline is Pipeline.SEGMENT_CONTACTS:
            tables += (*REPLACED_CONTACTS, SEGMENT_CHANGE, CANONICAL_CHANGE)
        return [self.staging(table, run_id) for table in tables]


def staging_prefix(run_id: str) -> str:
    """Return what the names of a run's staging tables start with; short, for databases that cut names at 63."""
    return f"run_{hashlib.sha256(run_id.encode()).hexdigest()[:12]}__"


@lru_cache(maxsize=512)  # SQLAlchemy knows a statement again by its tables
def _build(naming: TableNaming, table: Table, schema: str, name: str, *, is_staging: bool) -> sa.Table:
    has_keys = naming.has_keys and not is_staging
    full_name = name if naming.has_schemas else f"{schema}_{name}"
    searched = table.indexes
    if is_staging:  # a planner that takes ten million rows for one asks for each of them whether it is replaced
        searched = (table.key,) if table in REPLACED_CONTACTS else ()
    indexes = [sa.Index(f"{full_name}_{'_'.join(names)}_idx", *names) for names in searched if naming.has_keys]
    return sa.Table(
        full_name,
        sa.MetaData(),
        *_columns(table, has_key=has_keys, is_staging=is_staging),
        *indexes,
        schema=schema if naming.has_schemas else None,
        comment=None if is_staging else f"{table.row_meaning} ({table.keeping})",
    )


def _columns(table: Table, *, has_key: bool, is_staging: bool) -> Iterable[sa.Column[object]]:
    """Yield the columns; a staging table takes nulls and doubled keys, so that its suite can name them.

    Nobody reads its comments, and each would be a statement of its own.
    """
    for column in table.columns:
        yield sa.Column(
            column.name,
            _SQL_TYPES[column.dtype.base_type()],
            nullable=column.nullable or is_staging,
            primary_key=has_key and column.name in table.key,
            autoincrement=False,
            comment=None if is_staging else column.meaning,
        )

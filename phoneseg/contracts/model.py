"""What a contract is made of: columns with their meaning, tables with their key and how they follow time."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

UTC_INSTANT: Final = pl.Datetime("us", "UTC")


class PrivacyClass(StrEnum):
    """Whose eyes a column is for."""

    PUBLIC = "public"  # says nothing of a person
    PERSONAL = "personal"  # says something of a contact
    PSEUDONYM = "pseudonym"  # stands for a contact or a number, useless without the source or the key
    RESTRICTED = "restricted"  # a phone number, or what was typed in its place


class Keeping(StrEnum):
    """How a table follows time."""

    CURRENT = "current"
    DATED = "dated"
    LOG = "log"


class Pipeline(StrEnum):
    """What runs: each has a DAG of its name, verbs, and tables that it alone publishes."""

    SEGMENT_CONTACTS = "segment_contacts"
    MONITOR_ACTIVITY = "monitor_activity"


class Area(StrEnum):
    """The warehouse schema that a table lives in; its name starts with the configured `output_schema`."""

    STAGE = "stage"  # Parquet in the stage folder of a run, never in the warehouse
    PUBLISHED = "published"
    RESTRICTED = "restricted"
    REPORT = "report"


@dataclass(frozen=True)
class Column:
    """One column: its Polars dtype, whether null is allowed, its privacy class and its meaning."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    meaning: str
    privacy: PrivacyClass = PrivacyClass.PUBLIC
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its key and its columns, in order.

    Attributes:
        name: Its name within its schema.
        row_meaning: What a row is.
        keeping: How it follows time.
        key: Columns that tell its rows apart.
        columns: Its columns.
        area: Where it lives.
        referrer: Name of the table whose rows refer to this one by its key: a row stays as long as it is referred to.
        indexes: Columns that readers search by besides the key, where the database has indexes.
        replaced_contacts: Name of the stage table of the contacts whose rows a partial run replaces.
        pipeline: Who publishes it.
        has_all_intervals: Whether a dated table has rows of every window within the interval of a run, not of its
            as_of alone.
    """

    name: str
    row_meaning: str
    keeping: Keeping
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    area: Area = Area.PUBLISHED
    referrer: str | None = None
    indexes: tuple[tuple[str, ...], ...] = ()
    replaced_contacts: str = "changed_contact"
    pipeline: Pipeline = Pipeline.SEGMENT_CONTACTS
    has_all_intervals: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the table."""
        return tuple(column.name for column in self.columns)

    @property
    def schema(self) -> pl.Schema:
        """The Polars schema of a frame that holds rows of this table."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def is_per_contact(self) -> bool:
        """Whether each row belongs to one contact."""
        return "contact_id" in self.column_names

    def conform(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Select and cast the table's columns out of `frame`, which may hold more; a missing one raises in Polars."""
        return frame.select(pl.col(column.name).cast(column.dtype) for column in self.columns)

"""Consent, objections and suppression lists out of the warehouse, as they stood at as_of."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import RAW_PERMISSION
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.extract.contacts import Statement, told_of_source
from phoneseg.extract.source_rows import SourceRows, check_region
from phoneseg.run import Run
from phoneseg.settings import ConsentSource, ObjectionSource, PermissionSource, Settings, SuppressionSource
from phoneseg.warehouse import Warehouse

_ALL: Final = ("*", "all", "any")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PermissionReader:
    """How one source's rows become permissions.

    Attributes:
        name: The source's name.
        source: Its settings.
        where: Where they stand, for errors.
    """

    name: str
    source: PermissionSource
    where: str

    @classmethod
    def of(cls, settings: Settings, name: str, source: PermissionSource) -> "PermissionReader":
        """Return the reader of a configured source.

        Raises:
            SettingsError: No country goes by the source's fixed region.
        """
        where = f"{settings.config_file.name}: {source.section}.{name}"
        check_region(where, source.region)
        return cls(name, source, where)

    def read(self, rows: pl.DataFrame, as_of: datetime, readings: ColumnReadings) -> pl.DataFrame:
        """Return what a batch of source rows says at `as_of`.

        Args:
            rows: The source's configured columns, typed as its database types them.
            as_of: End of the data interval.
            readings: Is told how many of the statuses could be read.

        Returns:
            Rows of RAW_PERMISSION, in their order: consent and objections from before `as_of` or without a time, and
            suppressions that are in force at `as_of`.

        Raises:
            SourceError: A column holds values of a kind that it should not hold.
        """
        every = SourceRows(rows, self.where)
        decided_at, is_seen = self._times(every, as_of)
        seen = SourceRows(rows.filter(is_seen), self.where)
        is_granted, is_status_unread = self._statuses(seen, readings)
        ids = seen.text(self.source.contact_id)
        ids = ids.set(ids.str.strip_chars() == "", None)
        return RAW_PERMISSION.conform(
            pl.LazyFrame(
                {
                    "contact_id": pl.select(pl.lit(f"{self.source.contacts}:") + ids).to_series(),
                    "phone_raw": seen.filled_text(self.source.phone),
                    "region_hint": self._regions(seen),
                    "source_type": seen.constant(self.source.section, pl.String),
                    "permission_source": seen.constant(self.name, pl.String),
                    "channel": self._words(seen, "channel"),
                    "purpose": self._words(seen, "purpose"),
                    "is_granted": is_granted,
                    "is_status_unread": is_status_unread,
                    "decided_at": decided_at.filter(is_seen),
                }
            )
        ).collect()

    def _times(self, rows: SourceRows, as_of: datetime) -> tuple[pl.Series, pl.Series]:
        """Return when each row was said, and whether it counts at `as_of`."""
        zone = self.source.time_zone
        if isinstance(self.source, SuppressionSource):
            since = rows.instants(self.source.valid_from, zone)
            until = rows.instants(self.source.valid_until, zone)
            return since, (since.is_null() | (since <= as_of)) & (until.is_null() | (until >= as_of))
        column = self.source.at if isinstance(self.source, ConsentSource | ObjectionSource) else None
        at = rows.instants(column, zone)
        return at, at.is_null() | (at < as_of)

    def _statuses(self, rows: SourceRows, readings: ColumnReadings) -> tuple[pl.Series, pl.Series]:
        """Return whether each row allows, and whether its status could not be read: such a row allows nothing."""
        meanings, column = self._meanings
        if column is None:
            return rows.constant(False, pl.Boolean), rows.constant(False, pl.Boolean)
        words = rows.filled_text(column).str.to_lowercase()
        allows = words.replace_strict(meanings, default=None, return_dtype=pl.Boolean)
        readings.count("status_column", words, allows)
        return allows.fill_null(False), allows.is_null()

    @property
    def _meanings(self) -> tuple[dict[str, bool], str | None]:
        """Whether each word of the status column allows, and the column; null for a source whose rows all forbid."""
        match self.source:
            case ConsentSource(granted=yes, withdrawn=no, status_column=column):
                return dict.fromkeys(yes, True) | dict.fromkeys(no, False), column
            case ObjectionSource(lifted=yes, stands=no, status_column=column):
                return dict.fromkeys(yes, True) | dict.fromkeys(no, False), column
            case _:
                return {}, None

    def _words(self, rows: SourceRows, key: str) -> pl.Series:
        """Return each row's channel or purpose; null for all."""
        column = getattr(self.source, f"{key}_column", None)
        if column is None:
            return rows.constant(getattr(self.source, key, None), pl.String)
        words = rows.filled_text(column).str.to_lowercase()
        # channel:purpose is written into one column, comma-separated
        return words.replace(list(_ALL), [None] * len(_ALL)).str.replace_all("[,:*]", "_")

    def _regions(self, rows: SourceRows) -> pl.Series:
        if self.source.phone is None:
            return rows.nothing()
        return rows.regions(self.source.region_column, self.source.region)


@dataclass(frozen=True)
class PermissionPlan:
    """How a run reads one source: its reader, and the SELECT of its columns."""

    reader: PermissionReader
    statement: Statement


def plan_permissions(warehouse: Warehouse, connection: sa.Connection, run: Run) -> list[PermissionPlan]:
    """Find the tables and columns of all sources of consent and objections, and of all suppression lists.

    Raises:
        SettingsError: No country goes by a source's fixed region.
        SourceError: A table or a column is missing.
    """
    plans = []
    for name, source in run.settings.permission_sources:
        reader = PermissionReader.of(run.settings, name, source)
        existing = warehouse.source_columns(connection, name, source)
        plans.append(PermissionPlan(reader, warehouse.select_columns(name, source, existing)))
    return plans


def read_permissions(
    warehouse: Warehouse,
    connection: sa.Connection,
    run: Run,
    plans: Iterable[PermissionPlan],
    append: Callable[[pl.DataFrame], None],
) -> None:
    """Read all rows that count at `as_of`, whatever was read before: rows that were corrected are right so.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.
        plans: What to read; a source may be empty.
        append: Appends rows of RAW_PERMISSION.

    Raises:
        SourceError: A row cannot be read, or no status can.
    """
    for plan in plans:
        readings, row_count = ColumnReadings(plan.reader.where), 0
        for batch in told_of_source(plan.reader.where, warehouse.read_batches(connection, plan.statement)):
            permissions = plan.reader.read(batch, run.as_of, readings)
            append(permissions)
            row_count += len(permissions)
        readings.check()
        section = plan.reader.source.section
        log.info("extract: %s read, %s rows of %s", plan.reader.name, f"{row_count:,}", section)

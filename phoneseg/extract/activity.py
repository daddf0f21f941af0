"""Activity out of the warehouse: all rows that happened before as_of, or since an instant, batch by batch."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import RAW_ACTIVITY
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.extract.contacts import Statement, told_of_source
from phoneseg.extract.deliveries import read_deliveries
from phoneseg.extract.money import convert_amounts, list_rates
from phoneseg.extract.source_rows import SourceRows, check_region
from phoneseg.extract.time_bounds import is_within
from phoneseg.extract.watermarks import TIMES, literal_of
from phoneseg.run import Run
from phoneseg.settings import ActivitySource, Settings
from phoneseg.warehouse import Warehouse

_INBOUND: Final = {"inbound": True, "in": True, "incoming": True}
_OUTBOUND: Final = {"outbound": False, "out": False, "outgoing": False}
_FARTHEST_ZONE: Final = timedelta(days=2)  # no clock is further from UTC, now or ever
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ActivityReader:
    """How one source's rows become activity.

    Attributes:
        name: The source's name.
        source: Its settings.
        where: Where they stand, for errors.
        currency: Currency that amounts are converted to; null to leave them as they are.
        rates: Worth of one unit by currency, as `list_rates` gives it.
        more: Settings of the source whose columns are read besides, as texts, such as `cell`.
    """

    name: str
    source: ActivitySource
    where: str
    currency: str | None
    rates: pl.DataFrame
    more: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings, name: str, more: tuple[str, ...] = ()) -> "ActivityReader":
        """Return the reader of a configured source.

        Raises:
            SettingsError: No country goes by the source's fixed region.
        """
        source, profile = settings.activity[name], settings.profile
        where = f"{settings.config_file.name}: activity.{name}"
        check_region(where, source.region)
        own = {} if profile.currency is None else {profile.currency: 1.0}
        return cls(name, source, where, profile.currency, list_rates({**profile.exchange_rates, **own}), more)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read, each once."""
        more = (getattr(self.source, setting) for setting in self.more)
        return tuple(dict.fromkeys((*self.source.columns, *(name for name in more if name is not None))))

    def select(
        self, warehouse: Warehouse, connection: sa.Connection, as_of: datetime, since: datetime | None = None
    ) -> Statement:
        """Return the SELECT of the source's configured columns.

        Where the database can compare the times, it leaves out rows that are later than `as_of` in any zone. With
        `since`, it also leaves out those from before that, and those without a time: an index on the time serves it.

        Raises:
            SourceError: The table or a column is missing.
        """
        existing = warehouse.source_columns(connection, self.name, self.source)
        statement = warehouse.select_columns(self.name, self.source, existing, self.columns)
        column = self.source.occurred_at
        family = warehouse.source_types(connection, self.name, self.source)[column]
        if family not in TIMES:
            if since is not None:
                log.warning("%s.occurred_at: no time to the database, so that it reads all rows each time", self.where)
            return statement
        if since is not None:
            return statement.where(is_within(column, family, self.source.time_zone, since, as_of))
        occurred: sa.ColumnElement[datetime] = sa.column(column)
        return statement.where(sa.or_(occurred < literal_of(as_of + _FARTHEST_ZONE, family), occurred.is_(None)))

    def read(
        self, rows: pl.DataFrame, as_of: datetime, readings: ColumnReadings, since: datetime | None = None
    ) -> pl.DataFrame:
        """Return the activity among a batch of source rows that happened before `as_of`, or has no time.

        With `since`, what happened before that, or has no time, is left out.

        Args:
            rows: The source's configured columns, typed as its database types them.
            as_of: End of the data interval.
            readings: Is told how many of the values could be read.
            since: Start of what is wanted; None for everything.

        Returns:
            Rows of RAW_ACTIVITY, in their order, with a column for each of `more`, named as the setting.

        Raises:
            SourceError: A column holds values of a kind that it should not hold.
        """
        all_rows = SourceRows(rows, self.where)
        occurred_at = all_rows.instants(self.source.occurred_at, self.source.time_zone)
        if since is None:
            is_before = occurred_at.is_null() | (occurred_at < as_of)
        else:
            is_before = occurred_at.is_between(since, as_of, closed="left").fill_null(False)
        before = SourceRows(rows.filter(is_before), self.where)
        amount_e4, is_unpriced = self._amounts(before)
        activity = pl.DataFrame(
            {
                **self._keys(before),
                "activity_source": before.constant(self.name, pl.String),
                "kind": before.constant(self.source.kind, pl.String),
                "occurred_at": occurred_at.filter(is_before),
                "is_inbound": self._is_inbound(before),
                "channel": before.filled_text(self.source.channel),
                "counterparty": before.filled_text(self.source.counterparty),
                "duration_s": self._duration_s(before),
                "is_answered": before.truths(self.source.is_answered),
                "amount_e4": amount_e4,
                "campaign": before.filled_text(self.source.campaign),
                "is_unpriced": is_unpriced,
                "delivery": read_deliveries(before, self.source, readings),
            }
        )
        self._count(before, activity, readings)
        more = [before.filled_text(getattr(self.source, setting)).alias(setting) for setting in self.more]
        return RAW_ACTIVITY.conform(activity.lazy()).collect().with_columns(more)

    def _count(self, rows: SourceRows, activity: pl.DataFrame, readings: ColumnReadings) -> None:
        """Count the values of mapped columns that could be read; whether an amount has a rate is another matter."""
        for setting, value in (
            ("direction", "is_inbound"),
            ("duration_s", "duration_s"),
            ("is_answered", "is_answered"),
        ):
            if (column := getattr(self.source, setting)) is not None:
                readings.count(setting, rows.filled_text(column), activity[value])
        if self.source.amount is not None:
            amounts = rows.numbers(self.source.amount).cast(pl.Float64, strict=False)
            readings.count("amount", rows.filled_text(self.source.amount), amounts)

    def _keys(self, rows: SourceRows) -> dict[str, pl.Series]:
        ids = rows.text(self.source.contact_id)
        ids = ids.set(ids.str.strip_chars() == "", None)
        has_number = self.source.phone is not None
        return {
            "contact_id": pl.select(pl.lit(f"{self.source.contacts}:") + ids).to_series(),
            "phone_raw": rows.filled_text(self.source.phone),
            "region_hint": rows.regions(self.source.region_column, self.source.region)
            if has_number
            else rows.nothing(),
        }

    def _is_inbound(self, rows: SourceRows) -> pl.Series:
        if self.source.direction is None:
            return rows.constant(self.source.is_inbound, pl.Boolean)
        words = rows.text(self.source.direction).str.strip_chars().str.to_lowercase()
        return words.replace_strict(_INBOUND | _OUTBOUND, default=None, return_dtype=pl.Boolean)

    def _duration_s(self, rows: SourceRows) -> pl.Series:
        if self.source.duration_s is None:
            return rows.nothing(pl.Int32)
        seconds = rows.numbers(self.source.duration_s).cast(pl.Float64, strict=False).round()
        return seconds.set(seconds < 0, None).cast(pl.Int32, strict=False)

    def _amounts(self, rows: SourceRows) -> tuple[pl.Series, pl.Series]:
        """Return each row's money, and whether it has an amount that gives none."""
        if self.source.amount is None:
            return rows.nothing(pl.Int64), rows.constant(False, pl.Boolean)
        amounts = rows.numbers(self.source.amount)
        money = convert_amounts(amounts, self._worth(rows))
        return money, amounts.is_not_null() & money.is_null()

    def _worth(self, rows: SourceRows) -> pl.Series:
        """Return the worth of one unit of each row's currency; amounts without a currency are in the profile's."""
        if self.currency is None or (self.source.currency is None and self.source.currency_column is None):
            one = list_rates({"": 1.0}).get_column("worth")
            return one.new_from_index(0, len(rows.rows))
        if self.source.currency_column is None:
            codes = rows.constant(self.source.currency, pl.String)
        else:
            codes = rows.text(self.source.currency_column).str.strip_chars().str.to_uppercase()
        named = codes.to_frame("currency").join(self.rates, on="currency", how="left", maintain_order="left")
        return named.get_column("worth")


@dataclass(frozen=True)
class ActivityPlan:
    """How a run reads one activity source: its reader, and the SELECT of its columns."""

    reader: ActivityReader
    statement: Statement


def plan_activity(warehouse: Warehouse, connection: sa.Connection, run: Run) -> list[ActivityPlan]:
    """Find the tables and columns of all activity sources of the pipeline, whichever contact sources the run reads.

    Raises:
        SettingsError: No country goes by a source's fixed region.
        SourceError: A table or a column is missing.
    """
    readers = [ActivityReader.of(run.settings, name) for name in run.settings.activity_of(run.pipeline)]
    return [ActivityPlan(reader, reader.select(warehouse, connection, run.as_of)) for reader in readers]


def read_activity(
    warehouse: Warehouse,
    connection: sa.Connection,
    run: Run,
    plans: list[ActivityPlan],
    append: Callable[[pl.DataFrame], None],
) -> int:
    """Read all rows that happened before `as_of`: rows that came late, were corrected or deleted are right so.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.
        plans: What to read; a source may be empty.
        append: Appends rows of RAW_ACTIVITY.

    Returns:
        How many rows there are.

    Raises:
        SourceError: A row cannot be read, or no value of a column can.
    """
    row_count = 0
    for plan in plans:
        readings = ColumnReadings(plan.reader.where)
        for batch in told_of_source(plan.reader.where, warehouse.read_batches(connection, plan.statement)):
            activity = plan.reader.read(batch, run.as_of, readings)
            append(activity)
            row_count += len(activity)
        readings.check()
        log.info("extract: %s read, %s rows of activity so far", plan.reader.name, f"{row_count:,}")
    return row_count

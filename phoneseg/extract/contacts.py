"""Contacts and their filled phone cells, out of one source, batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import RAW_CONTACT, RAW_PHONE
from phoneseg.errors import SourceError
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.extract.column_values import as_dates
from phoneseg.extract.source_rows import SourceRows, check_region
from phoneseg.privacy import NOBODY, Tombstones
from phoneseg.settings import ContactSource, Settings
from phoneseg.warehouse import Warehouse

Statement = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class ContactBatch:
    """One batch of a source.

    Attributes:
        contacts: Rows of RAW_CONTACT.
        phones: Rows of RAW_PHONE: the filled cells of those contacts.
        empty_cell_count: Cells that are null or blank.
        erased_count: Source rows that were left out because their contacts were erased.
    """

    contacts: pl.DataFrame
    phones: pl.DataFrame
    empty_cell_count: int
    erased_count: int = 0

    def only(self, ids: pl.DataFrame) -> "ContactBatch":
        """Return the part of the batch that is of some contacts, given by `contact_id`."""
        contacts, phones = (rows.join(ids, on="contact_id", how="semi") for rows in (self.contacts, self.phones))
        cells_per_contact = (len(self.phones) + self.empty_cell_count) // max(len(self.contacts), 1)
        return ContactBatch(contacts, phones, len(contacts) * cells_per_contact - len(phones))


@dataclass(frozen=True)
class SourceReader:
    """How one source's rows become contacts, but for those that were erased."""

    name: str
    source: ContactSource
    where: str
    tombstones: Tombstones = NOBODY

    @classmethod
    def of(cls, settings: Settings, name: str, tombstones: Tombstones = NOBODY) -> "SourceReader":
        """Return the reader of a configured source.

        Raises:
            SettingsError: No country goes by the source's fixed region.
        """
        source = settings.contacts[name]
        where = f"{settings.config_file.name}: contacts.{name}"
        check_region(where, source.region)
        return cls(name, source, where, tombstones)

    def select(self, warehouse: Warehouse, connection: sa.Connection) -> Statement:
        """Return the SELECT of the source's configured columns, which are there.

        Raises:
            SourceError: The table or a column is missing.
        """
        existing = warehouse.source_columns(connection, self.name, self.source)
        return warehouse.select_columns(self.name, self.source, existing)

    def read(self, rows: pl.DataFrame, as_of: datetime, readings: ColumnReadings | None = None) -> ContactBatch:
        """Return the contacts among a batch of source rows that existed before `as_of`.

        Args:
            rows: The source's configured columns, typed as its database types them.
            as_of: End of the data interval; a contact without a created time exists at any time.
            readings: Is told how many dates of birth and incomes could be read.

        Raises:
            SourceError: A row has no id, or a column that should hold times holds something else.
        """
        source_rows = SourceRows(rows, self.where)
        region_hint, is_hint_unknown = self._region_hint(source_rows)
        typed = pl.DataFrame(
            {
                **self.read_ids(source_rows),
                "contact_updated_at": source_rows.instants(self.source.updated_at),
                "region_hint": region_hint,
                "is_hint_unknown": is_hint_unknown,
                **self._person(source_rows, readings),
                "attributes": self._attributes(source_rows),
                # The source may call its columns as phoneseg does.
                **{_cell(column): source_rows.text(column) for column in self.source.phones},
            }
        ).with_columns(source=pl.lit(self.name))
        at_as_of = typed.filter(existed(as_of))
        existing = self.tombstones.without_contacts(at_as_of)
        cells = [self._phone_cells(existing, column, rank) for rank, column in enumerate(self.source.phones, start=1)]
        phones = pl.concat(cells)
        return ContactBatch(
            RAW_CONTACT.conform(existing.lazy()).collect(),
            RAW_PHONE.conform(phones.lazy()).collect(),
            len(existing) * len(self.source.phones) - len(phones),
            len(at_as_of) - len(existing),
        )

    def read_keys(self, rows: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
        """Return `contact_id` and `contact_updated_at` of the contacts among some rows that existed before `as_of`.

        Args:
            rows: The source's id and times, typed as its database types them.
            as_of: End of the data interval.

        Raises:
            SourceError: A row has no id, or a column that should hold times holds something else.
        """
        source_rows = SourceRows(rows, self.where)
        keys = {**self.read_ids(source_rows), "contact_updated_at": source_rows.instants(self.source.updated_at)}
        return pl.DataFrame(keys).filter(existed(as_of)).drop("contact_created_at")

    def read_ids(self, rows: SourceRows) -> dict[str, pl.Series]:
        """Return `contact_id` and `contact_created_at` of rows of the source.

        Raises:
            SourceError: A row has no id, or a column that should hold times holds something else.
        """
        ids = rows.text(self.source.id)
        if missing := (ids.str.strip_chars().replace("", None)).null_count():
            raise SourceError(f"{self.where}.id: {missing} rows have no `{self.source.id}`")
        return {
            "contact_id": pl.select(pl.lit(f"{self.name}:") + ids).to_series(),
            "contact_created_at": rows.instants(self.source.created_at),
        }

    def check_not_empty(self, row_count: int) -> None:
        """Check that the source has a row at all, unless the settings allow it to have none.

        Raises:
            SourceError: It has none.
        """
        if row_count == 0 and not self.source.allow_empty:
            what = self.source.table or "the query"
            raise SourceError(f"{self.where}: {what} has no rows; say `allow_empty = true` if that is fine")

    def _phone_cells(self, rows: pl.DataFrame, column: str, rank: int) -> pl.DataFrame:
        cells = rows.select(
            "contact_id",
            "source",
            phone_column=pl.lit(column),
            phone_rank=pl.lit(rank),
            position=pl.lit(1),
            phone_raw=_cell(column),
            region_hint="region_hint",
            is_hint_unknown="is_hint_unknown",
        )
        return cells.filter(pl.col("phone_raw").str.strip_chars().str.len_bytes() > 0)

    def _region_hint(self, rows: SourceRows) -> tuple[pl.Series, pl.Series]:
        """Return each row's region as a code, and whether a hint is there that no country goes by."""
        region = rows.regions(self.source.region_column, self.source.region)
        if self.source.region_column is None:
            return region, rows.constant(False, pl.Boolean)
        is_filled = rows.text(self.source.region_column).str.strip_chars().str.len_bytes() > 0
        return region, (is_filled & region.is_null()).fill_null(False)

    def _person(self, rows: SourceRows, readings: ColumnReadings | None) -> dict[str, pl.Series]:
        """Return the columns of RAW_CONTACT about the person, null where the settings map none."""
        columns = {
            "birth_date": self.source.birth_date,
            "gender": self.source.gender,
            "income_amount": self.source.income,
            "city": self.source.city,
            "postal_code": self.source.postal_code,
        }
        texts = {name: rows.text(column) for name, column in columns.items()}
        # What is no date or number is not known; who sends it would have to mend thousands of rows.
        dates = as_dates(texts["birth_date"])
        amounts = texts["income_amount"].cast(pl.Float64, strict=False)
        if readings is not None:
            for setting, name, read in (("birth_date", "birth_date", dates), ("income", "income_amount", amounts)):
                readings.count(setting, texts[name].str.strip_chars().replace("", None), read)
        return texts | {"birth_date": dates, "income_amount": amounts}

    def _attributes(self, rows: SourceRows) -> pl.Series:
        if not self.source.attributes:
            return rows.nothing()
        fields = [rows.text(name).alias(name) for name in sorted(self.source.attributes)]
        return pl.DataFrame(fields).to_struct().struct.json_encode()


def existed(as_of: datetime) -> pl.Expr:
    """Return the condition on `contact_created_at` that a contact existed before `as_of`."""
    created = pl.col("contact_created_at")
    return created.is_null() | (created < as_of)


def _cell(column: str) -> str:
    return f"cell of {column}"


def extract_source(
    warehouse: Warehouse,
    connection: sa.Connection,
    reader: SourceReader,
    statement: Statement,
    as_of: datetime,
    *,
    may_be_empty: bool = False,
) -> Iterator[ContactBatch]:
    """Yield the contacts of a source that existed at `as_of`, in the order of the database.

    Args:
        warehouse: The warehouse.
        connection: A connection of it.
        reader: How the source's rows become contacts.
        statement: The reader's `select`, or a part of its rows.
        as_of: End of the data interval.
        may_be_empty: Whether the statement may well give no row, whatever the settings say of the source.

    Raises:
        SourceError: There are no rows at all, a row has no id, one cannot be read, or a column holds nothing that it
            should.
    """
    row_count, readings = 0, ColumnReadings(reader.where)
    for rows in told_of_source(reader.where, warehouse.read_batches(connection, statement)):
        row_count += len(rows)
        yield reader.read(rows, as_of, readings)
    readings.check()
    if not may_be_empty:
        reader.check_not_empty(row_count)


def told_of_source(where: str, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield the batches; an error of the database names the source that it was reading."""
    try:
        yield from batches
    except SourceError as error:
        raise SourceError(f"{where}: {error}") from None


def check_ids(contacts: pl.LazyFrame, where: str) -> None:
    """Check that the ids of RAW_CONTACT rows are unique.

    Raises:
        SourceError: They are not.
    """
    doubled = contacts.group_by("contact_id").len().filter(pl.col("len") > 1).select(pl.len()).collect().item()
    if doubled:
        raise SourceError(f"{where}.id: {doubled} ids stand in more than one row; the id column has to be a key")

"""Contacts and their filled phone cells, out of one source, batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import RAW_CONTACT, RAW_PHONE, UTC_INSTANT
from phoneseg.errors import SettingsError, SourceError
from phoneseg.extract.region_hint import resolve_region
from phoneseg.settings import ContactSource, Settings
from phoneseg.warehouse import Warehouse


@dataclass(frozen=True)
class ContactBatch:
    """One batch of a source.

    Attributes:
        contacts: Rows of RAW_CONTACT.
        phones: Rows of RAW_PHONE: the filled cells of those contacts.
        empty_cell_count: Cells that are null or blank.
    """

    contacts: pl.DataFrame
    phones: pl.DataFrame
    empty_cell_count: int


@dataclass(frozen=True)
class SourceReader:
    """How one source's rows become contacts."""

    name: str
    source: ContactSource
    where: str

    @classmethod
    def of(cls, settings: Settings, name: str) -> "SourceReader":
        """Return the reader of a configured source.

        Raises:
            SettingsError: No country goes by the source's fixed region.
        """
        source = settings.contacts[name]
        where = f"{settings.config_file.name}: contacts.{name}"
        if source.region is not None and resolve_region(source.region) is None:
            raise SettingsError(
                f"{where}.region: no country is called {source.region!r}; give a code such as DE or USA"
            )
        return cls(name, source, where)

    def read(self, rows: pl.DataFrame, as_of: datetime) -> ContactBatch:
        """Return the contacts among a batch of source rows that existed before `as_of`.

        Args:
            rows: The source's configured columns, typed as its database types them.
            as_of: End of the data interval; a contact without a created time exists at any time.

        Raises:
            SourceError: A row has no id, or a column that should hold times holds something else.
        """
        if missing := rows.get_column(self.source.id).null_count():
            raise SourceError(f"{self.where}.id: {missing} rows have no `{self.source.id}`")
        typed = rows.with_columns(
            contact_id=pl.lit(f"{self.name}:") + _as_text(rows, self.source.id),
            source=pl.lit(self.name),
            **self._region_hint(rows),
            contact_created_at=self._as_instant(rows, self.source.created_at),
            contact_updated_at=self._as_instant(rows, self.source.updated_at),
        )
        created = pl.col("contact_created_at")
        existing = typed.filter(created.is_null() | (created < as_of))
        cells = [self._phone_cells(existing, column, rank) for rank, column in enumerate(self.source.phones, start=1)]
        phones = pl.concat(cells)
        contacts = existing.select(
            "contact_id",
            "source",
            "region_hint",
            "contact_created_at",
            "contact_updated_at",
            attributes=self._attributes(existing),
        )
        return ContactBatch(
            RAW_CONTACT.conform(contacts.lazy()).collect(),
            RAW_PHONE.conform(phones.lazy()).collect(),
            len(existing) * len(self.source.phones) - len(phones),
        )

    def _phone_cells(self, rows: pl.DataFrame, column: str, rank: int) -> pl.DataFrame:
        cells = rows.select(
            "contact_id",
            "source",
            phone_column=pl.lit(column),
            phone_rank=pl.lit(rank),
            position=pl.lit(1),
            phone_raw=_as_text(rows, column),
            region_hint="region_hint",
            is_hint_unknown="is_hint_unknown",
        )
        return cells.filter(pl.col("phone_raw").str.strip_chars().str.len_bytes() > 0)

    def _region_hint(self, rows: pl.DataFrame) -> dict[str, pl.Expr]:
        """Return the row's region as a code, and whether a hint is there that no country goes by."""
        if self.source.region_column is None:
            return {
                "region_hint": pl.lit(resolve_region(self.source.region), pl.String),
                "is_hint_unknown": pl.lit(False),
            }
        hint = rows.select(hint=_as_text(rows, self.source.region_column)).get_column("hint")
        distinct = hint.unique()
        codes = pl.Series([resolve_region(name) for name in distinct], dtype=pl.String)
        region = hint.replace_strict(distinct, codes, return_dtype=pl.String)
        is_filled = hint.str.strip_chars().str.len_bytes() > 0
        return {
            "region_hint": pl.lit(region),
            "is_hint_unknown": pl.lit((is_filled & region.is_null()).fill_null(False)),
        }

    def _as_instant(self, rows: pl.DataFrame, column: str | None) -> pl.Expr:
        if column is None:
            return pl.lit(None, UTC_INSTANT)
        values = rows.get_column(column)
        instants = _instants(values)
        if instants is None or instants.null_count() > values.null_count():
            raise SourceError(f"{self.where}: column `{column}` holds values that are no date or time ({values.dtype})")
        return pl.lit(instants)

    def _attributes(self, rows: pl.DataFrame) -> pl.Expr:
        if not self.source.attributes:
            return pl.lit(None, pl.String)
        fields = [_as_text(rows, name).alias(name) for name in sorted(self.source.attributes)]
        return pl.struct(fields).struct.json_encode()


def extract_source(
    warehouse: Warehouse, connection: sa.Connection, settings: Settings, name: str, as_of: datetime
) -> Iterator[ContactBatch]:
    """Yield the contacts of a source that existed at `as_of`, in the order of the database.

    Raises:
        SourceError: The table or a column is missing, the source has no rows at all, or a row has no id.
        SettingsError: No country goes by the source's fixed region.
    """
    reader = SourceReader.of(settings, name)
    existing = warehouse.source_columns(connection, name, reader.source)
    row_count = 0
    for rows in warehouse.read_batches(connection, warehouse.select_columns(name, reader.source, existing)):
        row_count += len(rows)
        yield reader.read(rows, as_of)
    if row_count == 0 and not reader.source.allow_empty:
        what = reader.source.table or "the query"
        raise SourceError(f"{reader.where}: {what} has no rows; say `allow_empty = true` if that is fine")


def check_ids(contacts: pl.LazyFrame, where: str) -> None:
    """Check that the ids of RAW_CONTACT rows are unique.

    Raises:
        SourceError: They are not.
    """
    doubled = contacts.group_by("contact_id").len().filter(pl.col("len") > 1).select(pl.len()).collect().item()
    if doubled:
        raise SourceError(f"{where}.id: {doubled} ids stand in more than one row; the id column has to be a key")


def _as_text(rows: pl.DataFrame, column: str) -> pl.Expr:
    """Return a column as text; whole floats without the ".0" that a nullable integer column gains on its way."""
    dtype = rows.schema[column]
    values = pl.col(column)
    if dtype.is_float():
        is_whole = values.is_finite() & (values == values.round()) & (values.abs() < 2**53)
        return (
            pl.when(is_whole)
            .then(values.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(values.cast(pl.String))
        )
    if dtype == pl.Binary:
        return values.cast(pl.String, strict=False)
    return values.cast(pl.String)


def _instants(values: pl.Series) -> pl.Series | None:
    """Return dates, times or their text as UTC instants; None for a type that is no time."""
    dtype = values.dtype
    if dtype == pl.String:
        values = _parsed_instants(values)
    elif dtype not in (pl.Date, pl.Null) and not isinstance(dtype, pl.Datetime):
        return None
    instants = values.cast(pl.Datetime("us", getattr(values.dtype, "time_zone", None)))
    if instants.dtype == pl.Datetime("us", None):
        return instants.dt.replace_time_zone("UTC")
    return instants.dt.convert_time_zone("UTC")


def _parsed_instants(texts: pl.Series) -> pl.Series:
    """Return ISO 8601 texts, with or without a time and an offset, as UTC instants; null for any other text."""
    text = pl.col("text").str.strip_chars().str.replace("T", " ", literal=True).str.replace(r"Z$", "+00:00")
    with_offset = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", strict=False)
    without = [
        text.str.to_datetime(form, time_unit="us", strict=False).dt.replace_time_zone("UTC")
        for form in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
    ]
    dates = text.str.to_date("%Y-%m-%d", strict=False).cast(UTC_INSTANT)
    return texts.to_frame("text").select(pl.coalesce(with_offset, *without, dates)).to_series()

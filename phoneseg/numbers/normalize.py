"""A column of phone numbers: what was written, read by libphonenumber's rules."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, overload

import polars as pl
from polars.exceptions import ColumnNotFoundError, ShapeError

from phoneseg.numbers.fields import DEFAULT_FIELDS, schema_of, split_field
from phoneseg.numbers.languages import ENGLISH
from phoneseg.numbers.store import languages, load_engine

_BATCH_ROWS: Final = 1 << 16  # few enough for the arrays to stay near the core, enough for calls to cost nothing
_REGION: Final = "region that phoneseg reads numbers in"  # while a LazyFrame is worked on
_BATCH_BYTES: Final = 1 << 22


@dataclass
class ReadCounts:
    """How many cells were read; several threads may count into one.

    Attributes:
        rows: All cells.
        fallback_rows: Cells that were asked of `phonenumbers` one by one.
    """

    rows: int = 0
    fallback_rows: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def add(self, rows: int, fallback_rows: int) -> None:
        """Count cells."""
        with self._lock:
            self.rows += rows
            self.fallback_rows += fallback_rows


@overload
def normalize(
    frame: pl.DataFrame,
    phone: str = ...,
    region: str | pl.Expr | None = ...,
    fields: Sequence[str] | None = ...,
    counts: ReadCounts | None = ...,
) -> pl.DataFrame: ...
@overload
def normalize(
    frame: pl.LazyFrame,
    phone: str = ...,
    region: str | pl.Expr | None = ...,
    fields: Sequence[str] | None = ...,
    counts: ReadCounts | None = ...,
) -> pl.LazyFrame: ...
def normalize(
    frame: pl.DataFrame | pl.LazyFrame,
    phone: str = "raw",
    region: str | pl.Expr | None = "region",
    fields: Sequence[str] | None = None,
    counts: ReadCounts | None = None,
) -> pl.DataFrame | pl.LazyFrame:
    """Add what libphonenumber says of each number, in the frame's rows and order.

    Args:
        frame: Holds the column `phone` and, where it is named, the column `region`, both strings; both may be null.
        phone: Column with the number as it was written.
        region: Region that a number without a calling code is read in, ISO 3166 alpha-2 in any case: the name of a
            column, or an expression, such as `pl.lit("DE")` for one region; without, only numbers with a plus can be
            read.
        fields: Names out of `FIELDS`, or `location_name` and `original_carrier_name` with a language, such as
            `location_name_de`; the nine `DEFAULT_FIELDS` when None.
        counts: Counts the cells, and those that the tables do not speak of.

    Returns:
        The frame with a column per field, named as the field. Empty names are null. Of a null or an unparseable number
        all fields are null, but `validation_result`, which names the parse error of an unparseable one.

    Raises:
        ValueError: A field or its language is unknown.
        ColumnNotFoundError: There is no column `phone` or `region`.
        TypeError: The column `phone` cannot hold numbers as they were written; of numbers that were stored as floats,
            nobody knows the digits.
    """
    wanted = choose_fields(fields)
    columns = frame.collect_schema()
    check_dtype(phone, _dtype_of(columns, phone))
    if isinstance(region, str) and region not in columns:
        raise ColumnNotFoundError(f'no column {region!r} (region); pl.lit("DE") is one for all rows, None is none')
    if isinstance(frame, pl.DataFrame):
        regions = _regions(frame, region)
        return frame.with_columns(describe(frame.get_column(phone).cast(pl.String), regions, wanted, counts))
    if not isinstance(region, pl.Expr):
        return _map(frame, columns, phone, region, wanted, counts)
    # An expression may look at all rows, and batches do not hold them.
    with_region = frame.with_columns(region.cast(pl.String).alias(_REGION))
    return _map(with_region, with_region.collect_schema(), phone, _REGION, wanted, counts).drop(_REGION)


def _map(
    frame: pl.LazyFrame,
    columns: pl.Schema,
    phone: str,
    region: str | None,
    fields: tuple[str, ...],
    counts: ReadCounts | None,
) -> pl.LazyFrame:
    def add_fields(batch: pl.DataFrame) -> pl.DataFrame:
        return normalize(batch, phone, region, fields, counts)

    # A row's fields depend on that row alone, but the columns `phone` and `region` must reach the function.
    schema = pl.Schema({**columns, **schema_of(fields)})
    return frame.map_batches(add_fields, schema=schema, projection_pushdown=False, streamable=True)


def _regions(frame: pl.DataFrame, region: str | pl.Expr | None) -> pl.Series:
    """Return the region of each row, or one for all."""
    if region is None:
        return pl.Series([None], dtype=pl.String)
    column = frame.get_column(region) if isinstance(region, str) else frame.select(region).to_series()
    if len(column) not in (1, len(frame)):
        raise ShapeError(f"the region gives {len(column)} rows, and the frame has {len(frame)}")
    return column.cast(pl.String)


def _dtype_of(columns: pl.Schema, name: str) -> pl.DataType:
    if name not in columns:
        raise ColumnNotFoundError(f"no column {name!r} (phone); there is: {', '.join(columns)}")
    return columns[name]


def check_dtype(name: str, dtype: pl.DataType) -> None:
    """Check that a column can hold numbers as they were written.

    Raises:
        TypeError: It cannot.
    """
    if not (dtype.is_integer() or dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null)):
        lost = "; digits may be lost already" if dtype.is_numeric() else ""
        raise TypeError(f"column {name!r} is {dtype}, and phone numbers are texts{lost}")


def choose_fields(fields: Sequence[str] | None) -> tuple[str, ...]:
    """Return the fields that are meant, each once: the nine `DEFAULT_FIELDS` when None.

    Raises:
        ValueError: A field or its language is unknown.
    """
    names = DEFAULT_FIELDS if fields is None else (fields,) if isinstance(fields, str) else tuple(dict.fromkeys(fields))
    spoken = {language for _, language in map(split_field, names) if language not in (None, ENGLISH)}
    if unknown := sorted(spoken.difference(languages()) if spoken else ()):
        raise ValueError(f"no names in language {unknown[0]!r}; there is: {', '.join(languages())}")
    return names


def describe(
    phones: pl.Series,
    regions: pl.Series,
    fields: Sequence[str],
    counts: ReadCounts | None = None,
    thread_count: int | None = None,
) -> pl.DataFrame:
    """Return the fields of phone cells, a column each, in their rows and order.

    Args:
        phones: The numbers as they were written, strings.
        regions: The region that each is read in, strings; or one for all.
        fields: Names of fields.
        counts: Counts the cells.
        thread_count: How many threads read; when None as many as Polars has, but one in a thread of Polars itself: it
            would wait for ours, and they for it.

    Raises:
        StopError: The tables of the installed `phonenumbers` are damaged or cannot be compiled.
    """
    if not fields or phones.is_empty():
        return pl.DataFrame(schema=schema_of(fields))
    engine = load_engine()
    # Polars takes a column's name for a pattern where it looks like one.
    phones, regions = phones.rename("phone").rechunk(), regions.rename("region").rechunk()
    batch_rows = _batch_rows(phones)
    begins = range(0, len(phones), batch_rows)

    def describe_batch(begin: int) -> pl.DataFrame:
        hints = regions if len(regions) == 1 else regions.slice(begin, batch_rows)
        batch, fallback_rows = engine.describe(phones.slice(begin, batch_rows), hints, fields)
        if counts is not None:
            counts.add(len(batch), fallback_rows)
        return batch

    is_of_polars = isinstance(threading.current_thread(), threading._DummyThread)  # Python did not start it
    thread_count = thread_count or (1 if is_of_polars else pl.thread_pool_size())
    if thread_count == 1 or len(begins) == 1:
        return pl.concat(map(describe_batch, begins), rechunk=False)
    with ThreadPoolExecutor(thread_count) as threads:
        return pl.concat(threads.map(describe_batch, begins), rechunk=False)


def _batch_rows(phones: pl.Series) -> int:
    """Return how many rows to read at a time: fewer where the texts are long."""
    mean_bytes = phones.str.len_bytes().mean() or 0
    assert isinstance(mean_bytes, int | float)
    return max(1, min(_BATCH_ROWS, int(_BATCH_BYTES / max(mean_bytes, 1))))

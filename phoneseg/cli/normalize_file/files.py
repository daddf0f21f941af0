"""One file in, one file out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import polars as pl
import pyarrow

from phoneseg import numbers
from phoneseg.cli.normalize_file.columns import PhoneColumns, check_new, choose_columns
from phoneseg.cli.normalize_file.counts import COUNTED_FIELDS, NumberCounts
from phoneseg.cli.normalize_file.reader import in_batches, open_table
from phoneseg.cli.normalize_file.writer import appending_to, check_columns, check_target
from phoneseg.errors import StopError

Report = Callable[[int, float], None]


@dataclass(frozen=True)
class FileJob:
    """What is asked for.

    Attributes:
        source: File to read.
        target: File to write.
        phone: Name of the phone column; without one, it is told by its name.
        region_column: Name of the column with the country of each row.
        region: One country for all rows instead.
        fields: Names of the columns to add.
        overwrite: Whether the target may be there already.
        batch_rows: Rows in memory at a time, about.
    """

    source: Path
    target: Path
    phone: str | None = None
    region_column: str | None = None
    region: str | None = None
    fields: tuple[str, ...] = numbers.DEFAULT_FIELDS
    overwrite: bool = False
    batch_rows: int = 1 << 18


@dataclass(frozen=True)
class FileResult:
    """What came of it.

    Attributes:
        columns: The columns that were read.
        counts: What the rows were.
        fallback_rows: Rows that only `phonenumbers` itself could read, one by one.
        seconds: How long it took.
    """

    columns: PhoneColumns
    counts: NumberCounts
    fallback_rows: int
    seconds: float


def normalize_file(job: FileJob, report: Report) -> FileResult:
    """Write a file's rows, in their order, with what `phoneseg.numbers` says of each number.

    Args:
        job: What is asked for.
        report: Is called after each batch with the rows done and how much of the file is read, from 0 to 1.

    Raises:
        SourceError: The source is missing, damaged or malformed, or lacks a column.
        StopError: The target cannot be written, or an option names what does not exist.
    """
    began, counts, read = perf_counter(), NumberCounts(), numbers.ReadCounts()
    fields = _checked_fields(job.fields)
    check_target(job.target, job.source, overwrite=job.overwrite)
    with open_table(job.source) as reader:
        check_new(job.source, reader.schema, fields)
        check_columns(job.target, reader.schema)
        columns = choose_columns(
            job.source, reader.schema, phone=job.phone, region_column=job.region_column, region=job.region
        )
        with appending_to(job.target, like=job.source, overwrite=job.overwrite) as append:
            for table in in_batches(reader.pieces(), job.batch_rows):
                described = _describe(columns, table, fields, read)
                append(_with_columns(table, described.select(fields)))
                counts.add(described)
                report(counts.rows, reader.fraction)
    return FileResult(columns, counts, read.fallback_rows, perf_counter() - began)


def _checked_fields(fields: tuple[str, ...]) -> tuple[str, ...]:
    try:
        numbers.normalize(pl.DataFrame(schema={"raw": pl.String}), region=None, fields=fields)
    except ValueError as error:
        raise StopError(f"--field: {error}") from None
    return tuple(dict.fromkeys(fields))


def _describe(
    columns: PhoneColumns, table: pyarrow.Table, fields: tuple[str, ...], read: numbers.ReadCounts
) -> pl.DataFrame:
    region = "region" if columns.has_region else None
    wanted = tuple(dict.fromkeys((*fields, *COUNTED_FIELDS)))
    return numbers.normalize(columns.read(table), phone="raw", region=region, fields=wanted, counts=read)


def _with_columns(table: pyarrow.Table, added: pl.DataFrame) -> pyarrow.Table:
    """Add columns in the types that every reader knows; those that are there stay as they are."""
    arrow = added.to_arrow(compat_level=pl.CompatLevel.oldest())
    for column in arrow.schema:
        table = table.append_column(column, arrow.column(column.name))
    return table

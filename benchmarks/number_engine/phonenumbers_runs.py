"""The same job through `phonenumbers`, the ways people do it; each function is called in a fresh process."""

from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, carrier, geocoder, timezone

from number_engine.processes import best_of_passes

SCHEMA: Final = pl.Schema(
    {
        "phone_e164": pl.String,
        "phone_international": pl.String,
        "is_possible": pl.Boolean,
        "is_valid": pl.Boolean,
        "number_type": pl.String,
        "region_code": pl.String,
        "original_carrier_name": pl.String,
        "location_name": pl.String,
        "time_zones": pl.List(pl.String),
    }
)
Cells = tuple[str | None, str | None]
Answer = tuple[Any, ...]
_NO_NUMBER: Final[Answer] = (None,) * len(SCHEMA)
_ROWS_OF_TASK: Final = 1_000
_LEAST_ROWS_TO_WARM_UP: Final = 5_000


def do_job(raw: str | None, region: str | None) -> Answer:
    """Return the nine fields of one cell.

    Args:
        raw: What was written.
        region: Region to read it in, in any case.
    """
    if raw is None:
        return _NO_NUMBER
    try:
        number = phonenumbers.parse(raw, region and region.upper())
    except NumberParseException:
        return _NO_NUMBER
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        phonenumbers.is_possible_number(number),
        phonenumbers.is_valid_number(number),
        PhoneNumberType.to_string(phonenumbers.number_type(number)),
        phonenumbers.region_code_for_number(number),
        carrier.name_for_number(number, "en") or None,
        geocoder.description_for_number(number, "en") or None,
        list(timezone.time_zones_for_number(number)),
    )


def _do_all(rows: list[Cells]) -> list[Answer]:
    return [do_job(raw, region) for raw, region in rows]


def _as_frame(answers: list[Answer]) -> pl.DataFrame:
    return pl.DataFrame(answers, schema=SCHEMA, orient="row")


def _read(column: Path, rows: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows to measure, and others to warm up on."""
    frame = pl.read_parquet(column)
    return frame.head(rows), frame.tail(max(rows // 5, _LEAST_ROWS_TO_WARM_UP))


def row_by_row(column: Path, rows: int, pattern_cache: bool, target: Path | None = None) -> float:
    """Loop over the rows and return seconds.

    Args:
        column: Parquet file with `raw` and `region`.
        rows: How many of its first rows.
        pattern_cache: Whether phonenumbers keeps all its compiled patterns.
        target: Parquet file to write the answers to, when they are wanted.
    """
    frame, others = _read(column, rows)
    if pattern_cache:
        phonenumbers.enable_pattern_cache()
    _do_all(others.rows())
    if target is not None:
        _as_frame(_do_all(frame.rows())).write_parquet(target)
    return best_of_passes(lambda: _as_frame(_do_all(frame.rows())))


def map_elements(column: Path, rows: int, pattern_cache: bool) -> float:
    """Map a struct of the two columns in polars and return seconds.

    Args:
        column: Parquet file with `raw` and `region`.
        rows: How many of its first rows.
        pattern_cache: Whether phonenumbers keeps all its compiled patterns.
    """
    frame, others = _read(column, rows)
    if pattern_cache:
        phonenumbers.enable_pattern_cache()
    _do_all(others.rows())
    expression = pl.struct("raw", "region").map_elements(
        lambda cells: dict(zip(SCHEMA, do_job(cells["raw"], cells["region"]), strict=True)),
        return_dtype=pl.Struct(SCHEMA),
    )
    return best_of_passes(lambda: frame.select(expression.alias("answer")).unnest("answer"))


def two_processes(column: Path, rows: int) -> float:
    """Share the rows between two processes with the pattern cache and return seconds, without the processes' start.

    Args:
        column: Parquet file with `raw` and `region`.
        rows: How many of its first rows.
    """
    frame, others = _read(column, rows)
    context = get_context("spawn")
    ready = context.Barrier(3)
    with context.Pool(2, _start, (others.rows(), ready)) as pool:
        ready.wait()
        return best_of_passes(lambda: _as_frame(pool.starmap(do_job, frame.rows(), chunksize=_ROWS_OF_TASK)))


def _start(cells: list[Cells], ready: Barrier) -> None:
    phonenumbers.enable_pattern_cache()
    _do_all(cells)
    ready.wait()

"""Phone cells become phones or are quarantined: as libphonenumber reads them, or repaired where it finds no number."""

from typing import Final, NamedTuple

import polars as pl

from phoneseg.hygiene.reasons import find_reasons
from phoneseg.hygiene.repairs import NUMBER_FIELDS
from phoneseg.hygiene.several_numbers import split_cells
from phoneseg.hygiene.single_number import mend_numbers
from phoneseg.numbers import ReadCounts, describe_cells, sort_phones
from phoneseg.settings import HygieneSettings

_SECOND_NUMBER: Final = r"[\\/] *x"
_EXTENSION_WORD: Final = r"(?i)[x#~]|int|anexo"
_FEWEST_DIGITS_OF_SECOND: Final = 6  # of what may be a number though libphonenumber takes it for an extension
_CHANGED: Final = pl.Schema(
    {"row": pl.UInt32, "position": pl.Int16, "phone_raw": pl.String, "text": pl.String, "repair": pl.String}
)


class CellReading(NamedTuple):
    """What became of a batch of cells.

    Attributes:
        phones: The first frame of `sort_phones`.
        quarantined: The second.
        number_count: Numbers in the cells: rows of both frames.
    """

    phones: pl.DataFrame
    quarantined: pl.DataFrame
    number_count: int


def read_cells(cells: pl.DataFrame, settings: HygieneSettings, counts: ReadCounts | None = None) -> CellReading:
    """Read a batch of phone cells, and repair those that are no valid number where that makes them one.

    Args:
        cells: Rows of RAW_PHONE, one per cell, with position 1.
        settings: What is repaired, and what is quarantined though libphonenumber reads it.
        counts: Counts the cells, and those that the tables do not speak of.

    Returns:
        A row per number. Each cell has one at position 1, in either frame; one that was split has more. A cell of which
        nothing was repaired gives the row that `read_phones` gives, unless it has a reason of `find_reasons`.
    """
    described = describe_cells(cells, counts)
    described = described.with_columns(repair=pl.lit(None, pl.String), own_reason=find_reasons(described, settings))
    is_doubtful = described.select(_is_doubtful()).to_series()
    if is_doubtful.any():
        numbered = described.with_row_index("row").filter(is_doubtful)
        described = _replace(described, cells, _repair(numbered, settings), settings)
    phones, quarantined = sort_phones(described)
    return CellReading(phones, quarantined, len(described))


def _is_doubtful() -> pl.Expr:
    """Return whether a cell may hold another number than libphonenumber sees, or several."""
    raw = pl.col("phone_raw")
    may_be_second = pl.col("extension").str.len_bytes() >= _FEWEST_DIGITS_OF_SECOND
    has_second = (may_be_second & ~raw.str.contains(_EXTENSION_WORD)).fill_null(False)
    is_valid = pl.col("is_valid").fill_null(False)
    return pl.col("own_reason").is_null() & (~is_valid | has_second | raw.str.contains(_SECOND_NUMBER))


def _repair(doubtful: pl.DataFrame, settings: HygieneSettings) -> pl.DataFrame:
    """Return what cells turn into that can be repaired.

    Args:
        doubtful: Rows of `describe_cells` with `row`.
        settings: What is repaired.

    Returns:
        A row per number: `row`, `position`, `phone_raw` (what stood there), `text` (as it is to be read), `repair`.
    """
    asked = doubtful.select("row", "phone_raw", "region_hint", *NUMBER_FIELDS, text="phone_raw")
    asked = asked.with_columns(pl.col("is_valid").fill_null(False))
    mended = mend_numbers(asked.filter(~pl.col("is_valid")), settings.repair)
    single = mended.join(asked.select("row", "phone_raw"), on="row").with_columns(position=pl.lit(1, pl.Int16))
    changed = [single]
    if settings.repair.split:
        changed.append(split_cells(asked.join(mended, on="row", how="anti"), settings.repair))
    return pl.concat(rows.select(pl.col(name).cast(dtype) for name, dtype in _CHANGED.items()) for rows in changed)


def _replace(
    described: pl.DataFrame, cells: pl.DataFrame, changed: pl.DataFrame, settings: HygieneSettings
) -> pl.DataFrame:
    """Return described cells with the numbers of repaired ones in their place."""
    if changed.is_empty():
        return described
    cell = cells.with_row_index("row").drop("position", "phone_raw")
    rows = changed.join(cell, on="row", how="left", maintain_order="left")
    read = describe_cells(rows.rename({"phone_raw": "stood", "text": "phone_raw"}))
    repaired = read.with_columns(phone_raw="stood", own_reason=find_reasons(read, settings))
    is_same = pl.int_range(pl.len()).is_in(changed["row"].unique().cast(pl.Int64).implode()).not_()
    return pl.concat([described.filter(is_same), repaired.select(described.columns)])

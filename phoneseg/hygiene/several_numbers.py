"""Cells with several numbers: where to cut, and which way of cutting is the right one."""

from typing import Final

import polars as pl

from phoneseg.hygiene.area_code import borrow_area_codes
from phoneseg.hygiene.repairs import SPLIT, read_texts
from phoneseg.hygiene.single_number import mend_numbers
from phoneseg.settings import RepairSettings

_CUT: Final = "\x1f"
_MOST_CUTS: Final = 500  # a cell with more is no list of numbers
_WORDS: Final = "or|and|ou|et|oder|und|o|y|e|ed|of|en|eller|och|og|ja|lub|i|sau|veya|ve|ou|или|и|أو|و|或"

_HARD: Final = rf"[\r\n\t;|&]+|[\s,;]+(?i:{_WORDS})\s+"
_SPACED_DASH: Final = r"\s+[-\x{2010}-\x{2015}]+\s+"
_SLASH: Final = r"[/\\]+"
_COMMA: Final = r",+"

_WAYS: Final = (
    (_HARD, r"\s+(?:[-\x{2010}-\x{2015}/\\,]+\s+)+|,\s+"),  # only where there is a blank: slashes may be inside
    (_HARD, _COMMA),
    (_HARD, _COMMA, _SLASH),
    (_HARD, _SPACED_DASH),
    (_HARD, _COMMA, _SLASH, _SPACED_DASH),
    (_HARD, _COMMA, _SLASH, _SPACED_DASH, r"\s{2,}"),
)
"""Ways to cut a cell; the first whose parts are all valid is right, else the one with most valid parts."""


def split_cells(cells: pl.DataFrame, settings: RepairSettings) -> pl.DataFrame:
    """Cut cells into their numbers, where that gives a valid number at least.

    Of a cell that is valid as it stands, because libphonenumber takes its second number for an extension or leaves it
    out, all parts have to be valid, and the first has to be the number that libphonenumber sees.

    Args:
        cells: Rows with `row` (unique), `text`, `region_hint` and NUMBER_FIELDS.
        settings: Which repairs of the parts may be tried.

    Returns:
        A row per number of the cells that were cut, each number of a cell once: `row`, `position` (from 1), `phone_raw`
        (the part of the cell), `text` (the part as it is to be read), and `repair`. Parts without two digits are none.
    """
    parts = read_texts(_cut(cells)).with_columns(repair=pl.lit(SPLIT))
    if settings.float or settings.letters or settings.trunk_zero:
        parts = _mend(parts, settings)
    if settings.area_code:
        parts = borrow_area_codes(parts)
    chosen = _choose(parts, cells)
    # A part without a number equals none but itself.
    number = pl.coalesce("phone_e164", pl.concat_str(pl.lit("part "), pl.col("part").cast(pl.String)))
    return (
        chosen.with_columns(number=number)
        .unique(["cell", "number"], keep="first", maintain_order=True)
        .select(
            row="cell",
            position=pl.int_range(1, pl.len() + 1).over("cell").cast(pl.Int16),
            phone_raw="phone_raw",
            text="text",
            repair="repair",
        )
    )


def _cut(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the parts of cells by every way of cutting that differs.

    Returns:
        `row` (unique), `cell` (the cell's row), `way`, `part` (place in the cell), `text`, `phone_raw` (the same),
        `region_hint`; sorted by cell, way and part.
    """
    # A plus can only begin a number.
    text = pl.col("text").str.replace_all(_CUT, " ").str.replace_all(r"([0-9])[\s(]*([+\x{FF0B}])", rf"${{1}}{_CUT}$2")
    ways = [
        cells.select("row", "region_hint", way=pl.lit(way), cuts=text.str.replace_all("|".join(signs), _CUT))
        for way, signs in enumerate(_WAYS)
    ]
    return (
        pl.concat(ways)
        .filter(pl.col("cuts").str.count_matches(_CUT).is_between(1, _MOST_CUTS))
        .unique(["row", "cuts"], keep="first", maintain_order=True)
        .with_columns(text=pl.col("cuts").str.split(_CUT))
        .rename({"row": "cell"})
        .explode("text")
        .filter(pl.col("text").str.count_matches(r"\p{Nd}") >= 2)
        .sort("cell", "way", maintain_order=True)
        .with_columns(pl.col("text").str.strip_chars())
        .with_row_index("row")
        .select("row", "cell", "way", "region_hint", "text", part="row", phone_raw="text")
    )


def _mend(parts: pl.DataFrame, settings: RepairSettings) -> pl.DataFrame:
    """Repair the parts that are not valid, where that makes them so."""
    mended = mend_numbers(parts.filter(~pl.col("is_valid")), settings)
    mended = mended.with_columns(repair=pl.concat_str(pl.lit(SPLIT), "repair", separator=","))
    return parts.update(mended, on="row", include_nulls=True)


def _choose(parts: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Return the parts of each cell by the way of cutting that is right; of no way where none gives a valid number."""
    is_valid = pl.col("is_valid")
    ways = parts.group_by("cell", "way", maintain_order=True).agg(
        first_e164=pl.col("phone_e164").first(),
        valid_count=pl.col("phone_e164").filter(is_valid).n_unique(),
        invalid_count=(~is_valid).sum(),
    )
    whole = cells.select(cell="row", whole_e164="phone_e164", is_whole="is_valid")
    is_all = pl.col("invalid_count") == 0
    is_like_the_whole = (pl.col("valid_count") > 1) & is_all & pl.col("first_e164").eq_missing(pl.col("whole_e164"))
    right = (
        ways.join(whole, on="cell", how="left", maintain_order="left")
        .filter(pl.col("valid_count") > 0, ~pl.col("is_whole") | is_like_the_whole)
        .with_columns(is_all=is_all, other_count=pl.when(~is_all).then(-pl.col("valid_count").cast(pl.Int64)))
        .sort("cell", ~pl.col("is_all"), "other_count", "invalid_count", "way")
        .unique("cell", keep="first", maintain_order=True)
    )
    return parts.join(right.select("cell", "way"), on=["cell", "way"], how="semi", maintain_order="left")

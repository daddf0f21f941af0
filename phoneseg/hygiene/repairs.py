"""The repairs by name, and what they share: texts that are read to see whether a repair made them valid."""

from typing import Final

import polars as pl

from phoneseg.numbers import normalize

SPLIT: Final = "split"
FLOAT: Final = "float"
LETTERS: Final = "letters"
TRUNK_ZERO: Final = "trunk_zero"
AREA_CODE: Final = "area_code"

REPAIRS: Final = {
    SPLIT: "The cell was cut into its numbers, or a number was cut out of it.",
    FLOAT: "A point and zeros were cut off, such as those of 6502530000.0, or a power of ten was written out.",
    LETTERS: "Letters were read as the digits that they look like: O as 0, l as 1, S as 5, B as 8, Z as 2.",
    TRUNK_ZERO: "A leading zero was added that was lost, or one cut off that was written twice.",
    AREA_CODE: "The area code, or the calling code, was taken from the number before it in the cell.",
}
"""What each name in a column `repair` says."""

NUMBER_FIELDS: Final = (
    "phone_e164",
    "is_valid",
    "is_geographic",
    "country_calling_code",
    "national_significant_number",
    "national_destination_code",
)


def read_texts(rows: pl.DataFrame) -> pl.DataFrame:
    """Add NUMBER_FIELDS to rows with `text` and `region_hint`; they are null of a text without a number.

    Only `is_valid` is never null.
    """
    read = normalize(rows, phone="text", region="region_hint", fields=NUMBER_FIELDS)
    return read.with_columns(pl.col("is_valid").fill_null(False))


def with_repair(name: str) -> pl.Expr:
    """Return column `repair` with one more repair at its end."""
    return pl.concat_str("repair", pl.lit(name), separator=",", ignore_nulls=True).alias("repair")

"""Powers of ten, as spreadsheets write long numbers."""

from typing import Final

import polars as pl

NOTATION: Final = r"^\s*\+?([0-9])(?:[.,]([0-9]+))?\s*[eE]\s*\+?\s*0*([0-9]{1,2})\s*$"
"""Such as 4.91513E+12: the digit before the point, those behind it, and the power."""


def written_out(column: str) -> pl.Expr:
    """Return the digits of a power of ten that holds all of them; null where some are lost, or it is none."""
    text = pl.col(column)
    power = text.str.extract(NOTATION, 3).cast(pl.UInt32)
    behind = text.str.extract(NOTATION, 2).fill_null("")
    is_whole = (behind.str.len_chars() >= power) & (behind.str.slice(power).str.strip_chars("0") == "")
    return pl.when(is_whole).then(text.str.extract(NOTATION, 1) + behind.str.head(power))

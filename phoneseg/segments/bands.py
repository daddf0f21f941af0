"""Bands of a figure."""

from collections.abc import Sequence

import polars as pl


def find_band(figure: pl.Expr, starts: Sequence[float], codes: Sequence[str]) -> pl.Expr:
    """Return the code of the band that a figure is in.

    Args:
        figure: Numbers.
        starts: Where each band starts, rising; it ends below the start of the next, and the last has no end.
        codes: Their codes.

    Returns:
        A code; null for null, and below the first start.
    """
    highest_first = sorted(zip(starts, codes, strict=True), reverse=True)
    return pl.coalesce(pl.when(figure >= start).then(pl.lit(code)) for start, code in highest_first)

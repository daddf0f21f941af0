"""Quotients of whole numbers, the same on every machine and in every part."""

import polars as pl


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Return `part` by `whole`, rounded to 6 decimals; null where `whole` is 0."""
    return (part / pl.when(whole != 0).then(whole)).round(6)


def in_units(value: pl.Expr, scale: int) -> pl.Expr:
    """Return whole numbers of a `scale`th as units: the nearest float.

    Polars divides a column by a literal as if it multiplied by the reciprocal, which may miss the nearest float, and
    does not where the column has one row. By a column it divides: so the scale is made one.
    """
    return value / (value * 0 + scale)

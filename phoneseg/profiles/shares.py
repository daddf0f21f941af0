"""Shares of whole numbers."""

import polars as pl


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Return `part` by `whole`, rounded to 6 decimals; null where `whole` is 0."""
    return (part / pl.when(whole != 0).then(whole)).round(6)

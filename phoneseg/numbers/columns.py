"""Columns and row numbers: between NumPy, which finds rows, and Polars, which holds texts."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray


def index_of(rows: NDArray[Any]) -> pl.Series:
    """Return row numbers as Polars gathers by them."""
    return pl.Series(rows.astype(np.uint32))


def replaced(column: pl.Series, rows: NDArray[Any], values: pl.Series) -> pl.Series:
    """Return a column with other values in some rows, in one gather: setting strings in place is far slower."""
    index = np.arange(len(column), dtype=np.uint32)
    index[rows] = np.arange(len(column), len(column) + len(rows), dtype=np.uint32)
    return pl.concat([column, values], rechunk=True).gather(pl.Series(index))

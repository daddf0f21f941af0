"""What scenarios are drawn with: tokens that are no numbers, rows of RISK_EVENT."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from phoneseg.contracts.risk import RISK_EVENT
from phoneseg.risk.clusters import LINE_NUMBER

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""When every scenario begins: a Monday."""

Values: TypeAlias = pl.Series | np.ndarray | str | bool | int | None
_BY_HOUR: Final = np.array([1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 9, 10, 10, 10, 10, 10, 9, 8, 6, 4, 3, 2], float)


def draw_token(name: str) -> str:
    """Return a token that stands for no number: 128 bits of a hash, as hex."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def draw_hours(rng: np.random.Generator, size: int, days: float) -> np.ndarray:
    """Draw hours since START, within so many whole days, more of them by day than by night."""
    hour = rng.choice(24, size, p=_BY_HOUR / _BY_HOUR.sum())
    return rng.integers(0, max(int(days), 1), size) * 24 + hour + rng.random(size)


def at_hours(hours: np.ndarray) -> pl.Series:
    """Return the instants so many hours after START."""
    start = int(START.timestamp() * 1e6)
    return pl.Series((start + hours * 3.6e9).astype(np.int64)).cast(pl.Datetime("us", "UTC"))


def build_events(columns: Mapping[str, Values], length: int) -> pl.DataFrame:
    """Return rows of RISK_EVENT, and LINE_NUMBER where it is given; columns that are not given are null.

    Args:
        columns: Column by name: a series or array, or one value for all rows.
        length: How many rows there are.
    """
    given: dict[str, Values] = {"activity_source": "drawn", "activity_kind": "call", **columns}
    schema = dict(RISK_EVENT.schema) | ({LINE_NUMBER: pl.UInt16()} if LINE_NUMBER in given else {})
    values = (_fill(given.get(name), length).cast(dtype).alias(name) for name, dtype in schema.items())
    return pl.DataFrame(list(values))


def _fill(value: Values, length: int) -> pl.Series:
    if isinstance(value, pl.Series | np.ndarray):
        return pl.Series(value)
    return pl.repeat(value, length, eager=True)

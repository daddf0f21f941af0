"""What rows of RISK_SIGNAL are made of: their window, reasons and evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

import polars as pl

from phoneseg.contracts.risk import RISK_SIGNAL

ANY_KIND: Final = "any"


class Window(NamedTuple):
    """The time that a detector looks at: from `start` (UTC) up to `end`, which is as_of and no part of it."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds() / 3600

    def holds(self, instant: str) -> pl.Expr:
        """Return whether the instant of a column is in it."""
        return pl.col(instant).is_between(self.start, self.end, closed="left")


def build_signals(rows: pl.DataFrame, signal_kind: str, window: Window) -> pl.DataFrame:
    """Return rows of RISK_SIGNAL, in order of their subjects.

    Args:
        rows: All columns of RISK_SIGNAL but `as_of`, `window_start` and `signal_kind`; may hold more.
        signal_kind: The detector.
        window: What it looked at.
    """
    told = rows.lazy().with_columns(
        as_of=pl.lit(window.end, pl.Datetime("us", "UTC")),
        window_start=pl.lit(window.start, pl.Datetime("us", "UTC")),
        signal_kind=pl.lit(signal_kind),
    )
    return RISK_SIGNAL.conform(told).sort("subject_kind", "subject", "activity_kind").collect()


def join_reasons(reasons: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the codes whose condition holds, comma-separated in their order; null conditions do not hold."""
    codes = [pl.when(condition).then(pl.lit(code)) for code, condition in reasons.items()]
    return pl.concat_list(codes).list.drop_nulls().list.join(",")


def tell_evidence(**figures: pl.Expr | str) -> pl.Expr:
    """Return a JSON object of figures, rounded to four places.

    Never hand a line number, an account or a text of a source to it: evidence is published.
    """
    told = [
        (pl.col(each) if isinstance(each, str) else each).alias(name).cast(pl.Float64).round(4)
        for name, each in figures.items()
    ]
    return pl.struct(told).struct.json_encode()

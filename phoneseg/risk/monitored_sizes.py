"""How much of what was monitored became events of numbers: no row may go missing unseen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

from phoneseg.contracts.risk import MONITORED_SIZE
from phoneseg.errors import ReconciliationError
from phoneseg.risk.number_events import OUTCOME, OUTCOMES

ROW_COUNTS: Final = pl.Schema({"activity_source": pl.String(), "rows": pl.Int64()})
"""Schema of the rows of `count_rows`."""
OUTCOME_COUNTS: Final = pl.Schema({"activity_source": pl.String(), "outcome": OUTCOME, "rows": pl.Int64()})
"""Schema of the rows of `count_outcomes`."""


def count_rows(rows: pl.DataFrame, since: datetime) -> pl.DataFrame:
    """Return how many rows of each source there are of the interval: `activity_source`, `rows`.

    Args:
        rows: Rows of MONITORED_ROW, a batch of them.
        since: Start of the data interval.
    """
    counted = rows.filter(pl.col("occurred_at") >= since).group_by("activity_source")
    return counted.agg(rows=pl.len().cast(pl.Int64))


def count_outcomes(matched: pl.DataFrame, since: datetime) -> pl.DataFrame:
    """Return what became of the rows of the interval: `activity_source`, `outcome`, `rows`.

    Args:
        matched: Rows of `match_rows`, a batch of them.
        since: Start of the data interval.
    """
    counted = matched.filter(pl.col("occurred_at") >= since).group_by("activity_source", "outcome")
    return counted.agg(rows=pl.len().cast(pl.Int64))


def describe_sizes(sources: Sequence[str], rows: pl.DataFrame, outcomes: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return rows of MONITORED_SIZE, one per source, those without a row included.

    Args:
        sources: Names of the monitored sources.
        rows: Rows of `count_rows`, of all batches.
        outcomes: Rows of `count_outcomes`, of all batches.
        as_of: End of the data interval.

    Raises:
        ReconciliationError: The rows that were read are not those that something became of.
    """
    read = rows.group_by("activity_source").agg(row_count=pl.col("rows").sum())
    is_of = pl.col("outcome")
    told = outcomes.group_by("activity_source").agg(
        pl.col("rows").filter(is_of == outcome).sum().alias(f"{outcome}_count") for outcome in OUTCOMES
    )
    named = pl.DataFrame({"activity_source": sources}, {"activity_source": pl.String})
    known = named.join(read, on="activity_source", how="left").join(told, on="activity_source", how="left")
    counts = pl.col("row_count", *(f"{outcome}_count" for outcome in OUTCOMES)).fill_null(0)
    sizes = known.with_columns(counts, as_of=pl.lit(as_of))
    _check_sizes(sizes)
    return MONITORED_SIZE.conform(sizes.lazy()).sort("activity_source").collect()


def _check_sizes(sizes: pl.DataFrame) -> None:
    told = pl.sum_horizontal(f"{outcome}_count" for outcome in OUTCOMES)
    lost = sizes.filter(pl.col("row_count") != told).with_columns(told=told)
    for size in lost.iter_rows(named=True):
        raise ReconciliationError(
            f"extract: of activity.{size['activity_source']}, {size['row_count']} rows came in, but {size['told']} "
            "became events or were counted"
        )

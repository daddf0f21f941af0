"""How many numbers of a block were to be expected, and the chance of as many."""

from typing import Final

import polars as pl

from phoneseg.risk.signal_rows import Window
from phoneseg.risk.tails import gamma_poisson_upper_tail, hypergeometric_upper_tail

_FEWEST_BLOCKS: Final = 20
_LEAST_SHAPE: Final = 0.05
_MOST_SHAPE: Final = 1e4


def expect_new_numbers(
    appearances: pl.DataFrame, history: pl.DataFrame, history_days: float, window: Window
) -> pl.DataFrame:
    """Tell how many new numbers of each block were to be expected in the window, and the chance of as many.

    New numbers of a block come as a Poisson, at a rate of its own; the rates of a carrier's blocks are gamma
    distributed, by the moments of their counts (all carriers' where a carrier has few blocks). So a block is judged by
    its own past as far as that goes, and by its carrier's for the rest: DuMouchel, "Bayesian data mining in large
    frequency tables", The American Statistician 53 (1999), 177-190. Rates of blocks that were never seen are taken
    for those of blocks that were, which overstates them. Where there is no past at all, as on the first night, the
    blocks of the window are compared with each other.

    Args:
        appearances: Rows of `collect_appearances`.
        history: `number_block`, `carrier` (nullable) and `number_count`: new numbers in the time just before the
            window, one row for each block that was seen by then, if only earlier.
        history_days: How long that time was.
        window: The window.

    Returns:
        `number_block`, `number_count`, `expected` and `p_dense`, one row for each block, with or without new numbers.
    """
    counts = _count_blocks(appearances)
    past = history.group_by("number_block").agg(pl.col("carrier").max(), past_count=pl.col("number_count").sum())
    blocks = counts.join(past, on="number_block", how="full", coalesce=True).select(
        "number_block",
        pl.coalesce("carrier", "carrier_right").alias("carrier").fill_null(""),
        pl.col("number_count", "past_count").fill_null(0),
    )
    days = window.hours / 24
    has_past = bool(blocks["past_count"].sum())
    rates = _fit_rates(blocks, "past_count", history_days) if has_past else _fit_rates(blocks, "number_count", days)
    seen_days = history_days if has_past else 0.0
    known = blocks.join(rates, on="carrier", how="left").sort("number_block")
    shape, rate = known["shape"] + known["past_count"], known["rate"] + seen_days
    tail = gamma_poisson_upper_tail(known["number_count"], shape, rate, days)
    expected = shape / rate * days
    return known.select("number_block", "number_count", expected=expected, p_dense=pl.Series(tail))


def expect_active_numbers(appearances: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Tell how many numbers of each block were to be expected to act in the window, and the chance of as many.

    Those that act are drawn from all that are known of the carrier, without regard to the block (hypergeometric).

    Args:
        appearances: Rows of `collect_appearances`, of numbers that act, new or not.
        known: `number_block`, `carrier` (nullable) and `number_count`: the numbers that were ever seen, these included.

    Returns:
        `number_block`, `number_count`, `expected` and `p_dense`, one row for each known block.
    """
    counts = _count_blocks(appearances).drop("carrier")
    blocks = known.group_by("number_block").agg(
        pl.col("carrier").max().fill_null(""), known_count=pl.col("number_count").sum()
    )
    acting = blocks.join(counts, on="number_block", how="left").with_columns(pl.col("number_count").fill_null(0))
    totals = acting.with_columns(
        draws=pl.col("number_count").sum().over("carrier"), total=pl.col("known_count").sum().over("carrier")
    ).sort("number_block")
    share = totals["draws"] / totals["total"]
    tail = hypergeometric_upper_tail(totals["number_count"], totals["known_count"], totals["draws"], totals["total"])
    return totals.select(
        "number_block", "number_count", expected=share * totals["known_count"], p_dense=pl.Series(tail)
    )


def _count_blocks(appearances: pl.DataFrame) -> pl.DataFrame:
    return appearances.group_by("number_block").agg(
        pl.col("carrier").max(), number_count=pl.col("phone_token").n_unique().cast(pl.Int64)
    )


def _fit_rates(blocks: pl.DataFrame, counts: str, days: float) -> pl.DataFrame:
    """Return `carrier`, and `shape` and `rate` (by day) of the gamma of its blocks' rates, by moments of counts."""
    count = pl.col(counts)
    moments = (pl.len().alias("blocks"), count.mean().alias("mean"), count.var().fill_null(0).alias("variance"))
    everywhere = blocks.select(moments[1:])
    own = blocks.group_by("carrier").agg(moments)
    is_few = pl.col("blocks") < _FEWEST_BLOCKS
    pooled = own.with_columns(
        pl.when(is_few).then(pl.lit(everywhere.item(0, name))).otherwise(name).alias(name)
        for name in ("mean", "variance")
    )
    mean = pl.col("mean").clip(lower_bound=1 / (len(blocks) + 1))
    beyond = (pl.col("variance") - mean).clip(lower_bound=0)
    shape = pl.when(beyond > 0).then(mean**2 / beyond).otherwise(_MOST_SHAPE).clip(_LEAST_SHAPE, _MOST_SHAPE)
    return pooled.select("carrier", shape=shape, rate=shape / (mean / days))

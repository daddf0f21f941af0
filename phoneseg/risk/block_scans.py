"""Numbers of a block that come close together: within hours (a burst), or within a stretch of lines (a run)."""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phoneseg.risk.signal_rows import Window
from phoneseg.risk.tails import scan_upper_tail

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Chance: TypeAlias = Callable[[Integers, int, Integers, Integers], Floats]

_MICROSECONDS_PER_H: Final = 3_600_000_000
_LINES_PER_THOUSAND: Final = 1000
_BLOCK_STRIDE: Final = 100_000  # more than the lines of a block and the widest stretch
_LEAST_MASS: Final = 0.25
_SCAN: Final = {"p": pl.Float64, "first": pl.Int64, "last": pl.Int64, "count": pl.Int64}


def scan_for_bursts(appearances: pl.DataFrame, window: Window, widths_h: tuple[float, ...]) -> pl.DataFrame:
    """Find, in each block, the hours in which its numbers come together most.

    Given how many numbers of the block come at all, they come when others do: the width of some hours is the share of
    the other blocks' numbers that come then (a quarter of the hours' share of the window at least), so that day, night
    and growth are no bursts. The chance is that of the scan statistic, times the widths that are tried.

    Args:
        appearances: `number_block` and `appeared_at`, all in the window.
        window: The window.
        widths_h: Widths of the hours that are tried; those of half the window and more are left out.

    Returns:
        `number_block`, `p_burst`, `burst_start` and `burst_end` (the first and last of the burst), `burst_count`: one
        row for each block.
    """
    moment = pl.col("appeared_at").dt.epoch("us") - int(window.start.timestamp() * 1e6)
    points = appearances.select("number_block", at=moment).sort("number_block", "at")
    length = int(window.hours * _MICROSECONDS_PER_H)
    widths = [int(width * _MICROSECONDS_PER_H) for width in widths_h if width * 2 < window.hours]
    at = points["at"].to_numpy()
    everywhere = np.sort(at)

    def chance(first: Integers, width: int, count: Integers, total: Integers) -> Floats:
        start = at[first]
        in_all = np.searchsorted(everywhere, start + width) - np.searchsorted(everywhere, start)
        others = (in_all - count + 1) / (len(at) - total + 1)
        return scan_upper_tail(count, total, np.clip(others, _LEAST_MASS * width / length, 1.0))

    found = _scan(points["number_block"], at, length + max(widths, default=0) + 1, widths, chance)
    start = pl.lit(window.start, pl.Datetime("us", "UTC"))
    return found.select(
        "number_block",
        p_burst="p",
        burst_start=start + pl.duration(microseconds="first"),
        burst_end=start + pl.duration(microseconds="last"),
        burst_count="count",
    )


def scan_for_runs(appearances: pl.DataFrame, spans: tuple[int, ...]) -> pl.DataFrame:
    """Find, in each block, the stretch of lines that its numbers crowd in most.

    Given how many come at all, each comes anywhere in the thousands of the block that any came in: carriers use a block
    by thousands, and the rest of it may not be in use. The chance is that of the scan statistic, times the spans that
    are tried.

    Args:
        appearances: `number_block` and `line_number` (last four digits; null where nobody knows).
        spans: Widths of the stretches that are tried.

    Returns:
        `number_block`, `p_run`, `run_start` and `run_end` (lines: restricted, as line_number is), `run_count`: one row
        for each block that has a line.
    """
    lines = appearances.filter(pl.col("line_number").is_not_null()).select(
        "number_block", line=pl.col("line_number").cast(pl.Int64)
    )
    points = lines.unique().sort("number_block", "line")
    thousand = pl.col("line") // _LINES_PER_THOUSAND
    in_use = points.select(thousand.n_unique().over("number_block") * _LINES_PER_THOUSAND).to_series().to_numpy()

    def chance(first: Integers, width: int, count: Integers, total: Integers) -> Floats:
        return scan_upper_tail(count, total, width / in_use[first])

    found = _scan(points["number_block"], points["line"].to_numpy(), _BLOCK_STRIDE, list(spans), chance)
    return found.select("number_block", p_run="p", run_start="first", run_end="last", run_count="count")


def _scan(blocks: pl.Series, at: Integers, stride: int, widths: list[int], chance: Chance) -> pl.DataFrame:
    """Return the least likely window of each block, over all its points as left ends and all widths.

    Args:
        blocks: The block of each point, sorted.
        at: Where each point is, sorted within its block, from 0 to `stride`.
        stride: More than any place and width together.
        widths: Widths of windows.
        chance: Gives P of windows, by the points they begin at, their width, and how many points they and the block
            have.
    """
    index = blocks.rle_id().to_numpy().astype(np.int64)
    key = index * stride + at
    ends = np.searchsorted(index, index, side="right")
    totals = ends - np.searchsorted(index, index, side="left")
    first = np.arange(len(at))
    tried = []
    for width in widths:
        after = np.minimum(np.searchsorted(key, key + width, side="left"), ends)
        p = np.minimum(chance(first, width, after - first, totals) * len(widths), 1.0)
        columns = {"p": p, "first": at, "last": at[after - 1], "count": after - first}
        tried.append(pl.DataFrame({"number_block": blocks, **columns}, {"number_block": pl.String, **_SCAN}))
    if not tried:
        none = (pl.lit(1.0 if name == "p" else 0, dtype).alias(name) for name, dtype in _SCAN.items())
        return pl.DataFrame({"number_block": blocks.unique(maintain_order=True)}).with_columns(none)
    order = ["number_block", "p", "count", "first"]
    windows = pl.concat(tried).sort(order, descending=[False, False, True, False])
    return windows.unique("number_block", keep="first", maintain_order=True)

"""Generated counts of prefixes: weekly season, levels that nobody is told, and spikes that are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from phoneseg.contracts import UTC_INSTANT
from phoneseg.contracts.risk import PREFIX_ACTIVITY
from phoneseg.risk.baselines import Booleans, Floats, Integers
from phoneseg.risk.draws import open_stream

FIRST_DAY: Final = datetime(2025, 1, 6, tzinfo=UTC)
_WEEK: Final = 7
_FIRST_BLOCK: Final = 4_930_000_000


@dataclass(frozen=True)
class Sort:
    """Prefixes of one mean count a day, and how much higher an injected day is."""

    mean: float
    factor: float

    @property
    def name(self) -> str:
        """What the sort is called."""
        return f"mean {self.mean:g}, times {self.factor:g}"


@dataclass(frozen=True)
class Population:
    """What is generated.

    Attributes:
        name: Its name.
        sorts: Sorts of prefixes, as many prefixes of each.
        weekend: Activity on Saturday and Sunday, by that of other days.
        dispersion: phi of the variance mean + phi * mean^2 of the counts.
        season_spread: Standard deviation of the factor that each prefix has of its own for each day of the week.
        injected: Share of the prefix-days that are spikes, in the history too.
    """

    name: str
    sorts: tuple[Sort, ...]
    weekend: float = 0.75
    dispersion: float = 0.01
    season_spread: float = 0.1
    injected: float = 0.01


@dataclass(frozen=True)
class SpikeDays:
    """Generated days: one row per prefix, one column per day.

    Attributes:
        counts: Events.
        is_spike: Which days were injected.
        means: Mean count of each day without a spike; no detector sees it.
        sort: Position of each prefix's sort.
    """

    counts: Floats
    is_spike: Booleans
    means: Floats
    sort: Integers

    @property
    def names(self) -> pl.Series:
        """Prefixes of the rows."""
        return pl.Series([str(_FIRST_BLOCK + position) for position in range(len(self.counts))])

    def list_rows(self) -> pl.DataFrame:
        """Return rows of PREFIX_ACTIVITY, days of number blocks; days without an event have no row."""
        return list_windows(self.counts, self.names, [end_day(day) for day in range(self.counts.shape[1])], 24)


def list_windows(
    counts: Floats, names: pl.Series, ends: Sequence[datetime], window_h: int, level: str = "number_block"
) -> pl.DataFrame:
    """Return rows of PREFIX_ACTIVITY; windows without an event have no row.

    Args:
        counts: One row per prefix, one column per window.
        names: The prefixes.
        ends: Ends of the windows.
        window_h: Their length.
        level: Level of the prefixes.
    """
    prefix, window = np.nonzero(counts)
    rows = pl.LazyFrame({"position": prefix, "window": window, "event_count": counts[prefix, window]})
    return PREFIX_ACTIVITY.conform(
        rows.with_columns(
            as_of=pl.lit(pl.Series(ends, dtype=UTC_INSTANT)).gather(pl.col("window")),
            window_h=pl.lit(window_h),
            prefix_level=pl.lit(level),
            prefix=pl.lit(names).gather(pl.col("position")),
            activity_kind=pl.lit("call"),
            number_count="event_count",
            answered_count=pl.lit(0),
            total_duration_s=pl.lit(0),
        )
    ).collect()


def end_day(day: int) -> datetime:
    """Return the end of a generated day."""
    return FIRST_DAY + timedelta(days=day + 1)


def draw_days(seed: int, population: Population, prefixes_per_sort: int, day_count: int) -> SpikeDays:
    """Draw the days of a population.

    Counts are negative binomial; season factors of prefixes are gamma, and average 1 over the week.

    Args:
        seed: Not negative.
        population: What to draw.
        prefixes_per_sort: Prefixes of each sort.
        day_count: Days.
    """
    rng = open_stream(seed, population.name)
    sort = np.repeat(np.arange(len(population.sorts)), prefixes_per_sort)
    mean, factor = (np.array([getattr(each, name) for each in population.sorts])[sort] for name in ("mean", "factor"))
    weekday = np.arange(day_count) % _WEEK
    week = np.where(np.arange(_WEEK) < 5, 1.0, population.weekend)
    own = week * _draw_gamma(rng, population.season_spread**2, (len(sort), _WEEK))
    means = mean[:, None] * (own / own.mean(axis=1, keepdims=True))[:, weekday]
    is_spike = rng.random(means.shape) < population.injected
    rates = np.where(is_spike, means * factor[:, None], means) * _draw_gamma(rng, population.dispersion, means.shape)
    return SpikeDays(rng.poisson(rates).astype(np.float64), is_spike, means, sort)


def _draw_gamma(rng: np.random.Generator, variance: float, shape: tuple[int, int]) -> Floats:
    """Draw gamma factors of mean 1."""
    return rng.gamma(1 / variance, variance, shape) if variance else np.ones(shape)

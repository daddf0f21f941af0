"""How far ways to evade the search for spikes get, and how soon it notices what goes on for hours or days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from phoneseg.contracts.risk import EVALUATION
from phoneseg.risk.baselines import Booleans, Floats
from phoneseg.risk.draws import open_stream
from phoneseg.risk.evaluation.spike_days import (
    FIRST_DAY,
    Population,
    Sort,
    SpikeDays,
    draw_days,
    end_day,
    list_windows,
)
from phoneseg.risk.evaluation.spikes import flag_days, flag_windows, place_flags
from phoneseg.risk.spike_scores import HOURS_PER_DAY
from phoneseg.settings.risk_spikes import SpikeSettings

RAMPS: Final = (0.02, 0.05, 0.1, 0.3)
"""By how much an attack grows from day to day."""

SPREADS: Final = (1, 3, 10, 30)
"""Over how many of an area's 30 blocks an attack is spread."""

_DAYS: Final = 28
_ATTACKED: Final = 20
_AREAS, _BLOCKS = 10, 30
_HOURS: Final = 24
_SHARE: Final = 0.4


def evaluate_evasions(settings: SpikeSettings, seed: int = 1) -> pl.DataFrame:
    """Measure what is found of attacks that try not to be, and how long that takes.

    A *ramp* grows by the same share every day for 28 days, up to eight times the prefix's mean of 50 at most; a *step*
    goes to three times at once and stays; a *spread* gives an area 40 % more for one day through some of its 30 blocks,
    where a block has 5 events a day; an *hourly* attack multiplies the 5 events an hour of a prefix for six hours.

    Args:
        settings: Where the bounds are.
        seed: Not negative.

    Returns:
        Rows of EVALUATION of the detector `spikes`: recall is of attacks, precision of flagged windows, and
        `detection_h` runs from the start of an attack to the end of the first window that is flagged.
    """
    rows = [
        *(_evaluate_days(f"ramp of {100 * ramp:g} % a day", _grow(ramp), settings, seed) for ramp in RAMPS),
        _evaluate_days("step to 3 times", np.full(_DAYS, 3.0), settings, seed),
        *_evaluate_spreads(settings, seed),
        *(_evaluate_hours(factor, settings, seed) for factor in (2, 4, 8)),
    ]
    return pl.DataFrame(rows, EVALUATION.schema)


def _grow(share: float) -> Floats:
    growth: Floats = np.minimum((1 + share) ** np.arange(1, _DAYS + 1), 8)
    return growth


def _evaluate_days(name: str, growth: Floats, settings: SpikeSettings, seed: int) -> dict[str, object]:
    """Measure attacks on some of 300 prefixes that grow day by day."""
    drawn = draw_days(seed, Population(name, (Sort(50, 1),), injected=0), 300, 7 * settings.history_weeks + _DAYS)
    extra = drawn.means[:_ATTACKED, -_DAYS:] * (growth - 1)
    counts = drawn.counts.copy()
    counts[:_ATTACKED, -_DAYS:] += open_stream(seed, f"attack, {name}").poisson(extra)
    flags = flag_days(replace(drawn, counts=counts), _DAYS, settings)
    false_count = int(flags[_ATTACKED:].sum())
    return _measure(name, flags[:_ATTACKED], int(flags.sum()), false_count, _DAYS, HOURS_PER_DAY)


def _measure(
    scenario: str, attacked: Booleans, flag_count: int, false_count: int, days: float, window_h: int
) -> dict[str, object]:
    """Return a row of EVALUATION.

    Args:
        scenario: Its name.
        attacked: Flags of attacks (rows) in their windows, of which the first one is where they begin.
        flag_count: Windows that are flagged.
        false_count: Those of them that no attack was in.
        days: Days that were looked at.
        window_h: Length of a window.
    """
    is_found = attacked.any(axis=1)
    first = (attacked.argmax(axis=1)[is_found] + 1) * window_h
    precision = 1 - false_count / flag_count if flag_count else None
    recall = float(is_found.mean())
    return {
        "detector": "spikes",
        "scenario": scenario,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision else 0.0,
        "false_alarms_per_day": false_count / days,
        "detection_h": float(np.median(first)) if is_found.any() else None,
        "true_count": len(attacked),
    }


def _evaluate_spreads(settings: SpikeSettings, seed: int) -> Iterator[dict[str, object]]:
    """Yield a row for each spread; on each day, one area is attacked, and one is found by itself or any block of it."""
    history_days = 7 * settings.history_weeks
    population = Population("spread", (Sort(5, 1),), injected=0)
    quiet = draw_days(seed, population, _AREAS * _BLOCKS, history_days + _DAYS)
    rng = open_stream(seed, "attack, spread")
    areas = rng.integers(_AREAS, size=_DAYS)
    for spread in SPREADS:
        counts = quiet.counts.copy()
        is_attacked = np.zeros((_AREAS, _BLOCKS, _DAYS), dtype=np.bool_)
        for day, area in enumerate(areas):
            is_attacked[area, rng.permutation(_BLOCKS)[:spread], day] = True
        of_blocks = is_attacked.reshape(-1, _DAYS)
        counts[:, -_DAYS:] += rng.poisson(of_blocks * (_SHARE * 5 * _BLOCKS / spread))
        blocks, whole = _flag_both(replace(quiet, counts=counts), settings)
        is_area = is_attacked.any(axis=1)
        found = whole | (blocks & of_blocks).reshape(_AREAS, _BLOCKS, _DAYS).any(axis=1)
        false_count = int((blocks & ~is_area.repeat(_BLOCKS, axis=0)).sum() + (whole & ~is_area).sum())
        name = f"area with {_SHARE:.0%} more, spread over {spread} of {_BLOCKS} blocks"
        flag_count = int(blocks.sum() + whole.sum())
        yield _measure(name, found[is_area][:, None], flag_count, false_count, _DAYS, HOURS_PER_DAY)


def _flag_both(drawn: SpikeDays, settings: SpikeSettings) -> tuple[Booleans, Booleans]:
    """Return the flags of blocks and of their areas, over the last days."""
    names = pl.Series([f"49-{100 + area}" for area in range(_AREAS)])
    day_count = drawn.counts.shape[1]
    ends = [end_day(day) for day in range(day_count)]
    of_areas = drawn.counts.reshape(_AREAS, _BLOCKS, day_count).sum(axis=1)
    rows = pl.concat([drawn.list_rows(), list_windows(of_areas, names, ends, HOURS_PER_DAY, "area_code")])
    flagged = flag_windows(rows, ends[-_DAYS:], HOURS_PER_DAY, settings)
    return place_flags(flagged, drawn.names, ends[-_DAYS:]), place_flags(flagged, names, ends[-_DAYS:])


def _evaluate_hours(factor: float, settings: SpikeSettings, seed: int) -> dict[str, object]:
    """Measure attacks on some of 200 prefixes that begin with the last day, in hourly windows of a daily season."""
    name = f"6 h of {factor:g} times 5 an hour"
    rng = open_stream(seed, name)
    day_count = 7 * settings.history_weeks + 1
    hours = np.arange(HOURS_PER_DAY * day_count)
    season = 1 + 0.6 * np.cos(2 * np.pi * (hours % HOURS_PER_DAY - 15) / HOURS_PER_DAY)
    means = 5 * season * rng.gamma(100, 0.01, (200, 1))
    start = len(hours) - _HOURS + 9
    means[:_ATTACKED, start : start + 6] *= factor
    counts = rng.poisson(means * rng.gamma(100, 0.01, means.shape)).astype(np.float64)
    names = pl.Series([str(4_930_000_000 + position) for position in range(200)])
    ends = [FIRST_DAY + timedelta(hours=int(hour) + 1) for hour in hours]
    by_day = counts.reshape(200, day_count, HOURS_PER_DAY).sum(axis=2)
    days = list_windows(by_day, names, [end_day(day) for day in range(day_count)], HOURS_PER_DAY)
    rows = pl.concat([days, list_windows(counts, names, ends, 1)])
    flags = place_flags(flag_windows(rows, ends[-_HOURS:], 1, settings), names, ends[-_HOURS:])
    first = start - len(hours) + _HOURS
    is_attack = np.zeros(flags.shape, dtype=np.bool_)
    is_attack[:_ATTACKED, first : first + 6] = True
    attacked = flags[:_ATTACKED, first : first + 6]
    return _measure(name, attacked, int(flags.sum()), int((flags & ~is_attack).sum()), 1, 1)

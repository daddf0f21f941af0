"""How good spikes are found in generated days, by this detector, by EARS, and by one that knows the true means."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from phoneseg.contracts import UTC_INSTANT
from phoneseg.contracts.risk import EVALUATION
from phoneseg.risk.baselines import Booleans, find_tails
from phoneseg.risk.calendar import KNOWN_CAUSE
from phoneseg.risk.discoveries import adjust_p_values
from phoneseg.risk.ears import METHODS, Method, raise_alarms
from phoneseg.risk.evaluation.spike_days import Population, Sort, SpikeDays, draw_days, end_day
from phoneseg.risk.spike_scores import HOURS_PER_DAY, score_prefixes
from phoneseg.settings.risk_spikes import SpikeSettings

REACH: Final = (Sort(2, 8), Sort(5, 5), Sort(500, 2))
"""Sorts of which 95 of 100 spikes have to be found."""

POPULATIONS: Final = (
    Population("reach", REACH, dispersion=0),
    Population("overdispersed", REACH),
    Population("weaker", (Sort(2, 4), Sort(5, 3), Sort(500, 1.5)), dispersion=0),
    Population("stronger season", REACH, weekend=0.4, season_spread=0.2, dispersion=0),
    Population("bursty", REACH, dispersion=0.1),
    Population("sparse to dense", (Sort(0.2, 40), Sort(1, 12), Sort(20, 3), Sort(100, 2), Sort(5000, 1.5))),
)
QUIET: Final = Population(
    "quiet", tuple(Sort(mean, 1) for mean in (0.05, 0.2, 0.5, 1, 2, 5, 10, 50, 200, 1000)), injected=0
)


def evaluate_spikes(
    settings: SpikeSettings, seed: int = 1, prefixes_per_sort: int = 200, days: int = 30, quiet_days: int = 100
) -> pl.DataFrame:
    """Measure what is found of spikes that were injected, and what is flagged on quiet days.

    One prefix-day in a hundred is a spike, in the history as in the days that are looked at. A day is one window, whose
    prefixes of all sorts are tested together. `oracle` is the same test with the true means and dispersion: no detector
    can do better by these counts.

    Args:
        settings: Where the bounds are.
        seed: Not negative.
        prefixes_per_sort: Prefixes of each sort of each population.
        days: Days that are looked at, after those of the history.
        quiet_days: As many of the populations without spikes; a tenth as many prefixes of each of their sorts.

    Returns:
        Rows of EVALUATION: detectors `spikes`, `ears_c1` to `ears_c3` and `oracle`, each for every sort of each
        population and for the whole of it.
    """
    rows: list[dict[str, object]] = []
    for population in POPULATIONS:
        drawn = draw_days(seed, population, prefixes_per_sort, 7 * settings.history_weeks + days)
        rows.extend(_evaluate(population, drawn, days, settings))
    for population in (QUIET, replace(QUIET, name="quiet, bursty", dispersion=0.5)):
        drawn = draw_days(seed, population, max(prefixes_per_sort // 10, 1), 7 * settings.history_weeks + quiet_days)
        told = _evaluate(population, drawn, quiet_days, settings)
        rows.extend(row for row in told if row["scenario"] == population.name)
    return pl.DataFrame(rows, EVALUATION.schema)


def flag_days(drawn: SpikeDays, days: int, settings: SpikeSettings) -> Booleans:
    """Return which of the last days of each prefix the detector calls spikes, as it would day by day.

    Args:
        drawn: Generated days.
        days: How many of the last ones to look at; `history_weeks` at least come before.
        settings: Where the bounds are.
    """
    last = drawn.counts.shape[1]
    ends = [end_day(day) for day in range(last - days, last)]
    flagged = flag_windows(drawn.list_rows(), ends, HOURS_PER_DAY, settings)
    return place_flags(flagged, drawn.names, ends)


def flag_windows(rows: pl.DataFrame, ends: Sequence[datetime], window_h: int, settings: SpikeSettings) -> pl.DataFrame:
    """Return `as_of`, `prefix_level` and `prefix` of the spikes of windows, each found by what was before it.

    Args:
        rows: Rows of PREFIX_ACTIVITY, the windows and their history.
        ends: Ends of the windows.
        window_h: Their length.
        settings: Where the bounds are.
    """
    causes = pl.DataFrame(schema=KNOWN_CAUSE)
    found = [
        score_prefixes(rows.filter(pl.col("as_of") == end), rows.lazy(), end, window_h, causes, settings)
        .filter("is_spike")
        .select(pl.lit(end, UTC_INSTANT).alias("as_of"), "prefix_level", "prefix")
        for end in ends
    ]
    return pl.concat(found)


def place_flags(flagged: pl.DataFrame, names: pl.Series, ends: Sequence[datetime]) -> Booleans:
    """Return whether each prefix (row) is flagged in each window (column).

    Args:
        flagged: `as_of` and `prefix`.
        names: The prefixes.
        ends: Ends of the windows.
    """
    rows = pl.DataFrame({"prefix": names}).with_row_index("row")
    columns = pl.DataFrame({"as_of": ends}, {"as_of": UTC_INSTANT}).with_row_index("column")
    found = flagged.join(rows, on="prefix").join(columns, on="as_of")
    flags = np.zeros((len(names), len(ends)), dtype=np.bool_)
    flags[found["row"].to_numpy(), found["column"].to_numpy()] = True
    return flags


def _evaluate(
    population: Population, drawn: SpikeDays, days: int, settings: SpikeSettings
) -> Iterator[dict[str, object]]:
    truth = drawn.is_spike[:, -days:]
    found: dict[str, Booleans] = {"spikes": flag_days(drawn, days, settings)}
    found |= {f"ears_{method.lower()}": _flag_by_ears(drawn, days, method) for method in METHODS}
    found["oracle"] = _flag_by_truth(drawn, days, population.dispersion, settings)
    for detector, flags in found.items():
        yield _measure(detector, population.name, truth, flags)
        for position, sort in enumerate(population.sorts):
            of_sort = drawn.sort == position
            yield _measure(detector, f"{population.name}: {sort.name}", truth[of_sort], flags[of_sort])


def _flag_by_ears(drawn: SpikeDays, days: int, method: Method) -> Booleans:
    return raise_alarms(drawn.counts.T, method).is_alarm.T[:, -days:]


def _flag_by_truth(drawn: SpikeDays, days: int, dispersion: float, settings: SpikeSettings) -> Booleans:
    counts, means = drawn.counts[:, -days:], drawn.means[:, -days:]
    spread = np.full(counts.shape, dispersion)
    tails = find_tails(counts, means, spread)
    if settings.is_mid_p:
        tails = (tails + find_tails(counts + 1, means, spread)) / 2
    q_values = np.stack([adjust_p_values(tails[:, day], settings.procedure) for day in range(days)], axis=1)
    return (q_values <= settings.false_discovery_pct / 100) & (counts >= settings.min_observed)


def _measure(detector: str, scenario: str, truth: Booleans, flags: Booleans) -> dict[str, object]:
    """Return a row of EVALUATION; subjects are prefix-days, and a day is known when it is over."""
    hits, flagged, true_count = int((truth & flags).sum()), int(flags.sum()), int(truth.sum())
    return {
        "detector": detector,
        "scenario": scenario,
        "precision": hits / flagged if flagged else None,
        "recall": hits / true_count if true_count else None,
        "f1": 2 * hits / (flagged + true_count) if true_count else None,
        "false_alarms_per_day": (flagged - hits) / truth.shape[1],
        "detection_h": float(HOURS_PER_DAY) if hits else None,
        "true_count": true_count,
    }

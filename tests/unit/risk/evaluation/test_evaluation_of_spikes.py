"""How good spikes are found, by generated days whose truth is known."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from phoneseg.contracts.risk import EVALUATION
from phoneseg.risk.evaluation.spike_days import Population, Sort, draw_days
from phoneseg.risk.evaluation.spikes import POPULATIONS, QUIET, REACH, evaluate_spikes, flag_days
from phoneseg.settings.risk_spikes import SpikeSettings

SETTINGS = SpikeSettings()
HISTORY_DAYS = 56
(POPULATION,) = (each for each in POPULATIONS if each.name == "reach")


def _row(rows: pl.DataFrame, detector: str, scenario: str) -> dict[str, float]:
    return rows.row(by_predicate=(pl.col("detector") == detector) & (pl.col("scenario") == scenario), named=True)


def test_drawn_days_have_the_means_the_season_and_the_spikes_that_were_asked_for() -> None:
    population = Population("drawn", (Sort(2, 8), Sort(500, 2)), weekend=0.5, dispersion=0.02)
    drawn = draw_days(1, population, 300, 70)
    for position, sort in enumerate(population.sorts):
        rows = drawn.sort == position
        quiet = drawn.counts[rows][~drawn.is_spike[rows]]
        assert quiet.mean() == pytest.approx(sort.mean, rel=0.02)
        spiked = drawn.counts[rows][drawn.is_spike[rows]].mean()
        assert spiked / quiet.mean() == pytest.approx(sort.factor, rel=0.1)
    assert drawn.is_spike.mean() == pytest.approx(0.01, abs=0.002)
    is_weekend = np.arange(70) % 7 >= 5
    assert drawn.means[:, is_weekend].mean() / drawn.means[:, ~is_weekend].mean() == pytest.approx(0.5, rel=0.02)
    assert drawn.list_rows()["event_count"].sum() == drawn.counts.sum()
    again = draw_days(1, population, 300, 70)
    assert np.array_equal(drawn.counts, again.counts)


def test_spikes_are_found_with_few_false_ones_and_better_than_by_ears() -> None:
    rows = evaluate_spikes(SETTINGS, seed=1, prefixes_per_sort=60, days=10, quiet_days=20)
    assert rows.schema == EVALUATION.schema
    assert rows.select(EVALUATION.key).is_unique().all()
    reach = _row(rows, "spikes", "reach")
    assert reach["recall"] >= 0.9
    assert reach["precision"] >= 0.85
    for ears in ("ears_c1", "ears_c2", "ears_c3"):
        assert reach["f1"] > _row(rows, ears, "reach")["f1"] + 0.2
        assert _row(rows, ears, "quiet")["false_alarms_per_day"] > _row(rows, "spikes", "quiet")["false_alarms_per_day"]
    assert _row(rows, "oracle", "weaker")["recall"] >= _row(rows, "spikes", "weaker")["recall"] > 0.1
    assert _row(rows, "spikes", "quiet")["recall"] is None


def test_benjamini_yekutieli_finds_less() -> None:
    drawn = draw_days(2, POPULATION, 60, HISTORY_DAYS + 8)
    bh, by = (flag_days(drawn, 8, SpikeSettings(procedure=procedure)) for procedure in ("bh", "by"))
    assert not (by & ~bh).any()
    assert by.sum() < bh.sum()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_the_spikes_of_the_reach_95_in_100_are_found_and_5_in_100_are_false_at_most(seed: int) -> None:
    days = 60
    drawn = draw_days(seed, POPULATION, 600, HISTORY_DAYS + days)
    flags, truth = flag_days(drawn, days, SETTINGS), drawn.is_spike[:, -days:]
    assert (flags & ~truth).sum() / flags.sum() <= 0.05
    for position in range(len(REACH)):
        rows = drawn.sort == position
        assert (flags & truth)[rows].sum() / truth[rows].sum() >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "dispersion"), [(1, 0.01), (2, 0.01), (3, 0.01), (1, 0.5)])
def test_of_400_quiet_days_at_most_5_in_100_have_an_alert(seed: int, dispersion: float) -> None:
    population = replace(QUIET, dispersion=dispersion)
    flags = flag_days(draw_days(seed, population, 30, HISTORY_DAYS + 400), 400, SETTINGS)
    assert flags.any(axis=0).sum() <= 400 * SETTINGS.false_discovery_pct / 100

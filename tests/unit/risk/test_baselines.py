"""Baselines: what is expected, how sure that is, and what a spike of last week does to it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, nbinom, poisson, uniform

from phoneseg.risk.baselines import Baseline, Floats, find_tails, fit_baseline, widen_tails
from phoneseg.settings.risk_spikes import SpikeSettings

DAYS = 56
WEEK = np.array([1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7])
LAGS = np.arange(DAYS)
SETTINGS = SpikeSettings()


def _fit(counts: Floats) -> Baseline:
    """Fit days, the last one first, of one group."""
    groups = np.zeros(len(counts), dtype=np.int64)
    return fit_baseline(counts, np.ones(counts.shape, dtype=bool), LAGS % 7, 0.5 ** (LAGS / 28), groups, SETTINGS)


def _draw(mean: float, prefixes: int, dispersion: float = 0.0, seed: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    burst = rng.gamma(1 / dispersion, dispersion, (prefixes, DAYS)) if dispersion else np.ones((prefixes, DAYS))
    return rng.poisson(mean * WEEK[LAGS % 7] * burst).astype(float)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 3000), st.floats(0.01, 2000), st.sampled_from([0.0, 1e-4, 0.01, 0.3, 5.0]))
def test_tails_are_those_of_scipy(observed: int, expected: float, dispersion: float) -> None:
    size = 1 / dispersion if dispersion else np.inf
    law = nbinom(size, size / (size + expected)) if dispersion else poisson(expected)
    found = find_tails(np.array([float(observed)]), np.array([expected]), np.array([dispersion]))
    np.testing.assert_allclose(found, law.sf(observed - 1), rtol=1e-6, atol=1e-290)


def test_tails_are_wider_the_more_of_the_variance_is_estimated_and_never_narrower() -> None:
    tails = np.array([0.9, 0.5, 0.01, 1e-6, 0.0])
    known, half, all_ = (widen_tails(tails, np.full(5, share), np.full(5, 56.0)) for share in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(known[:4], tails[:4], rtol=1e-3)
    assert (all_ >= half).all()
    assert (half >= tails).all()
    assert all_[3] > 5 * tails[3]


@pytest.mark.parametrize(("mean", "dispersion"), [(0.3, 0.0), (2, 0.0), (20, 0.05), (500, 0.01)])
def test_level_season_and_dispersion_are_found(mean: float, dispersion: float) -> None:
    found = _fit(_draw(mean, 400, dispersion))
    expected = np.stack([found.expect(place) for place in range(7)], axis=1).mean(axis=0)
    np.testing.assert_allclose(expected, mean * WEEK, rtol=0.12 if mean < 1 else 0.03)
    assert np.median(found.dispersion) == pytest.approx(dispersion, abs=0.1 * dispersion + 0.02)


@pytest.mark.parametrize(("mean", "dispersion"), [(0.3, 0.0), (2, 0.0), (20, 0.05), (500, 0.01), (50, 0.2)])
def test_p_values_of_quiet_days_are_at_least_uniform(mean: float, dispersion: float) -> None:
    """A one-sided Kolmogorov-Smirnov test of 3,000 prefixes: their p-values are nowhere too often too small."""
    counts = _draw(mean, 3000, dispersion)
    found = _fit(counts)
    next_day = np.random.default_rng(2)
    burst = next_day.gamma(1 / dispersion, dispersion, 3000) if dispersion else np.ones(3000)
    observed = next_day.poisson(mean * WEEK[6] * burst).astype(float)
    spread = found.dispersion + found.uncertainty[:, 6]
    overdispersed = spread * found.expect(6)
    p_values = widen_tails(
        find_tails(observed, found.expect(6), spread), overdispersed / (1 + overdispersed), found.freedom
    )
    assert kstest(p_values, uniform.cdf, alternative="greater").pvalue > 0.01
    for bound in (0.01, 0.001):
        assert (p_values <= bound).sum() <= poisson.isf(0.01, 3000 * bound)


@pytest.mark.parametrize(("mean", "dispersion", "spike"), [(2, 0.0, 16), (5, 0.0, 500), (500, 0.01, 5000)])
def test_an_earlier_spike_leaves_the_expectation_as_it_is(mean: float, dispersion: float, spike: float) -> None:
    counts = _draw(mean, 200, dispersion)
    spiked = counts.copy()
    spiked[:20, [6, 20]] = spike
    quiet, after = _fit(counts), _fit(spiked)
    assert not after.is_used[:20, [6, 20]].any()
    assert np.mean(after.expect(6)[:20] / quiet.expect(6)[:20]) == pytest.approx(1, abs=0.05)
    np.testing.assert_allclose(after.dispersion, quiet.dispersion, atol=0.03)


def test_what_goes_on_for_more_than_a_tenth_of_the_days_is_no_outlier() -> None:
    counts = _draw(100, 200)
    counts[:10, :3] *= 3
    counts[10:20, :10] *= 3
    counts[20:30, :7] *= 3
    found = _fit(counts)
    assert not found.is_used[:10, :3].any()
    assert found.is_used[10:30].all()
    at_new_level = find_tails(np.full(200, 3 * 100 * WEEK[6]), found.expect(6), found.dispersion)
    assert (at_new_level[:10] < 1e-9).all()
    assert (at_new_level[10:30] > 1e-3).all()


def test_six_days_of_fifty_six_are_a_new_level_and_five_are_outliers() -> None:
    counts = _draw(500, 100)
    counts[0, :6] *= 3
    counts[1, :5] *= 3
    counts[2, :7] = np.round(1.3 * counts[2, :7])
    is_used = _fit(counts).is_used
    assert is_used[[0, 2]].all()
    assert not is_used[1, :5].any()


def test_a_prefix_of_its_own_season_keeps_it_and_a_sparse_one_takes_the_common_one() -> None:
    counts = _draw(2, 300)
    own = WEEK[::-1][LAGS % 7]
    counts[0] = np.round(500 * own)
    counts[1] = 0
    counts[1, 30] = 1
    found = _fit(counts)
    np.testing.assert_allclose(found.season[0] / found.season[0].mean(), WEEK[::-1] / WEEK.mean(), rtol=0.05)
    np.testing.assert_allclose(found.season[1] / found.season[1].mean(), WEEK / WEEK.mean(), rtol=0.1)


def test_overdispersion_of_a_single_prefix_shows_among_poisson_ones() -> None:
    counts = _draw(20, 300)
    counts[0] = np.random.default_rng(4).poisson(20 * np.random.default_rng(5).gamma(2, 0.5, DAYS))
    found = _fit(counts)
    assert found.dispersion[0] > 0.2
    assert np.quantile(found.dispersion[1:], 0.95) < 0.03


def test_few_days_leave_the_level_unsure() -> None:
    counts = _draw(5, 100)
    is_used = np.ones(counts.shape, dtype=bool)
    is_used[0, 3:] = False
    groups = np.zeros(100, dtype=np.int64)
    found = fit_baseline(counts, is_used, LAGS % 7, 0.5 ** (LAGS / 28), groups, SETTINGS)
    assert found.uncertainty[0, 6] > 1 / (3 * 5)
    assert (found.uncertainty[1:, 6] < 0.02).all()
    assert found.freedom[0] < found.freedom[1] <= DAYS

"""Tails are those of scipy.stats, and the scan statistic's is that of drawn points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from phoneseg.risk.tails import (
    beta_binomial_lower_tail,
    binomial_lower_tail,
    binomial_upper_tail,
    gamma_poisson_upper_tail,
    hypergeometric_upper_tail,
    scan_upper_tail,
)

_QUICK = settings(max_examples=50, deadline=None)
_CHANCES = st.floats(0.001, 0.999)
_LITTLE = {"rel": 1e-7, "abs": 1e-12}


@given(st.integers(0, 60), st.integers(0, 60), _CHANCES)
@_QUICK
def test_binomial_tails_are_those_of_scipy(count: int, trials: int, chance: float) -> None:
    upper, lower = binomial_upper_tail(count, trials, chance), binomial_lower_tail(count, trials, chance)
    assert float(upper) == pytest.approx(stats.binom.sf(count - 1, trials, chance), **_LITTLE)
    assert float(lower) == pytest.approx(stats.binom.cdf(count, trials, chance), **_LITTLE)


@given(st.integers(0, 60), st.floats(0.05, 50), st.floats(0.1, 100), st.floats(0.1, 100))
@_QUICK
def test_the_gamma_poisson_tail_is_that_of_a_negative_binomial(k: int, shape: float, rate: float, time: float) -> None:
    expected = stats.nbinom.sf(k - 1, shape, rate / (rate + time))
    assert float(gamma_poisson_upper_tail(k, shape, rate, time)) == pytest.approx(expected, **_LITTLE)


@given(st.integers(1, 20), st.integers(20, 60), st.integers(0, 60), st.integers(60, 200))
@_QUICK
def test_the_hypergeometric_tail_is_never_too_small_above_the_mean(k: int, marked: int, draws: int, total: int) -> None:
    if k > marked * draws / total + 1:
        exact = stats.hypergeom.sf(k - 1, total, draws, marked)
        assert float(hypergeometric_upper_tail(k, marked, draws, total)) >= exact * (1 - 1e-9)


@given(st.integers(0, 40), st.integers(1, 60), st.floats(0.01, 0.99), st.floats(0.001, 0.5))
@_QUICK
def test_the_beta_binomial_tail_is_that_of_scipy_below_the_mean(x: int, n: int, mean: float, rho: float) -> None:
    scale = (1 - rho) / rho
    expected = stats.betabinom.cdf(x, n, mean * scale, (1 - mean) * scale) if x < n * mean else 1.0
    assert beta_binomial_lower_tail([x], [n], [mean], [rho])[0] == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_a_beta_binomial_of_many_successes_goes_on_where_the_sum_ends() -> None:
    summed, limit = beta_binomial_lower_tail([20_000, 20_001], [50_000] * 2, [0.5] * 2, [0.01] * 2)
    assert limit == pytest.approx(summed, rel=0.05)


@pytest.mark.parametrize(("total", "width"), [(20, 0.05), (60, 0.02), (8, 0.1)])
def test_the_scan_tail_is_that_of_drawn_points(total: int, width: float) -> None:
    points = np.sort(np.random.default_rng(7).random((20_000, total)), axis=1)
    most = np.zeros(len(points), dtype=int)
    for first in range(total):
        most = np.maximum(most, (points < points[:, [first]] + width)[:, first:].sum(axis=1))
    for count in range(2, total):
        share = (most >= count).mean()
        if 0.002 < share < 0.1:
            assert scan_upper_tail(count, total, width) == pytest.approx(share, rel=0.25)


def test_no_test_at_all_gives_no_p_value() -> None:
    assert len(beta_binomial_lower_tail([], [], [], [])) == 0

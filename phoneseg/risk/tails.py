"""Chances of seeing as much, or as little, by chance: tails of distributions over whole columns.

They rest on `scipy.special`, which loads in a third of the time of `scipy.stats`.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats: TypeAlias = NDArray[np.float64]

_LARGEST_SUMMED: Final = 20_000
_SMALLEST: Final = 1e-300


def binomial_upper_tail(count: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> Floats:
    """Return P(X >= count) of a binomial: I_p(k, n - k + 1); 1 for a count of 0, 0 for one above the trials."""
    k, n, p = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (count, trials, chance)))
    inside = (k > 0) & (k <= n)
    tail = special.betainc(np.where(inside, k, 1), np.where(inside, n - k + 1, 1), np.clip(p, 0, 1))
    return np.where(k <= 0, 1.0, np.where(k > n, 0.0, tail))


def binomial_lower_tail(count: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> Floats:
    """Return P(X <= count) of a binomial."""
    k, n, p = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (count, trials, chance)))
    inside = k < n
    tail = special.betainc(np.where(inside, n - k, 1), np.where(inside, k + 1, 1), 1 - np.clip(p, 0, 1))
    return np.where(inside, tail, 1.0)


def gamma_poisson_upper_tail(count: ArrayLike, shape: ArrayLike, rate: ArrayLike, exposure: ArrayLike) -> Floats:
    """Return P(X >= count) of a Poisson whose mean is gamma(shape, rate) times an exposure: a negative binomial."""
    k, r, b, t = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (count, shape, rate, exposure)))
    return np.where(k <= 0, 1.0, special.betainc(np.maximum(k, 1), r, t / (b + t)))


def hypergeometric_upper_tail(drawn: ArrayLike, marked: ArrayLike, draws: ArrayLike, total: ArrayLike) -> Floats:
    """Return about P(X >= drawn): of `total` numbers `draws` act, and of the `marked` of a block at least so many.

    It is the binomial with chance draws / total, whose tail is above the hypergeometric one for counts above the mean
    (Hoeffding 1963, theorem 4: sampling without replacement is the more concentrated), so that it is conservative.
    """
    share = np.asarray(draws, np.float64) / np.maximum(np.asarray(total, np.float64), 1.0)
    return binomial_upper_tail(drawn, marked, np.minimum(share, 1.0))


def scan_upper_tail(count: ArrayLike, total: ArrayLike, width: ArrayLike) -> Floats:
    """Return about P(some window of `width` holds `count` or more of `total` points of the unit interval).

    (k/w - N - 1) b(k; N, w) + 2 P(B >= k), of Wallenstein and Neff, "An approximation for the distribution of the scan
    statistic", Statistics in Medicine 6 (1987), 197-207. Small chances are accurate, great ones are cut off at 1.
    """
    k, n, w = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (count, total, width)))
    w = np.clip(w, _SMALLEST, 1.0)
    log_choose = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(np.maximum(n - k, 0) + 1)
    point = np.exp(log_choose + special.xlogy(k, w) + special.xlog1py(np.maximum(n - k, 0), -w))
    tail = (k / w - n - 1) * point + 2 * binomial_upper_tail(k, n, w)
    # Below the mean count, the formula is of no use; then a window with as many is certain.
    return np.where((k <= 1) | (k <= n * w), 1.0, np.clip(tail, 0.0, 1.0))


def beta_binomial_lower_tail(count: ArrayLike, trials: ArrayLike, mean: ArrayLike, correlation: ArrayLike) -> Floats:
    """Return P(X <= count) of a beta-binomial with intraclass correlation; 1 where the count is not below its mean.

    It is summed term by term (in one array over all rows) up to 20,000 successes, and the normal limit after that.

    Args:
        count: Successes.
        trials: Trials.
        mean: Expected share of successes, above 0 and below 1.
        correlation: Intraclass correlation, above 0 and below 1.
    """
    x, n, mu, rho = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (count, trials, mean, correlation)))
    tail = np.ones(x.shape)
    is_low = x < n * mu
    is_large = is_low & (x > _LARGEST_SUMMED)
    variance = n * mu * (1 - mu) * (1 + (n - 1) * rho)
    tail[is_large] = special.ndtr((x[is_large] + 0.5 - (n * mu)[is_large]) / np.sqrt(variance[is_large]))
    summed = np.flatnonzero(is_low & ~is_large)
    tail[summed] = _sum_beta_binomial(x[summed], n[summed], mu[summed], rho[summed])
    return tail


def _sum_beta_binomial(x: Floats, n: Floats, mu: Floats, rho: Floats) -> Floats:
    if not len(x):
        return x
    scale = (1 - rho) / rho
    terms = x.astype(np.int64) + 1
    starts = np.cumsum(terms) - terms
    row = np.repeat(np.arange(len(x)), terms)
    k = np.arange(len(row)) - starts[row]
    a, b, trials = (mu * scale)[row], ((1 - mu) * scale)[row], n[row]
    log_choose = special.gammaln(trials + 1) - special.gammaln(k + 1) - special.gammaln(trials - k + 1)
    points = np.exp(log_choose + special.betaln(k + a, trials - k + b) - special.betaln(a, b))
    return np.minimum(np.add.reduceat(points, starts), 1.0)


def minus_log10(p_values: ArrayLike) -> Floats:
    """Return -log10 of chances; of one that is too small for a float, 300."""
    return -np.log10(np.clip(np.asarray(p_values, np.float64), _SMALLEST, 1.0))

"""What a count should be, by a history with a weekly season: level, season, and spread of many series at once."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc
from scipy.stats import norm, t

from phoneseg.settings.risk_spikes import SpikeSettings

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Booleans: TypeAlias = NDArray[np.bool_]

_ROUNDS: Final = 6
_FLOOR_EVENTS: Final = 0.5
"""Events that every prefix is granted (Jeffreys' prior of a Poisson rate): nothing is expected to be quite empty."""

_DISPERSION_SPREAD: Final = 0.01
_LEAST_FREEDOM: Final = 24.0
"""Degrees of freedom of a dispersion that is mostly its group's."""

_LEAST_SEASON_VARIANCE: Final = 0.0025
_MOST_SEASON_VARIANCE: Final = 1.0
_SUSPECT_DEVIATIONS: Final = 3.0
_PLAIN_DEVIATIONS: Final = 3.5
_POISSON_DISPERSION: Final = 1e-9
_LEAST_P: Final = 1e-300


@dataclass(frozen=True)
class Baseline:
    """What is known of series, one entry each; of K places in the season.

    Attributes:
        level: Mean count of a window, season aside.
        season: Factor of each place in the season, K columns.
        dispersion: phi of the variance mean + phi * mean^2.
        uncertainty: Variance of the expectation over its square, K columns.
        freedom: Degrees of freedom of the dispersion: windows, less where they are so dispersed that few tell most.
        is_used: Which windows of the history count; outliers and known causes do not.
    """

    level: Floats
    season: Floats
    dispersion: Floats
    uncertainty: Floats
    freedom: Floats
    is_used: Booleans

    def expect(self, place: int) -> Floats:
        """Return the expected count of a window at a place in the season."""
        expected: Floats = self.level * self.season[:, place]
        return expected


@dataclass(frozen=True)
class Level:
    """Mean count of each series, and its variance over its square."""

    mean: Floats
    uncertainty: Floats


def fit_baseline(
    counts: Floats,
    is_used: Booleans,
    places: Integers,
    weights: Floats,
    groups: Integers,
    settings: SpikeSettings,
    level: Level | None = None,
) -> Baseline:
    """Fit level, season and dispersion of many series, without the outliers among their windows.

    The season of a series is that of its group times a factor of its own, a gamma posterior whose prior variance is
    estimated from the group: sparse series take the group's, dense ones have their own. The dispersion is a moment
    estimate, shrunk to the group's. Windows that the fit finds too unlikely are left out, and it is fitted again; it
    begins with no overdispersion, so that a spike does not excuse itself.

    Args:
        counts: One row per series, one column per window.
        is_used: Which of them count, such as those since the first sight of a prefix.
        places: Place in the season of each column, from 0.
        weights: Weight of each column, at most 1.
        groups: Group of each series, from 0, without gaps.
        settings: Where outliers begin.
        level: Mean count of each series where it is known from elsewhere; else it is fitted.
    """
    shape = (len(counts), int(places.max()) + 1)
    dispersion = np.zeros(len(counts))
    own = np.ones(shape)
    season = np.ones(shape)
    kept = is_used
    fitted = _fit_level(counts, kept * weights, season[:, places]) if level is None else level.mean
    for round_ in range(_ROUNDS):
        used = kept * weights
        sums, exposures = _sum_places(counts * used, places), _sum_places(used, places)
        season = _pool_season(sums, exposures * fitted[:, None], groups)
        expected = exposures * fitted[:, None] * season
        mean = fitted[:, None] * season
        own, prior, precision = _fit_own_season(sums, expected, mean, dispersion, groups, round_ > 0)
        if level is None:
            fitted = _fit_level(counts, used, (season * own)[:, places])
        means = fitted[:, None] * (season * own)[:, places]
        kept = is_used & ~_find_outliers(counts, means, dispersion, is_used, settings, round_ >= _ROUNDS - 2)
        fitted_count = 1 + (1 - prior / precision).sum(axis=1)
        dispersion = _fit_dispersion(counts, means, kept, fitted_count, groups)
    doubt = _measure_level(fitted, dispersion, kept * weights) if level is None else level.uncertainty
    freedom = np.maximum(is_used.sum(axis=1), _LEAST_FREEDOM) / _weigh_kurtosis(dispersion)
    return Baseline(fitted, season * own, dispersion, 1 / precision + doubt[:, None], freedom, kept)


def _sum_places(values: Floats, places: Integers) -> Floats:
    """Sum columns by their place in the season."""
    return np.stack([values[:, places == place].sum(axis=1) for place in range(int(places.max()) + 1)], axis=1)


def _fit_level(counts: Floats, used: Floats, season: Floats) -> Floats:
    exposure = (used * season).sum(axis=1)
    level: Floats = ((counts * used).sum(axis=1) + _FLOOR_EVENTS) / np.maximum(exposure, _FLOOR_EVENTS)
    return level


def _pool_season(sums: Floats, expected: Floats, groups: Integers) -> Floats:
    """Return the season of each series' group; a giant counts for little more than a middling series."""
    weight = 1 / (1 + 0.05 * expected)
    pooled = (_sum_groups(sums * weight, groups) + 1) / (_sum_groups(expected * weight, groups) + 1)
    season: Floats = pooled[groups]
    return season


def _sum_groups(values: Floats, groups: Integers) -> Floats:
    total = np.zeros((int(groups.max()) + 1, *values.shape[1:]))
    np.add.at(total, groups, values)
    return total


def _fit_own_season(
    sums: Floats, expected: Floats, mean: Floats, dispersion: Floats, groups: Integers, is_clean: bool
) -> tuple[Floats, Floats, Floats]:
    """Return the factor of each series' own season, the precision of its prior, and that of the factor.

    The prior's variance is a moment estimate over the group, or more where a series plainly has more; it can tell only
    when outliers are out, for two spikes on one day of the week look like a season.
    """
    noise = 1 + dispersion[:, None] * mean
    known = np.maximum(expected, 1e-9) / noise
    squared = (sums - expected) ** 2 / np.maximum(expected, 1e-9) ** 2
    trust = known**2 / (1 + _LEAST_SEASON_VARIANCE * known) ** 2 * (expected > 0)
    excess = _sum_groups((trust * (squared - 1 / known)).sum(axis=1), groups)
    common = excess / np.maximum(_sum_groups(trust.sum(axis=1), groups), 1e-9)
    places = expected.shape[1]
    usual = places + _PLAIN_DEVIATIONS * np.sqrt(2 * places)  # of a chi-squared variable
    own = ((known * squared).sum(axis=1) - usual) / known.sum(axis=1)
    wanted = np.maximum(common[groups], own) if is_clean else common[groups]
    variance = np.clip(wanted, _LEAST_SEASON_VARIANCE, _MOST_SEASON_VARIANCE)
    prior = 1 / variance[:, None]
    factor = (prior + sums / noise) / (prior + expected / noise)
    return factor, prior, prior + expected / noise


def _fit_dispersion(counts: Floats, means: Floats, kept: Booleans, fitted_count: Floats, groups: Integers) -> Floats:
    """Return phi of each series: between its own and the group's, or its own where that is plainly higher."""
    windows = np.maximum(kept.sum(axis=1), 1)
    correction = (windows / np.maximum(windows - fitted_count, 1))[:, None]  # what the means took from the spread
    surplus = ((counts - means) ** 2 * correction - means) * kept
    squares = np.maximum((means**2 * kept).sum(axis=1), 1e-9)
    own = surplus.sum(axis=1) / squares
    average = np.maximum((means * kept).sum(axis=1) / windows, 1e-9)
    pooled = np.zeros(int(groups.max()) + 1)
    for _ in range(2):
        trust = 1 / (1 / average + pooled[groups]) ** 2 * windows
        pooled = np.maximum(_sum_groups(own * trust, groups) / np.maximum(_sum_groups(trust, groups), 1e-9), 0)
    common = pooled[groups]
    error = 2 * (1 / average + common) ** 2 / windows * _weigh_kurtosis(common)
    spread = (0.5 * common + _DISPERSION_SPREAD) ** 2
    share = spread / (spread + error)
    shrunk = share * own + (1 - share) * common
    raised: Floats = np.maximum(np.maximum(shrunk, own - 2 * np.sqrt(error)), 0)
    return raised


def _weigh_kurtosis(dispersion: Floats) -> Floats:
    """Return how much wider the estimate of a variance spreads than that of a normal: 1 + excess kurtosis / 2."""
    return 1 + 3 * dispersion


def _find_outliers(
    counts: Floats, means: Floats, dispersion: Floats, is_used: Booleans, settings: SpikeSettings, is_final: bool
) -> Booleans:
    """Return the windows that are too unlikely to count.

    Of a series that has more of them than a few, only the most unlikely ones are left out, for the dispersion may still
    be too low; where there are as many in the end, none is, for what comes so often is no outlier.
    """
    spread = np.sqrt(means + dispersion[:, None] * means**2)
    series, window = np.nonzero(is_used & (counts > means + _SUSPECT_DEVIATIONS * spread))
    p_values = np.ones(counts.shape)
    p_values[series, window] = find_tails(counts[series, window], means[series, window], dispersion[series])
    is_outlier = p_values < settings.outlier_p_value
    limits = np.maximum(is_used.sum(axis=1) * settings.max_outlier_pct // 100, 1).astype(np.int64)
    many = np.nonzero(is_outlier.sum(axis=1) > limits)[0]
    ranked = np.sort(p_values[many], axis=1)[np.arange(len(many)), limits[many] - 1]
    is_outlier[many] = False if is_final else p_values[many] <= ranked[:, None]
    return is_outlier


def _measure_level(level: Floats, dispersion: Floats, used: Floats) -> Floats:
    """Return the variance of the level over its square."""
    total = np.maximum(used.sum(axis=1), 1e-9)
    variance: Floats = (1 / level + dispersion) * (used**2).sum(axis=1) / total**2
    known: Floats = np.where(total > 1e-9, variance, 1.0)
    return known


def find_tails(observed: Floats, expected: Floats, dispersion: Floats) -> Floats:
    """Return the chance of as many events or more: negative binomial, or Poisson where there is no overdispersion.

    Args:
        observed: Counts.
        expected: Means, above 0.
        dispersion: phi of the variance mean + phi * mean^2.
    """
    size = 1 / np.maximum(dispersion, _POISSON_DISPERSION)
    seen = np.maximum(observed, 1)
    negative_binomial = betainc(seen, size, expected / (size + expected))
    tails = np.where(dispersion > _POISSON_DISPERSION, negative_binomial, gammainc(seen, expected))
    return np.where(observed > 0, tails, 1.0)


def widen_tails(p_values: Floats, overdispersed_share: Floats, freedom: Floats) -> Floats:
    """Allow for the dispersion being an estimate: the normal deviate becomes one of Student's t.

    The degrees of freedom are those of Satterthwaite (1946): only the overdispersed share of the variance is estimated.

    Args:
        p_values: Tails as if the dispersion were known.
        overdispersed_share: Overdispersion's share of the variance, 0 to 1.
        freedom: Degrees of freedom of the dispersion.
    """
    of_variance = freedom / np.maximum(overdispersed_share, 1e-3) ** 2
    deviates = norm.isf(np.clip(p_values, _LEAST_P, 1))
    return np.maximum(p_values, np.where(p_values < 0.5, t.sf(deviates, of_variance), 0.0))

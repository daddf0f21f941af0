"""How unlikely what every prefix did in a window is, by its own history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import norm

from phoneseg.risk.baselines import Baseline, Floats, Level, find_tails, fit_baseline, widen_tails
from phoneseg.risk.discoveries import adjust_p_values
from phoneseg.risk.prefix_windows import WEEK_DAYS, Histories, read_histories
from phoneseg.settings.risk_spikes import SpikeSettings

HOURS_PER_DAY: Final = 24
_LEAST_NEW_SPREAD: Final = 0.5


def score_prefixes(
    current: pl.DataFrame,
    history: pl.LazyFrame,
    as_of: datetime,
    window_h: int,
    causes: pl.DataFrame,
    settings: SpikeSettings,
) -> pl.DataFrame:
    """Compare what every prefix did in a window with its own history, and tell which are spikes.

    The p-value is a negative binomial tail of the window's events, given level, weekly season and dispersion
    (`baselines.fit_baseline`); the score is a robust z, deviation by standard deviation, which is never below that of a
    Poisson. Only an excess is a spike.

    Args:
        current: Rows of PREFIX_ACTIVITY of the window; a prefix without a row had no event.
        history: Rows of PREFIX_ACTIVITY, see `prefix_windows.read_histories`.
        as_of: End of the window.
        window_h: 1 or 24.
        causes: Rows of KNOWN_CAUSE: windows that they cover are not tested, and do not count as history.
        settings: Where the bounds are.

    Returns:
        One row per prefix that was seen in the history or the window, sorted by its key: `prefix_level`, `prefix`,
        `activity_kind`, `observed`, `expected` (null of a prefix that was never seen), `score`, `p_value`, `q_value`
        (least rate of false discoveries at which it is one; null where the cause is known), `dispersion`,
        `is_new`, `has_known_cause`, `is_spike`.
    """
    histories = read_histories(current, history, as_of, window_h, causes, settings)
    if histories.series.is_empty():
        nothing = np.zeros(0)
        return _shape(histories, _Forecast(nothing, nothing, nothing), nothing, nothing, settings)
    forecast = _forecast(histories, window_h, settings)
    mid_tails = _judge(histories, forecast, settings, is_mid=settings.is_mid_p)
    q_values = np.full(len(mid_tails), np.nan)
    is_tested = ~histories.is_known
    q_values[is_tested] = adjust_p_values(mid_tails[is_tested], settings.procedure)
    return _shape(histories, forecast, _judge(histories, forecast, settings, is_mid=False), q_values, settings)


@dataclass(frozen=True)
class _Forecast:
    """What is expected in the window, phi of the variance mean + phi * mean^2 of what may come, and its freedom."""

    expected: Floats
    spread: Floats
    freedom: Floats


def _forecast(histories: Histories, window_h: int, settings: SpikeSettings) -> _Forecast:
    lags = np.arange(histories.days.shape[1])
    weights = 0.5 ** (lags / settings.half_life_days)
    days = fit_baseline(histories.days, histories.is_day_used, lags % WEEK_DAYS, weights, histories.groups, settings)
    if window_h == HOURS_PER_DAY:
        return _predict(days, histories.place)
    level = Level(days.expect(histories.place) / HOURS_PER_DAY, days.uncertainty[:, histories.place])
    weeks = np.arange(1, histories.hours.shape[1] + 1)
    weights = 0.5 ** (weeks * WEEK_DAYS / settings.half_life_days)
    places = np.zeros(len(weeks), dtype=np.int64)
    hours = fit_baseline(histories.hours, histories.is_hour_used, places, weights, histories.groups, settings, level)
    return _predict(hours, 0)


def _predict(baseline: Baseline, place: int) -> _Forecast:
    spread = baseline.dispersion + baseline.uncertainty[:, place]
    return _Forecast(baseline.expect(place), spread, baseline.freedom)


def _judge(histories: Histories, forecast: _Forecast, settings: SpikeSettings, *, is_mid: bool) -> Floats:
    """Return p-values; mid-p-values (Lancaster 1961) count half of the chance of exactly what was seen."""
    tails = find_tails(histories.observed, forecast.expected, forecast.spread)
    if is_mid:
        tails = (tails + find_tails(histories.observed + 1, forecast.expected, forecast.spread)) / 2
    surplus = forecast.spread * forecast.expected
    tails = widen_tails(tails, surplus / (1 + surplus), forecast.freedom)
    beginnings = norm.sf(_compare_with_new(histories, settings))
    is_new = histories.age_days < settings.min_history_days
    of_new = np.where(histories.age_days > 0, np.maximum(tails, beginnings), beginnings)
    return np.where(is_new, of_new, tails)


def _compare_with_new(histories: Histories, settings: SpikeSettings) -> Floats:
    """Return how far the logarithm of what was seen is from first days of prefixes of the level, in deviations.

    First days are those of prefixes that came after the history's first week; an hour is compared with whole days. It
    is minus infinity where too few came to tell.
    """
    ages = histories.age_days
    has_come = (ages > 0) & (ages <= histories.days.shape[1] - WEEK_DAYS)
    deviates = np.full(len(ages), -np.inf)
    logs = np.log(np.maximum(histories.observed, 0.5))
    for pool in np.unique(histories.pools):
        is_of_pool = histories.pools == pool
        came = np.nonzero(is_of_pool & has_come)[0]
        if len(came) >= settings.min_new_prefixes:
            first = np.log(histories.days[came, ages[came] - 1])
            spread = max(float(first.std(ddof=1)), _LEAST_NEW_SPREAD)
            deviates[is_of_pool] = (logs[is_of_pool] - first.mean()) / spread
    return deviates


def _score(histories: Histories, forecast: _Forecast, settings: SpikeSettings) -> Floats:
    variance = forecast.expected + forecast.spread * forecast.expected**2
    z = (histories.observed - forecast.expected) / np.sqrt(variance)
    return np.where(histories.age_days > 0, z, np.maximum(_compare_with_new(histories, settings), 0))


def _shape(
    histories: Histories, forecast: _Forecast, p_values: Floats, q_values: Floats, settings: SpikeSettings
) -> pl.DataFrame:
    scored = histories.series.with_columns(
        observed=histories.observed,
        expected=pl.when(pl.lit(histories.age_days > 0)).then(pl.lit(forecast.expected)),
        score=_score(histories, forecast, settings),
        p_value=p_values,
        q_value=pl.lit(q_values).fill_nan(None),
        dispersion=forecast.spread,
        is_new=histories.age_days < settings.min_history_days,
        has_known_cause=histories.is_known,
    )
    is_much = pl.col("observed") >= settings.min_observed
    is_more = pl.col("observed") >= settings.min_ratio * pl.col("expected").fill_null(0)
    is_found = pl.col("q_value") <= settings.false_discovery_pct / 100
    return scored.with_columns(is_spike=(is_found & is_much & is_more).fill_null(value=False))

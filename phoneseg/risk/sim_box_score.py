"""How much a number looks like one of a SIM box: points by rules, each with its reason, without any labels."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import polars as pl

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.settings.risk_sim_box import Rule, SimBoxRules, SimBoxSettings

SIGNAL_KIND: Final = "sim_box"

REASONS: Final = {
    "outgoing_calls_per_day": "many_calls",
    "distinct_callee_pct": "ever_new_callees",
    "incoming_pct": "hardly_any_incoming",
    "reciprocal_pct": "nobody_calls_back",
    "main_cell_pct": "stays_in_one_cell",
    "mean_duration_s": "long_calls",
    "evening_pct": "calls_in_the_evening",
    "weekend_ratio": "calls_at_weekends",
    "messages_pct": "no_messages",
    "numbers_on_device": "many_numbers_on_device",
    "device_count": "many_devices",
    "one_way_numbers_in_cell": "many_alike_in_cell",
}
"""The reason that each rule gives; rules are named like their indicators."""

_TELLING_SHARE: Final = 0.5  # of its points makes a rule a reason
_MOST: Final = 100.0


def score_calls(patterns: pl.LazyFrame, rules: SimBoxRules) -> pl.LazyFrame:
    """Score numbers by rules.

    Large volumes from one place are what Murynets et al. (Analysis and Detection of SIMbox Fraud in Mobility Networks,
    INFOCOM 2014) found; Elmi et al. (Detecting SIM Box Fraud Using Neural Network, 2013) classify by features of this
    sort. The points are judgement, not measurement.

    Args:
        patterns: Rows of `describe_calls`.
        rules: Points; what is null gives none.

    Returns:
        The rows, with `score` (0 to 100), `reasons` (codes of the rules that gave half of their points or more,
        comma-separated, in the order of the rules) and `evidence` (a JSON object of the indicators behind them).
    """
    named = {name: getattr(rules, name) for name in SimBoxRules.model_fields}
    parts = {name: _share(name, rule) for name, rule in named.items()}
    points = pl.sum_horizontal(parts[name] * rule.points for name, rule in named.items())
    is_telling = {name: (parts[name] >= _TELLING_SHARE) & (rule.points > 0) for name, rule in named.items()}
    return patterns.with_columns(
        score=points.clip(0, _MOST).round(2),
        reasons=pl.concat_str(
            [pl.when(is_telling[name]).then(pl.lit(REASONS[name])) for name in named], separator=",", ignore_nulls=True
        ),
        evidence=write_evidence({name: pl.when(is_telling[name]).then(pl.col(name)) for name in named}),
    )


def find_sim_boxes(
    patterns: pl.LazyFrame, window_start: datetime, as_of: datetime, settings: SimBoxSettings
) -> pl.LazyFrame:
    """Tell which numbers look like SIM boxes, by the score.

    Args:
        patterns: Rows of `describe_calls` of the window.
        window_start: Its start (UTC).
        as_of: Its end (UTC).
        settings: Rules, and the scores from which on a number is told.

    Returns:
        Rows of RISK_SIGNAL of kind `sim_box`, one per number that is told: `observed` is its outgoing calls, `score`
        0 to 100; nothing is expected, and there is no chance to give.
    """
    scored = score_calls(patterns, settings.rules)
    return write_signals(scored, SIGNAL_KIND, (window_start, as_of), (settings.monitor_score, settings.high_score))


def write_signals(
    scored: pl.LazyFrame, signal_kind: str, window: tuple[datetime, datetime], levels: tuple[float, float]
) -> pl.LazyFrame:
    """Write rows of RISK_SIGNAL about numbers, for those whose score reaches the lower level.

    Args:
        scored: `phone_token`, `outgoing_calls`, `score`, `reasons` and `evidence`, one row per number.
        signal_kind: Detector.
        window: Start and end (UTC).
        levels: Scores from which on the risk is `monitor` and `high`.

    Returns:
        Rows of RISK_SIGNAL, in the order of the numbers.
    """
    monitor, high = levels
    told = scored.filter(pl.col("score") >= monitor).with_columns(
        as_of=pl.lit(window[1]),
        signal_kind=pl.lit(signal_kind),
        subject_kind=pl.lit("number"),
        subject=pl.col("phone_token"),
        activity_kind=pl.lit("call"),
        window_start=pl.lit(window[0]),
        observed=pl.col("outgoing_calls"),
        expected=pl.lit(None),
        p_value=pl.lit(None),
        risk_level=pl.when(pl.col("score") >= high).then(pl.lit("high")).otherwise(pl.lit("monitor")),
    )
    return RISK_SIGNAL.conform(told)


def write_evidence(figures: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return a JSON object of the figures that are not null, rounded to two places; null where all are."""
    pairs = [
        pl.when(figure.is_not_null()).then(pl.concat_str(pl.lit(f'"{name}":'), figure.cast(pl.Float64).round(2)))
        for name, figure in figures.items()
    ]
    inside = pl.concat_str(pairs, separator=",", ignore_nulls=True)
    return pl.when(inside != "").then(pl.concat_str(pl.lit("{"), inside, pl.lit("}")))


def _share(name: str, rule: Rule) -> pl.Expr:
    """Return which share of its points a rule gives, from 0 to 1."""
    return ((pl.col(name) - rule.none_at) / (rule.all_at - rule.none_at)).clip(0, 1).fill_null(0)

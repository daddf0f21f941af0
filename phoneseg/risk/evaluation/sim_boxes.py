"""How good the score and the model of SIM boxes are, by evasion level, on simulated calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from phoneseg.contracts.risk import EVALUATION
from phoneseg.risk.call_counts import collect_counts, count_calls
from phoneseg.risk.call_patterns import describe_calls
from phoneseg.risk.sim_box_labels import group_numbers
from phoneseg.risk.sim_box_model import join_labels, split_groups, train_model
from phoneseg.risk.sim_box_score import score_calls
from phoneseg.risk.simulation.call_records import SimulatedCalls, simulate_calls
from phoneseg.risk.simulation.habits import SIM_BOXES
from phoneseg.risk.simulation.subscribers import CallPlan
from phoneseg.settings.risk_sim_box import SimBoxModelSettings, SimBoxSettings

SCORE, MODEL, ALONE, UNSEEN = "sim_box_score", "sim_box_model", "sim_box_model_alone", "sim_box_model_unseen"
_TRAINING_DAYS: Final = (1, 3, 7)
_BALANCED: Final = "balanced"


@dataclass(frozen=True)
class Looks:
    """What detectors see: the patterns of all numbers at one look after the other.

    Attributes:
        patterns: Rows of `describe_calls` with `as_of` (UTC), one per number and look.
        truth: Of the simulation.
        groups: `phone_token` and `group`: numbers that share a device, or a SIM box.
        plan: What was simulated.
    """

    patterns: pl.DataFrame
    truth: pl.DataFrame
    groups: pl.DataFrame
    plan: CallPlan


def evaluate_sim_boxes(
    plan: CallPlan,
    seed: int,
    settings: SimBoxSettings,
    model_settings: SimBoxModelSettings,
    *,
    look_every_h: int = 8,
    is_thorough: bool = False,
) -> pl.DataFrame:
    """Evaluate the score and the model.

    Detectors look at all numbers every few hours, at the calls of the last `window_days`; a number counts as flagged
    from the first look on that reaches the level. So every false alarm of the watched days counts, not those of one
    look. Hours to detection are those of boxes that began in the watched days. The model is trained and tested in
    folds: no number, no device and no box of a tested number was in training.

    Args:
        plan: What is simulated.
        seed: Of the simulation.
        settings: Of the score.
        model_settings: Of the model.
        look_every_h: Hours from look to look.
        is_thorough: Whether two more models are tested on each level: one that learned in a network with boxes of that
            level alone, and one that learned in a network with all other levels.

    Returns:
        Rows of EVALUATION. Detectors are `sim_box_score` and `sim_box_model` at the level monitor, and with `_high` at
        that level; `sim_box_model_alone` and `sim_box_model_unseen` likewise. Scenarios are the evasion levels: all
        honest numbers and the boxes of that level; and, with `_balanced`, as many honest numbers as there are of that
        level.
    """
    looks = take_looks(simulate_calls(plan, seed), plan, settings, look_every_h)
    found = {SCORE: score_calls(looks.patterns.lazy(), settings.rules).collect().select(*_KEYS, "score")}
    found[MODEL] = predict_in_folds(looks, model_settings)
    levels = {
        SCORE: (settings.monitor_score, settings.high_score),
        MODEL: (model_settings.monitor_probability, model_settings.high_probability),
    }
    rows = [row for name, scores in found.items() for row in compare_levels(name, scores, levels[name], looks, seed)]
    for evasion in SIM_BOXES if is_thorough else ():
        alone = predict_in_folds(keep_level(looks, evasion), model_settings)
        rows += compare_levels(ALONE, alone, levels[MODEL], looks, seed, (evasion,))
        unseen = predict_in_folds(looks, model_settings, left_out=evasion)
        rows += compare_levels(UNSEEN, unseen, levels[MODEL], looks, seed, (evasion,))
    return pl.DataFrame(rows, schema=EVALUATION.schema, orient="row")


_KEYS: Final = ("phone_token", "as_of")


def take_looks(calls: SimulatedCalls, plan: CallPlan, settings: SimBoxSettings, look_every_h: int) -> Looks:
    """Describe all numbers again and again.

    Args:
        calls: Simulated.
        plan: Of the simulation.
        settings: Of the patterns.
        look_every_h: Hours from look to look.

    Returns:
        The patterns of every look.
    """
    patterns = []
    for hour in range(look_every_h, 24 * plan.watched_days + 1, look_every_h):
        as_of = plan.watched_from + timedelta(hours=hour)
        described = _look(calls.events, as_of, settings)
        patterns.append(described.with_columns(as_of=pl.lit(as_of)))
    return Looks(pl.concat(patterns), calls.truth, group_numbers(_link_numbers(calls)), plan)


def predict_in_folds(looks: Looks, settings: SimBoxModelSettings, left_out: str | None = None) -> pl.DataFrame:
    """Predict every number by a model that has seen neither it, nor its device, nor its box.

    Args:
        looks: What the model sees; it learns from the looks nearest to the ends of the watched days 1, 3 and 7.
        settings: Of the model.
        left_out: Evasion level that is in no training.

    Returns:
        `phone_token`, `as_of` and `score`: the probability, one row per number and look.
    """
    labels = looks.truth.select("phone_token", is_fraud="is_sim_box")
    hidden = looks.truth.filter(pl.col("evasion_level").eq_missing(left_out) & pl.col("is_sim_box"))
    learned = choose_learned(looks)
    rows = join_labels(looks.patterns, labels, looks.groups)
    numbers = rows.unique("phone_token", keep="first", maintain_order=True)
    few = settings.model_copy(update={"min_fraud": 10, "min_boxes": 2})  # no reason to refuse where the truth is known
    predicted = []
    for train, test in split_groups(numbers, settings):
        seen = numbers[train].select("phone_token", "is_fraud").join(hidden, on="phone_token", how="anti")
        model = train_model(learned, seen, looks.groups, looks.plan.ends_at, few)
        tested = looks.patterns.join(numbers[test].select("phone_token"), on="phone_token", how="semi")
        predicted.append(tested.select(*_KEYS, score=model.predict(tested)))
    return pl.concat(predicted)


def keep_level(looks: Looks, evasion: str) -> Looks:
    """Return what is seen of honest numbers and of boxes of one level."""
    truth = looks.truth.filter(pl.col("evasion_level").eq_missing(evasion) | ~pl.col("is_sim_box"))
    patterns = looks.patterns.join(truth.select("phone_token"), on="phone_token", how="semi", maintain_order="left")
    return Looks(patterns, truth, looks.groups, looks.plan)


def choose_learned(looks: Looks) -> pl.DataFrame:
    """Return the patterns that models learn from: those of the looks nearest to the ends of days 1, 3 and 7."""
    instants: list[datetime] = looks.patterns["as_of"].unique().sort().to_list()
    ends = [looks.plan.watched_from + timedelta(days=day) for day in _TRAINING_DAYS]
    nearest = [_find_nearest(instants, end) for end in ends]
    return looks.patterns.filter(pl.col("as_of").is_in(nearest)).drop("as_of")


def _find_nearest(instants: list[datetime], end: datetime) -> datetime:
    return min(instants, key=lambda as_of: abs(as_of - end))


def _look(events: pl.DataFrame, as_of: datetime, settings: SimBoxSettings) -> pl.DataFrame:
    start = as_of - timedelta(days=settings.window_days)
    seen = events.lazy().filter(pl.col("occurred_at") >= start, pl.col("occurred_at") < as_of)
    return describe_calls(collect_counts(count_calls(seen)), start, as_of, settings).collect(engine="streaming")


def _link_numbers(calls: SimulatedCalls) -> pl.DataFrame:
    """Return what ties numbers together: devices, and boxes, which are known here though no detector sees them."""
    boxes = calls.truth.filter(pl.col("box").is_not_null()).select("phone_token", device=pl.col("box"))
    devices = calls.events.select("phone_token", pl.col("device").cast(pl.String)).drop_nulls().unique()
    return pl.concat([devices, boxes])


def compare_levels(
    detector: str,
    scores: pl.DataFrame,
    levels: tuple[float, float],
    looks: Looks,
    seed: int,
    evasions: tuple[str, ...] = tuple(SIM_BOXES),
) -> Iterator[tuple[object, ...]]:
    """Give the rows of EVALUATION of one detector.

    Args:
        detector: Its name; the second level is called so with `_high`.
        scores: `phone_token`, `as_of` and `score`, one row per number and look.
        levels: Scores from which on it tells of a number, and from which on the risk is high.
        looks: What it saw.
        seed: Chooses the honest numbers of the balanced scenarios.
        evasions: Levels of evasion.

    Yields:
        Values in the order of EVALUATION.
    """
    for name, level in zip((detector, f"{detector}_high"), levels, strict=True):
        reached = scores.filter(pl.col("score") >= level)
        first = reached.group_by("phone_token").agg(flagged_at=pl.col("as_of").min())
        told = looks.truth.join(first, on="phone_token", how="left", maintain_order="left")
        for evasion in evasions:
            chosen = told.filter(pl.col("evasion_level").eq_missing(evasion) | ~pl.col("is_sim_box"))
            yield name, evasion, *measure_scenario(chosen, looks.plan).values()
            balanced = _balance(chosen, scores, seed)
            yield name, f"{evasion}_{_BALANCED}", *measure_scenario(balanced, looks.plan).values()


def _balance(told: pl.DataFrame, scores: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Keep the boxes and as many of the honest numbers that call enough to be judged."""
    boxed = told.filter(pl.col("is_sim_box"))
    judged = told.filter(~pl.col("is_sim_box")).join(scores, on="phone_token", how="semi", maintain_order="left")
    chosen = np.random.default_rng(seed).permutation(len(judged))[: len(boxed)]
    return pl.concat([boxed, judged[chosen]])


def measure_scenario(told: pl.DataFrame, plan: CallPlan) -> Mapping[str, float | int | None]:
    """Measure one scenario.

    Args:
        told: One row per number: `is_sim_box`, `started_at` and `flagged_at` (UTC; null where it never was).
        plan: Of the simulation.

    Returns:
        The figures of EVALUATION, in its order. Hours to detection are the median of the boxes that began in the
        watched days and were flagged.
    """
    is_flagged, is_true = pl.col("flagged_at").is_not_null(), pl.col("is_sim_box")
    hit, false, true = told.select(
        hit=(is_flagged & is_true).sum(), false=(is_flagged & ~is_true).sum(), true=is_true.sum()
    ).row(0)
    since = pl.col("flagged_at") - pl.col("started_at")  # null where it began before
    delay_s = told.filter(is_flagged & is_true).select(since.dt.total_seconds().median()).item()
    return {
        "precision": hit / (hit + false) if hit + false else None,
        "recall": hit / true if true else None,
        "f1": 2 * hit / (true + hit + false) if true + hit + false else None,
        "false_alarms_per_day": false / plan.watched_days,
        "detection_h": None if delay_s is None else delay_s / 3_600,
        "true_count": true,
    }

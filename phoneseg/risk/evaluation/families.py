"""All evaluations, by family of detectors."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import polars as pl

from phoneseg.contracts.risk import EVALUATION
from phoneseg.settings.risk import RiskSettings

# Each family is imported when it is evaluated: scipy and scikit-learn take a second.


def _spikes(seed: int, settings: RiskSettings) -> pl.DataFrame:
    from phoneseg.risk.evaluation.spike_evasions import evaluate_evasions
    from phoneseg.risk.evaluation.spikes import evaluate_spikes

    return pl.concat([evaluate_spikes(settings.spikes, seed), evaluate_evasions(settings.spikes, seed)])


def _sim_boxes(seed: int, settings: RiskSettings) -> pl.DataFrame:
    from phoneseg.risk.evaluation.sim_boxes import evaluate_sim_boxes
    from phoneseg.risk.simulation.subscribers import CallPlan

    plan = CallPlan(datetime(2026, 6, 1, tzinfo=UTC))
    return evaluate_sim_boxes(plan, seed, settings.sim_box, settings.sim_box_model)


def _clusters(seed: int, settings: RiskSettings) -> pl.DataFrame:
    from phoneseg.risk.evaluation.clusters import evaluate_clusters

    return evaluate_clusters(seed, settings.clusters)


def _prefixes(seed: int, settings: RiskSettings) -> pl.DataFrame:
    from phoneseg.risk.evaluation.prefixes import evaluate_prefixes

    return evaluate_prefixes(seed, settings.prefixes)


FAMILIES: Final[dict[str, Callable[[int, RiskSettings], pl.DataFrame]]] = {
    "spikes": _spikes,
    "sim_boxes": _sim_boxes,
    "clusters": _clusters,
    "prefixes": _prefixes,
}
"""By name: a function of a seed and the settings that returns rows of EVALUATION."""

_FIGURES: Final = ("precision", "recall", "f1", "false_alarms_per_day", "detection_h", "true_count")


def average_seeds(evaluations: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the mean of each figure over the seeds that have it, with the rows in the order of the first.

    Args:
        evaluations: Rows of EVALUATION, a frame for each seed.
    """
    means = pl.concat(evaluations).group_by("detector", "scenario", maintain_order=True)
    return EVALUATION.conform(
        means.agg(pl.col(_FIGURES).mean()).with_columns(pl.col("true_count").round()).lazy()
    ).collect()

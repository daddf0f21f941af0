"""How good the detectors of clusters, rings and unusual amounts are, level by level of evasion."""

from datetime import timedelta

import polars as pl

from phoneseg.risk.block_density import expect_active_numbers, expect_new_numbers
from phoneseg.risk.cluster_amounts import find_unusual_amounts
from phoneseg.risk.clusters import collect_appearances, find_number_clusters
from phoneseg.risk.evaluation import amount_scenarios, number_cluster_scenarios, ring_scenarios
from phoneseg.risk.evaluation.detection_scores import (
    Row,
    build_evaluation,
    match_groups,
    score_counts,
    score_detection,
)
from phoneseg.risk.evaluation.drawn_events import START
from phoneseg.risk.rings import find_rings
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_clusters import ClusterRiskSettings


def evaluate_clusters(seed: int, settings: ClusterRiskSettings) -> pl.DataFrame:
    """Evaluate number clusters, rings and unusual amounts at all levels of evasion.

    A cluster is a hit if half of its members are of one hand; one of one hand is found if half of its members are in
    clusters that were flagged. `_high` counts signals of high risk only.

    Args:
        seed: The seed of the scenarios.
        settings: Those of the detectors.

    Returns:
        Rows of EVALUATION; subjects are clusters.
    """
    rows: list[Row] = []
    for evasion in number_cluster_scenarios.EVASIONS:
        rows += evaluate_number_clusters(seed, evasion, settings)
    for evasion in number_cluster_scenarios.ACTING_EVASIONS:
        rows += evaluate_acting_numbers(seed, evasion, settings)
    for evasion in ring_scenarios.EVASIONS:
        rows += evaluate_rings(seed, evasion, settings)
    for evasion in amount_scenarios.EVASIONS:
        rows.append(evaluate_amounts(seed, evasion, settings))
    return build_evaluation(rows)


def evaluate_number_clusters(seed: int, evasion: str, settings: ClusterRiskSettings) -> list[Row]:
    """Return two rows of EVALUATION, of all clusters and of those of high risk."""
    days = number_cluster_scenarios.DAYS
    window = Window(START, START + timedelta(days=days))
    drawn = number_cluster_scenarios.draw_number_scenario(seed, evasion)
    appearances = collect_appearances(drawn.events.lazy())
    density = expect_new_numbers(appearances, drawn.history, days, window)
    found = find_number_clusters(appearances, density, drawn.events.lazy(), window, settings.number_cluster)
    members = found.members.rename({"cluster": "group", "phone_token": "member"})
    return _score_levels("number_cluster", evasion, found.signals, members, drawn.truth, days)


def evaluate_acting_numbers(seed: int, evasion: str, settings: ClusterRiskSettings) -> list[Row]:
    """Return two rows of EVALUATION, of clusters of known numbers that act, and of those of high risk."""
    window = Window(START, START + timedelta(days=1))
    drawn = number_cluster_scenarios.draw_acting_scenario(seed, evasion)
    appearances = collect_appearances(drawn.events.lazy())
    density = expect_active_numbers(appearances, drawn.history)
    found = find_number_clusters(appearances, density, drawn.events.lazy(), window, settings.number_cluster)
    members = found.members.rename({"cluster": "group", "phone_token": "member"})
    return _score_levels("acting_cluster", evasion, found.signals, members, drawn.truth, 1)


def evaluate_rings(seed: int, evasion: str, settings: ClusterRiskSettings) -> list[Row]:
    """Return two rows of EVALUATION, of all rings and of those of high risk."""
    drawn = ring_scenarios.draw_ring_scenario(seed, evasion)
    window = Window(START, START + timedelta(days=1))
    found = find_rings(drawn.links.lazy(), drawn.accounts.lazy(), window, settings.ring)
    members = found.members.rename({"ring": "group", "contact_id": "member"})
    return _score_levels("ring", evasion, found.signals, members, drawn.truth, 1)


def evaluate_amounts(seed: int, evasion: str, settings: ClusterRiskSettings) -> Row:
    """Return a row of EVALUATION, of clusters whose money is unusual."""
    days = amount_scenarios.DAYS
    drawn = amount_scenarios.draw_amount_scenario(seed, evasion)
    window = Window(START, START + timedelta(days=days))
    signals = find_unusual_amounts(drawn.members, drawn.payments.lazy(), window, settings.amounts)
    return score_detection("cluster_amounts", evasion, signals["subject"], drawn.true_clusters, days)


def _score_levels(
    detector: str, evasion: str, signals: pl.DataFrame, members: pl.DataFrame, truth: pl.DataFrame, days: float
) -> list[Row]:
    rows = []
    for name, told in ((detector, signals), (f"{detector}_high", signals.filter(pl.col("risk_level") == "high"))):
        flagged = members.join(told.select(group="subject"), on="group", how="semi")
        hits, false_alarms, found = match_groups(flagged, truth)
        true_count = truth["group"].n_unique()
        rows.append(score_counts(name, evasion, hits, false_alarms, found, true_count, days))
    return rows

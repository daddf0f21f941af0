"""The scenarios are the same for the same seed, do not give their truth away, and the detectors hold honest bounds."""

from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts.risk import EVALUATION, RISK_EVENT
from phoneseg.risk.account_links import DEVICE
from phoneseg.risk.clusters import LINE_NUMBER
from phoneseg.risk.evaluation.amount_scenarios import draw_amount_scenario
from phoneseg.risk.evaluation.clusters import evaluate_clusters, evaluate_number_clusters, evaluate_rings
from phoneseg.risk.evaluation.detection_scores import match_groups, score_counts, score_detection
from phoneseg.risk.evaluation.drawn_events import START
from phoneseg.risk.evaluation.number_cluster_scenarios import DAYS, draw_number_scenario
from phoneseg.risk.evaluation.ring_scenarios import draw_ring_scenario
from phoneseg.risk.rings import find_rings
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_clusters import ClusterRiskSettings

SETTINGS = ClusterRiskSettings()


def test_scores_are_those_of_the_books() -> None:
    row = score_detection("d", "s", ["a", "b", "x"], ["a", "b", "c", "d"], 2)
    assert (row["precision"], row["recall"], row["false_alarms_per_day"], row["true_count"]) == (2 / 3, 0.5, 0.5, 4)
    assert row["f1"] == pytest.approx(4 / 7)


def test_of_nothing_there_is_no_score() -> None:
    nothing, missed = score_detection("d", "s", [], [], 1), score_counts("d", "s", 0, 3, 0, 2, 1)
    assert (nothing["precision"], nothing["recall"], nothing["f1"]) == (None, None, None)
    assert (missed["precision"], missed["recall"], missed["f1"]) == (0, 0, 0)


def test_groups_match_by_half_of_their_members() -> None:
    flagged = pl.DataFrame({"group": ["x"] * 2 + ["y"] * 3, "member": ["a", "z", "b", "u", "v"]})
    true = pl.DataFrame({"group": ["t"] * 2 + ["s"] * 3, "member": ["a", "b", "c", "d", "z"]})
    assert match_groups(flagged, true) == (1, 1, 1)


def test_scenarios_are_the_same_for_the_same_seed_only() -> None:
    one, again, other = (draw_number_scenario(seed, "naive") for seed in (1, 1, 2))
    assert_frame_equal(one.events, again.events)
    assert not one.events.equals(other.events)
    assert_frame_equal(draw_ring_scenario(1, "mules").links, draw_ring_scenario(1, "mules").links)
    assert_frame_equal(draw_amount_scenario(1, "equal").payments, draw_amount_scenario(1, "equal").payments)


def test_drawn_events_are_rows_of_the_contract_and_no_column_is_null_for_those_of_one_hand_only() -> None:
    drawn = draw_number_scenario(1, "naive")
    assert drawn.events.drop(LINE_NUMBER).schema == RISK_EVENT.schema
    is_theirs = pl.col("phone_token").is_in(drawn.truth["member"].implode())
    shares = [
        drawn.events.filter(side).null_count() / max(drawn.events.filter(side).height, 1)
        for side in (is_theirs, ~is_theirs)
    ]
    assert_frame_equal(*shares)


def test_naive_clusters_are_found_and_clusters_on_devices_of_their_own_are_not_of_high_risk() -> None:
    scores = {evasion: evaluate_number_clusters(3, evasion, SETTINGS) for evasion in ("naive", "own_devices")}
    assert [row["recall"] for row in scores["naive"]] == [1, 1]
    assert [row["recall"] for row in scores["own_devices"]] == [1, 0]


def test_rings_that_share_nothing_are_not_found() -> None:
    assert [row["recall"] for row in evaluate_rings(3, "nothing_shared", SETTINGS)] == [0, 0]


def test_numbers_that_are_spread_over_blocks_are_a_ring_by_their_devices() -> None:
    """Tokens may stand for accounts: what the block hides, the devices tell."""
    drawn = draw_number_scenario(3, "spread")
    links = drawn.events.select(contact_id="phone_token", link_kind=pl.lit(DEVICE), link="device").unique()
    found = find_rings(links.lazy(), None, Window(START, START + timedelta(days=DAYS)), SETTINGS.ring)
    members = found.members.rename({"ring": "group", "contact_id": "member"})
    _, false_alarms, found_count = match_groups(members, drawn.truth)
    assert (false_alarms, found_count) == (0, drawn.truth["group"].n_unique())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_clusters_rings_and_amounts_hold_their_bounds(seed: int) -> None:
    rows = evaluate_clusters(seed, SETTINGS)
    assert rows.schema == EVALUATION.schema
    assert rows.select(EVALUATION.key).is_unique().all()
    scores = {(row["detector"], row["scenario"]): row for row in rows.iter_rows(named=True)}
    for evasion in ("naive", "scattered", "slow", "own_devices"):
        assert scores["number_cluster", evasion]["recall"] == 1
    assert scores["number_cluster_high", "naive"]["precision"] >= 0.8
    assert scores["number_cluster", "quiet"]["false_alarms_per_day"] <= 7 / 28
    assert scores["acting_cluster_high", "naive"]["f1"] >= 0.85
    for evasion in ("naive", "farm", "mules"):
        assert scores["ring", evasion]["recall"] == 1
        assert scores["ring_high", evasion]["f1"] >= 0.9
    assert scores["ring", "quiet"]["false_alarms_per_day"] <= 20
    assert scores["ring_high", "quiet"]["false_alarms_per_day"] <= 1
    for evasion, recall in (("equal", 0.9), ("waking", 0.9), ("great", 0.7)):
        assert scores["cluster_amounts", evasion]["recall"] >= recall
        assert scores["cluster_amounts", evasion]["precision"] >= 0.9
    assert scores["cluster_amounts", "quiet"]["false_alarms_per_day"] <= 1 / 28

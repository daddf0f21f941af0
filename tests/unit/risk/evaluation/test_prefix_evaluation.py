"""The detectors of pumped prefixes and one-ring calls hold honest bounds, and the scenarios their truth back."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts.risk import EVALUATION, RISK_EVENT
from phoneseg.risk.evaluation.one_ring_scenarios import draw_one_ring_scenario
from phoneseg.risk.evaluation.prefixes import evaluate_low_conversion, evaluate_one_ring, evaluate_prefixes
from phoneseg.risk.evaluation.pumping_scenarios import draw_pumping_scenario
from phoneseg.settings.risk_prefixes import PrefixRiskSettings

SETTINGS = PrefixRiskSettings()


def test_scenarios_are_the_same_for_the_same_seed_only() -> None:
    for draw in (draw_pumping_scenario, draw_one_ring_scenario):
        one, again, other = (draw(seed, "naive") for seed in (1, 1, 2))
        assert_frame_equal(one.events, again.events)
        assert not one.events.equals(other.events)
        assert one.events.schema == RISK_EVENT.schema


def test_no_column_is_null_for_numbers_that_only_ring_alone() -> None:
    drawn = draw_one_ring_scenario(1, "naive")
    is_theirs = pl.col("phone_token").is_in(drawn.true_numbers)
    theirs, others = (drawn.events.filter(side) for side in (is_theirs, ~is_theirs))
    assert_frame_equal(theirs.null_count() / len(theirs), others.null_count() / len(others))


def test_a_country_that_is_flagged_stands_for_all_of_its_blocks() -> None:
    assert [row["recall"] for row in evaluate_low_conversion(1, "own_country", SETTINGS)] == [1, 1]


def test_numbers_that_ring_few_people_from_blocks_of_their_own_are_not_found() -> None:
    rows = evaluate_one_ring(1, "few_callees", SETTINGS)
    assert [row["recall"] for row in rows] == [0, 0]
    assert [row["detection_h"] for row in rows] == [None, None]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_prefixes_hold_their_bounds(seed: int) -> None:
    rows = evaluate_prefixes(seed, SETTINGS)
    assert rows.schema == EVALUATION.schema
    assert rows.select(EVALUATION.key).is_unique().all()
    scores = {(row["detector"], row["scenario"]): row for row in rows.iter_rows(named=True)}
    for evasion in ("naive", "own_country"):
        assert scores["low_conversion_high", evasion]["f1"] == 1
        assert scores["low_conversion", evasion]["recall"] == 1
    assert scores["low_conversion", "diluted"]["recall"] >= 0.6
    assert scores["low_conversion", "quiet"]["false_alarms_per_day"] <= 1
    assert scores["low_conversion_high", "quiet"]["false_alarms_per_day"] == 0
    for evasion in ("naive", "rotating", "long_rings"):
        assert scores["one_ring", evasion]["recall"] == 1
        assert scores["one_ring", evasion]["precision"] >= 0.9
        assert scores["one_ring_high", evasion]["f1"] >= 0.95
        assert scores["one_ring", evasion]["detection_h"] <= 12
    assert scores["one_ring", "quiet"]["false_alarms_per_day"] <= 3

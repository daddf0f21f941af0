"""The evaluation of SIM boxes: its figures by hand, no leakage, and what it promises."""

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from phoneseg.contracts.risk import EVALUATION
from phoneseg.risk.evaluation import sim_boxes
from phoneseg.risk.evaluation.sim_box_model import measure_brier, measure_importance, tabulate_reliability
from phoneseg.risk.evaluation.sim_boxes import (
    Looks,
    compare_levels,
    evaluate_sim_boxes,
    measure_scenario,
    predict_in_folds,
    take_looks,
)
from phoneseg.risk.sim_box_model import SimBoxModel
from phoneseg.risk.sim_box_score import score_calls
from phoneseg.risk.simulation.call_records import SimulatedCalls, simulate_calls
from phoneseg.risk.simulation.habits import SIM_BOXES
from phoneseg.risk.simulation.subscribers import CallPlan
from phoneseg.settings.risk_sim_box import SimBoxModelSettings, SimBoxSettings
from tests.unit.risk.call_events import MONDAY
from tests.unit.risk.conftest import SMALL


@pytest.fixture(scope="module")
def looks(calls: SimulatedCalls) -> Looks:
    return take_looks(calls, SMALL, SimBoxSettings(), 24)


def test_figures_are_those_of_hand_counting() -> None:
    watched = SMALL.watched_from
    told = pl.DataFrame(
        {
            "is_sim_box": [True, True, True, True, False, False, False],
            "started_at": [None, watched, watched + timedelta(hours=6), watched, None, None, None],
            "flagged_at": [watched + timedelta(hours=hour) if hour else None for hour in (1, 10, 30, 0, 5, 0, 0)],
        }
    )
    assert measure_scenario(told, SMALL) == pytest.approx(
        {
            "precision": 0.75,
            "recall": 0.75,
            "f1": 0.75,
            "false_alarms_per_day": 0.25,
            "detection_h": 17.0,
            "true_count": 4,
        }
    )
    nothing = measure_scenario(told.clear(), SMALL)
    assert (nothing["precision"], nothing["recall"], nothing["f1"], nothing["detection_h"]) == (None,) * 4


def test_no_look_knows_what_happens_after_it(calls: SimulatedCalls, looks: Looks) -> None:
    second = SMALL.watched_from + timedelta(days=2)
    known = SimulatedCalls(calls.events.filter(pl.col("occurred_at") < second), calls.truth)
    early = take_looks(known, CallPlan(MONDAY, 3, 2, 700, 36, 9), SimBoxSettings(), 24)
    assert early.patterns.equals(looks.patterns.filter(pl.col("as_of") <= second))


def test_no_box_and_no_device_of_a_tested_number_was_learned_from(
    calls: SimulatedCalls, looks: Looks, quick: SimBoxModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[set[str]] = []
    train = sim_boxes.train_model

    def remember(patterns: pl.DataFrame, labels: pl.DataFrame, *rest: Any) -> SimBoxModel:
        learned.append(set(labels["phone_token"]))
        return train(patterns, labels, *rest)

    monkeypatch.setattr(sim_boxes, "train_model", remember)
    predicted = predict_in_folds(looks, quick, left_out="naive")
    judged = set(looks.patterns["phone_token"])
    assert set(predicted["phone_token"]) == judged
    assert len(predicted) == len(looks.patterns)
    naive = set(looks.truth.filter(pl.col("evasion_level") == "naive")["phone_token"])
    devices = calls.events.select("phone_token", "device").drop_nulls().unique()
    for numbers in learned:
        assert not numbers & naive
        tested = judged - numbers - naive
        for links in (devices, looks.truth.select("phone_token", device="box").drop_nulls()):
            sides = [set(links.filter(pl.col("phone_token").is_in(side))["device"]) for side in (numbers, tested)]
            assert sides[0]
            assert not sides[0] & sides[1]


def test_every_level_is_measured_at_both_base_rates(quick: SimBoxModelSettings) -> None:
    table = evaluate_sim_boxes(SMALL, 5, SimBoxSettings(), quick, look_every_h=48, is_thorough=True)
    assert table.schema == EVALUATION.schema
    detectors = {
        f"sim_box_{name}{end}" for name in ("score", "model", "model_alone", "model_unseen") for end in ("", "_high")
    }
    scenarios = {f"{level}{end}" for level in SIM_BOXES for end in ("", "_balanced")}
    assert set(table.select("detector", "scenario").rows()) == {(one, two) for one in detectors for two in scenarios}
    assert (table["true_count"] == SMALL.boxed_count).all()
    balanced = table.filter(pl.col("scenario") == "naive_balanced", pl.col("detector") == "sim_box_score_high")
    assert balanced["f1"].item() > 0.95


def test_reliability_and_brier_are_those_of_hand_counting() -> None:
    predicted = pl.DataFrame({"score": [0.0, 0.04, 0.96, 1.0], "is_fraud": [False, True, True, True]})
    assert tabulate_reliability(predicted).rows() == [
        (0.0, 2, pytest.approx(0.02), 0.5),
        (0.9, 2, pytest.approx(0.98), 1.0),
    ]
    assert measure_brier(predicted) == pytest.approx((0.96**2 + 0.04**2) / 4)


def test_an_indicator_that_the_model_does_not_ask_has_no_importance(
    patterns: pl.DataFrame, labels: pl.DataFrame, looks: Looks, quick: SimBoxModelSettings
) -> None:
    constant = patterns.with_columns(peak_hour_calls=pl.lit(1.0))
    model = sim_boxes.train_model(constant, labels, looks.groups, MONDAY, quick)
    lost = dict(measure_importance(model, constant, labels, repeats=1).rows())
    assert lost["peak_hour_calls"] == 0
    assert max(lost.values()) > 0.005


@pytest.mark.slow
def test_the_score_finds_naive_boxes_at_a_real_base_rate() -> None:
    """0.75 % of the numbers are in boxes, and every look of the week counts; the mean of three seeds."""
    plan, settings = CallPlan(MONDAY), SimBoxSettings()
    f1: dict[str, list[float]] = {"naive": [], "naive_balanced": []}
    for seed in (101, 102, 103):
        looks = take_looks(simulate_calls(plan, seed), plan, settings, 8)
        scores = score_calls(looks.patterns.lazy(), settings.rules).collect()
        levels = settings.monitor_score, settings.high_score
        rows = list(compare_levels("score", scores, levels, looks, seed, ("naive",)))
        table = pl.DataFrame(rows, schema=EVALUATION.schema, orient="row").filter(pl.col("detector") == "score_high")
        for scenario, value in table.select("scenario", "f1").rows():
            f1[scenario].append(value)
    assert min(f1["naive_balanced"]) >= 0.97
    assert sum(f1["naive"]) / 3 >= 0.97, f1
    assert min(f1["naive"]) >= 0.95, f1

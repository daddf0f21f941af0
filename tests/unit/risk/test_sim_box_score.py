"""Points, reasons and levels of the score."""

import json
from datetime import timedelta

import polars as pl
import pytest

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk.call_patterns import INDICATOR_NAMES
from phoneseg.risk.sim_box_score import REASONS, find_sim_boxes, score_calls
from phoneseg.settings.risk_sim_box import Rule, SimBoxRules, SimBoxSettings
from tests.unit.risk.call_events import MONDAY

NONE = Rule(none_at=0, all_at=1, points=0)
SILENT = dict.fromkeys(SimBoxRules.model_fields, NONE)


def _pattern(**figures: float | None) -> pl.LazyFrame:
    row = {"phone_token": "a", "outgoing_calls": 50, "observed_h": 100.0, **dict.fromkeys(INDICATOR_NAMES), **figures}
    schema = {"phone_token": pl.String, "outgoing_calls": pl.Int64, "observed_h": pl.Float64}
    return pl.LazyFrame([row], {**schema, **dict.fromkeys(INDICATOR_NAMES, pl.Float64)})


def _score(rules: SimBoxRules, **figures: float | None) -> tuple[float, str, str | None]:
    return score_calls(_pattern(**figures), rules).select("score", "reasons", "evidence").collect().row(0)


@pytest.mark.parametrize(("value", "points"), [(None, 0), (10, 0), (20, 0), (30, 5), (40, 10), (90, 10)])
def test_points_grow_from_one_end_of_a_rule_to_the_other(value: float | None, points: float) -> None:
    upward = SimBoxRules(**{**SILENT, "distinct_callee_pct": Rule(none_at=20, all_at=40, points=10)})
    assert _score(upward, distinct_callee_pct=value)[0] == points
    downward = SimBoxRules(**{**SILENT, "incoming_pct": Rule(none_at=-20, all_at=-40, points=10)})
    assert _score(downward, incoming_pct=None if value is None else -value)[0] == points


def test_half_of_the_points_make_a_reason_with_its_figure() -> None:
    rules = SimBoxRules(
        **{
            **SILENT,
            "outgoing_calls_per_day": Rule(none_at=0, all_at=10, points=10),
            "incoming_pct": Rule(none_at=10, all_at=0, points=20),
            "messages_pct": Rule(none_at=0, all_at=10, points=-5),
        }
    )
    score, reasons, evidence = _score(rules, outgoing_calls_per_day=4.9, incoming_pct=1.004, messages_pct=100)
    assert (score, reasons) == (17.89, "hardly_any_incoming"), "and what speaks against it is no reason"
    assert json.loads(str(evidence)) == {"incoming_pct": 1.0}
    assert _score(rules) == (0, "", None)


def test_the_score_stays_between_0_and_100() -> None:
    much = SimBoxRules(**{name: Rule(none_at=0, all_at=1, points=50) for name in SimBoxRules.model_fields})
    assert _score(much, **dict.fromkeys(INDICATOR_NAMES, 1.0))[0] == 100
    less = SimBoxRules(**{name: Rule(none_at=0, all_at=1, points=-50) for name in SimBoxRules.model_fields})
    assert _score(less, **dict.fromkeys(INDICATOR_NAMES, 1.0))[0] == 0


def test_every_rule_is_about_an_indicator_and_has_a_reason_of_its_own() -> None:
    assert set(SimBoxRules.model_fields) == set(REASONS)
    assert set(REASONS) <= set(INDICATOR_NAMES)
    assert len(set(REASONS.values())) == len(REASONS)


@pytest.mark.parametrize(("value", "level"), [(0.74, None), (0.75, "monitor"), (0.89, "monitor"), (0.9, "high")])
def test_signals_start_at_the_level_of_the_settings(value: float, level: str | None) -> None:
    rules = SimBoxRules(**{**SILENT, "incoming_pct": Rule(none_at=0, all_at=1, points=100)})
    end = MONDAY + timedelta(days=7)
    told = find_sim_boxes(_pattern(incoming_pct=value), MONDAY, end, SimBoxSettings(rules=rules)).collect()
    assert told.schema == RISK_SIGNAL.schema
    assert told["risk_level"].to_list() == ([level] if level else [])
    if level:
        row = told.row(0, named=True)
        assert (row["subject_kind"], row["subject"], row["observed"]) == ("number", "a", 50)
        assert (row["window_start"], row["as_of"], row["score"]) == (MONDAY, end, 100 * value)


def test_settings_that_contradict_themselves_are_told() -> None:
    with pytest.raises(ValueError, match="have to differ"):
        Rule(none_at=1, all_at=1, points=1)
    with pytest.raises(ValueError, match="`high_score` has to be at least `monitor_score`"):
        SimBoxSettings(monitor_score=50, high_score=40)
    with pytest.raises(ValueError, match="no time zone"):
        SimBoxSettings(time_zone="Mars/Olympus")

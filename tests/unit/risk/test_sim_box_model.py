"""Training, leakage, persistence and reasons of the model of SIM boxes."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.errors import StopError
from phoneseg.risk.call_patterns import INDICATOR_NAMES
from phoneseg.risk.sim_box_labels import group_numbers
from phoneseg.risk.sim_box_model import (
    SimBoxModel,
    find_sim_boxes,
    join_labels,
    list_features,
    split_groups,
    train_model,
)
from phoneseg.risk.simulation.call_records import SimulatedCalls
from phoneseg.settings.risk_sim_box import SimBoxModelSettings
from tests.unit.risk.call_events import MONDAY


@pytest.fixture(scope="module")
def groups(calls: SimulatedCalls) -> pl.DataFrame:
    return group_numbers(calls.events.select("phone_token", "device").drop_nulls().unique())


@pytest.fixture(scope="module")
def model(
    patterns: pl.DataFrame, labels: pl.DataFrame, groups: pl.DataFrame, quick: SimBoxModelSettings
) -> SimBoxModel:
    return train_model(patterns, labels, groups, MONDAY, quick)


def test_no_number_and_no_device_is_on_both_sides_of_a_split(
    calls: SimulatedCalls,
    patterns: pl.DataFrame,
    labels: pl.DataFrame,
    groups: pl.DataFrame,
    quick: SimBoxModelSettings,
) -> None:
    twice = pl.concat([patterns, patterns.with_columns(observed_h=pl.col("observed_h") / 2)])
    rows = join_labels(twice, labels, groups)
    devices = calls.events.select("phone_token", "device").drop_nulls().unique()
    tested = 0
    for train, test in split_groups(rows, quick):
        sides = [rows[side].select("phone_token").unique().join(devices, on="phone_token") for side in (train, test)]
        for name in ("phone_token", "device"):
            assert not set(sides[0][name]) & set(sides[1][name])
        assert 0.05 < rows[test]["is_fraud"].mean() < 0.8
        tested += len(test)
    assert tested == len(rows)
    assert devices.group_by("device").len()["len"].max() > 1, "some numbers do share a device"


def test_probabilities_are_those_of_the_library(
    patterns: pl.DataFrame, labels: pl.DataFrame, groups: pl.DataFrame, quick: SimBoxModelSettings, model: SimBoxModel
) -> None:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    rows = join_labels(patterns, labels, groups)
    trees = HistGradientBoostingClassifier(
        max_iter=15, max_leaf_nodes=8, learning_rate=0.15, max_features=0.4, early_stopping=False, random_state=0
    )
    splits = split_groups(rows, quick)
    with threadpool_limits(1):
        library = CalibratedClassifierCV(trees, method="sigmoid", cv=splits, ensemble=False)
        library.fit(list_features(rows), rows["is_fraud"].to_numpy())
    expected = library.predict_proba(list_features(patterns))[:, 1]
    assert np.abs(model.predict(patterns).to_numpy() - expected).max() < 1e-9


def test_the_same_labels_give_the_same_model_in_any_order(
    patterns: pl.DataFrame, labels: pl.DataFrame, groups: pl.DataFrame, quick: SimBoxModelSettings, model: SimBoxModel
) -> None:
    again = train_model(patterns.reverse(), labels.reverse(), groups.reverse(), MONDAY, quick)
    assert again.to_json() == model.to_json()


def test_json_keeps_the_model_and_holds_no_token(patterns: pl.DataFrame, model: SimBoxModel) -> None:
    text = model.to_json()
    again = SimBoxModel.from_json(text)
    assert again.predict(patterns).equals(model.predict(patterns))
    assert again.to_json() == text
    assert not any(number in text for number in patterns["phone_token"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "phoneseg sim_box_model 0"}, "other indicators"),
        ({"indicators": ["shoe_size"]}, "other indicators"),
        ({"trees": {}}, "no model"),
        ({"slope": "steep"}, "no model"),
    ],
)
def test_a_file_that_is_no_model_of_this_version_is_told(
    model: SimBoxModel, change: dict[str, object], words: str
) -> None:
    with pytest.raises(StopError, match=words):
        SimBoxModel.from_json(json.dumps({**json.loads(model.to_json()), **change}))
    for text in ("", "[]", "{}", "null", text_of_pickle()):
        with pytest.raises(StopError, match="no model"):
            SimBoxModel.from_json(text)


def text_of_pickle() -> str:
    return "cos\nsystem\n(S'true'\ntR."


def test_too_few_labels_are_refused_with_their_count(
    patterns: pl.DataFrame, labels: pl.DataFrame, groups: pl.DataFrame, quick: SimBoxModelSettings
) -> None:
    judged = labels.join(patterns.select("phone_token"), on="phone_token", how="semi").sort("phone_token")
    fraud, legitimate = (judged.filter(pl.col("is_fraud") == is_fraud) for is_fraud in (True, False))
    with pytest.raises(StopError, match="29 numbers that call enough are labelled fraud: 30 are needed"):
        train_model(patterns, pl.concat([fraud[:29], legitimate]), groups, MONDAY, quick)
    with pytest.raises(StopError, match="99 numbers that call enough are labelled legitimate: 100 are needed"):
        train_model(patterns, pl.concat([fraud, legitimate[:99]]), groups, MONDAY, quick)
    together = fraud.select("phone_token", group=pl.lit(7, pl.Int64))
    with pytest.raises(StopError, match="labelled fraud are in 1 groups that share no device: 3 are needed"):
        train_model(patterns, judged, together, MONDAY, quick)


def test_what_a_source_does_not_log_is_learned_without(
    patterns: pl.DataFrame, labels: pl.DataFrame, groups: pl.DataFrame, quick: SimBoxModelSettings
) -> None:
    dark = patterns.with_columns(numbers_on_device=pl.lit(None, pl.Float64))
    model = train_model(dark, labels, groups, MONDAY, quick)
    told = model.predict(patterns.with_columns(numbers_on_device=pl.lit(99.0)))
    assert told.equals(model.predict(dark)), "what it never saw says nothing to it"
    assert told.max() > 0.9


def test_a_number_is_told_with_the_indicators_that_raised_its_probability(
    patterns: pl.DataFrame, model: SimBoxModel, quick: SimBoxModelSettings
) -> None:
    told = find_sim_boxes(model, patterns, (MONDAY, MONDAY), quick)
    assert told.schema == RISK_SIGNAL.schema
    probabilities = dict(patterns.select("phone_token", model.predict(patterns)).rows())
    assert dict(told.select("subject", "score").rows()) == {
        number: chance for number, chance in probabilities.items() if chance >= quick.monitor_probability
    }
    assert set(told["risk_level"]) == {"monitor", "high"}
    given = dict(zip(patterns["phone_token"], model.trees.explain(list_features(patterns)), strict=True))
    values = {row["phone_token"]: row for row in patterns.rows(named=True)}
    for number, reasons, evidence in told.select("subject", "reasons", "evidence").rows():
        names = reasons.split(",")
        ranked = sorted(given[number][INDICATOR_NAMES.index(name)] for name in names)
        assert ranked == sorted(given[number], reverse=True)[: len(names)][::-1]
        assert ranked[0] > 0
        known = {name: values[number][name] for name in names if values[number][name] is not None}
        assert json.loads(evidence) == pytest.approx(known, abs=0.01)


def test_classes_that_lie_far_apart_give_certainty_and_no_warning(patterns: pl.DataFrame, model: SimBoxModel) -> None:
    steep = replace(model, slope=-1e6)
    assert set(steep.predict(patterns)) <= {0.0, 1.0}


def test_nobody_to_tell_of_gives_no_rows(
    patterns: pl.DataFrame, model: SimBoxModel, quick: SimBoxModelSettings
) -> None:
    assert find_sim_boxes(model, patterns.clear(), (MONDAY, MONDAY), quick).is_empty()

"""Trees as arrays give what scikit-learn gives, add up, and refuse what is no tree."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from phoneseg.errors import StopError
from phoneseg.risk.boosted_trees import BoostedTrees

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def fitted() -> tuple[Any, Floats]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    rng = np.random.default_rng(3)
    rows = rng.normal(size=(600, 4))
    rows[rng.random(rows.shape) < 0.15] = np.nan
    known = np.nan_to_num(rows, nan=0.4)
    truth = known[:, 0] * known[:, 1] + known[:, 2] > 0.3
    with threadpool_limits(1):
        classifier = HistGradientBoostingClassifier(max_iter=25, max_leaf_nodes=6, random_state=0).fit(rows, truth)
    return classifier, rows


def test_log_odds_are_those_of_the_library(fitted: tuple[Any, Floats]) -> None:
    classifier, rows = fitted
    trees = BoostedTrees.read(classifier)
    edges = np.concatenate([rows, np.full((1, 4), np.nan), np.full((1, 4), np.inf), trees.threshold[:8].reshape(2, 4)])
    assert np.abs(trees.predict(edges) - classifier.decision_function(edges)).max() < 1e-12
    assert len(trees.predict(rows[:0])) == 0


def test_what_features_add_sums_up_to_the_log_odds(fitted: tuple[Any, Floats]) -> None:
    classifier, rows = fitted
    trees = BoostedTrees.read(classifier)
    given = trees.explain(rows)
    start = trees.baseline + trees.value[trees.roots].sum()
    assert np.abs(start + given.sum(axis=1) - trees.predict(rows)).max() < 1e-9
    assert (given[:, 3] ** 2).sum() < 0.05 * (given[:, 0] ** 2).sum(), "the last feature is noise"


def test_a_library_that_keeps_its_trees_otherwise_is_told(fitted: tuple[Any, Floats]) -> None:
    classifier, rows = fitted
    with pytest.raises(StopError, match="version of scikit-learn"):
        BoostedTrees.read(classifier).check_against(classifier.decision_function(rows) + 1e-6, rows)


def test_json_keeps_the_trees(fitted: tuple[Any, Floats]) -> None:
    classifier, rows = fitted
    trees = BoostedTrees.read(classifier)
    again = BoostedTrees.from_dict(json.loads(json.dumps(trees.to_dict())), 4)
    assert np.array_equal(again.predict(rows), trees.predict(rows))


@pytest.mark.parametrize(
    ("name", "value"), [("feature", 4), ("feature", -1), ("left", 10**6), ("right", -5), ("roots", -1)]
)
def test_nodes_and_columns_that_are_not_there_are_refused(fitted: tuple[Any, Floats], name: str, value: int) -> None:
    plain: dict[str, Any] = BoostedTrees.read(fitted[0]).to_dict()
    with pytest.raises(ValueError, match="not those of trees"):
        BoostedTrees.from_dict({**plain, name: [value, *plain[name][1:]]}, 4)
    with pytest.raises(ValueError, match="not those of trees"):
        BoostedTrees.from_dict({**plain, "value": plain["value"][1:]}, 4)

"""Boosted trees as plain arrays: they predict, explain themselves and go into JSON without scikit-learn or pickle."""

from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from phoneseg.errors import StopError

_BATCH_ROWS: Final = 50_000
_LARGEST_DIFFERENCE: Final = 1e-9


@dataclass(frozen=True)
class BoostedTrees:
    """An ensemble of regression trees whose leaves add up to log-odds.

    The nodes of all trees stand in one row of arrays. A leaf is its own child, so that walking on changes nothing.

    Attributes:
        baseline: Log-odds before any tree.
        roots: Node that each tree starts at.
        depth: Steps from a root to the deepest leaf.
        feature: Column that a node asks; 0 for leaves.
        threshold: Values up to it go left.
        is_null_left: Whether null (NaN) goes left.
        left: Child.
        right: Child.
        value: Log-odds that a leaf adds; of an inner node, the mean of its leaves by their training rows.
    """

    baseline: float
    roots: NDArray[np.int32]
    depth: int
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    is_null_left: NDArray[np.bool_]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]

    @classmethod
    def read(cls, classifier: Any) -> Self:  # noqa: ANN401  # scikit-learn has no types
        """Read the trees of a fitted HistGradientBoostingClassifier for two classes, all features numeric.

        Its nodes are private to scikit-learn, so what is read should be checked by `check_against`.
        """
        # The order of the fields of a node is that of scikit-learn 1.4 to 1.9.
        trees = [of_class.nodes for (of_class,) in classifier._predictors]
        starts = np.cumsum([0, *(len(nodes) for nodes in trees)])[:-1].astype(np.int32)
        nodes = np.concatenate(trees)
        offset = np.repeat(starts, [len(tree) for tree in trees])
        own, is_leaf = np.arange(len(nodes)), nodes["is_leaf"].astype(bool)
        left = np.where(is_leaf, own, nodes["left"] + offset)
        right = np.where(is_leaf, own, nodes["right"] + offset)
        return cls(
            baseline=float(np.ravel(classifier._baseline_prediction)[0]),
            roots=starts,
            depth=int(nodes["depth"].max()),
            feature=np.where(is_leaf, 0, nodes["feature_idx"]).astype(np.int32),
            threshold=np.where(is_leaf, 0.0, nodes["num_threshold"]),
            is_null_left=nodes["missing_go_to_left"].astype(bool),
            left=left.astype(np.int32),
            right=right.astype(np.int32),
            value=_average_leaves(nodes["value"], nodes["count"], left, right, is_leaf),
        )

    def check_against(self, expected: NDArray[np.float64], rows: NDArray[np.float64]) -> None:
        """Check that the trees give what the library gives.

        Args:
            expected: Log-odds by the library's `decision_function`.
            rows: What they are of.

        Raises:
            StopError: They differ: this version of scikit-learn keeps its trees in another way.
        """
        if np.abs(self.predict(rows) - expected).max(initial=0.0) > _LARGEST_DIFFERENCE:
            raise StopError("the trees of the model cannot be read: install the version of scikit-learn in the lock")

    def predict(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of rows (NaN where a feature is unknown)."""
        parts = [self._predict(rows[start : start + _BATCH_ROWS]) for start in range(0, len(rows), _BATCH_ROWS)]
        return np.concatenate([np.zeros(0), *parts])

    def explain(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each feature adds to the log-odds of each row.

        On the way from a root to a leaf, each step moves the expected log-odds; the feature that it asks gets the
        difference (Saabas, Interpreting Random Forests, 2014). A row's sum, with the baseline and the roots' values, is
        its log-odds. Unlike Shapley values, features near the root get less than their due.
        """
        given = np.zeros(rows.shape)
        lines = np.arange(len(rows))
        for root in self.roots:
            node = np.full(len(rows), root)
            for _ in range(self.depth):
                child = self._step(rows, lines, node)
                np.add.at(given, (lines, self.feature[node]), self.value[child] - self.value[node])
                node = child
        return given

    def to_dict(self) -> dict[str, object]:
        """Return plain lists and figures, for JSON."""
        return {
            field.name: value.tolist() if isinstance(value := getattr(self, field.name), np.ndarray) else value
            for field in fields(self)
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any], feature_count: int) -> Self:
        """Return the trees of `to_dict`.

        Args:
            plain: What `to_dict` gave.
            feature_count: Columns of the rows that they are for.

        Raises:
            ValueError: The arrays are not those of trees: other lengths, or nodes and columns that are not there.
            KeyError: One is missing.
        """
        trees = cls(
            baseline=float(plain["baseline"]),
            roots=np.array(plain["roots"], dtype=np.int32),
            depth=int(plain["depth"]),
            feature=np.array(plain["feature"], dtype=np.int32),
            threshold=np.array(plain["threshold"], dtype=np.float64),
            is_null_left=np.array(plain["is_null_left"], dtype=np.bool_),
            left=np.array(plain["left"], dtype=np.int32),
            right=np.array(plain["right"], dtype=np.int32),
            value=np.array(plain["value"], dtype=np.float64),
        )
        if not trees._is_sound(feature_count):
            raise ValueError("the arrays are not those of trees")
        return trees

    def _is_sound(self, feature_count: int) -> bool:
        size = len(self.value)
        arrays = (self.feature, self.threshold, self.is_null_left, self.left, self.right)
        nodes = np.concatenate([self.roots, self.left, self.right])
        return (
            all(array.shape == (size,) for array in arrays)
            and 0 <= self.depth <= size
            and bool(np.isin(self.feature, range(feature_count)).all())
            and bool(np.isin(nodes, range(size)).all())
        )

    def _predict(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        lines = np.arange(len(rows))[:, None]
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            node = self._step(rows, lines, node)
        total: NDArray[np.float64] = self.baseline + self.value[node].sum(axis=1)
        return total

    def _step(self, rows: NDArray[np.float64], lines: NDArray[np.int64], node: NDArray[np.int32]) -> NDArray[np.int32]:
        asked = rows[lines, self.feature[node]]
        is_left = np.where(np.isnan(asked), self.is_null_left[node], asked <= self.threshold[node])
        return np.where(is_left, self.left[node], self.right[node])


def _average_leaves(
    values: NDArray[np.float64],
    counts: NDArray[np.uint32],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    is_leaf: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the values with those of inner nodes replaced by the mean of their leaves; children follow parents."""
    averaged = np.array(values, dtype=np.float64)
    for node in range(len(values) - 1, -1, -1):
        if not is_leaf[node]:
            weights = counts[left[node]], counts[right[node]]
            averaged[node] = np.average([averaged[left[node]], averaged[right[node]]], weights=weights)
    return averaged

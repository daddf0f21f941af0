"""A model of SIM boxes from numbers that people looked at: a probability for each number, and what speaks for it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phoneseg.errors import StopError
from phoneseg.risk.boosted_trees import BoostedTrees
from phoneseg.risk.call_patterns import INDICATOR_NAMES
from phoneseg.risk.sim_box_score import write_evidence, write_signals
from phoneseg.settings.risk_sim_box import SimBoxModelSettings

SIGNAL_KIND: Final = "sim_box_model"
_FORMAT: Final = "phoneseg sim_box_model 1"
_REASONS: Final = 4


@dataclass(frozen=True)
class SimBoxModel:
    """A trained model: it needs no scikit-learn to predict, and its JSON runs no code when it is read.

    Attributes:
        trees: They give log-odds.
        slope: The probability is 1 / (1 + exp(slope * log-odds + intercept)), after Platt.
        intercept: See slope.
        as_of: Labels up to then were known (UTC).
        fraud_count: Numbers with that label in training.
        legitimate_count: Likewise.
        indicators: Names of the columns that the trees ask.
    """

    trees: BoostedTrees
    slope: float
    intercept: float
    as_of: datetime
    fraud_count: int
    legitimate_count: int
    indicators: tuple[str, ...] = INDICATOR_NAMES

    def predict(self, patterns: pl.DataFrame) -> pl.Series:
        """Return the probability that each number is one of a SIM box.

        Args:
            patterns: Rows of `describe_calls`.

        Returns:
            Calibrated probabilities, in the order of the rows.
        """
        from scipy.special import expit  # as scikit-learn: a plain exp overflows where the classes lie far apart

        log_odds = self.trees.predict(list_features(patterns))
        return pl.Series("probability", expit(-(self.slope * log_odds + self.intercept)), dtype=pl.Float64)

    def to_json(self) -> str:
        """Return the model as JSON."""
        plain = {**vars(self), "trees": self.trees.to_dict(), "as_of": self.as_of.isoformat(), "format": _FORMAT}
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a model.

        Raises:
            StopError: It is no model, or one of another version of the indicators: train it again.
        """
        try:
            plain: dict[str, Any] = json.loads(text)
            if (plain["format"], tuple(plain["indicators"])) != (_FORMAT, INDICATOR_NAMES):
                raise StopError("the model has other indicators than this version: train it again")
            trees = BoostedTrees.from_dict(plain["trees"], len(INDICATOR_NAMES))
            return cls(
                trees,
                float(plain["slope"]),
                float(plain["intercept"]),
                datetime.fromisoformat(plain["as_of"]),
                int(plain["fraud_count"]),
                int(plain["legitimate_count"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StopError("the file is no model of SIM boxes: train it again") from None


def train_model(
    patterns: pl.DataFrame,
    labels: pl.DataFrame,
    groups: pl.DataFrame,
    as_of: datetime,
    settings: SimBoxModelSettings,
) -> SimBoxModel:
    """Train the model: boosted trees, with probabilities calibrated on groups that the trees had not seen.

    Args:
        patterns: Rows of `describe_calls`; a number may have several, of windows with other ends.
        labels: `phone_token` and `is_fraud`, of `choose_labels` or `add_background`.
        groups: `phone_token` and `group`, of `group_numbers`; a number that is in none is one of its own.
        as_of: When the labels were known (UTC).
        settings: Fewest labels, folds, and seed.

    Returns:
        The model; the same input gives the same.

    Raises:
        StopError: There are too few labels of a kind, or too few groups to set some of them aside.
    """
    from sklearn.calibration import CalibratedClassifierCV

    rows = join_labels(patterns, labels, groups)
    counts = _check_enough(rows, settings)
    splits, is_fraud = split_groups(rows, settings), rows["is_fraud"].to_numpy()
    features = _without_unknown(list_features(rows), [train for train, _ in splits])
    calibrated = CalibratedClassifierCV(_build_classifier(settings), method="sigmoid", cv=splits, ensemble=False)
    with _one_thread():
        calibrated.fit(features, is_fraud)
    (fitted,) = calibrated.calibrated_classifiers_
    (platt,) = fitted.calibrators
    trees = BoostedTrees.read(fitted.estimator)
    trees.check_against(fitted.estimator.decision_function(features), features)
    return SimBoxModel(trees, float(platt.a_), float(platt.b_), as_of, counts[True], counts[False])


def find_sim_boxes(
    model: SimBoxModel,
    patterns: pl.DataFrame,
    window: tuple[datetime, datetime],
    settings: SimBoxModelSettings,
) -> pl.DataFrame:
    """Tell which numbers look like SIM boxes, by the model.

    Args:
        model: Trained.
        patterns: Rows of `describe_calls` of the window.
        window: Its start and end (UTC).
        settings: Probabilities from which on a number is told.

    Returns:
        Rows of RISK_SIGNAL of kind `sim_box_model`: `score` is the probability, `reasons` the indicators that raised it
        most, and `evidence` their values.
    """
    scored = patterns.with_columns(model.predict(patterns).alias("score"))
    told = explain_rows(model, scored.filter(pl.col("score") >= settings.monitor_probability))
    levels = settings.monitor_probability, settings.high_probability
    return write_signals(told.lazy(), SIGNAL_KIND, window, levels).collect()


def explain_rows(model: SimBoxModel, patterns: pl.DataFrame) -> pl.DataFrame:
    """Add what raised the probability of each number most.

    Args:
        model: Trained.
        patterns: Rows of `describe_calls`.

    Returns:
        The rows, with `reasons` (up to four indicators, the strongest first; comma-separated) and `evidence` (a JSON
        object of their values).
    """
    given = model.trees.explain(list_features(patterns))
    order = np.argsort(-given, axis=1, kind="stable")[:, :_REASONS]
    strongest = np.take_along_axis(given, order, axis=1) > 0
    names = np.array(INDICATOR_NAMES)[order]
    reasons = pl.DataFrame(
        {f"reason_{place}": names[:, place] for place in range(order.shape[1])},
        schema={f"reason_{place}": pl.String for place in range(order.shape[1])},
    ).select(
        pl.when(pl.lit(pl.Series(strongest[:, place]))).then(pl.col(f"reason_{place}")).alias(f"reason_{place}")
        for place in range(order.shape[1])
    )
    told = pl.concat([patterns, reasons], how="horizontal")
    is_reason = {name: pl.any_horizontal(pl.col(reasons.columns) == name).fill_null(False) for name in INDICATOR_NAMES}
    evidence = {name: pl.when(chosen).then(pl.col(name)) for name, chosen in is_reason.items()}
    return told.with_columns(
        reasons=pl.concat_str(reasons.columns, separator=",", ignore_nulls=True), evidence=write_evidence(evidence)
    ).drop(reasons.columns)


def join_labels(patterns: pl.DataFrame, labels: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the patterns that have a label, with `is_fraud` and `group`; numbers of no group are one each."""
    rows = patterns.join(labels, on="phone_token").join(groups, on="phone_token", how="left")
    own = -1 - pl.col("phone_token").rank("dense").cast(pl.Int64)
    return rows.with_columns(group=pl.coalesce("group", own)).sort("phone_token", "observed_h", *INDICATOR_NAMES)


def split_groups(
    rows: pl.DataFrame, settings: SimBoxModelSettings
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Split rows into folds so that no number, and no group of numbers that share a device, is on both sides.

    Args:
        rows: Of `join_labels`.
        settings: Folds and seed.

    Returns:
        Positions to train on and to test on, for each fold; the folds have about the same share of fraud. There are no
        more folds than groups of either kind.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    count = min(settings.folds, *_count_groups(rows).values())
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=settings.seed)
    return list(folds.split(np.zeros(len(rows)), rows["is_fraud"].to_numpy(), rows["group"].to_numpy()))


def list_features(patterns: pl.DataFrame) -> NDArray[np.float64]:
    """Return the indicators as an array, one column each, NaN for null."""
    features: NDArray[np.float64] = patterns.select(
        pl.col(INDICATOR_NAMES).cast(pl.Float64).fill_null(float("nan"))
    ).to_numpy(order="c")
    return features


def _without_unknown(features: NDArray[np.float64], parts: list[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Return the features with 0 for all of an indicator that some part knows nothing of, so that no tree asks it.

    A source may log no cells or devices, and scikit-learn takes no column without a value.
    """
    is_known = np.all([np.any(~np.isnan(features[part]), axis=0) for part in parts], axis=0)
    return np.where(is_known, features, 0.0)


def _build_classifier(settings: SimBoxModelSettings) -> Any:  # noqa: ANN401  # scikit-learn has no types
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=settings.trees,
        max_leaf_nodes=settings.leaves,
        learning_rate=settings.learning_rate,
        max_features=0.4,
        early_stopping=False,
        random_state=settings.seed,
    )


def _one_thread() -> Any:  # noqa: ANN401  # threadpoolctl has no types
    """Limit scikit-learn to one thread: on busy cores, its threads wait for each other, 20 times as long."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def _check_enough(rows: pl.DataFrame, settings: SimBoxModelSettings) -> dict[bool, int]:
    counts = {}
    for is_fraud, word, fewest in ((True, "fraud", settings.min_fraud), (False, "legitimate", settings.min_legitimate)):
        chosen = rows.filter(pl.col("is_fraud") == is_fraud)
        counts[is_fraud] = chosen["phone_token"].n_unique()
        if counts[is_fraud] < fewest:
            raise StopError(f"{counts[is_fraud]} numbers that call enough are labelled {word}: {fewest} are needed")
        if (group_count := _count_groups(rows)[is_fraud]) < settings.min_boxes:
            raise StopError(
                f"numbers labelled {word} are in {group_count} groups that share no device: "
                f"{settings.min_boxes} are needed"
            )
    return counts


def _count_groups(rows: pl.DataFrame) -> dict[bool, int]:
    return dict(rows.group_by("is_fraud").agg(pl.col("group").n_unique()).rows())

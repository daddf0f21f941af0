"""How far the probabilities of the model of SIM boxes can be believed, and which indicators they rest on."""

import numpy as np
import polars as pl

from phoneseg.risk.call_patterns import INDICATOR_NAMES
from phoneseg.risk.draws import open_stream
from phoneseg.risk.sim_box_model import SimBoxModel


def tabulate_reliability(predicted: pl.DataFrame, bin_count: int = 10) -> pl.DataFrame:
    """Compare probabilities with what was true.

    Args:
        predicted: `score` (the probability) and `is_fraud`, of numbers that the model had not seen.
        bin_count: Bins of equal width.

    Returns:
        One row per bin that holds something: `from_probability`, `number_count`, `mean_probability`, `fraud_share`.
    """
    place = (pl.col("score") * bin_count).floor().clip(0, bin_count - 1)
    binned = predicted.group_by(from_probability=place / bin_count).agg(
        number_count=pl.len(), mean_probability=pl.col("score").mean(), fraud_share=pl.col("is_fraud").mean()
    )
    return binned.sort("from_probability")


def measure_brier(predicted: pl.DataFrame) -> float:
    """Return the mean squared difference of probability and truth (Brier, 1950): 0 is best.

    Args:
        predicted: `score` and `is_fraud`, at least one row.
    """
    return float(predicted.select(((pl.col("score") - pl.col("is_fraud").cast(pl.Float64)) ** 2).mean()).item())


def measure_importance(
    model: SimBoxModel, patterns: pl.DataFrame, labels: pl.DataFrame, seed: int = 0, repeats: int = 3
) -> pl.DataFrame:
    """Measure how much worse the model ranks numbers without each indicator (permutation importance; Breiman, 2001).

    Indicators that say the same replace each other: where one of them is shuffled, little changes.

    Args:
        model: Trained without these numbers.
        patterns: Rows of `describe_calls`.
        labels: `phone_token` and `is_fraud`.
        seed: Of the shuffles.
        repeats: Shuffles of each indicator.

    Returns:
        `indicator` and `lost_precision`: by how much average precision falls when its values are shuffled, on average;
        the most important first.
    """
    from sklearn.metrics import average_precision_score

    rows = patterns.join(labels, on="phone_token").sort("phone_token", *INDICATOR_NAMES)
    is_fraud = rows["is_fraud"].to_numpy()
    whole = average_precision_score(is_fraud, model.predict(rows).to_numpy())
    lost = {}
    for name in INDICATOR_NAMES:
        rng = open_stream(seed, name)
        shuffled = [rows.with_columns(rows[name].gather(rng.permutation(len(rows)))) for _ in range(repeats)]
        without = [average_precision_score(is_fraud, model.predict(part).to_numpy()) for part in shuffled]
        lost[name] = float(whole - np.mean(without))
    table = pl.DataFrame({"indicator": list(lost), "lost_precision": list(lost.values())})
    return table.sort("lost_precision", descending=True, maintain_order=True)

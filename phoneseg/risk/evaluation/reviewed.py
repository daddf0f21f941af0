"""How good detectors are by what people found of the numbers and clusters that they flagged."""

from typing import Final

import polars as pl

from phoneseg.contracts.risk import FRAUD, LEGITIMATE
from phoneseg.risk.evaluation.detection_scores import build_evaluation, score_counts

SCENARIO: Final = "reviewed"
_SUBJECT: Final = ("subject_kind", "subject")


def evaluate_reviewed(flagged: pl.DataFrame, days: float) -> pl.DataFrame:
    """Measure each detector on the subjects that have a label.

    Precision is the share of fraud among what the detector flagged and a person labelled as its. Recall is the share
    of what it flagged among all subjects of its kind, numbers or clusters, that are labelled fraud, by whichever
    detector they were found: fraud that none of them flags is in no figure.

    Args:
        flagged: `signal_kind`, `subject_kind`, `subject` and `label`: fraud or legitimate, anything else for none; each
            subject once by detector.
        days: Days in which they were flagged.

    Returns:
        Rows of EVALUATION in the order of the detectors, with `flagged_count` and `reviewed_count`; `detection_h` is
        null, and `true_count` counts the subjects of the detector's kind that are fraud.
    """
    counts = _count(flagged).sort("signal_kind")
    rows = [
        score_counts(name, SCENARIO, fraud, legitimate, found, true, days)
        for name, fraud, legitimate, found, true in counts.select(
            "signal_kind", "fraud_count", "legitimate_count", "found_count", "true_count"
        ).iter_rows()
    ]
    reviewed = counts.select("flagged_count", reviewed_count=pl.col("fraud_count") + pl.col("legitimate_count"))
    return pl.concat([build_evaluation(rows), reviewed.cast(pl.Int64)], how="horizontal")


def _count(flagged: pl.DataFrame) -> pl.DataFrame:
    """Return for each detector how much it flagged, of what label, and how much fraud of its kind there is."""
    is_fraud = pl.col("label") == FRAUD
    fraud = flagged.filter(is_fraud).select(_SUBJECT).unique()
    counted = (
        flagged.join(fraud.with_columns(is_true=pl.lit(True)), on=_SUBJECT, how="left")
        .group_by("signal_kind")
        .agg(
            flagged_count=pl.len(),
            fraud_count=is_fraud.sum(),
            legitimate_count=(pl.col("label") == LEGITIMATE).sum(),
            found_count=pl.col("is_true").sum(),
        )
    )
    of_kinds = flagged.select("signal_kind", "subject_kind").unique().join(fraud, on="subject_kind")
    true = of_kinds.group_by("signal_kind").agg(true_count=pl.len())
    return counted.join(true, on="signal_kind", how="left").with_columns(pl.col("true_count").fill_null(0))

"""Precision, recall and the rest of a detector, out of what it flagged and what was true."""

from collections.abc import Iterable

import polars as pl

from phoneseg.contracts.risk import EVALUATION

Row = dict[str, object]


def score_detection(
    detector: str,
    scenario: str,
    flagged: Iterable[str],
    true: Iterable[str],
    days: float,
    detection_h: float | None = None,
) -> Row:
    """Return a row of EVALUATION.

    Args:
        detector: The detector.
        scenario: What was generated.
        flagged: The subjects that it flagged.
        true: Those that are true.
        days: How many days were looked at.
        detection_h: Median hours from the start to the first flag, where that was measured.
    """
    told, real = set(flagged), set(true)
    hits = len(told & real)
    return score_counts(detector, scenario, hits, len(told) - hits, hits, len(real), days, detection_h)


def score_counts(
    detector: str,
    scenario: str,
    hits: int,
    false_alarms: int,
    found: int,
    true_count: int,
    days: float,
    detection_h: float | None = None,
) -> Row:
    """Return a row of EVALUATION out of counts, where what is flagged is not what is true: groups against groups.

    Args:
        detector: The detector.
        scenario: What was generated.
        hits: Flagged subjects that are true.
        false_alarms: Those that are not.
        found: True subjects that were found.
        true_count: True subjects.
        days: How many days were looked at.
        detection_h: Median hours to the first flag.
    """
    flagged = hits + false_alarms
    precision = hits / flagged if flagged else None
    recall = found / true_count if true_count else None
    both = (precision or 0) + (recall or 0)
    has_f1 = precision is not None and recall is not None
    return {
        "detector": detector,
        "scenario": scenario,
        "precision": precision,
        "recall": recall,
        "f1": (2 * (precision or 0) * (recall or 0) / both if both else 0.0) if has_f1 else None,
        "false_alarms_per_day": false_alarms / days,
        "detection_h": detection_h,
        "true_count": true_count,
    }


def match_groups(flagged: pl.DataFrame, true: pl.DataFrame) -> tuple[int, int, int]:
    """Compare groups of members with true groups.

    A flagged group is a hit if at least half of its members are of true groups; a true group is found if at least half
    of its members are in flagged groups.

    Args:
        flagged: `group` and `member`.
        true: `group` and `member`.

    Returns:
        Hits, false alarms, and true groups that were found.
    """
    real = flagged.with_columns(is_real=pl.col("member").is_in(true["member"].implode()))
    hits = real.group_by("group").agg(is_hit=pl.col("is_real").mean() >= 0.5)
    seen = true.with_columns(is_seen=pl.col("member").is_in(flagged["member"].implode()))
    found = seen.group_by("group").agg(is_found=pl.col("is_seen").mean() >= 0.5)
    hit_count = int(hits["is_hit"].sum())
    return hit_count, len(hits) - hit_count, int(found["is_found"].sum())


def build_evaluation(rows: list[Row]) -> pl.DataFrame:
    """Return rows of EVALUATION as a frame, in their order."""
    return EVALUATION.conform(pl.LazyFrame(rows, schema=EVALUATION.schema)).collect()

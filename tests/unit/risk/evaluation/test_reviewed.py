"""Detectors are measured on what people found, and what nobody looked at counts nowhere."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoneseg.contracts.risk import EVALUATION
from phoneseg.risk.evaluation.reviewed import evaluate_reviewed

FLAGGED = {"signal_kind": pl.String, "subject_kind": pl.String, "subject": pl.String, "label": pl.String}
Row = tuple[str, str, str, str | None]


def evaluate(rows: list[Row], days: float = 10) -> dict[str, dict[str, object]]:
    """Return the figures of each detector."""
    told = evaluate_reviewed(pl.DataFrame(rows, FLAGGED, orient="row"), days)
    assert told.columns == [*EVALUATION.column_names, "flagged_count", "reviewed_count"]
    assert told.select(EVALUATION.column_names).schema == EVALUATION.schema
    return {row["detector"]: row for row in told.iter_rows(named=True)}


def test_precision_is_of_what_a_detector_flagged_and_recall_of_all_fraud_of_its_kind() -> None:
    told = evaluate(
        [
            *(("sim_box", "number", each, "fraud") for each in "abc"),
            ("sim_box", "number", "d", "legitimate"),
            ("sim_box", "number", "e", None),
            ("one_ring", "number", "a", None),
            ("one_ring", "number", "f", "fraud"),
            ("ring", "cluster", "a", "legitimate"),
        ]
    )
    sim_box, one_ring, ring = (told[name] for name in ("sim_box", "one_ring", "ring"))
    assert (sim_box["flagged_count"], sim_box["reviewed_count"], sim_box["true_count"]) == (5, 4, 4)
    assert (sim_box["precision"], sim_box["recall"], sim_box["f1"]) == (0.75, 0.75, 0.75)
    assert sim_box["false_alarms_per_day"] == pytest.approx(0.1)
    assert (one_ring["precision"], one_ring["recall"]) == (1, 0.5), "a is fraud, whoever found it"
    assert (ring["precision"], ring["recall"], ring["f1"], ring["true_count"]) == (0, None, None, 0)


def test_what_nobody_reviewed_has_no_precision() -> None:
    told = evaluate([("spikes", "number", "a", None), ("sim_box", "number", "b", "Fraud?")])
    assert [row["precision"] for row in told.values()] == [None, None]
    assert [row["reviewed_count"] for row in told.values()] == [0, 0]


@given(
    st.lists(
        st.tuples(
            st.sampled_from("xyz"),
            st.sampled_from(["number", "cluster"]),
            st.sampled_from("abcd"),
            st.sampled_from([None, "fraud", "legitimate", "?"]),
        ),
        max_size=20,
        unique_by=lambda row: row[:3],
    )
)
def test_figures_are_what_counting_by_hand_gives(rows: list[Row]) -> None:
    fraud = {row[1:3] for row in rows if row[3] == "fraud"}
    told = evaluate(rows, days=2)
    assert list(told) == sorted({row[0] for row in rows})
    for name, figures in told.items():
        mine = [row for row in rows if row[0] == name]
        labels = [row[3] for row in mine]
        hits, false_alarms = labels.count("fraud"), labels.count("legitimate")
        kinds = {row[1] for row in mine}
        true = {subject for subject in fraud if subject[0] in kinds}
        found = true & {row[1:3] for row in mine}
        assert figures["precision"] == (hits / (hits + false_alarms) if hits + false_alarms else None)
        assert figures["recall"] == (len(found) / len(true) if true else None)
        assert (figures["true_count"], figures["false_alarms_per_day"]) == (len(true), false_alarms / 2)

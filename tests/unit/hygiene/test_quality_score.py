"""The score of a source out of its contacts, phones and issues."""

from datetime import UTC, datetime

import polars as pl
import pytest

from phoneseg.contracts import HYGIENE_ISSUE, QUALITY_SCORE
from phoneseg.hygiene.examined import Examined
from phoneseg.hygiene.quality_score import count_quality, score_sources
from phoneseg.settings import QualityWeights

JULY = datetime(2026, 7, 1, tzinfo=UTC)


def _counts(source: str = "crm", state: str = "active") -> pl.DataFrame:
    """Four contacts: a good one, one with a warning, one whose cell is quarantined, and one without anything."""
    contacts = pl.DataFrame(
        {
            "contact_id": ["1", "2", "3", "4"],
            "source": source,
            "phone_count": [1, 2, 0, 0],
            "quarantined_count": [0, 0, 1, 0],
        }
    )
    phones = pl.DataFrame(
        {
            "source": source,
            "is_valid": [True, True, False],
            "is_unique": [True, False, True],
            "number_state": [state, "unknown", "unknown" if state == "unknown" else "dormant"],
        }
    )
    issue = {"contact_id": "2", "source": source, "position": 0, "phone_column": "", "suggested_fix": ""}
    told = [
        {**issue, "issue_kind": "several_countries", "severity": "warning"},
        {**issue, "contact_id": "1", "issue_kind": "several_countries", "severity": "info"},
        {**issue, "contact_id": "1", "issue_kind": "invalid_number", "severity": "error"},
    ]
    examined = Examined(phones, pl.DataFrame({"source": [source]}), contacts)
    return count_quality(contacts, examined, pl.DataFrame(told, HYGIENE_ISSUE.schema))


def test_each_part_is_its_share_and_the_score_their_mean_by_weight() -> None:
    (row,) = score_sources([_counts()], ["crm"], JULY, QualityWeights()).rows(named=True)
    expected = {"completeness": 0.75, "validity": 0.5, "consistency": 2 / 3, "uniqueness": 2 / 3, "freshness": 0.5}
    assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-4)
    weights = QualityWeights().model_dump()
    assert row["quality_score"] == pytest.approx(
        100 * sum(expected[name] * weights[name] for name in expected), abs=0.01
    )
    assert (row["contact_count"], row["as_of"]) == (4, JULY)


def test_a_part_that_nothing_is_known_of_stays_out_with_its_weight() -> None:
    only = QualityWeights(completeness=1, validity=0, consistency=0, uniqueness=0, freshness=3)
    (row,) = score_sources([_counts(state="unknown")], ["crm"], JULY, only).rows(named=True)
    assert (row["freshness"], row["quality_score"]) == (None, 75)


def test_parts_of_contacts_add_up_and_sources_that_were_not_read_stay_out() -> None:
    once = score_sources([_counts()], ["crm"], JULY, QualityWeights())
    twice = score_sources([_counts(), _counts("shop"), _counts()], ["crm"], JULY, QualityWeights())
    assert twice.drop("contact_count").equals(once.drop("contact_count"))
    assert twice["contact_count"].to_list() == [8]


def test_a_source_without_contacts_has_no_score() -> None:
    empty = score_sources([], ["crm"], JULY, QualityWeights())
    assert empty.schema == QUALITY_SCORE.schema
    assert empty.select("contact_count", "validity", "quality_score").rows() == [(0, None, None)]


def test_weights_that_are_all_0_are_told() -> None:
    with pytest.raises(ValueError, match="at least one weight has to be above 0"):
        QualityWeights(completeness=0, validity=0, consistency=0, uniqueness=0, freshness=0)

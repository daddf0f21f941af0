"""A contact has the highest risk of its own id and all its numbers."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoneseg.contracts.contact_risk import CONTACT_RISK, MEMBER_SIGNAL
from phoneseg.contracts.risk import RISK_LEVELS
from phoneseg.risk.contact_risk import summarize_signals

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
Told = tuple[str, str, str, str]
PHONES = (("crm:1", "a"), ("crm:1", "b"), ("crm:2", "b"), ("crm:3", "b"), ("crm:3", "b"), ("crm:4", "c"))


def risks(*signals: Told, phones: tuple[tuple[str, str], ...] = PHONES) -> dict[str, tuple[str, str, int]]:
    """Return the risk by contact, of signals given as member, signal_kind, subject and level."""
    rows = [
        {
            "member_kind": "contact" if ":" in member else "number",
            "member": member,
            "as_of": AS_OF,
            "window_start": AS_OF,
            "signal_kind": kind,
            "subject_kind": "cluster",
            "subject": subject,
            "activity_kind": "any",
            "risk_level": level,
        }
        for member, kind, subject, level in signals
    ]
    held = pl.LazyFrame(phones, {"contact_id": pl.String, "phone_token": pl.String}, orient="row")
    told = summarize_signals(pl.LazyFrame(rows, MEMBER_SIGNAL.schema), held).collect()
    assert told.schema == CONTACT_RISK.schema
    return {row[0]: row[1:] for row in told.iter_rows()}


def test_a_signal_of_a_number_reaches_all_who_hold_it_and_one_of_a_contact_no_other() -> None:
    assert risks(
        ("b", "sim_box", "b", "monitor"), ("crm:2", "ring", "crm:0", "high"), ("z", "sim_box", "z", "high")
    ) == {
        "crm:1": ("monitor", "sim_box", 1),
        "crm:2": ("high", "ring,sim_box", 2),
        "crm:3": ("monitor", "sim_box", 1),
    }


def test_a_signal_about_several_numbers_of_a_contact_is_one() -> None:
    cluster = (("a", "number_cluster", "a", "monitor"), ("b", "number_cluster", "a", "monitor"))
    assert risks(*cluster)["crm:1"] == ("monitor", "number_cluster", 1)


@pytest.mark.parametrize("member", ["a", "crm:4"])
def test_without_signals_or_phones_there_is_no_risk(member: str) -> None:
    assert risks() == {}
    assert set(risks((member, "ring", member, "high"), phones=())) == ({member} if ":" in member else set())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", "crm:1", "crm:4", "crm:9"]),
            st.sampled_from(["ring", "sim_box"]),
            st.sampled_from(["s", "t"]),
            st.sampled_from(RISK_LEVELS[1:]),
        ),
        max_size=8,
        unique_by=lambda told: told[:3],
    )
)
def test_a_risk_is_what_a_look_at_each_contact_says(signals: list[Told]) -> None:
    expected = {}
    for contact in {*(contact for contact, _ in PHONES), *(told[0] for told in signals if ":" in told[0])}:
        own = {contact, *(token for holder, token in PHONES if holder == contact)}
        mine = [told for told in signals if told[0] in own]
        if mine:
            level = max((told[3] for told in mine), key=RISK_LEVELS.index)
            reasons = ",".join(sorted({told[1] for told in mine}))
            expected[contact] = (level, reasons, len({told[1:] for told in mine}))
    assert risks(*signals) == expected

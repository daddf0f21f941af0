"""Who may be contacted is what a plain reading of the rows gives, one contact and one subject at a time."""

from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from phoneseg.consent.decide import decide_permissions, list_objecting
from phoneseg.consent.subjects import list_applying, list_subjects
from phoneseg.contracts import UTC_INSTANT

PHONES: Final = {"a": {"1", "2"}, "b": {"2"}, "c": set[str]()}
START: Final = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """A row that is of a contact, or of a number."""

    source_type: str
    contact_id: str | None
    phone_token: str | None
    channel: str | None
    purpose: str | None
    is_granted: bool
    decided_at: datetime | None

    def is_about(self, contact: str, number: str | None, subject: tuple[str, str]) -> bool:
        """Return whether it is about a number of a contact; null for a contact without numbers."""
        is_named = self.contact_id == contact or (self.phone_token is not None and self.phone_token == number)
        names = zip((self.channel, self.purpose), subject, strict=True)
        return is_named and all(name is None or name == asked for name, asked in names)


@st.composite
def drawn_rows(draw: st.DrawFn) -> Row:
    """Draw a row; of few values, so that rows are often about the same, and often as new."""
    kind = draw(st.sampled_from(["consent", "consent", "consent", "suppression", "objection"]))
    is_by_id, channels, purposes = draw(st.booleans()), ("sms", "call", None), ("news", "service", None)
    return Row(
        kind,
        draw(st.sampled_from(sorted(PHONES))) if is_by_id else None,
        None if is_by_id else draw(st.sampled_from("12")),
        draw(st.sampled_from(channels)) if kind != "objection" else None,
        draw(st.sampled_from(purposes)) if kind == "consent" else None,
        draw(st.booleans()) if kind != "suppression" else False,
        draw(st.sampled_from([None, *(START + timedelta(days=days) for days in range(3))])),
    )


def newest(rows: list[Row]) -> tuple[bool, datetime | None]:
    """Return whether the newest rows grant, and when they were made."""
    at = max((row.decided_at for row in rows if row.decided_at is not None), default=None)
    return all(row.is_granted for row in rows if row.decided_at == at), at


def expected(rows: list[Row], contact: str, subject: tuple[str, str]) -> tuple[bool | None, datetime | None]:
    """Return whether all numbers of a contact are granted, and when; null where no row is about it."""
    told = []
    for number in PHONES[contact] or {None}:
        about = [row for row in rows if row.is_about(contact, number, subject)]
        told += [newest(about)] if about else []
    if not told:
        return None, None
    is_granted = all(each for each, _ in told)
    times = [at for each, at in told if at is not None and each == is_granted]
    return is_granted, max(times, default=None)


@given(rows=st.lists(drawn_rows(), max_size=8))
def test_the_newest_row_decides_for_each_number_and_the_refused_number_for_the_contact(rows: list[Row]) -> None:
    schema = dict.fromkeys(Row.__dataclass_fields__, pl.String) | {
        "is_granted": pl.Boolean,
        "decided_at": UTC_INSTANT,
    }
    frame = pl.LazyFrame([astuple(row) for row in rows], schema, orient="row")
    holders = [(contact, number) for contact, numbers in PHONES.items() for number in numbers]
    phones = pl.LazyFrame(holders, {"contact_id": pl.String, "phone_token": pl.String}, orient="row")
    mentions = [(row.channel, row.purpose) for row in rows if row.source_type != "objection"]
    subjects = list_subjects(mentions)
    decided = decide_permissions(frame, phones, list_applying(mentions, subjects).lazy()).collect()
    found = {tuple(row[:3]): tuple(row[3:]) for row in decided.iter_rows()}
    assert len(found) == len(decided)

    consent, listed, objections = (
        [row for row in rows if row.source_type == kind] for kind in ("consent", "suppression", "objection")
    )
    for contact in PHONES:
        for subject in subjects:
            is_suppressed, suppressed_at = expected(listed, contact, subject)
            told = (*expected(consent, contact, subject), is_suppressed is not None, suppressed_at)
            assert found.pop((contact, *subject), (None, None, False, None)) == told
    assert found == {}
    objecting = set(list_objecting(frame, phones).collect()["contact_id"])
    assert objecting == {contact for contact in PHONES if expected(objections, contact, ("*", "*"))[0] is False}


@given(mentions=st.lists(st.tuples(st.sampled_from(["sms", "call", None]), st.sampled_from(["news", "x", None]))))
def test_every_row_is_about_a_subject_and_every_name_is_asked_about(
    mentions: list[tuple[str | None, str | None]],
) -> None:
    subjects = list_subjects(mentions)
    applying = list_applying(mentions, subjects)
    assert set(applying.select("named_channel", "named_purpose").rows()) == set(mentions)
    assert set(applying.select("channel", "purpose").rows()) == set(subjects)
    for position in (0, 1):
        named = {mention[position] for mention in mentions if mention[position] is not None}
        assert {subject[position] for subject in subjects} == (named or ({"*"} if mentions else set()))

"""What sources say reaches contacts, those that a run does not read again included, and every row is accounted for."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from phoneseg.consent import match_permissions, scan_permissions
from phoneseg.contracts import (
    ACTIVITY,
    CHANGED_CONTACT,
    CONTACT_BASE,
    KEPT_CONTACT,
    KEPT_PHONE,
    PARSED_PHONE,
    PERMISSION_SIZE,
    PHONE_NUMBER,
    RAW_CONTACT,
    RAW_PERMISSION,
    Table,
    contact_profile,
)
from phoneseg.errors import SourceError
from phoneseg.privacy import TokenKey
from phoneseg.run import Run
from phoneseg.settings import Settings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
KEY = TokenKey(b"a key for tests alone")
ONE, TWO, OTHER = "+16502530000", "+16502530001", "+16502530009"
BY_NUMBER = 'table = "it"\nphone = "x"\n'
SOURCES = f"""
[consent.it]
{BY_NUMBER}status_column = "status"
at = "at"
[objection.it]
{BY_NUMBER}
[suppression.it]
{BY_NUMBER}
"""
Rows = list[dict[str, object]]
Reasons = dict[str, dict[str, str]]
Permit = Callable[..., tuple[Reasons, dict[str, dict[str, int]], set[str]]]


@pytest.fixture
def permit(
    make_settings: Callable[..., Settings],
) -> Callable[..., tuple[Reasons, dict[str, dict[str, int]], set[str]]]:
    """Match rows to contacts, given by their numbers; `kept` ones are not read by the run.

    Returns why each contact may be contacted by each channel, the counts of each source above 0, and who objects.
    """

    def match_rows(
        rows: Rows, contacts: dict[str, list[str]], kept: dict[str, list[str]] | None = None, more: str = ""
    ) -> tuple[Reasons, dict[str, dict[str, int]], set[str]]:
        kept = kept or {}
        run = Run.open(make_settings(more=SOURCES + more), as_of=JULY)
        stage = run.stage
        stage.create()
        stage.write(RAW_CONTACT.name, _filled(RAW_CONTACT, [{"contact_id": each} for each in contacts]))
        stage.write(KEPT_CONTACT.name, _filled(KEPT_CONTACT, [{"contact_id": each} for each in kept]))
        stage.write(CHANGED_CONTACT.name, _filled(CHANGED_CONTACT, [{"contact_id": each} for each in contacts]))
        stage.write(PARSED_PHONE.name, _filled(PARSED_PHONE, _phones(contacts)))
        stage.write(PHONE_NUMBER.name, _filled(PHONE_NUMBER, _phones(contacts)).unique("phone_token"))
        stage.write(KEPT_PHONE.name, _filled(KEPT_PHONE, _phones(kept)))
        stage.write(RAW_PERMISSION.name, _filled(RAW_PERMISSION, [_permission(row) for row in rows]))
        everybody = [{"contact_id": each, "source": "crm", "valid_phone_count": 1} for each in (*contacts, *kept)]
        for table in (ACTIVITY, CONTACT_BASE):
            with stage.append_parts(table, 3) as append:
                append(_filled(table, everybody if table is CONTACT_BASE else []).collect())
        match_permissions(run, KEY)
        sizes = stage.scan(PERMISSION_SIZE.name).collect()
        assert sizes.schema == PERMISSION_SIZE.schema
        reasons: Reasons = {}
        objecting = set()
        for base, part in zip(stage.scan_parts(CONTACT_BASE.name), scan_permissions(run), strict=True):
            profiles = _filled(contact_profile(), base.collect().rows(named=True)).collect()
            permissions = part.list_permissions(profiles)
            added = part.add_to(profiles, permissions)
            assert added["contact_id"].to_list() == profiles["contact_id"].to_list()
            objecting |= set(added.filter("has_objection")["contact_id"])
            for contact, channel, reason in permissions.select("contact_id", "channel", "reason").rows():
                reasons.setdefault(contact, {})[channel] = reason
        return reasons, {row["source_type"]: _counts(row) for row in sizes.rows(named=True)}, objecting

    return match_rows


def _counts(row: dict[str, object]) -> dict[str, int]:
    return {name.removesuffix("_count"): int(str(n)) for name, n in row.items() if name.endswith("_count") and n}


def _permission(row: dict[str, object]) -> dict[str, object]:
    """Return a row of consent by SMS, given in June, but for what it says."""
    told = {"source_type": "consent", "channel": "sms", "is_granted": True, "decided_at": JUNE, **row}
    return {"permission_source": "it", "is_status_unread": False, **told}


def _phones(contacts: dict[str, list[str]]) -> Rows:
    return [
        {"contact_id": contact, "phone_e164": number, "phone_token": KEY.token(number)}
        for contact, numbers in contacts.items()
        for number in numbers
    ]


def _filled(table: Table, rows: Rows) -> pl.LazyFrame:
    """Return rows of a table, null where they say nothing."""
    columns = {name: [row.get(name) for row in rows] for name in table.column_names}
    return pl.LazyFrame(columns, schema=table.schema)


def test_a_number_speaks_for_each_contact_that_holds_it_read_again_or_not(permit: Permit) -> None:
    reasons, sizes, _ = permit([{"phone_raw": ONE}], {"crm:1": [ONE], "crm:2": [TWO]}, kept={"crm:3": [ONE]})
    assert reasons == {"crm:1": {"sms": "consent"}, "crm:2": {"sms": "no_consent"}, "crm:3": {"sms": "consent"}}
    assert sizes["consent"] == {"row": 1, "matched": 1}


def test_one_refused_number_refuses_the_contact_and_a_newer_word_of_the_contact_itself_grants(permit: Permit) -> None:
    contacts = {"crm:1": [ONE, TWO]}
    refused: dict[str, object] = {"phone_raw": ONE, "is_granted": False, "decided_at": MAY}
    assert permit([refused, {"phone_raw": TWO}], contacts)[0] == {"crm:1": {"sms": "withdrawn"}}
    assert permit([refused, {"contact_id": "crm:1"}], contacts)[0] == {"crm:1": {"sms": "consent"}}
    assert permit([refused, {"phone_raw": ONE}], contacts)[0] == {"crm:1": {"sms": "consent"}}


def test_a_number_that_many_share_refuses_for_all_and_grants_for_none(permit: Permit) -> None:
    contacts = {f"crm:{number}": [ONE] for number in range(3)}
    few = "[profile]\nmax_contacts_per_number = 2\n"
    reasons, sizes, _ = permit([{"phone_raw": ONE}], contacts, more=few)
    assert {reason["sms"] for reason in reasons.values()} == {"no_consent"}
    assert sizes["consent"] == {"row": 1, "shared_number": 1}
    refused = {"phone_raw": ONE, "is_granted": False, "decided_at": MAY}
    reasons, sizes, _ = permit([{"phone_raw": ONE}, refused], contacts, more=few)
    assert {reason["sms"] for reason in reasons.values()} == {"withdrawn"}
    assert sizes["consent"] == {"row": 2, "shared_number": 1, "matched": 1}


def test_without_a_time_a_grant_decides_nothing_and_a_refusal_what_nobody_decided_later(permit: Permit) -> None:
    undated: dict[str, object] = {"contact_id": "crm:1", "decided_at": None}
    reasons, sizes, _ = permit([undated], {"crm:1": []})
    assert (reasons["crm:1"], sizes["consent"]) == ({"sms": "no_consent"}, {"row": 1, "undated": 1})
    refusal = undated | {"is_granted": False}
    assert permit([refusal], {"crm:1": []})[0] == {"crm:1": {"sms": "withdrawn"}}
    assert permit([refusal, {"contact_id": "crm:1"}], {"crm:1": []})[0] == {"crm:1": {"sms": "consent"}}


def test_every_row_comes_to_one_outcome(permit: Permit) -> None:
    rows: Rows = [
        {"contact_id": "crm:1"},
        {"contact_id": "crm:9", "is_status_unread": True, "is_granted": False},
        {"phone_raw": OTHER},
        {"phone_raw": "call me"},
        {"phone_raw": None},
        {"source_type": "objection", "phone_raw": "none", "is_granted": False},
    ]
    _, sizes, objecting = permit(rows, {"crm:1": [ONE]})
    assert sizes == {
        "consent": {"row": 5, "matched": 1, "unknown_contact": 2, "unreadable": 2, "unread_status": 1},
        "objection": {"row": 1, "unreadable": 1},
        "suppression": {},
    }
    assert objecting == set()


def test_an_objection_stands_until_it_is_lifted_and_forbids_no_contact(permit: Permit) -> None:
    objection: dict[str, object] = {"source_type": "objection", "phone_raw": ONE, "channel": None, "is_granted": False}
    contacts = {"crm:1": [ONE], "crm:2": [TWO]}
    reasons, _, objecting = permit([objection, {"contact_id": "crm:1"}], contacts)
    assert (objecting, reasons["crm:1"]) == ({"crm:1"}, {"sms": "consent"})
    lifted: dict[str, object] = {**objection, "phone_raw": None, "contact_id": "crm:1", "is_granted": True}
    assert permit([objection, lifted], contacts)[2] == {"crm:1"}, "as new as the objection"
    assert permit([{**objection, "decided_at": MAY}, lifted], contacts)[2] == set()


def test_without_sources_there_is_no_permission_and_no_objection(permit: Permit) -> None:
    assert permit([], {"crm:1": [ONE]}) == ({}, {"consent": {}, "objection": {}, "suppression": {}}, set())


def test_a_column_that_holds_no_channels_stops_the_run(permit: Permit) -> None:
    rows: Rows = [{"contact_id": "crm:1", "channel": f"text {number}"} for number in range(101)]
    with pytest.raises(SourceError, match="name 101 pairs of channel and purpose, and every contact would have a row"):
        permit(rows, {"crm:1": []})

"""Signals of risk hold tokens, contact ids or prefixes: persons get theirs, erasures and new keys reach them."""

import json

import pytest

from phoneseg.contracts import CONTACT_PHONE
from phoneseg.contracts.risk import RISK_MEMBER, RISK_REVIEW, RISK_SIGNAL, SIM_BOX_LOSS
from phoneseg.governance import Request, erase, export_person, request_contact, request_number, rotate_keys
from phoneseg.privacy import TokenKey
from tests.unit.governance.conftest import KEY, Books

ONE, MATE, OTHER = "+4930901820", "+442079460018", "+12125550123"
TOKEN, MATES, OTHERS = (KEY.token(number) for number in (ONE, MATE, OTHER))
NEW = TokenKey(b"another key for tests alone")
PREFIXES = {"country": "US", "area_code": "1-212", "number_block": "121255", "carrier": "US:" + "Some carrier " * 3}


def subjects(books: Books) -> set[str]:
    """Return the subjects of signals, which are those of the reviews."""
    told = {row["subject"] for row in books.rows(RISK_SIGNAL)}
    assert told == {row["subject"] for row in books.rows(RISK_REVIEW)}
    return told


def members(books: Books) -> set[tuple[str, str]]:
    return {(row["subject"], row["member"]) for row in books.rows(RISK_MEMBER)}


@pytest.mark.parametrize(
    ("subject", "member", "asked"),
    [(TOKEN, MATES, request_number(ONE)), ("crm:1", "crm:2", request_contact("crm:1"))],
    ids=["number", "contact"],
)
def test_a_signal_goes_with_its_subject_and_a_cluster_stays_without_a_member(
    books: Books, subject: str, member: str, asked: Request
) -> None:
    books.write_signal("number_cluster", subject, subject, member)
    books.write_signal("ring", member, subject, member)
    books.write_signal("spikes", "1-212")
    (receipt,) = erase(books.settings, [asked], dry_run=False)
    assert books.tables_with(subject) == set()
    assert subjects(books) == {member, "1-212"}
    assert members(books) == {(member, member)}
    assert receipt.erased.rows_by_table == {"risk_signal": 1, "risk_member": 3, "risk_review": 1}


def test_the_numbers_of_an_erased_contact_take_their_signals_along_unless_others_hold_them(books: Books) -> None:
    books.write_person("crm:1", ONE)
    books.write_person("crm:2", MATE)
    books.write(CONTACT_PHONE, contact_id="crm:1", phone_token=MATES, phone_column="shared")
    for token in (TOKEN, MATES):
        books.write_signal("sim_box", token, token)
    erase(books.settings, [request_contact("crm:1")], dry_run=False)
    assert books.tables_with("crm:1", TOKEN) == set()
    assert {MATES, "crm:2"} <= subjects(books)
    assert {row["phone_token"] for row in books.rows(SIM_BOX_LOSS)} == {MATES}


def test_a_new_key_changes_tokens_and_leaves_prefixes_and_contacts(any_books: Books) -> None:
    any_books.write_person("crm:1", ONE)
    for level, prefix in PREFIXES.items():
        any_books.write_signal("spikes", prefix, subject_kind=level)
    any_books.write_signal("number_cluster", TOKEN, TOKEN, OTHERS)
    any_books.write_signal("one_ring", OTHERS, OTHERS)
    counts = rotate_keys(any_books.settings, NEW)
    renewed = NEW.token(ONE)
    assert subjects(any_books) == {*PREFIXES.values(), "crm:1", renewed}
    assert members(any_books) == {("crm:1", "crm:1"), (renewed, renewed)}
    assert (counts["risk_signal"], counts["risk_member"], counts["risk_review"]) == (2, 3, 2), "each row once"
    assert any_books.tables_with(TOKEN, OTHERS) == set(), "nobody can make the token of an unknown number anew"
    before = any_books.all_rows()
    assert set(rotate_keys(any_books.settings, NEW).values()) == {0}
    assert any_books.all_rows() == before


def test_a_person_gets_the_signals_of_its_numbers_and_clusters_and_no_other_member(books: Books) -> None:
    books.write_person("crm:1", ONE)
    books.write_person("crm:2", MATE)
    books.write_signal("number_cluster", MATES, MATES, TOKEN)
    books.write_signal("spikes", "1-212", TOKEN, MATES, subject_kind="area_code")
    books.write_signal("sim_box", MATES, MATES)
    told = export_person(books.settings, request_contact("crm:1"))
    signals = told["tables"]["risk_signal"]["rows"]
    assert {(row["signal_kind"], row["subject"]) for row in signals} == {
        *(("some signal_kind", mine) for mine in (TOKEN, "crm:1")),
        *{("number_cluster", None), ("spikes", "1-212")},
    }
    reviews = told["tables"]["risk_review"]["rows"]
    assert {row["signal_kind"] for row in reviews} == {row["signal_kind"] for row in signals}
    held = {(row["signal_kind"], row["subject"], row["member"]) for row in told["tables"]["risk_member"]["rows"]}
    assert {("number_cluster", None, TOKEN), ("some signal_kind", "crm:1", "crm:1")} <= held
    text = json.dumps(told)
    assert MATES not in text
    assert "crm:2" not in text
    assert told["tables"]["sim_box_loss"]["rows"][0]["phone_token"] == TOKEN

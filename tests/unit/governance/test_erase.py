"""An erasure leaves no row of its person in any table, and every row of others."""

import json

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from phoneseg import contracts
from phoneseg.contracts import (
    CONTACT_CANONICAL,
    CONTACT_PHONE,
    CONTACT_PROFILE,
    ERASURE_RECEIPT,
    PRIVACY_REQUEST,
    QUARANTINE_RAW,
    RND_ANSWER,
    SEGMENT,
    SHARED_NUMBER,
    TOMBSTONE,
)
from phoneseg.errors import StopError
from phoneseg.governance import erase, request_contact, request_number, serve_requests, targets
from phoneseg.governance.requests import read_numbers
from phoneseg.privacy import CONTACT, DIGITS, NUMBER, TokenKey
from phoneseg.settings import load_settings
from tests.unit.governance.conftest import KEY, Books

ONE, OTHER = "+4930901820", "+442079460018"


def test_a_contact_is_erased_from_every_table_that_names_contacts_and_others_are_not(any_books: Books) -> None:
    token = any_books.write_person("crm:one", ONE)
    their_token = any_books.write_person("crm:other", OTHER)
    others = any_books.tables_with("crm:other", OTHER, their_token)
    assert {table.name for table in (*targets.contact_tables(), *targets.token_tables())} <= others
    (receipt,) = erase(any_books.settings, [request_contact("crm:one")], dry_run=False)
    assert any_books.tables_with("crm:one", ONE, token) == set()
    assert any_books.tables_with("crm:other", OTHER, their_token) == others
    counted = {
        table.name: 1 + targets.is_of_either(table) for table in (*targets.contact_tables(), *targets.token_tables())
    }
    assert receipt.erased.rows_by_table == counted
    (told,) = any_books.rows(ERASURE_RECEIPT)
    assert (told["contact_count"], told["row_count"], told["request_id"]) == (1, sum(counted.values()), None)
    assert json.loads(told["rows_by_table"]) == counted
    (stone,) = any_books.rows(TOMBSTONE)
    assert (stone["token_kind"], stone["token_key_id"]) == ("contact", KEY.key_id)
    assert stone["erasure_token"] == KEY.erasure_token(CONTACT, "crm:one")


def test_a_number_that_somebody_else_has_stays_with_them(books: Books) -> None:
    books.write_person("crm:one", ONE)
    books.write(CONTACT_PHONE, contact_id="crm:mate", phone_token=KEY.token(ONE), token_key_id=KEY.key_id)
    erase(books.settings, [request_contact("crm:one")], dry_run=False)
    assert books.tables_with("crm:one") == set()
    assert books.tables_with(ONE) == {"phone_number"}


def test_a_number_is_erased_from_everybody_and_they_stay(any_books: Books) -> None:
    token = any_books.write_person("crm:one", ONE)
    any_books.write(CONTACT_PHONE, contact_id="crm:mate", phone_token=token, token_key_id=KEY.key_id)
    stay = any_books.tables_with("crm:one") - {"contact_phone", "number_state", "privacy_request"}
    (receipt,) = erase(any_books.settings, [request_number("+49 30 901820")], dry_run=False)
    assert any_books.tables_with(ONE, token) == set()
    assert any_books.tables_with("crm:one") == stay
    assert receipt.erased.rows_by_table == {table.name: 1 for table in targets.token_tables()} | {"contact_phone": 2}
    assert receipt.erased.contact_ids == ("crm:mate", "crm:one")
    (profile,) = any_books.rows(CONTACT_PROFILE)
    assert (profile["phone_token"], profile["phone_count"], profile["region_code"]) == (None, 0, None)
    assert profile["city"] == "some city"
    kinds = {(row["token_kind"], row["erasure_token"]) for row in any_books.rows(TOMBSTONE)}
    digits = {(DIGITS, KEY.erasure_token(DIGITS, each)) for each in ("4930901820", "30901820")}
    assert kinds == {(NUMBER, KEY.erasure_token(NUMBER, ONE)), *digits}


def test_a_contact_goes_with_its_cluster_and_no_other(any_books: Books) -> None:
    for contact, head in (("crm:1", "crm:1"), ("web:2", "crm:1"), ("crm:3", "crm:3")):
        any_books.write(CONTACT_CANONICAL, contact_id=contact, canonical_contact_id=head)
        any_books.write(SEGMENT, segment_code=contact)
        any_books.write(contracts.SEGMENT_MEMBERSHIP, contact_id=contact, segment_code=contact)
    (receipt,) = erase(any_books.settings, [request_contact("web:2")], dry_run=False)
    assert receipt.erased.contact_ids == ("crm:1", "web:2")
    assert any_books.tables_with("crm:1", "web:2") == set()
    assert [row["segment_code"] for row in any_books.rows(SEGMENT)] == ["crm:3"]
    assert [row["contact_id"] for row in any_books.rows(CONTACT_CANONICAL)] == ["crm:3"]
    stones = {row["erasure_token"] for row in any_books.rows(TOMBSTONE)}
    assert stones == {KEY.erasure_token(CONTACT, each) for each in ("crm:1", "web:2")}


def test_a_number_that_a_whole_cluster_has_counts_once(any_books: Books) -> None:
    token = any_books.write_person("crm:1", ONE)
    any_books.write(CONTACT_CANONICAL, contact_id="web:2", canonical_contact_id="crm:1")
    any_books.write(CONTACT_PHONE, contact_id="web:2", phone_token=token, token_key_id=KEY.key_id)
    (receipt,) = erase(any_books.settings, [request_contact("web:2")], dry_run=False)
    counts = receipt.erased.rows_by_table
    assert (counts["contact_phone"], counts["phone_number"], counts["shared_number"]) == (2, 1, 1)


def test_two_requests_for_one_person_count_its_rows_once(books: Books) -> None:
    for contact in ("crm:1", "web:2"):
        books.write(CONTACT_CANONICAL, contact_id=contact, canonical_contact_id="crm:1")
    receipts = erase(books.settings, [request_contact("web:2"), request_contact("crm:1")], dry_run=False)
    assert [each.erased.rows_by_table for each in receipts] == [{"contact_canonical": 2}, {}]
    assert [each.erased.contact_ids for each in receipts] == [("crm:1", "web:2")] * 2


def test_a_number_that_is_quarantined_for_all_leaves_no_token(any_books: Books) -> None:
    token = KEY.token(ONE)
    any_books.write(contracts.SHARED_NUMBER, phone_token=token, kind="placeholder")
    any_books.write(contracts.RND_ANSWER, phone_token=token, token_key_id=KEY.key_id)
    (receipt,) = erase(any_books.settings, [request_number(ONE)], dry_run=False)
    assert any_books.tables_with(token) == set()
    assert receipt.erased.rows_by_table == {"shared_number": 1, "rnd_answer": 1}


def test_who_is_erased_twice_has_one_tombstone_and_two_receipts(books: Books) -> None:
    requests = [request_contact("crm:one"), request_contact("crm:one"), request_number(ONE)]
    erase(books.settings, requests, dry_run=False)
    erase(books.settings, requests, dry_run=False)
    assert len(books.rows(TOMBSTONE)) == 4
    assert len(books.rows(ERASURE_RECEIPT)) == 6


def test_a_thousand_requests_are_served_at_once(books: Books) -> None:
    with books.warehouse.transaction() as connection:
        table = books.warehouse.naming.published(PRIVACY_REQUEST)
        rows = [{"request_id": str(n), "request_kind": "erase_contact", "contact_id": f"crm:{n}"} for n in range(1_000)]
        connection.execute(sa.insert(table), rows)
    erase(books.settings, [request_contact(f"crm:{n}") for n in range(1_000)], dry_run=False)
    assert books.rows(PRIVACY_REQUEST) == []
    assert len(books.rows(TOMBSTONE)) == 1_000


def test_nobody_is_erased_under_a_key_that_the_tokens_are_not_of(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    books.write_person("crm:one", ONE)
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "another key for tests alone")
    with pytest.raises(StopError, match="were made with token key"):
        erase(load_settings(books.settings.config_file), [request_contact("crm:one")], dry_run=False)
    assert (books.rows(TOMBSTONE), "contact_phone" in books.tables_with("crm:one")) == ([], True)


@pytest.mark.parametrize("text", ["030 901820", "somebody", "", "+49", "crm:1"])
def test_what_is_no_number_with_its_calling_code_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(StopError, match="with its calling code") as raised:
        request_number(text)
    assert not text or text not in str(raised.value).replace("+49 30 ...", "").replace("crm:17", "")


@pytest.mark.parametrize("text", ["", "17", "crm:", ":17", "a b:1"])
def test_what_is_no_contact_id_is_refused(text: str) -> None:
    with pytest.raises(StopError, match="`<source>:<id>`"):
        request_contact(text)


def test_a_request_does_not_print_whom_it_is_about() -> None:
    assert "crm" not in repr(request_contact("crm:17"))
    assert "30" not in repr(request_number(ONE))
    assert read_numbers(["+49 (30) 90 18 20", "x"]) == [ONE, None]


def ask(books: Books, request_id: str, kind: str, contact: str | None = None, number: str | None = None) -> None:
    books.write(PRIVACY_REQUEST, request_id=request_id, request_kind=kind, contact_id=contact, phone_e164=number)


def test_requests_are_served_and_gone_and_those_that_cannot_be_stay(any_books: Books) -> None:
    any_books.write_person("web:7", OTHER)
    ask(any_books, "T1", "erase_contact", "crm:one")
    ask(any_books, "T2", "erase_number", number="+49 (30) 901820")
    ask(any_books, "T3", "erase_number", number="030 901820")
    ask(any_books, "T4", "forget")
    ask(any_books, "of crm:one", "erase_contact", "crm:one")
    ask(any_books, "T6", "wrong kind", "crm:one")
    shown, refused = serve_requests(any_books.settings, dry_run=True)
    assert (len(shown), sum(refused.values())) == (3, 4)
    assert len(any_books.rows(PRIVACY_REQUEST)) == 7
    served, refused = serve_requests(any_books.settings, dry_run=False)
    assert {str(each.request.request_id) for each in served} == {"T1", "T2", "of crm:one"}
    assert sorted(refused.values()) == [1, 3]
    assert {row["request_id"] for row in any_books.rows(PRIVACY_REQUEST)} == {"T3", "T4", "about web:7"}
    told = sorted(str(row["request_id"]) for row in any_books.rows(ERASURE_RECEIPT))
    assert told == ["None", "T1", "T2"], "a request id that names somebody is left out"
    assert any_books.tables_with("crm:one", "901820") == {"privacy_request"}, "of T3 nobody knows the country"
    assert serve_requests(any_books.settings, dry_run=False)[0] == []


def test_a_request_about_a_source_that_nobody_has_stays_and_is_told(books: Books) -> None:
    ask(books, "T1", "erase_contact", "crmm:17")
    served, refused = serve_requests(books.settings, dry_run=False)
    assert (served, list(refused)) == ([], ["the source of the contact id has to be one of the settings: crm"])
    assert [row["request_id"] for row in books.rows(PRIVACY_REQUEST)] == ["T1"]
    assert books.rows(TOMBSTONE) == []


@pytest.mark.parametrize("request_id", ["+49 30 90 18 20", "call 030/901820", ONE])
def test_a_receipt_holds_no_request_id_that_is_the_number_however_it_is_written(books: Books, request_id: str) -> None:
    ask(books, request_id, "erase_number", number=ONE)
    serve_requests(books.settings, dry_run=False)
    assert [row["request_id"] for row in books.rows(ERASURE_RECEIPT)] == [None]


@pytest.mark.parametrize("zero", [0x660, 0x966, 0xFF10], ids=["Arabic", "Devanagari", "fullwidth"])
def test_a_quarantined_cell_goes_in_whatever_digits_it_is_written(books: Books, zero: int) -> None:
    raw = "030-901820".translate({ord("0") + digit: zero + digit for digit in range(10)})
    books.write(QUARANTINE_RAW, contact_id="crm:one", phone_raw=raw)
    erase(books.settings, [request_number(ONE)], dry_run=False)
    assert books.rows(QUARANTINE_RAW) == []


def test_a_dry_run_says_what_an_erasure_erases_and_changes_nothing(books: Books) -> None:
    books.write_person("crm:one", ONE)
    books.write_person("crm:other", OTHER)
    before = books.all_rows()
    requests = [request_contact("crm:one"), request_number(OTHER)]
    shown = erase(books.settings, requests, dry_run=True)
    assert books.all_rows() == before
    done = erase(books.settings, requests, dry_run=False)
    assert [each.erased for each in shown] == [each.erased for each in done]
    assert min(each.row_count for each in done) > 0


def test_a_number_is_erased_where_its_token_alone_is_left(any_books: Books) -> None:
    old = TokenKey(b"a former key for tests alone")
    settings = any_books.settings.model_copy(update={"old_token_keys": (SecretStr(old.secret.decode()),)})
    for key in (KEY, old):
        any_books.write(RND_ANSWER, phone_token=key.token(ONE), token_key_id=key.key_id)
    any_books.write(SHARED_NUMBER, phone_token=KEY.token(ONE))
    any_books.write(RND_ANSWER, phone_token=KEY.token(OTHER), token_key_id=KEY.key_id)
    (receipt,) = erase(settings, [request_number(ONE)], dry_run=False)
    assert receipt.erased.rows_by_table == {"rnd_answer": 2, "shared_number": 1}
    assert any_books.tables_with(KEY.token(ONE), old.token(ONE)) == set()
    assert any_books.tables_with(KEY.token(OTHER)) == {"rnd_answer"}


def test_a_request_for_one_stays_when_another_whom_it_names_is_erased(any_books: Books) -> None:
    ask(any_books, "T1", "erase_contact", "crm:one", ONE)
    ask(any_books, "T2", "erase_number", "crm:two", OTHER)
    erase(any_books.settings, [request_number(ONE), request_contact("crm:two")], dry_run=False)
    left = [(row["request_id"], row["contact_id"], row["phone_e164"]) for row in any_books.rows(PRIVACY_REQUEST)]
    assert sorted(left) == [("T1", "crm:one", None), ("T2", None, OTHER)]
    assert len(serve_requests(any_books.settings, dry_run=False)[0]) == 2
    assert any_books.rows(PRIVACY_REQUEST) == []

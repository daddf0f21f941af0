"""A person gets all that is held, table by table with its meaning, and nothing of others."""

import json

from phoneseg.contracts import (
    CANONICAL_CHANGE,
    CONTACT_PHONE,
    CONTACT_PROFILE,
    SEGMENT,
    SEGMENT_MEMBERSHIP,
    SHARED_NUMBER,
)
from phoneseg.governance import export_person, request_contact, request_number
from phoneseg.governance.targets import contact_tables, token_tables
from tests.unit.governance.conftest import KEY, Books

ONE, OTHER = "+4930901820", "+442079460018"


def test_a_contact_gets_every_table_that_holds_something_of_it_and_the_number_in_clear(any_books: Books) -> None:
    any_books.write_person("crm:one", ONE)
    any_books.write_person("crm:other", OTHER)
    any_books.write(SEGMENT_MEMBERSHIP, contact_id="crm:one", segment_kind="country", segment_code="DE")
    any_books.write(SEGMENT, segment_kind="country", segment_code="DE", segment_name="Germany")
    any_books.write(SEGMENT, segment_kind="country", segment_code="FR", segment_name="France")
    held = export_person(any_books.settings, request_contact("crm:one"))
    assert held["contact_ids"] == ["crm:one"]
    assert set(held["tables"]) == {table.name for table in (*contact_tables(), *token_tables())}
    assert held["tables"]["phone_number"]["rows"][0]["phone_e164"] == ONE
    assert [segment["segment_name"] for segment in held["segments"]] == ["Germany"]
    assert held["sources"]["crm"]["columns"] == ["id", "mobile"]
    text = json.dumps(held)
    assert "crm:other" not in text
    assert OTHER not in text


def test_other_persons_are_not_named_whom_a_contact_was_taken_for(books: Books) -> None:
    for contact, former, now in (("crm:one", "crm:other", "crm:one"), ("crm:other", "crm:one", "crm:other")):
        books.write(CANONICAL_CHANGE, contact_id=contact, from_contact_id=former, to_contact_id=now)
    (row,) = export_person(books.settings, request_contact("crm:one"))["tables"]["canonical_change"]["rows"]
    assert (row["contact_id"], row["from_contact_id"], row["to_contact_id"]) == ("crm:one", None, "crm:one")


def test_columns_that_are_compared_and_not_kept_are_told_too(books: Books) -> None:
    books.write_person("crm:one", ONE)
    source = books.settings.contacts["crm"].model_copy(update={"full_name": "name", "email": "mail"})
    settings = books.settings.model_copy(update={"contacts": {"crm": source}})
    held = export_person(settings, request_contact("crm:one"))
    assert held["sources"]["crm"]["columns"] == ["id", "mobile", "name", "mail"]


def test_every_column_is_told_with_its_meaning(books: Books) -> None:
    books.write_person("crm:one", ONE)
    held = export_person(books.settings, request_contact("crm:one"))
    for table in held["tables"].values():
        assert table["meaning"]
        assert set(table["columns"]) == {name for row in table["rows"] for name in row}
        assert all(table["columns"].values())
    assert set(held["tables"]["contact_profile"]["columns"]) == set(CONTACT_PROFILE.column_names)


def test_a_number_of_one_person_gives_all_of_the_person(books: Books) -> None:
    books.write_person("crm:one", ONE)
    assert export_person(books.settings, request_number(ONE)) == export_person(
        books.settings, request_contact("crm:one")
    )


def test_a_number_that_several_hold_gives_the_number_alone(books: Books) -> None:
    books.write_person("crm:one", ONE)
    books.write(CONTACT_PHONE, contact_id="crm:mate", phone_token=KEY.token(ONE))
    held = export_person(books.settings, request_number(ONE))
    assert held["is_shared_number"]
    assert set(held["tables"]) == {table.name for table in token_tables() if not table.is_per_contact}
    assert "crm:" not in json.dumps(held)


def test_columns_that_are_read_to_compare_persons_are_told(books: Books) -> None:
    books.write_person("crm:one", ONE)
    crm = books.settings.contacts["crm"].model_copy(update={"full_name": "name", "email": "mail"})
    settings = books.settings.model_copy(update={"contacts": {"crm": crm}})
    held = export_person(settings, request_contact("crm:one"))
    assert held["sources"]["crm"]["columns"] == ["id", "mobile", "name", "mail"]


def test_a_number_that_is_quarantined_for_all_gives_what_is_held_of_it(books: Books) -> None:
    books.write(SHARED_NUMBER, phone_token=KEY.token(ONE), kind="placeholder")
    assert list(export_person(books.settings, request_number(ONE))["tables"]) == ["shared_number"]


def test_of_nobody_nothing_is_held(books: Books) -> None:
    held = export_person(books.settings, request_number(OTHER))
    assert (held["tables"], held["segments"], held["contact_ids"]) == ({}, [], [])

"""A new key makes every token anew, and no join is lost."""

import pytest
import sqlalchemy as sa

from phoneseg.contracts import PHONE_NUMBER, RND_ANSWER, SHARED_NUMBER
from phoneseg.errors import StopError
from phoneseg.extract import check_token_key
from phoneseg.governance import KeyUse, erase, list_keys, request_contact, rotate_keys
from phoneseg.governance.targets import is_of_either, token_columns, token_tables
from phoneseg.privacy import KeyRing, TokenKey
from tests.unit.governance.conftest import KEY, Books

NUMBERS = ("+4930901820", "+442079460018")
NEW = TokenKey(b"another key for tests alone")


def fill(books: Books) -> Books:
    """Write a person for each number."""
    for count, number in enumerate(NUMBERS):
        books.write_person(f"crm:{count}", number)
    return books


@pytest.fixture
def numbers(books: Books) -> Books:
    return fill(books)


def test_every_token_is_of_the_new_key_and_of_its_number(any_books: Books) -> None:
    numbers = fill(any_books)
    assert rotate_keys(numbers.settings, NEW) == {table.name: 2 for table in token_tables()}
    for table in token_tables():
        rows = numbers.rows(table)
        for name in token_columns(table):
            held = {row[name] for row in rows}
            assert {each for each in held if ":" not in each} == {NEW.token(number) for number in NUMBERS}
            assert {each for each in held if ":" in each} == ({"crm:0", "crm:1"} if is_of_either(table) else set())
        assert {row.get("token_key_id", NEW.key_id) for row in rows} == {NEW.key_id}
    for row in numbers.rows(PHONE_NUMBER):
        assert row["phone_token"] == NEW.token(row["phone_e164"])


def test_no_token_of_the_former_key_is_left(numbers: Books) -> None:
    unknown = KEY.token("+4930901829")  # in quarantine, or nobody's any more
    numbers.write(RND_ANSWER, phone_token=unknown, token_key_id=KEY.key_id)
    numbers.write(SHARED_NUMBER, phone_token=unknown)
    rotate_keys(numbers.settings, NEW)
    assert numbers.tables_with(unknown, KEY.key_id) == set()
    made_by_the_next_run = NEW.token("+4930901829")
    numbers.write(SHARED_NUMBER, phone_token=made_by_the_next_run)
    rotate_keys(numbers.settings, NEW)
    assert numbers.tables_with(made_by_the_next_run) == {"shared_number"}


def test_rotating_again_changes_nothing_and_leaves_nothing_behind(numbers: Books) -> None:
    rotate_keys(numbers.settings, NEW)
    assert set(rotate_keys(numbers.settings, NEW).values()) == {0}
    naming = numbers.warehouse.naming
    with numbers.warehouse.transaction() as connection:
        found = sa.inspect(connection).get_table_names(schema=naming.staging_schema if naming.has_schemas else None)
    assert [name for name in found if "token_change" in name] == []


def test_a_run_with_a_key_that_nobody_rotated_to_stops_and_says_what_to_do(numbers: Books) -> None:
    with numbers.warehouse.transaction() as connection:
        check_token_key(numbers.warehouse, connection, numbers.settings, KEY.key_id)
        with pytest.raises(StopError, match=f"key {KEY.key_id}, the settings hold {NEW.key_id}: .*keys rotate"):
            check_token_key(numbers.warehouse, connection, numbers.settings, NEW.key_id)


def test_keys_are_listed_with_what_is_made_of_them(numbers: Books) -> None:
    erase(numbers.settings, [request_contact("crm:1")], dry_run=False)
    rotate_keys(numbers.settings, NEW)
    used = list_keys(numbers.settings, KeyRing(NEW))
    assert used == [KeyUse(NEW.key_id, "current", 1, 0), KeyUse(KEY.key_id, "missing", 0, 1)]
    assert [each.role for each in list_keys(numbers.settings, KeyRing(NEW, (KEY,)))] == ["current", "old"]

"""Erasure, access and keys from the command line: asked for, shown, and without a number in any line."""

import io
import json
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from phoneseg.cli import main
from phoneseg.contracts import CONTACT_CANONICAL, CONTACT_PHONE, CONTACT_PROFILE, PHONE_NUMBER
from phoneseg.privacy import TokenKey
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import prepare_tables
from tests.unit.governance.conftest import KEY, Books

NUMBER = "+16502530000"


class Ended(NamedTuple):
    code: object
    out: str
    err: str


Call = Callable[..., Ended]


@pytest.fixture
def books(write_toml: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Books:
    """One contact, in a folder with settings."""
    contacts = '[contacts.crm]\ntable = "contact"\nid = "id"\nphones = ["mobile"]\n'
    config = write_toml(f'[warehouse]\nurl = "duckdb:///warehouse.duckdb"\nlock_wait_s = 0\n\n{contacts}')
    monkeypatch.chdir(config.parent)
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", KEY.secret.decode())
    settings = load_settings(config)
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        prepare_tables(warehouse, connection, settings)
    books, token = Books(settings, warehouse), {"phone_token": KEY.token(NUMBER), "token_key_id": KEY.key_id}
    books.write(CONTACT_PROFILE, contact_id="crm:1", phone_token=KEY.token(NUMBER))
    books.write(CONTACT_PHONE, contact_id="crm:1", source="crm", **token)
    books.write(PHONE_NUMBER, phone_e164=NUMBER, **token)
    return books


@pytest.fixture
def call(books: Books, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Call `phoneseg` as the shell does, with something on standard input, which may be a terminal."""

    def phoneseg_with(*arguments: str, typed: str = "", is_terminal: bool = False) -> Ended:
        typing = io.StringIO(typed)
        monkeypatch.setattr(typing, "isatty", lambda: is_terminal)
        monkeypatch.setattr(sys, "stdin", typing)
        monkeypatch.setattr(sys, "argv", ["phoneseg", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        ended = Ended(end.value.code, *capsys.readouterr())
        assert books
        return ended

    return phoneseg_with


def test_without_yes_an_erasure_shows_what_would_go_and_erases_nothing(call: Call, books: Books) -> None:
    ended = call("erase", "--contact-id", "crm:1")
    assert ended.code == 0
    assert "To be erased: contacts concerned 1, rows 3" in ended.out
    assert "1  phone_number" in ended.out
    assert ended.out.endswith("Nothing was erased; --yes erases.\n")
    assert books.tables_with("crm:1", NUMBER)


def test_before_an_erasure_the_whole_person_is_named_and_a_typing_error_is_seen(call: Call, books: Books) -> None:
    for contact in ("crm:1", "web:2"):
        books.write(CONTACT_CANONICAL, contact_id=contact, canonical_contact_id="crm:1")
    assert "same person, and erased with it: web:2\n" in call("erase", "--contact-id", "crm:1").out
    assert "Nothing is held of it" in call("erase", "--contact-id", "crm:11").out
    assert "Nothing is held of it" in call("erase", "--contact-id", "crm:11", "--yes").out
    told = call("erase", "--number", "-", typed=f"{NUMBER}\n").out
    assert "Nothing is held of it" not in told
    assert "crm:1" not in told


def test_on_a_terminal_it_asks(call: Call, books: Books) -> None:
    assert "Nothing was erased" in call("erase", "--contact-id", "crm:1", typed="n\n", is_terminal=True).out
    assert books.tables_with("crm:1")
    assert "Erased: contacts concerned 1" in call("erase", "--contact-id", "crm:1", typed="y\n", is_terminal=True).out
    assert books.tables_with("crm:1", NUMBER) == set()


def test_a_number_comes_from_standard_input_alone_and_is_never_shown(call: Call, books: Books) -> None:
    ended = call("erase", "--number", NUMBER, "--yes")
    assert ended.code == 1
    assert "give --number - and write it to standard input" in ended.err
    done = call("erase", "--number", "-", "--yes", typed="+1 (650) 253-0000\n")
    assert (done.code, books.tables_with(NUMBER)) == (0, set())
    assert books.tables_with("crm:1") == {"contact_profile"}
    wrong = call("erase", "--number", "-", "--yes", typed="650 253 0000\n")
    assert wrong.code == 1
    assert "with its calling code" in wrong.err
    for each in (ended, done, wrong):
        assert "253" not in each.out + each.err


@pytest.mark.parametrize("arguments", [(), ("--contact-id", "crm:1", "--number", "-")])
def test_somebody_has_to_be_named_and_nobody_twice(call: Call, arguments: tuple[str, ...]) -> None:
    for command in ("erase", "export-person"):
        ended = call(command, *arguments)
        assert ended.code == 1
        assert "give either --contact-id ID, or --number -" in ended.err


def test_an_export_goes_into_a_new_file_that_only_its_owner_reads(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "held.json"
    ended = call("export-person", "--contact-id", "crm:1", "--out", str(file))
    assert ended.code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    held = json.loads(file.read_text(encoding="utf-8"))
    assert held["tables"]["phone_number"]["rows"][0]["phone_e164"] == NUMBER
    assert NUMBER not in ended.out + ended.err
    again = call("export-person", "--contact-id", "crm:1", "--out", str(file))
    assert again.code == 1
    assert "it is there already" in again.err


def test_an_export_is_piped_on_but_not_shown_on_a_terminal(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = call("export-person", "--number", "-", typed=NUMBER)
    assert json.loads(piped.out)["contact_ids"] == ["crm:1"]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = call("export-person", "--contact-id", "crm:1")
    assert (shown.code, shown.out) == (1, "")
    assert "--out" in shown.err


def test_requests_and_retention_are_enforced_at_once_and_a_wrong_request_is_told(call: Call, books: Books) -> None:
    with duckdb.connect(str(books.settings.folder / "warehouse.duckdb")) as connection:
        connection.execute(
            "INSERT INTO phoneseg_restricted.privacy_request VALUES ('a', 'erase_contact', 'crm:1', NULL, NULL), "
            "('b', 'erase_number', NULL, '650 253 0001', NULL)"
        )
    shown = call("enforce-privacy", "--dry-run")
    assert "Requests to be served: 1" in shown.out
    assert books.tables_with("crm:1")
    done = call("enforce-privacy")
    assert done.code == 1
    assert "Requests served: 1" in done.out
    assert "some requests in privacy_request cannot be served, the others are: 1: the number has to be" in done.err
    assert books.tables_with("crm:1", NUMBER) == set()


def test_keys_are_rotated_and_listed(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = TokenKey(b"another key for tests alone")
    file = tmp_path / "new.key"
    file.write_bytes(new.secret)
    refused = call("keys", "rotate", "--new-key-file", "new.key")
    assert refused.code == 1
    assert "--new-key-file: " in refused.err
    assert "chmod 600" in refused.err
    file.chmod(0o600)
    rotated = call("keys", "rotate", "--new-key-file", "new.key")
    assert rotated.code == 0
    assert f"All tokens are of key {new.key_id}" in rotated.out
    assert "PHONESEG_OLD_TOKEN_KEYS" in rotated.out
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", new.secret.decode())
    listed = call("keys", "list")
    assert [line.split() for line in listed.out.splitlines()] == [
        ["key", "role", "numbers", "tombstones"],
        [new.key_id, "current", "1", "0"],
    ]
    assert new.secret.decode() not in rotated.out + listed.out

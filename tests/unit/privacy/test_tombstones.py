"""Tombstones tell the erased by tokens alone, under every key that made one, and leave out nobody else."""

import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoneseg.contracts import TOMBSTONE
from phoneseg.errors import SettingsError
from phoneseg.privacy import (
    CONTACT,
    DIGITS,
    NOBODY,
    NUMBER,
    ErasedNumbers,
    KeyRing,
    TokenKey,
    Tombstones,
    load_key_ring,
    written_digits,
)
from phoneseg.settings import Settings, load_settings

NEW, OLD = TokenKey(b"a key for tests alone"), TokenKey(b"the key that was before")
RING = KeyRing(NEW, (OLD,))


def tombstones(*buried: tuple[TokenKey, str, str]) -> pl.DataFrame:
    """Return rows of TOMBSTONE of some values."""
    rows = [
        {"token_kind": kind, "erasure_token": key.erasure_token(kind, value), "token_key_id": key.key_id}
        for key, kind, value in buried
    ]
    return pl.DataFrame(rows, TOMBSTONE.schema)


def test_a_token_of_an_erased_number_joins_with_no_other_token() -> None:
    tokens = {NEW.token("+4930901820"), *(NEW.erasure_token(kind, "+4930901820") for kind in (CONTACT, NUMBER, DIGITS))}
    assert len(tokens) == 4
    assert {len(token) for token in tokens} == {32}
    message = b"phoneseg erasure contact\0crm:1"
    assert NEW.erasure_token(CONTACT, "crm:1") == hmac.new(NEW.secret, message, hashlib.sha256).hexdigest()[:32]


def test_the_erased_are_found_under_the_key_that_made_their_tombstone() -> None:
    erased = Tombstones.of(tombstones((NEW, CONTACT, "crm:1"), (OLD, CONTACT, "crm:2"), (OLD, NUMBER, "crm:3")), RING)
    values = pl.Series(["crm:1", "crm:2", "crm:3", None, "crm:2", "crm:4"])
    assert erased.find(CONTACT, values).to_list() == [True, True, False, False, True, False]
    assert erased.without_contacts(values.to_frame("contact_id"))["contact_id"].to_list() == ["crm:3", None, "crm:4"]


def test_where_nobody_is_erased_nobody_is_found_and_no_token_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TokenKey, "erasure_tokens", None)
    assert NOBODY.find(CONTACT, pl.Series(["crm:1", None])).to_list() == [False, False]
    assert Tombstones.of(TOMBSTONE.schema.to_frame(), RING) == NOBODY


def test_tombstones_of_a_key_that_is_gone_stop_everything_and_name_it() -> None:
    with pytest.raises(SettingsError, match=f"^1 tombstones were made with token key {OLD.key_id}.*old_key_files"):
        Tombstones.of(tombstones((OLD, CONTACT, "crm:1")), KeyRing(NEW))


@given(st.lists(st.text(max_size=5)), st.lists(st.text(max_size=5)))
def test_exactly_the_erased_are_found(erased: list[str], values: list[str]) -> None:
    known = Tombstones.of(tombstones(*((NEW, CONTACT, each) for each in erased)), RING)
    assert known.find(CONTACT, pl.Series(values, dtype=pl.String)).to_list() == [each in erased for each in values]


def test_an_erased_number_is_left_out_of_phones_and_of_cells_that_nobody_can_read() -> None:
    numbers = ErasedNumbers(Tombstones.of(tombstones((NEW, NUMBER, "+4930901820"), (OLD, DIGITS, "30901820")), RING))
    phones = pl.DataFrame({"phone_e164": ["+4930901820", "+4930901821", "+4930901820"], "position": [1, 1, 2]})
    quarantined = pl.DataFrame({"phone_raw": ["(030) 90 18-20", "0309018201", "none"], "position": [1, 1, 1]})
    kept, unread = numbers.leave_out(phones, quarantined)
    assert kept["phone_e164"].to_list() == ["+4930901821"]
    assert unread["phone_raw"].to_list() == ["0309018201", "none"]
    assert (numbers.number_count, numbers.cell_count) == (3, 2)


def test_digits_are_told_without_zeros_in_front() -> None:
    frame = pl.DataFrame({"cell": ["0049 (30) 1", "+39 06 1", "none", ""]})
    assert frame.select(written_digits("cell"))["cell"].to_list() == ["49301", "39061", "", ""]


@pytest.fixture
def key_files(tmp_path: Path) -> None:
    for name, key in (("token.key", NEW), ("old.key", OLD)):
        (tmp_path / name).write_bytes(key.secret)
        (tmp_path / name).chmod(0o600)


@pytest.mark.usefixtures("key_files")
def test_old_keys_come_from_their_files_and_from_the_environment(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = '[privacy]\ntoken_key_file = "token.key"\nold_key_files = ["old.key"]'
    assert load_key_ring(make_settings(more=files)) == RING
    assert load_key_ring(make_settings(more=files)).find(OLD.key_id) == OLD
    assert RING.find("00000000") is None
    monkeypatch.setenv("PHONESEG_OLD_TOKEN_KEYS", '["the key that was long ago"]')
    ring = load_key_ring(make_settings(more=files))
    assert ring.old == (TokenKey(b"the key that was long ago"), OLD)
    assert "long ago" not in repr(make_settings(more=files)) + repr(ring)


@pytest.mark.usefixtures("key_files")
def test_an_old_key_that_cannot_be_used_is_told_with_its_place(
    make_settings: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(more='[privacy]\ntoken_key_file = "token.key"\nold_key_files = ["old.key"]')
    (tmp_path / "old.key").chmod(0o644)
    with pytest.raises(SettingsError, match=r"privacy\.old_key_files: .*old\.key: others can read it"):
        load_key_ring(settings)
    monkeypatch.setenv("PHONESEG_OLD_TOKEN_KEYS", '["short"]')
    with pytest.raises(SettingsError, match="environment: PHONESEG_OLD_TOKEN_KEYS: the key has fewer than 16"):
        load_key_ring(make_settings(more='[privacy]\ntoken_key_file = "token.key"'))


def test_old_keys_have_no_place_in_the_file(write_toml: Callable[..., Path]) -> None:
    with pytest.raises(SettingsError, match="`old_token_keys` cannot stand in the file; set PHONESEG_OLD_TOKEN_KEYS"):
        load_settings(write_toml('old_token_keys = ["0123456789abcdef"]\n'))

"""A token stands for a number in every table and every run; its key is nobody else's to read."""

import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.errors import SettingsError
from phoneseg.privacy import TokenKey, add_tokens, load_token_key
from phoneseg.settings import Settings

SECRET = "correct horse battery staple"
KEY = TokenKey(SECRET.encode())
MakeSettings = Callable[..., Settings]


def test_a_token_is_half_an_hmac_sha_256_of_the_number_as_hex() -> None:
    digest = hmac.new(SECRET.encode(), b"+16502530000", hashlib.sha256).hexdigest()
    assert KEY.token("+16502530000") == digest[:32]


def test_a_token_is_the_same_in_every_run() -> None:
    assert KEY.token("+16502530000") == "e9a4d9352103a3b1e5c4bd2aa4cc8979"
    assert KEY.key_id == "bb5dd4bb"


def test_the_key_id_names_the_key_and_is_no_part_of_it() -> None:
    other = TokenKey(b"another secret of some length")
    assert KEY.key_id != other.key_id
    assert KEY.key_id == TokenKey(SECRET.encode()).key_id
    assert KEY.key_id not in SECRET.encode().hex()


def test_a_key_does_not_print_its_secret() -> None:
    assert SECRET not in repr(KEY)
    assert SECRET not in f"{KEY}"


def test_rows_get_their_tokens_in_their_order() -> None:
    frame = pl.DataFrame({"k": [1, 2, 3], "phone_e164": ["+442079460018", "+16502530000", "+442079460018"]})
    tokens = [KEY.token("+442079460018"), KEY.token("+16502530000"), KEY.token("+442079460018")]
    expected = frame.with_columns(phone_token=pl.Series(tokens), token_key_id=pl.Series([KEY.key_id] * 3))
    assert_frame_equal(add_tokens(frame, KEY), expected)


def test_no_rows_get_the_columns() -> None:
    frame = pl.DataFrame(schema={"phone_e164": pl.String})
    expected = pl.DataFrame(schema={"phone_e164": pl.String, "phone_token": pl.String, "token_key_id": pl.String})
    assert_frame_equal(add_tokens(frame, KEY), expected)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "token.key"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings(more='[privacy]\ntoken_key_file = "token.key"')


def test_a_key_comes_from_its_file_beside_the_settings(settings: Settings, key_file: Path) -> None:
    assert load_token_key(settings) == KEY
    key_file.chmod(0o400)
    assert load_token_key(settings) == KEY


def test_a_key_comes_from_the_environment_before_the_file(
    make_settings: MakeSettings, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "another secret of some length")
    settings = make_settings(more=f'[privacy]\ntoken_key_file = "{key_file}"')
    assert load_token_key(settings) == TokenKey(b"another secret of some length")


def test_without_a_key_both_places_are_named(make_settings: MakeSettings) -> None:
    with pytest.raises(SettingsError, match=r"^phoneseg\.toml: no token key: set PHONESEG_TOKEN_KEY, or priv"):
        load_token_key(make_settings())


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o610, 0o777])
def test_a_key_file_that_others_can_touch_is_refused_with_the_cure(
    settings: Settings, key_file: Path, mode: int
) -> None:
    key_file.chmod(mode)
    with pytest.raises(SettingsError, match=rf"token\.key: others can read it \(mode {mode:04o}\): chmod 600 it$"):
        load_token_key(settings)


@pytest.mark.parametrize("secret", ["", "fifteen letters", "short\n\n\n\n\n\n\n\n\n\n\n\n\n\n"])
def test_a_short_key_is_refused_and_not_shown(settings: Settings, key_file: Path, secret: str) -> None:
    key_file.write_text(secret, encoding="utf-8")
    with pytest.raises(SettingsError, match="the key has fewer than 16 characters; `openssl rand -hex 32`") as raised:
        load_token_key(settings)
    assert "fifteen letters" not in str(raised.value)


def test_a_key_of_sixteen_characters_is_long_enough(settings: Settings, key_file: Path) -> None:
    key_file.write_text("sixteen letters!", encoding="utf-8")
    assert load_token_key(settings) == TokenKey(b"sixteen letters!")


def test_a_short_key_of_the_environment_is_refused_as_such(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "fifteen letters")
    with pytest.raises(SettingsError, match=r"^environment: PHONESEG_TOKEN_KEY: the key has fewer than 16 characters"):
        load_token_key(make_settings())


def test_a_key_file_that_is_missing_or_a_folder_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"privacy\.token_key_file: .*token\.key: No such file or directory"):
        load_token_key(settings)
    (tmp_path / "token.key").mkdir(mode=0o700)
    with pytest.raises(SettingsError, match=r"privacy\.token_key_file: .*token\.key: Is a directory"):
        load_token_key(settings)


def test_a_key_file_of_raw_bytes_is_told_to_be_no_text(settings: Settings, key_file: Path) -> None:
    key_file.write_bytes(bytes(range(224, 256)))
    with pytest.raises(SettingsError, match="token_key_file"):
        load_token_key(settings)


def test_a_key_is_the_same_from_the_file_and_from_the_environment(
    make_settings: MakeSettings, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", key_file.read_text(encoding="utf-8"))
    assert load_token_key(make_settings()) == KEY

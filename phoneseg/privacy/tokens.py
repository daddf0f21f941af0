"""Tokens: a keyed pseudonym for each phone number, the same in every table and every run."""

import hashlib
import hmac
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings

TOKEN_HEX_DIGITS: Final = 32  # 128 of 256 bits: RFC 2104, section 5, allows down to half
_MIN_KEY_CHARS: Final = 16


@dataclass(frozen=True)
class TokenKey:
    """The secret that makes tokens, and the id that tells which secret it was."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Eight hex digits that name the key and reveal nothing of it."""
        return self._digest(b"phoneseg token key id")[:8]

    def token(self, phone_e164: str) -> str:
        """Return the token of a number in E.164: HMAC-SHA-256 (RFC 2104), cut to 128 bits, as hex."""
        return self.tokens([phone_e164])[0]

    def tokens(self, numbers: Iterable[str]) -> list[str]:
        """Return the token of each number in E.164, in their order."""
        return self._tokens("", numbers)

    def erasure_token(self, kind: str, value: str) -> str:
        """Return what stands for an erased contact or number: HMAC-SHA-256 under a label that no other token has.

        Args:
            kind: What the value is, as `tombstone.token_kind` says it.
            value: A contact id, a number in E.164, or the digits of one.
        """
        return self.erasure_tokens(kind, [value])[0]

    def erasure_tokens(self, kind: str, values: Iterable[str]) -> list[str]:
        """Return the erasure token of each value, in their order."""
        return self._tokens(f"phoneseg erasure {kind}\0", values)

    def _tokens(self, label: str, values: Iterable[str]) -> list[str]:
        # The key is hashed once, and its state copied: that takes three fifths of the time.
        keyed = hmac.new(self.secret, label.encode(), hashlib.sha256)
        tokens = []
        for value in values:
            token = keyed.copy()
            token.update(value.encode())
            tokens.append(token.hexdigest()[:TOKEN_HEX_DIGITS])
        return tokens

    def draw(self, name: str) -> int:
        """Return a number below 2**64 that is always the same for a name, and that nobody can tell without the key."""
        return int(self._digest(b"phoneseg draw " + name.encode())[:16], 16)  # a token's message begins with a plus

    def _digest(self, message: bytes) -> str:
        return hmac.digest(self.secret, message, hashlib.sha256).hex()


@dataclass(frozen=True)
class KeyRing:
    """The key of the tokens, and those that it took the place of.

    Attributes:
        current: Makes all tokens.
        old: Tell who was erased while they were the key.
    """

    current: TokenKey
    old: tuple[TokenKey, ...] = ()

    def find(self, key_id: str) -> TokenKey | None:
        """Return the key with an id, if it is here."""
        return next((key for key in (self.current, *self.old) if key.key_id == key_id), None)


def load_token_key(settings: Settings) -> TokenKey:
    """Return the key of `PHONESEG_TOKEN_KEY`, else of the file that the settings name.

    Raises:
        SettingsError: There is neither, the key is short, or others than its owner can read the file.
    """
    if settings.token_key is not None:
        return _checked(settings.token_key.get_secret_value().strip(), "environment: PHONESEG_TOKEN_KEY")
    if settings.privacy.token_key_file is None:
        raise SettingsError(
            f"{settings.config_file.name}: no token key: set PHONESEG_TOKEN_KEY, or privacy.token_key_file to a file "
            "that its owner alone can read"
        )
    where = f"{settings.config_file.name}: privacy.token_key_file"
    return load_key_file(settings, settings.privacy.token_key_file, where)


def load_key_file(settings: Settings, file: Path, where: str = "--new-key-file") -> TokenKey:
    """Return the key of a file that is named by `where`.

    Raises:
        SettingsError: It cannot be read, others than its owner can read it, or the key is short.
    """
    return _checked(*_read_key_file(where, settings.resolve(file)))


def load_key_ring(settings: Settings) -> KeyRing:
    """Return the key of `load_token_key` with the old ones of `PHONESEG_OLD_TOKEN_KEYS` and `privacy.old_key_files`.

    Raises:
        SettingsError: As for `load_token_key`, of any of them.
    """
    where = f"{settings.config_file.name}: privacy.old_key_files"
    named = [
        _checked(secret.get_secret_value().strip(), "environment: PHONESEG_OLD_TOKEN_KEYS")
        for secret in settings.old_token_keys
    ]
    return KeyRing(
        load_token_key(settings),
        (*named, *(load_key_file(settings, file, where) for file in settings.privacy.old_key_files)),
    )


def _read_key_file(where: str, file: Path) -> tuple[str, str]:
    where = f"{where}: {file}"
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(f"{where}: others can read it (mode {mode:04o}): chmod 600 it")
        return file.read_text(encoding="utf-8").strip(), where
    except UnicodeDecodeError:
        raise SettingsError(f"{where}: not a text; `openssl rand -hex 32` makes a key") from None
    except OSError as error:
        raise SettingsError(f"{where}: {error.strerror}") from None


def _checked(secret: str, where: str) -> TokenKey:
    if len(secret) < _MIN_KEY_CHARS:
        raise SettingsError(f"{where}: the key has fewer than {_MIN_KEY_CHARS} characters; `openssl rand -hex 32`")
    return TokenKey(secret.encode())


def add_tokens(frame: pl.DataFrame, key: TokenKey) -> pl.DataFrame:
    """Add `phone_token` and `token_key_id` to rows that have `phone_e164`.

    Args:
        frame: Holds `phone_e164`, a string without nulls. An HMAC costs a microsecond, so each distinct number of the
            frame is hashed once.
        key: The key.

    Returns:
        The frame in its order, with the two columns.
    """
    distinct = frame.select(pl.col("phone_e164").unique())
    tokens = distinct.with_columns(
        phone_token=pl.Series(key.tokens(distinct["phone_e164"]), dtype=pl.String),
        token_key_id=pl.lit(key.key_id),
    )
    return frame.join(tokens, on="phone_e164", how="left", maintain_order="left")

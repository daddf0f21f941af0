"""Tokens: a keyed pseudonym for each phone number, the same in every table and every run."""

import hashlib
import hmac
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings

_TOKEN_HEX_DIGITS: Final = 32  # 128 of 256 bits: RFC 2104, section 5, allows down to half
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
        return self._digest(phone_e164.encode())[:_TOKEN_HEX_DIGITS]

    def draw(self, name: str) -> int:
        """Return a number below 2**64 that is always the same for a name, and that nobody can tell without the key."""
        return int(self._digest(b"phoneseg draw " + name.encode())[:16], 16)  # a token's message begins with a plus

    def _digest(self, message: bytes) -> str:
        return hmac.digest(self.secret, message, hashlib.sha256).hex()


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
    return _checked(*_read_key_file(settings, settings.resolve(settings.privacy.token_key_file)))


def _read_key_file(settings: Settings, file: Path) -> tuple[str, str]:
    where = f"{settings.config_file.name}: privacy.token_key_file: {file}"
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
        frame: Holds `phone_e164`, a string without nulls. An HMAC costs some microseconds, so each distinct number is
            hashed once.
        key: The key.

    Returns:
        The frame in its order, with the two columns.
    """
    distinct = frame.select(pl.col("phone_e164").unique())
    tokens = distinct.with_columns(
        phone_token=pl.Series([key.token(number) for number in distinct["phone_e164"]], dtype=pl.String),
        token_key_id=pl.lit(key.key_id),
    )
    return frame.join(tokens, on="phone_e164", how="left", maintain_order="left")

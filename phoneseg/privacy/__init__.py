"""What keeps a phone number from those who need not see it, and the erased away."""

from phoneseg.privacy.tokens import (
    TOKEN_HEX_DIGITS,
    KeyRing,
    TokenKey,
    add_tokens,
    load_key_file,
    load_key_ring,
    load_token_key,
)
from phoneseg.privacy.tombstones import CONTACT, DIGITS, NOBODY, NUMBER, ErasedNumbers, Tombstones, written_digits

__all__ = [
    "CONTACT",
    "DIGITS",
    "NOBODY",
    "NUMBER",
    "TOKEN_HEX_DIGITS",
    "ErasedNumbers",
    "KeyRing",
    "TokenKey",
    "Tombstones",
    "add_tokens",
    "load_key_file",
    "load_key_ring",
    "load_token_key",
    "written_digits",
]

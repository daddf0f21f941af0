"""Tombstones: who was erased, told by tokens alone, so that no source brings them back."""

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

import polars as pl

from phoneseg.errors import SettingsError
from phoneseg.privacy.tokens import KeyRing, TokenKey

CONTACT: Final = "contact"
NUMBER: Final = "number"
DIGITS: Final = "digits"


def written_digits(column: str) -> pl.Expr:
    """Return the digits of a text, of any script, without zeros in front, which people put before a number or not."""
    digits = pl.col(column).str.replace_many(_list_digits()).str.replace_all(r"[^0-9]", "")
    return digits.str.strip_chars_start("0")


@cache
def _list_digits() -> dict[str, str]:
    """Return the digits of all other scripts, such as Arabic, with those that they mean."""
    characters = map(chr, range(128, sys.maxunicode + 1))
    return {each: str(unicodedata.decimal(each)) for each in characters if each.isdecimal()}


@dataclass(frozen=True)
class Tombstones:
    """The erased, by the key and the kind of their tokens.

    Attributes:
        tokens: Tokens by key and kind.
    """

    tokens: tuple[tuple[TokenKey, str, frozenset[str]], ...] = ()

    @classmethod
    def of(cls, rows: pl.DataFrame, ring: KeyRing) -> Self:
        """Return the tombstones of rows of TOMBSTONE.

        Raises:
            SettingsError: The key of some of them is not there: nobody could tell who they are about.
        """
        tokens = []
        for (key_id, kind), some in rows.partition_by("token_key_id", "token_kind", as_dict=True).items():
            key = ring.find(str(key_id))
            if key is None:
                raise SettingsError(
                    f"{len(some):,} tombstones were made with token key {key_id}, which is not there, so that the "
                    "erased would come back: name its file in privacy.old_key_files, or set PHONESEG_OLD_TOKEN_KEYS"
                )
            tokens.append((key, str(kind), frozenset(some["erasure_token"])))
        return cls(tuple(tokens))

    def find(self, kind: str, values: pl.Series) -> pl.Series:
        """Return whether each value is erased; a null is not.

        An HMAC costs a microsecond, so each distinct value gets one for each key, and none where nobody of the
        kind was erased.

        Args:
            kind: CONTACT, NUMBER or DIGITS.
            values: Contact ids, numbers in E.164, or digits.
        """
        known = [(key, tokens) for key, of, tokens in self.tokens if of == kind]
        if not known:
            return pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(values))
        distinct = values.drop_nulls().unique()
        erased = [
            value
            for key, tokens in known
            for value, token in zip(distinct, key.erasure_tokens(kind, distinct), strict=True)
            if token in tokens
        ]
        return values.is_in(erased).fill_null(False)

    def without_contacts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with a `contact_id` that is not erased."""
        return rows.filter(~self.find(CONTACT, rows["contact_id"]))


NOBODY: Final = Tombstones()


@dataclass
class ErasedNumbers:
    """Leaves erased numbers out of what cells were read as, and counts them.

    Attributes:
        tombstones: The erased.
        number_count: Numbers that were left out, those in quarantine included.
        cell_count: Of those, the first of their cells.
    """

    tombstones: Tombstones
    number_count: int = 0
    cell_count: int = 0

    def leave_out(self, phones: pl.DataFrame, quarantined: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows without erased numbers.

        A quarantined cell is no number, but may hold one that somebody wrote without its country: it goes by its
        digits, with and without the calling code.

        Args:
            phones: Rows with `phone_e164` and `position`.
            quarantined: Rows with `phone_raw` and `position`.
        """
        digits = quarantined.select(written_digits("phone_raw")).to_series()
        return (
            self._count(phones, self.tombstones.find(NUMBER, phones["phone_e164"])),
            self._count(quarantined, self.tombstones.find(DIGITS, digits)),
        )

    def _count(self, rows: pl.DataFrame, is_erased: pl.Series) -> pl.DataFrame:
        if not is_erased.any():
            return rows
        erased = rows.filter(is_erased)
        self.number_count += len(erased)
        self.cell_count += len(erased.filter(pl.col("position") == 1))
        return rows.filter(~is_erased)

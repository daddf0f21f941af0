"""Texts that are not just digits and plain punctuation: other scripts, words, letters for digits, extensions.

Follows the text handling of `phonenumbers.parse`, column by column with Polars. It speaks for ASCII alone: other digits
and punctuation are written in ASCII first, and what still holds other signs is left to `phonenumbers`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from phoneseg.numbers.columns import index_of, replaced
from phoneseg.numbers.engine.tape import Flags, Rows

_ASCII: Final = "".join(map(chr, range(128)))
_BEFORE_NUMBER: Final = "".join(sign for sign in _ASCII if not (sign.isdigit() or sign == "+"))
_BEHIND_NUMBER: Final = "".join(sign for sign in _ASCII if not (sign.isalnum() or sign == "#"))

# The zeros of scripts that people dial in, full-width ones the last; all have been in Unicode for decades.
_ZEROS: Final = "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\uff10"
# Signs of `_VALID_PUNCTUATION`; a full-width tilde is not among them here, as it may begin an extension.
_PUNCTUATION: Final = (
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\uff0d\uff0f"  # dashes and a slash
    "\u00ad\u200b\u2060\u3000\uff08\uff09\uff3b\uff3d\u2053\u223c"  # blanks, brackets, tildes
)
_IN_ASCII: Final = {
    **{chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys(_PUNCTUATION, "-"),
    "\u00a0": " ",
    "\uff0e": ".",
    "\uff0b": "+",
}

# Ranges without a digit and without a plus, in every version of Unicode: words before a number.
_FOREIGN_WORDS: Final = r"\x{80}-\x{65F}\x{E00}-\x{E4F}\x{2000}-\x{9FFF}\x{AC00}-\x{D7A3}\x{1F300}-\x{1FAFF}"
_FOREIGN_BEFORE: Final = rf"^[{_FOREIGN_WORDS}\x00-\x2A\x2C-\x2F\x3A-\x7F]+"
# Signs that are neither letter nor number in any version of Unicode: quotes, dots, marks of direction.
_FOREIGN_BEHIND: Final = (
    r"[\x{AB}\x{BB}\x{B7}\x{2018}-\x{201F}\x{2022}\x{2026}\x{200C}-\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}"
    r"\x00-\x22\x24-\x2F\x3A-\x40\x5B-\x60\x7B-\x7F]+\z"
)

# The dash of Japanese keyboards is punctuation, but also a letter, and so is not cut off behind a number.
_DASH_LETTER_BEHIND: Final = r"\x{30FC}[^0-9]*\z"

_PHONE_CONTEXT: Final = ";phone-context="
_ISDN_SUBADDRESS: Final = ";isub="
_SECOND_NUMBER: Final = r"[\\/] *x"
_PLAIN: Final = r"^\+?[0-9 ()./\-]*\z"
_SIGNS: Final = r"\-x .()\[\]/~*"


def _extension_pattern() -> str:
    """Return `_EXTN_PATTERNS_FOR_PARSING` for ASCII."""
    before, after = r"[ \t,]*", r"[:.]?[ \t,\-]*"
    ways = (
        r";ext=[0-9]{1,20}",
        rf"{before}(?:e?xt(?:ensio)?n?|anexo){after}[0-9]{{1,20}}#?",
        rf"{before}(?:[x#~]|int){after}[0-9]{{1,9}}#?",
        r"[- ]+[0-9]{1,6}#",
        rf"[ \t]*(?:,,|;){after}[0-9]{{1,15}}#?",
        rf"[ \t]*,+{after}[0-9]{{1,9}}#?",
    )
    return "|".join(ways)


_EXTENSION: Final = rf"(?i)(?:{_extension_pattern()})\z"
_LABEL: Final = r"(?i)[x#~,;]|int"  # no extension is without one of these
_VIABLE: Final = rf"(?i)^(?:[0-9]{{2}}|[+]*(?:[{_SIGNS}]*[0-9]){{3,}}[{_SIGNS}A-Z0-9]*(?:{_extension_pattern()})?)\z"
_THREE_LETTERS: Final = r"[A-Za-z][^A-Za-z]*[A-Za-z][^A-Za-z]*[A-Za-z]"
_KEYPAD: Final = {
    letter: digit
    for digit, letters in zip("23456789", ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"), strict=True)
    for letter in letters + letters.lower()
}


@dataclass
class OddTexts:
    """What irregular texts are.

    Attributes:
        digits: Their digits; other signs may stand between them.
        has_plus: Whether a plus stands before them.
        is_number: Whether a text that is not plain looks like a number.
        is_plain: Whether nothing but digits, plain punctuation and a plus before them is left of it.
        must_fall_back: Whether `phonenumbers` must be asked.
        extension_rows: The texts with an extension.
        extensions: Their extensions.
    """

    digits: pl.Series
    has_plus: Flags
    is_number: Flags
    is_plain: Flags
    must_fall_back: Flags
    extension_rows: Rows
    extensions: pl.Series


def read(texts: pl.Series) -> OddTexts:
    """Read irregular texts; none is null."""
    must_fall_back = texts.str.contains(_PHONE_CONTEXT, literal=True).to_numpy().copy()
    numbers = _replace(texts, _is_foreign(texts), _without_words)
    is_foreign = _is_foreign(numbers)
    numbers = _replace(numbers, is_foreign, _in_ascii)
    numbers = numbers.str.strip_chars_start(_BEFORE_NUMBER).str.strip_chars_end(_BEHIND_NUMBER)
    must_fall_back |= _is_foreign(numbers)
    must_fall_back |= is_foreign & texts.str.contains(_DASH_LETTER_BEHIND).to_numpy()
    is_plain = numbers.str.contains(_PLAIN).to_numpy()
    odd = OddTexts(
        digits=numbers,
        has_plus=numbers.str.starts_with("+").to_numpy().copy(),
        is_number=np.zeros(len(texts), np.bool_),
        is_plain=is_plain,
        must_fall_back=must_fall_back,
        extension_rows=np.zeros(0, np.intp),
        extensions=pl.Series([], dtype=pl.String),
    )
    worded = np.flatnonzero(~(is_plain | must_fall_back))
    if worded.size:
        _read_worded(odd, worded, is_foreign)
    return odd


def _is_foreign(texts: pl.Series) -> Flags:
    """Return whether texts hold signs that are not ASCII."""
    return (texts.str.len_bytes() != texts.str.len_chars()).to_numpy()


def _replace(texts: pl.Series, is_chosen: Flags, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return texts of which some are changed."""
    rows = np.flatnonzero(is_chosen)
    return replaced(texts, rows, change(texts.gather(index_of(rows)))) if rows.size else texts


def _without_words(texts: pl.Series) -> pl.Series:
    """Drop words before a number, and what is neither letter nor number behind it."""
    return texts.str.replace(_FOREIGN_BEFORE, "").str.replace(_FOREIGN_BEHIND, "")


def _in_ascii(texts: pl.Series) -> pl.Series:
    """Write digits and punctuation in ASCII."""
    return texts.str.replace_many(list(_IN_ASCII), list(_IN_ASCII.values()))


def _dialled(texts: pl.Series) -> pl.Series:
    """Write letters as the digits of their keys."""
    return texts.str.replace_many(list(_KEYPAD), list(_KEYPAD.values()))


def _read_worded(odd: OddTexts, rows: Rows, is_foreign: Flags) -> None:
    """Read texts with letters, stars and other signs in or behind the number, and put what they are into `odd`."""
    numbers = odd.digits.gather(index_of(rows))
    is_cut = numbers.str.contains(rf"{_SECOND_NUMBER}|{_ISDN_SUBADDRESS}")
    if is_cut.any():
        numbers = numbers.str.replace(rf"(?s){_SECOND_NUMBER}.*\z", "").str.replace(
            rf"(?s)(.){_ISDN_SUBADDRESS}.*\z", "$1"
        )
        # A line break that is now at the end would be no end to `\z`, but is one to Python's `$`.
        odd.must_fall_back[rows] |= (is_cut & (pl.Series(is_foreign[rows]) | numbers.str.contains("\n"))).to_numpy()
    odd.is_number[rows] = numbers.str.contains(_VIABLE).to_numpy()
    numbers = _without_extensions(odd, numbers, rows, is_foreign)
    odd.has_plus[rows] = numbers.str.starts_with("+").to_numpy()
    is_vanity = numbers.str.contains(_THREE_LETTERS).to_numpy()
    odd.must_fall_back[rows] |= is_vanity & is_foreign[rows]  # libphonenumber drops digits that are not ASCII there
    odd.digits = replaced(odd.digits, rows, _replace(numbers, is_vanity, _dialled))


def _without_extensions(odd: OddTexts, numbers: pl.Series, rows: Rows, is_foreign: Flags) -> pl.Series:
    """Return the numbers without their extensions, which are put into `odd` (`_maybe_strip_extension`)."""
    at = np.flatnonzero(odd.is_number[rows] & numbers.str.contains(_LABEL).to_numpy())
    written = numbers.gather(index_of(at)).str.extract(_EXTENSION, 0)
    at, written = at[written.is_not_null().to_numpy()], written.drop_nulls()
    if not at.size:
        return numbers
    frame = pl.DataFrame({"number": numbers.gather(index_of(at)), "written": written}).select(
        before=pl.col("number").str.head(pl.col("number").str.len_chars() - pl.col("written").str.len_chars()),
        extension=pl.col("written").str.extract("([0-9]+)"),  # no way to write an extension has other digits in it
    )
    is_extension = frame["before"].str.contains(_VIABLE).to_numpy()
    odd.must_fall_back[rows[at[is_extension]]] |= is_foreign[rows[at[is_extension]]]
    odd.extension_rows = rows[at[is_extension]]
    odd.extensions = frame["extension"].filter(pl.Series(is_extension))
    return replaced(numbers, at[is_extension], frame["before"].filter(pl.Series(is_extension)))

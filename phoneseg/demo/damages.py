"""Every way in which the demo writes or damages a phone number, declared in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl


@dataclass(frozen=True)
class Damage:
    """One way to write a number.

    Attributes:
        name: What the truth calls it.
        share: Weight among numbers of the person's own region.
        foreign_share: Weight among numbers of other regions.
        is_recoverable: Whether libphonenumber finds the true number in it, given the person's true region; None where
            that depends on the digits, so that it has to be asked.
        write: The cell's text, from the columns that `handwriting` prepares.
        applies: Where the damage is possible; other rows are written as `international`.
    """

    name: str
    share: float
    foreign_share: float
    is_recoverable: bool | None
    write: pl.Expr
    applies: pl.Expr = pl.lit(True)  # noqa: RUF009 - an expression never changes


def _noise(modulus: int, salt: int) -> pl.Expr:
    """A number below `modulus`, different from row to row; different salts give independent numbers."""
    return pl.col("noise") // salt % modulus


def _one_of(choices: tuple[str, ...], salt: int) -> pl.Expr:
    picked = pl.lit(choices[0])
    for place, text in enumerate(choices[1:], start=1):
        picked = pl.when(_noise(len(choices), salt) == place).then(pl.lit(text)).otherwise(picked)
    return picked


def _replace_separators(text: pl.Expr, separator: str) -> pl.Expr:
    return text.str.replace_all(r"[()]", "").str.replace_all(r"[ -]+", separator)


def _replace_digit(text: pl.Expr, place_from_end: pl.Expr) -> pl.Expr:
    """Put a wrong digit in a place counted from the end, 1 being the last."""
    place = text.str.len_chars().cast(pl.Int64) - place_from_end
    digit = text.str.slice(place, 1).cast(pl.Int64, strict=False)  # the plus of a number that is too short
    wrong = (digit + 1 + _noise(9, 13)) % 10
    return pl.concat_str(text.str.slice(0, place), wrong.cast(pl.String), text.str.slice(place + 1))


_E164: Final = pl.col("e164")
_INTERNATIONAL: Final = pl.col("international")
_NATIONAL: Final = pl.col("national")
_NSN: Final = pl.col("national_significant_number")
_CASUAL: Final = pl.col("casual")  # one of the three above, whichever comes to the writer's mind
_CODE_AND_NSN: Final = _E164.str.slice(1)
_NATIONAL_DIGITS: Final = _NATIONAL.str.replace_all(r"\D", "")
_HAS_TRUNK_ZERO: Final = _NATIONAL_DIGITS == "0" + _NSN
_LETTERS_OF_DIGITS: Final = {str(digit): letter for digit, letter in zip(range(2, 10), "AEHKNRTW", strict=True)}
_FULL_WIDTH: Final = {character: chr(ord(character) + 0xFEE0) for character in "0123456789+"}

DAMAGES: Final = (
    # Plain ways to write a number.
    Damage("none_e164", 25, 40, True, _E164),
    Damage("international", 17, 27, True, _INTERNATIONAL),
    Damage("national", 13, 0, True, _NATIONAL),
    Damage("national_digits", 8, 0, True, _NATIONAL_DIGITS),
    Damage("national_dots", 2, 0, True, _replace_separators(_NATIONAL, ".")),
    Damage("national_dashes", 2.5, 0, True, _replace_separators(_NATIONAL, "-")),
    Damage("national_slash", 2, 0, True, _replace_separators(_NATIONAL.str.replace(r"[ -]", "/"), "")),
    Damage("international_dashes", 2.5, 4, True, _replace_separators(_INTERNATIONAL, "-")),
    Damage("international_dots", 1.5, 2, True, _replace_separators(_INTERNATIONAL, ".")),
    Damage("idd_prefix", 5, 9, True, pl.col("idd") + _INTERNATIONAL.str.slice(1)),
    Damage("parenthesised_zero", 4, 2, True, _INTERNATIONAL.str.replace(" ", " (0)", literal=True), _HAS_TRUNK_ZERO),
    Damage("bracketed_code", 1, 1, True, _INTERNATIONAL.str.replace(r"^(\+\d+)", "(${1})")),
    # Harmless company around the number.
    Damage("no_break_spaces", 2, 2, True, _CASUAL.str.replace_all(" ", "\u00a0", literal=True)),
    Damage("trailing_spaces", 2, 2, True, _CASUAL + _one_of((" ", "  ", "\t"), 3)),
    Damage("extension_ext", 0.7, 0.5, True, _CASUAL + " ext. " + (_noise(90, 7) + 10).cast(pl.String)),
    Damage("extension_x", 0.7, 0.5, True, _CASUAL + " x" + (_noise(900, 7) + 10).cast(pl.String)),
    Damage("full_width", 0.6, 0.5, True, _CASUAL.str.replace_many(_FULL_WIDTH)),
    Damage("tel_uri", 1, 1, True, "tel:" + _replace_separators(_INTERNATIONAL, "-")),
    Damage("apostrophe", 0.7, 1, True, "'" + _CASUAL),
    Damage("invisible_marks", 0.5, 0.5, True, "\u202a" + _CASUAL + "\u202c"),
    Damage("labelled", 0.6, 0.5, True, _one_of(("Tel. ", "mob: ", "Mobile ", "T "), 5) + _CASUAL),
    # Damage after which it depends on the digits.
    Damage("without_plus", 1.6, 2, None, _CODE_AND_NSN),
    Damage("leading_zero_lost", 1.6, 0, None, _NSN, _HAS_TRUNK_ZERO),
    Damage("letter_o", 0.4, 0.3, None, _CASUAL.str.replace_all("0", "O"), _CASUAL.str.contains("0")),
    Damage(
        "vanity_letters",
        0.5,
        0.3,
        None,
        _INTERNATIONAL.str.head(-4) + _NSN.str.tail(4).str.replace_many(_LETTERS_OF_DIGITS),
        (pl.col("calling_code") == "1") & _NSN.str.contains(r"[2-9]{4}$"),
    ),
    Damage("float_damage", 0.4, 0.4, None, _CODE_AND_NSN + ".0"),
    Damage("float_damage_national", 0.3, 0, None, _NSN.str.strip_chars_start("0") + ".0"),
    Damage(
        "two_numbers",
        0.6,
        0.5,
        None,
        _CASUAL + _one_of((" / ", ", ", "; ", " or ", "\n"), 11) + pl.col("second_international"),
        pl.col("second_international").is_not_null(),
    ),
    Damage("foreign_national", 0, 9, None, _NATIONAL),
    # Damage that loses the number.
    Damage(
        "scientific",
        0.25,
        0.3,
        False,
        pl.concat_str(
            _CODE_AND_NSN.str.head(1),
            pl.lit("."),
            _CODE_AND_NSN.str.slice(1, 5),
            pl.lit("E+"),
            (_CODE_AND_NSN.str.len_chars() - 1).cast(pl.String),
        ),
    ),
    Damage(
        "truncated",
        0.9,
        0.5,
        False,
        _CASUAL.str.strip_chars().str.slice(0, _CASUAL.str.len_chars() - 2 - _noise(3, 17)),
    ),
    Damage("extra_digit", 0.7, 0.5, False, _CASUAL + _noise(10, 19).cast(pl.String)),
    Damage(
        "digit_typo",
        1.5,
        0.7,
        False,
        _replace_digit(_E164, 1 + _noise(9, 23)),
        _E164.str.len_chars() >= 11,
    ),
    Damage(
        "swapped_digits",
        0.4,
        0.3,
        False,
        _E164.str.head(-2) + _E164.str.slice(-1) + _E164.str.slice(-2, 1),
        _E164.str.slice(-1) != _E164.str.slice(-2, 1),
    ),
)
"""All ways to write a number that is there; `international` is the way for rows where a damage does not apply."""

NO_NUMBER: Final[dict[str, tuple[str | None, ...]]] = {
    "null": (None,),
    "empty_string": ("",),
    "blank": (" ", "   ", "\t", "\u00a0"),
    "placeholder": ("0000000000", "1234567890", "5555555", "9999999999", "123456", "1111111111", "000-000-0000"),
    "text": ("n/a", "N/A", "unknown", "-", "none", "no phone", "?", "keine", "xxx", "email only", "see notes", "TBD"),
}
"""What stands in a cell without a number, the usual text first; the first three kinds count as empty."""

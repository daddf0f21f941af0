"""Repairs of a text that is to be one number: float damage, letters for digits, trunk zeros."""

from functools import cache
from typing import Final

import phonenumbers
import polars as pl

from phoneseg.hygiene.notation import written_out
from phoneseg.hygiene.repairs import FLOAT, LETTERS, NUMBER_FIELDS, TRUNK_ZERO, read_texts, with_repair
from phoneseg.settings import RepairSettings

_TEXT: Final = pl.col("text")
_FLOAT: Final = r"^\s*(\+?[0-9][0-9 ]{3,}[0-9])[.,]0{1,2}\s*$"

_LOOKS: Final = {"0": "OoQD", "1": "Iil|!", "2": "Zz", "5": "Ss$", "6": "Gb", "8": "B", "9": "gq"}
_DIGIT_OF: Final = {letter: digit for digit, letters in _LOOKS.items() for letter in letters}
_LETTERS: Final = "".join(_DIGIT_OF)
_LABEL: Final = r"^([^0-9+]*)"
_OTHER_LETTER: Final = rf"[\p{{L}}&&[^{_LETTERS}]]"
_PLAIN: Final = r"^[\s'\x22(]*\+?[0-9][0-9 ()./\-]*\s*$"

_DOUBLED_ZERO: Final = r"^([^0-9+]*)0[ ()]{0,2}0{1,2}([ ()]*[1-9])"


def mend_numbers(numbers: pl.DataFrame, settings: RepairSettings) -> pl.DataFrame:
    """Find for texts that are no valid numbers the first repair that makes them one.

    Args:
        numbers: Rows with `row` (unique), `text`, `region_hint` and NUMBER_FIELDS; none is valid.
        settings: Which repairs may be tried.

    Returns:
        The rows that a repair made valid: `row`, `text` as it is to be read, `repair`, and NUMBER_FIELDS.
    """
    asked = numbers.select("row", "text", "region_hint", *NUMBER_FIELDS, repair=pl.lit(None, pl.String))
    by_sign = _try_out(asked, [(FLOAT, text) for text in (_unfloated(), written_out("text")) if settings.float])
    by_sign = pl.concat([by_sign, _try_out(asked, [(LETTERS, _as_digits())] if settings.letters else [])])
    found = _first_valid(by_sign)
    if settings.trunk_zero:
        open_rows = pl.concat([asked, by_sign]).join(found, on="row", how="anti")
        found = pl.concat([found, _first_valid(_with_right_zeros(open_rows))])
    return found.drop("region_hint")


def _try_out(numbers: pl.DataFrame, variants: list[tuple[str, pl.Expr]]) -> pl.DataFrame:
    """Return numbers by each variant that applies to them, read; the first variant of all rows comes first."""
    made = [
        numbers.select("row", "region_hint", with_repair(name), text=text).filter(pl.col("text").is_not_null())
        for name, text in variants
    ]
    if not made or not sum(map(len, made)):
        return numbers.clear()
    return read_texts(pl.concat(made)).select(numbers.columns)


def _first_valid(numbers: pl.DataFrame) -> pl.DataFrame:
    return numbers.filter("is_valid").unique("row", keep="first", maintain_order=True)


def _unfloated() -> pl.Expr:
    """Return the digits before the point; null where the text is no whole float."""
    return _TEXT.str.extract(_FLOAT, 1)


def _as_digits() -> pl.Expr:
    """Return the text with letters as the digits that they look like; null where that leaves other letters.

    Words before the number are a label and are dropped; more letters than digits are no number.
    """
    label = _TEXT.str.extract(_LABEL, 1)
    has_label = label.str.contains(_OTHER_LETTER)
    body = pl.when(has_label).then(_TEXT.str.slice(label.str.len_chars())).otherwise(_TEXT)
    digits = body.str.replace_many(list(_DIGIT_OF), list(_DIGIT_OF.values()))
    letter_count, digit_count = (body.str.count_matches(rf"[{signs}]") for signs in (_LETTERS, "0-9"))
    is_number = (letter_count > 0) & (letter_count <= digit_count) & digits.str.contains(_PLAIN)
    return pl.when(is_number).then(digits)


def _with_right_zeros(numbers: pl.DataFrame) -> pl.DataFrame:
    """Return numbers with one leading zero instead of several, and with one instead of none, read.

    Several zeros are one too many only in countries that put a zero before the area code. A zero is lost where a cell
    was stored as a number, so that nothing but digits is left, and it matters only where it is part of the number, as
    in Italy; elsewhere libphonenumber does without.
    """
    nsn = pl.col("national_significant_number")
    plus = pl.concat_str(pl.lit("+"), "country_calling_code")
    is_stored = _TEXT.str.contains(r"^\s*[1-9][0-9]+\s*$") & ~nsn.str.starts_with("0")
    any_number = pl.lit(None, pl.String)
    variants = (
        (_TEXT.str.contains(_DOUBLED_ZERO), _TEXT.str.replace(_DOUBLED_ZERO, "${1}0$2"), any_number),
        (nsn.str.contains(r"^0{1,2}[1-9]"), plus + nsn.str.strip_chars_start("0"), any_number),
        (is_stored, plus + "0" + nsn, "0" + nsn),
    )
    made = [
        numbers.select("row", "region_hint", with_repair(TRUNK_ZERO), text=pl.when(is_one).then(text), expected=number)
        for is_one, text, number in variants
    ]
    read = read_texts(pl.concat(made).filter(pl.col("text").is_not_null()))
    codes = [code for code in read["country_calling_code"].drop_nulls().unique() if _is_zero_put_before(code)]
    is_right = pl.coalesce(pl.col("expected") == nsn, pl.col("country_calling_code").is_in(codes))
    return read.filter(is_right).select(numbers.columns)


@cache
def _is_zero_put_before(calling_code: int) -> bool:
    """Return whether national numbers of a calling code are dialled with a zero that is no part of them."""
    prefix = phonenumbers.ndd_prefix_for_region(phonenumbers.region_code_for_country_code(calling_code), True)
    return bool(prefix == "0")

"""How people and programs write numbers: a weight and an expression over a number's parts for each way.

The parts are `code` (the calling code), `trunk`, `significant` (the national number) and its groups `a`, `b` and `c`.
"""

from typing import Final

import polars as pl

Shape = tuple[float, pl.Expr]

_DIGITS: Final = [str(digit) for digit in range(10)]
_FULL_WIDTH: Final = [chr(0xFF10 + digit) for digit in range(10)]
_NO_BREAK_SPACE, _HYPHEN, _EN_DASH, _MINUS = "\u00a0", "\u2010", "\u2013", "\u2212"

_E164: Final = pl.format("+{}{}", "code", "significant")
_SPACED: Final = pl.format("+{} {} {} {}", "code", "a", "b", "c")
_NATIONAL: Final = pl.format("{}{} {}{}", "trunk", "a", "b", "c")


def _words(text: str) -> pl.Expr:
    return pl.concat_str(pl.col("trunk"), pl.col("significant").str.head(-4), pl.lit(text))


PLAIN: Final[dict[str, Shape]] = {
    "E.164": (30, _E164),
    "international, spaces": (13, _SPACED),
    "international, dashes": (6, pl.format("+{}-{}-{}-{}", "code", "a", "b", "c")),
    "international, dots": (2, pl.format("+{}.{}.{}.{}", "code", "a", "b", "c")),
    "00 for the plus": (2, pl.format("00{}{}", "code", "significant")),
    "trunk prefix": (12, pl.format("{}{}", "trunk", "significant")),
    "trunk prefix, spaces": (6, _NATIONAL),
    "parentheses": (6, pl.format("({}{}) {}-{}", "trunk", "a", "b", "c")),
    "national, dots": (3, pl.format("{}{}.{}.{}", "trunk", "a", "b", "c")),
    "digits only": (5, pl.format("{}{}", "code", "significant")),
}

IRREGULAR: Final[dict[str, Shape]] = {
    "extension x": (1.5, pl.format("{} x{}", _SPACED, pl.col("c").str.tail(3))),
    "extension ext.": (1, pl.format("{} ext. {}", _NATIONAL, pl.col("c").str.tail(2))),
    "extension ;ext=": (0.5, pl.format("{};ext={}", _E164, pl.col("c").str.tail(3))),
    "no-break spaces": (1.5, _SPACED.str.replace_all(" ", _NO_BREAK_SPACE, literal=True)),
    "hyphens": (0.5, _SPACED.str.replace_all(" ", _HYPHEN, literal=True)),
    "en dashes": (0.5, _NATIONAL.str.replace_all(" ", _EN_DASH, literal=True)),
    "minus signs": (0.3, _NATIONAL.str.replace_all(" ", _MINUS, literal=True)),
    "plus and trunk prefix": (0.7, pl.format("+{} ({}){} {}{}", "code", pl.lit("0"), "a", "b", "c")),
    "word before": (1.5, pl.format("Tel: {}", _SPACED)),
    "word before, national": (0.7, pl.format("mobile {}", _NATIONAL)),
    "word behind": (1, pl.format("{} (home)", _NATIONAL)),
    "vanity letters": (0.3, _words("TAXI")),
    "vanity letters, dash": (0.2, _words("-HELP")),
    "tel URI": (1, pl.format("tel:+{}-{}-{}{}", "code", "a", "b", "c")),
    "full-width digits": (0.5, _E164.str.replace_many(_DIGITS, _FULL_WIDTH)),
    "empty": (0.8, pl.lit("")),
    "null": (1.2, pl.lit(None, pl.String)),
    "n/a": (0.5, pl.lit("n/a")),
    "too short": (0.4, pl.format("{}{}", "trunk", pl.col("significant").str.head(4))),
    "too long": (0.4, pl.format("{}{}{}", _E164, "c", "b")),
}

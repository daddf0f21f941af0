"""How a national number is written out: which of its digits stand where, and what stands between them."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from phoneseg.numbers.compiler.plans import Format, NumberingPlan
from phoneseg.numbers.compiler.symbolic_digits import SymbolicDigits

Template = tuple[str | int, ...]
"""Pieces in their order: a text, or the place of a digit in the national number."""

_FIRST_GROUP: Final = re.compile(r"(\\\d)")


def international_template(digits: SymbolicDigits, plan: NumberingPlan) -> Template:
    """Return how a national number is written in INTERNATIONAL, behind the calling code (`_format_nsn`).

    Raises:
        Undecided: It depends on digits that are not known.
    """
    chosen = _choose(digits, plan.international_formats)
    return _write(digits, chosen, chosen.rule if chosen else "")


def national_template(digits: SymbolicDigits, plan: NumberingPlan) -> Template:
    """Return how a national number is written in NATIONAL (`_format_nsn`).

    Raises:
        Undecided: It depends on digits that are not known.
    """
    chosen = _choose(digits, plan.formats)
    return _write(digits, chosen, chosen.national_rule if chosen else "")


def _write(digits: SymbolicDigits, chosen: Format | None, rule: str) -> Template:
    """Return the digits written by a rule of a format; without a format, as they are."""
    if chosen is None:
        return tuple(range(digits.length))
    return _written(digits.sample(chosen.pattern), chosen.pattern, rule)


def _choose(digits: SymbolicDigits, formats: Sequence[Format]) -> Format | None:
    """Return the first format for such a number (`_choose_formatting_pattern_for_number`)."""
    for each in formats:
        if each.leading_pattern and not digits.matches(each.leading_pattern, is_prefix=True):
            continue
        if digits.matches(each.pattern):
            return each
    return None


@cache
def _written(sample: str, pattern: str, rule: str) -> Template:
    """Return where the digits of a sample stand once `re.sub` has written it by a rule."""
    pieces: list[str | int] = []
    behind = 0
    for match in re.finditer(pattern, sample):
        pieces += range(behind, match.start())
        for text in _FIRST_GROUP.split(rule):
            if _FIRST_GROUP.fullmatch(text):
                pieces += range(*match.span(int(text[1])))
            else:
                pieces += text
        behind = match.end()
    pieces += range(behind, len(sample))
    return tuple(pieces)

"""An automaton says what `re` says, for all numbers that begin alike."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoneseg.numbers.compiler.patterns import DigitPattern

PATTERNS = [
    "1",
    r"\d{3}",
    "[2-47]",
    "1|2[3-5]",
    "(?:1|22)?3",
    r"(1(?:2|3)\d)?4{1,2}",
    "(?:[12]|3[04])?5{0,2}",
    r"0(\d{2,3})1",
    "0|(1)",
]


@pytest.mark.parametrize("source", PATTERNS)
@pytest.mark.parametrize("is_prefix", [False, True])
def test_a_pattern_is_settled_exactly_where_all_numbers_agree(source: str, is_prefix: bool) -> None:
    pattern, match = DigitPattern(source, is_prefix=is_prefix), re.compile(source)
    answer = match.match if is_prefix else match.fullmatch
    for known, remaining in product(("", "0", "1", "22", "12", "304", "123"), range(4)):
        answers = {answer(known + "".join(rest)) is not None for rest in product("0123456789", repeat=remaining)}
        expected = answers.pop() if len(answers) == 1 else None
        assert pattern.settled(pattern.state_after(known), remaining) is expected


@pytest.mark.parametrize("source", PATTERNS)
def test_digits_that_are_not_distinguished_are_matched_alike(source: str) -> None:
    pattern, compiled = DigitPattern(source), re.compile(source)
    for known, remaining in product(("", "0", "1", "22", "012"), range(4)):
        if not pattern.distinguishes(pattern.state_after(known), remaining):
            matches = [compiled.match(known + "".join(rest)) for rest in product("0123456789", repeat=remaining)]
            assert len({match and match.regs for match in matches}) == 1


@given(st.text("0123456789", max_size=8), st.text("0123456789", max_size=8))
@settings(deadline=None)
def test_what_is_settled_is_true_of_any_rest(known: str, rest: str) -> None:
    source = r"(?:1\d{3}|2[0-4]|[3-9]\d)\d{2,4}"
    pattern = DigitPattern(source)
    settled = pattern.settled(pattern.state_after(known), len(rest))
    assert settled in (None, re.fullmatch(source, known + rest) is not None)


@pytest.mark.parametrize("source", ["a", "(1", "1)", "1*", r"\w", "(?=1)"])
def test_syntax_that_the_metadata_never_had_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="syntax that the compiler does not know"):
        DigitPattern(source)

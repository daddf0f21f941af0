"""Tries hold each branch and leaf once."""

import pytest

from phoneseg.numbers.compiler.symbolic_digits import Undecided
from phoneseg.numbers.compiler.tries import TrieBuilder


def _is_even_at_the_second(known: str, _unknown_count: int, _state: None) -> str:
    if len(known) < 2:
        raise Undecided
    return "even" if int(known[1]) % 2 == 0 else "odd"


def _build(tries: TrieBuilder[str], length: int, most_digits: int, otherwise: str | None = None) -> int:
    return tries.build(
        _is_even_at_the_second, length, None, lambda _: None, most_digits=most_digits, otherwise=otherwise
    )


def test_equal_branches_are_one_node() -> None:
    tries: TrieBuilder[str] = TrieBuilder()
    root = _build(tries, 5, 5)
    assert tries.leaves == ["even", "odd"]
    assert tries.nodes == [(-1, -2) * 5, (0,) * 10]
    assert root == 1
    assert _build(tries, 4, 4) == root


def test_what_more_digits_would_decide_takes_the_other_leaf() -> None:
    tries: TrieBuilder[str] = TrieBuilder()
    assert tries.leaves[-1 - _build(tries, 5, 1, "ask")] == "ask"
    with pytest.raises(Undecided):
        _build(tries, 5, 1)

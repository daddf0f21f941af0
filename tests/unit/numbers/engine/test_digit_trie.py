"""Unfolded tries lead where the compiler's tries lead."""

import random

import numpy as np

from phoneseg.numbers.engine.digit_trie import DigitTrie
from phoneseg.numbers.engine.tape import Tape


def _random_nodes(chance: random.Random, count: int) -> np.ndarray:
    """Return nodes that lead to later nodes or to leaves, so that every walk ends."""
    return np.array(
        [
            [chance.randrange(node + 1, count) if node + 1 < count and chance.random() < 0.6 else -chance.randint(1, 9)
             for _ in range(10)]
            for node in range(count)
        ],
        np.int32,
    )  # fmt: skip


def _walk_slowly(nodes: np.ndarray, branch: int, digits: str) -> int:
    for digit in digits:
        if branch < 0:
            break
        branch = int(nodes[branch][int(digit)])
    assert branch < 0
    return -1 - branch


def test_a_walk_ends_at_the_leaf_of_the_digits() -> None:
    chance = random.Random(3)
    nodes = _random_nodes(chance, 12)
    roots = np.array([[0, 3], [-4, 5]], np.int32)
    trie = DigitTrie(nodes, roots)
    numbers = ["".join(chance.choices("0123456789", k=14)) for _ in range(500)]
    tape = Tape(np.frombuffer("".join(numbers).encode(), np.uint8))
    which = np.array([chance.randrange(4) for _ in numbers])
    leaves = trie.walk(trie.roots.ravel()[which], tape, np.arange(len(numbers)) * 14)
    expected = [_walk_slowly(nodes, int(roots.ravel()[at]), number) for at, number in zip(which, numbers, strict=True)]
    assert leaves.tolist() == expected


def test_digits_of_the_next_number_do_not_matter() -> None:
    nodes = np.array([[-1 - digit for digit in range(10)]], np.int32)
    trie = DigitTrie(nodes, np.array([0], np.int32))
    tape = Tape(np.frombuffer(b"1234", np.uint8))
    assert trie.walk(np.zeros(4, np.intp), tape, np.arange(4)).tolist() == [1, 2, 3, 4]


def test_a_tape_keeps_its_places_when_it_grows() -> None:
    tape = Tape(np.frombuffer(b"12", np.uint8), np.frombuffer(b"345", np.uint8))
    longer = tape.extended(np.frombuffer(b"67", np.uint8))
    assert (tape.length, longer.length) == (5, 7)
    assert longer.windows(np.array([0, 5]), 2).tobytes() == b"1267"
    assert longer.pairs[:2].tolist() == [12, 23]

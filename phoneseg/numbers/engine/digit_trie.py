"""A trie of the compiler, unfolded so that one step reads two or three digits of every row."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from phoneseg.numbers.engine.tape import Rows, Tape

_STEP: Final = 2
_CHUNK_NODES: Final = 2_000  # unfolded at a time, so that loading takes little more memory than the result


class DigitTrie:
    """Answers which leaf the digits of a row lead to.

    The first step reads two or three digits, every further one two. Three would be faster throughout, but an unfolded
    node has a thousand branches then: 120 MB in all.

    Args:
        nodes: A branch per digit: the row of a node, or `-1 - leaf`.
        roots: The branches where rows begin, in any shape.
        first_digits: How many digits the first step reads.

    Attributes:
        roots: For each branch given: where its block begins in the unfolded nodes, or `-1 - leaf`.
    """

    def __init__(self, nodes: NDArray[np.int32], roots: NDArray[np.int32], *, first_digits: int) -> None:
        self._first_digits = first_digits
        first = np.unique(roots[roots >= 0])
        later = _reached(nodes, first, first_digits)
        later_start, size = len(first) * 10**first_digits, 10**_STEP
        place_of = np.zeros(len(nodes), np.int32)
        place_of[later] = later_start + np.arange(len(later), dtype=np.int32) * size
        self._entries = np.empty(later_start + len(later) * size, np.int32)
        _fill(self._entries[:later_start], nodes, first, first_digits, place_of)
        _fill(self._entries[later_start:], nodes, later, _STEP, place_of)
        place_of[first] = np.arange(len(first), dtype=np.int32) * 10**first_digits
        self.roots: Rows = np.where(roots >= 0, place_of[np.maximum(roots, 0)], roots).astype(np.intp)

    def walk(self, roots: Rows, tape: Tape, starts: Rows) -> Rows:
        """Return the leaf of each row.

        Args:
            roots: Entries of `roots`.
            tape: The digits.
            starts: Where each row's digits begin.
        """
        is_node = roots >= 0
        digits = (tape.pairs if self._first_digits == _STEP else tape.triples).take(starts)
        branches = np.where(is_node, self._entries.take(np.where(is_node, roots + digits, 0)), roots)
        read_count = self._first_digits
        while (rows := np.flatnonzero(branches >= 0)).size:
            pairs = tape.pairs.take(starts.take(rows) + read_count)
            branches[rows] = self._entries.take(branches.take(rows) + pairs)
            read_count += _STEP
        leaves: Rows = -1 - branches
        return leaves


def _chunks(nodes: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    return np.array_split(nodes, -(-len(nodes) // _CHUNK_NODES)) if len(nodes) else []


def _unfold(nodes: NDArray[np.int32], branches: NDArray[np.int32], digits: int) -> NDArray[np.int32]:
    """Return where each branch leads after some more digits, 10 to the power of `digits` for each."""
    for _ in range(digits):
        behind = branches[..., None]
        branches = np.where(behind >= 0, nodes.take(np.maximum(branches, 0), axis=0), behind)
    return branches.ravel()


def _reached(nodes: NDArray[np.int32], first: NDArray[np.int32], first_digits: int) -> NDArray[np.int32]:
    """Return all nodes that steps end at."""
    is_reached = np.zeros(len(nodes), np.bool_)
    new, digits = first, first_digits
    while new.size:
        found = np.zeros(len(nodes), np.bool_)
        for chunk in _chunks(new):
            branches = _unfold(nodes, chunk, digits)
            found[branches[branches >= 0]] = True
        new = np.flatnonzero(found & ~is_reached).astype(np.int32)
        is_reached |= found
        digits = _STEP
    return np.flatnonzero(is_reached).astype(np.int32)


def _fill(
    entries: NDArray[np.int32],
    nodes: NDArray[np.int32],
    unfolded: NDArray[np.int32],
    digits: int,
    place_of: NDArray[np.int32],
) -> None:
    """Write the blocks of some nodes; where a branch leads to a node, its place among all entries."""
    done = 0
    for chunk in _chunks(unfolded):
        branches = _unfold(nodes, chunk, digits)
        entries[done : done + len(branches)] = np.where(branches >= 0, place_of[np.maximum(branches, 0)], branches)
        done += len(branches)

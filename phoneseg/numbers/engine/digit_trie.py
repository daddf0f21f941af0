"""A trie of the compiler, unfolded so that one step reads two or three digits of every row."""

import numpy as np
from numpy.typing import NDArray

from phoneseg.numbers.engine.tape import Rows, Tape

_FIRST_STEP = 1000
_NEXT_STEP = 100


class DigitTrie:
    """Answers which leaf the digits of a row lead to.

    The first step reads three digits, every further one two. Unfolding a node for three would be faster still, but
    takes 120 MB; so it takes eight.

    Args:
        nodes: A branch per digit: the row of a node, or `-1 - leaf`.
        roots: The branches where rows begin, in any shape.

    Attributes:
        roots: For each branch given: where its block begins in the unfolded nodes, or `-1 - leaf`.
    """

    def __init__(self, nodes: NDArray[np.int32], roots: NDArray[np.int32]) -> None:
        first = np.unique(roots[roots >= 0])
        unfolded = _unfold(nodes, first, digits=3)
        later = _reached(nodes, unfolded)
        place_of = np.full(len(nodes), -1, np.int64)
        place_of[later] = first.size * _FIRST_STEP + np.arange(later.size) * _NEXT_STEP
        blocks = np.concatenate([unfolded.ravel(), _unfold(nodes, later, digits=2).ravel()])
        self._entries = np.where(blocks >= 0, place_of[np.maximum(blocks, 0)], blocks).astype(np.int32)
        place_of[first] = np.arange(first.size) * _FIRST_STEP
        self.roots: Rows = np.where(roots >= 0, place_of[np.maximum(roots, 0)], roots).astype(np.intp)

    @property
    def size_bytes(self) -> int:
        """How much memory the unfolded nodes take."""
        return self._entries.nbytes

    def walk(self, roots: Rows, tape: Tape, starts: Rows) -> Rows:
        """Return the leaf of each row.

        Args:
            roots: Entries of `roots`.
            tape: The digits.
            starts: Where each row's digits begin.
        """
        is_node = roots >= 0
        entries = self._entries.take(np.where(is_node, roots + tape.triples.take(starts), 0))
        branches = np.where(is_node, entries, roots)
        read_count = 3
        while (rows := np.flatnonzero(branches >= 0)).size:
            pairs = tape.pairs.take(starts.take(rows) + read_count)
            branches[rows] = self._entries.take(branches.take(rows) + pairs)
            read_count += 2
        leaves: Rows = -1 - branches
        return leaves


def _unfold(nodes: NDArray[np.int32], branches: NDArray[np.int32], digits: int) -> NDArray[np.int32]:
    """Return where each branch leads after some more digits, 10 to the power of `digits` for each."""
    for _ in range(digits):
        behind = branches[..., None]
        branches = np.where(behind >= 0, nodes[np.maximum(branches, 0)], behind)
    return branches.reshape(len(branches), 10**digits) if branches.size else np.zeros((0, 10**digits), np.int32)


def _reached(nodes: NDArray[np.int32], branches: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return all nodes that are reached from branches in steps of two digits."""
    reached = np.unique(branches[branches >= 0])
    new = reached
    while new.size:
        found = np.unique(_unfold(nodes, new, digits=2))
        new = np.setdiff1d(found[found >= 0], reached, assume_unique=True)
        reached = np.union1d(reached, new)
    return reached

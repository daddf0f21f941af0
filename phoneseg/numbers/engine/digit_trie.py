"""A trie of the compiler, unfolded so that one step reads two digits of every row."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from phoneseg.numbers.engine.tape import Rows, Tape

_STEP: Final = 2
_BLOCK: Final = 10**_STEP
_CHUNK_NODES: Final = 500  # unfolded at a time, so that loading takes little more memory than the result


class DigitTrie:
    """Answers which leaf the digits of a row lead to.

    Three digits a step would be faster still, but an unfolded node has a thousand branches then: 120 MB in all.

    Args:
        nodes: A branch per digit: the row of a node, or `-1 - leaf`.
        roots: The branches where rows begin, in any shape.

    Attributes:
        roots: For each branch given: where its block begins in the unfolded nodes, or `-1 - leaf`.
    """

    def __init__(self, nodes: NDArray[np.int32], roots: NDArray[np.int32]) -> None:
        unfolded = _reached(nodes, np.unique(roots[roots >= 0]))
        place_of = np.zeros(len(nodes), np.int32)
        place_of[unfolded] = np.arange(len(unfolded), dtype=np.int32) * _BLOCK
        self._entries = np.empty(len(unfolded) * _BLOCK, np.int32)
        _fill(self._entries, nodes, unfolded, place_of)
        self.roots: Rows = np.where(roots >= 0, place_of[np.maximum(roots, 0)], roots).astype(np.intp)

    def walk(self, roots: Rows, tape: Tape, starts: Rows) -> Rows:
        """Return the leaf of each row.

        Args:
            roots: Entries of `roots`.
            tape: The digits.
            starts: Where each row's digits begin.
        """
        is_node = roots >= 0
        entries = self._entries.take(np.where(is_node, roots + tape.pairs.take(starts), 0))
        branches = np.where(is_node, entries, roots)
        read_count = _STEP
        while (rows := np.flatnonzero(branches >= 0)).size:
            pairs = tape.pairs.take(starts.take(rows) + read_count)
            branches[rows] = self._entries.take(branches.take(rows) + pairs)
            read_count += _STEP
        leaves: Rows = -1 - branches
        return leaves


def _chunks(nodes: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    return np.array_split(nodes, -(-len(nodes) // _CHUNK_NODES)) if len(nodes) else []


def _unfold(nodes: NDArray[np.int32], branches: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return where each branch leads after one step, a block for each."""
    for _ in range(_STEP):
        behind = branches[..., None]
        branches = np.where(behind >= 0, nodes.take(np.maximum(branches, 0), axis=0), behind)
    return branches.ravel()


def _reached(nodes: NDArray[np.int32], first: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return all nodes that steps begin or end at."""
    is_reached = np.zeros(len(nodes), np.bool_)
    is_reached[first] = True
    new = first
    while new.size:
        found = np.zeros(len(nodes), np.bool_)
        for chunk in _chunks(new):
            branches = _unfold(nodes, chunk)
            found[branches[branches >= 0]] = True
        new = np.flatnonzero(found & ~is_reached).astype(np.int32)
        is_reached |= found
    return np.flatnonzero(is_reached).astype(np.int32)


def _fill(
    entries: NDArray[np.int32], nodes: NDArray[np.int32], unfolded: NDArray[np.int32], place_of: NDArray[np.int32]
) -> None:
    """Write the blocks of some nodes; where a branch leads to a node, its place among all entries."""
    done = 0
    for chunk in _chunks(unfolded):
        branches = _unfold(nodes, chunk)
        entries[done : done + len(branches)] = np.where(branches >= 0, place_of[np.maximum(branches, 0)], branches)
        done += len(branches)

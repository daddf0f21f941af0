"""Decisions, digit after digit, as tries: equal branches are one node, equal answers one leaf."""

from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from phoneseg.numbers.compiler.symbolic_digits import Undecided

Leaf = TypeVar("Leaf", bound=Hashable)
State = TypeVar("State")
_DIGITS: Final = "0123456789"


class TrieBuilder(Generic[Leaf]):
    """Nodes and leaves of the tries that were built so far.

    A branch is an integer: a node where it is not negative, else the leaf `-1 - branch`.
    """

    def __init__(self) -> None:
        self.nodes: list[tuple[int, ...]] = []
        self.leaves: list[Leaf] = []
        self._node_of: dict[tuple[int, ...], int] = {}
        self._leaf_of: dict[Leaf, int] = {}

    def add_leaf(self, leaf: Leaf) -> int:
        """Return the branch of a leaf."""
        index = self._leaf_of.setdefault(leaf, len(self.leaves))
        if index == len(self.leaves):
            self.leaves.append(leaf)
        return -1 - index

    def build(
        self,
        decide: Callable[[str, int, State], Leaf],
        length: int,
        state: State,
        fork: Callable[[State], State],
        *,
        most_digits: int,
        otherwise: Leaf | None = None,
    ) -> int:
        """Add the trie of all numbers of a length and return its branch.

        Args:
            decide: Gets the first digits, how many more there are, and a state; raises `Undecided` for more digits.
            length: How many digits the numbers have.
            state: What `decide` keeps for longer beginnings.
            fork: Copies the state for one more digit.
            most_digits: How many digits may decide.
            otherwise: The leaf where that is not enough.

        Raises:
            Undecided: It is not enough, and there is no other leaf.
        """

        def branch(known: str, state: State) -> int:
            try:
                return self.add_leaf(decide(known, length - len(known), state))
            except Undecided:
                if len(known) >= min(length, most_digits):
                    if otherwise is None:
                        raise
                    return self.add_leaf(otherwise)
            return self._add_node(tuple(branch(known + digit, fork(state)) for digit in _DIGITS))

        return branch("", state)

    def _add_node(self, branches: tuple[int, ...]) -> int:
        if branches[0] < 0 and len(set(branches)) == 1:
            return branches[0]
        index = self._node_of.setdefault(branches, len(self.nodes))
        if index == len(self.nodes):
            self.nodes.append(branches)
        return index

"""A number of which only the first digits are known, so that one answer can stand for all numbers that begin alike."""

import re
from functools import cache
from typing import Self

from phoneseg.numbers.compiler.patterns import digit_pattern


class Undecided(Exception):  # noqa: N818 -- a question back to the trie, not an error
    """The answer depends on digits that are not known yet."""


class SymbolicDigits:
    """Digits that were put before, then those of a number without its first ones; the last of them are not known.

    Attributes:
        known: The first digits of the number.
        unknown_count: How many more digits it has.
        skipped_count: How many of its first digits do not count any more.
        prepended: Digits that a transform rule put before.
        start: The digits that are known, from the start.
        length: How many digits there are, known or not.
    """

    __slots__ = ("known", "length", "prepended", "skipped_count", "start", "unknown_count")

    def __init__(self, known: str, unknown_count: int, skipped_count: int = 0, prepended: str = "") -> None:
        self.known = known
        self.unknown_count = unknown_count
        self.skipped_count = skipped_count
        self.prepended = prepended
        self.start = prepended + known[skipped_count:]
        self.length = len(self.start) + unknown_count

    def with_first(self, skipped_count: int, prepended: str) -> Self:
        """Return the digits of the number with others before and skipped."""
        return type(self)(self.known, self.unknown_count, skipped_count, prepended)

    def without_first(self, count: int) -> Self:
        """Return the digits without the first `count`.

        Raises:
            Undecided: One of them is not known.
        """
        if count > len(self.start):
            raise Undecided
        if count <= len(self.prepended):
            return self.with_first(self.skipped_count, self.prepended[count:])
        return self.with_first(self.skipped_count + count - len(self.prepended), "")

    def first(self, count: int) -> str:
        """Return the first `count` digits.

        Raises:
            Undecided: One of them is not known.
        """
        if len(self.start) < count:
            raise Undecided
        return self.start[:count]

    def matches(self, pattern: str, *, is_prefix: bool = False) -> bool:
        """Return whether a pattern matches all digits, or the first ones.

        Raises:
            Undecided: It depends on the digits that are not known.
        """
        automaton = digit_pattern(pattern, is_prefix)
        settled = automaton.settled(automaton.state_after(self.start), self.unknown_count)
        if settled is None:
            raise Undecided
        return settled

    def match(self, pattern: str) -> re.Match[str] | None:
        """Return how a pattern matches from the start, as `re.match` does; digits that are not known read as 0.

        Raises:
            Undecided: It depends on the digits that are not known.
        """
        return _compiled(pattern).match(self.sample(pattern))

    def sample(self, pattern: str) -> str:
        """Return a number that begins so and is matched as all others that begin so.

        Raises:
            Undecided: They are not matched alike.
        """
        automaton = digit_pattern(pattern, False)
        if automaton.distinguishes(automaton.state_after(self.start), self.unknown_count):
            raise Undecided
        return self.start + "0" * self.unknown_count


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)

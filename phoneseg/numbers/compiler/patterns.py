r"""libphonenumber's regular expressions over digits, as automata that are built while they are walked.

The metadata uses a small part of the syntax: digits, `\d`, character classes, groups, `|`, `?`, `{m,n}` and a `$` at
the end. Python's `re` answers whether a number matches; these automata answer whether it matches *whatever its other
digits are*.
"""

from functools import cache
from typing import Final

ALL_DIGITS: Final = frozenset("0123456789")


class DigitPattern:
    """A pattern over digits as a deterministic automaton; a state is an integer.

    Args:
        source: The regular expression.
        is_prefix: Whether digits may follow a match, as with `re.match`; else all must match, as with `re.fullmatch`.
    """

    def __init__(self, source: str, *, is_prefix: bool = False) -> None:
        self._empty: list[list[int]] = []
        self._reading: list[list[tuple[frozenset[str], int]]] = []
        start = self.new_place()
        self._end = _Reader(source, self).read(start)
        if is_prefix:
            self._reading[self._end].append((ALL_DIGITS, self._end))
        self._states: dict[frozenset[int], int] = {}
        self._places: list[frozenset[int]] = []
        self._steps: list[dict[str, int]] = []
        self._settled: dict[tuple[int, int], bool | None] = {}
        self._distinguishes: dict[tuple[int, int], bool] = {}
        self._after = {"": self._state({start})}

    def state_after(self, digits: str) -> int:
        """Return the state after reading digits from the start."""
        state = self._after.get(digits)
        if state is None:
            state = self._after[digits] = self._step(self.state_after(digits[:-1]), digits[-1])
        return state

    def settled(self, state: int, remaining: int) -> bool | None:
        """Return whether the pattern matches after `remaining` more digits; None where that depends on them."""
        key = (state, remaining)
        if key not in self._settled:
            self._settled[key] = self._settle(state, remaining)
        return self._settled[key]

    def _settle(self, state: int, remaining: int) -> bool | None:
        if not self._places[state]:
            return False
        if remaining == 0:
            return self._end in self._places[state]
        first = self.settled(self._step(state, "0"), remaining - 1)
        if first is None or any(self.settled(self._step(state, d), remaining - 1) is not first for d in "123456789"):
            return None
        return first

    def distinguishes(self, state: int, remaining: int) -> bool:
        """Return whether any of `remaining` more digits matters to how the pattern matches."""
        key = (state, remaining)
        if key not in self._distinguishes:
            self._distinguishes[key] = self._distinguish(state, remaining)
        return self._distinguishes[key]

    def _distinguish(self, state: int, remaining: int) -> bool:
        places = self._places[state]
        if remaining == 0 or not places:
            return False
        if any(digits != ALL_DIGITS for place in places for digits, _ in self._reading[place]):
            return True
        return self.distinguishes(self._step(state, "0"), remaining - 1)

    def _step(self, state: int, digit: str) -> int:
        steps = self._steps[state]
        if digit not in steps:
            steps[digit] = self._state(
                {to for place in self._places[state] for digits, to in self._reading[place] if digit in digits}
            )
        return steps[digit]

    def _state(self, places: set[int]) -> int:
        """Return the state of a set of places and all that is reached from them without reading."""
        waiting, reached = list(places), set(places)
        while waiting:
            for place in self._empty[waiting.pop()]:
                if place not in reached:
                    reached.add(place)
                    waiting.append(place)
        key = frozenset(reached)
        if key not in self._states:
            self._states[key] = len(self._places)
            self._places.append(key)
            self._steps.append({})
        return self._states[key]

    def new_place(self) -> int:
        """Add a place that nothing leads to yet, and return it."""
        self._empty.append([])
        self._reading.append([])
        return len(self._empty) - 1

    def add_reading(self, place: int, digits: frozenset[str]) -> int:
        """Add a place that is reached from `place` by reading one of `digits`, and return it."""
        to = self.new_place()
        self._reading[place].append((digits, to))
        return to

    def add_empty(self, place: int, to: int | None = None) -> int:
        """Add a way from `place` that reads nothing, to a new place or a known one, and return where it leads."""
        to = self.new_place() if to is None else to
        self._empty[place].append(to)
        return to


class _Reader:
    """Reads a regular expression and adds its ways to an automaton."""

    def __init__(self, source: str, automaton: DigitPattern) -> None:
        self._source = source
        self._at = 0
        self._automaton = automaton

    def read(self, start: int) -> int:
        """Add the whole expression from `start` on, and return the place where it ends."""
        end = self._read_choice(start)
        if self._at < len(self._source):
            raise self._unknown()
        return end

    def _read_choice(self, start: int) -> int:
        ends = [self._read_sequence(self._automaton.add_empty(start))]
        while self._peek() == "|":
            self._at += 1
            ends.append(self._read_sequence(self._automaton.add_empty(start)))
        end = self._automaton.add_empty(ends[0])
        for other in ends[1:]:
            self._automaton.add_empty(other, end)
        return end

    def _read_sequence(self, place: int) -> int:
        while self._peek() not in ("", "|", ")"):
            place = self._read_repeated(place)
        return place

    def _read_repeated(self, place: int) -> int:
        """Read one piece and the count behind it; the piece is read again for each time that it may stand."""
        begin = self._at
        start = self._automaton.new_place()
        end = self._read_piece(start)
        least, most = self._read_count()
        behind = self._at
        self._automaton.add_empty(place, start)
        early = [] if least else [place]
        for time in range(1, most):
            if time >= least:
                early.append(end)
            self._at = begin
            end = self._read_piece(self._automaton.add_empty(end))
        self._at = behind
        last = self._automaton.add_empty(end)
        for other in early:
            self._automaton.add_empty(other, last)
        return last

    def _read_count(self) -> tuple[int, int]:
        if self._peek() == "?":
            self._at += 1
            return 0, 1
        if self._peek() != "{":
            return 1, 1
        close = self._source.index("}", self._at)
        least, _, most = self._source[self._at + 1 : close].partition(",")
        self._at = close + 1
        return int(least), int(most or least)

    def _read_piece(self, place: int) -> int:
        sign = self._take()
        if sign.isdigit():
            return self._automaton.add_reading(place, frozenset(sign))
        if sign == "\\" and self._take() == "d":
            return self._automaton.add_reading(place, ALL_DIGITS)
        if sign == "[":
            return self._automaton.add_reading(place, self._read_class())
        if sign == "(":
            if self._source.startswith("?:", self._at):
                self._at += 2
            end = self._read_choice(place)
            if self._take() != ")":
                raise self._unknown()
            return end
        if sign == "$":  # only at the end of a prefix; there it says that nothing follows
            return place
        raise self._unknown()

    def _read_class(self) -> frozenset[str]:
        digits: set[str] = set()
        while (sign := self._take()) != "]":
            if self._peek() == "-":
                self._at += 1
                digits |= {str(digit) for digit in range(int(sign), int(self._take()) + 1)}
            elif sign == "\\" and self._take() == "d":
                digits |= ALL_DIGITS
            else:
                digits.add(str(int(sign)))
        return frozenset(digits)

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._source[self._at - 1 : self._at]

    def _unknown(self) -> ValueError:
        return ValueError(f"pattern {self._source!r}, column {self._at}: syntax that the compiler does not know")


@cache
def digit_pattern(source: str, is_prefix: bool) -> DigitPattern:
    """Return the automaton of a pattern, built once."""
    return DigitPattern(source, is_prefix=is_prefix)

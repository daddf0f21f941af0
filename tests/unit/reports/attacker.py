"""Somebody who has the reports of all days, and works out what the counts behind them can be."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from tests.unit.reports.world import CODES, SETTINGS, TAGS, TOTAL, Cell, Day, all_cells

Bounds = tuple[int, int]
Read = Callable[[int | None], Bounds]
"""What a shown count, or a missing one, says of the true one."""
Variable = tuple[int, Cell]
FAR = 10**9


class Attacker:
    """Keeps the lowest and highest possible count of each cell and day, and narrows them by all that must hold.

    Parts add up to their wholes, an overlap is no bigger than its segments, two segments are together no bigger than
    all contacts, and from one day to the next counts change by at most `step`.
    """

    def __init__(self, days: Sequence[Day], read: Read, step: int = FAR) -> None:
        self.bounds: dict[Variable, Bounds] = {
            (day, cell): read(shown.get(cell)) for day, shown in enumerate(days) for cell in all_cells()
        }
        self._step = step
        self._days = len(days)

    def narrow(self) -> dict[Variable, Bounds]:
        """Apply all constraints until nothing changes; return the bounds."""
        sums = [
            ((day, whole), [(day, part) for part in parts]) for day in range(self._days) for whole, parts in _sums()
        ]
        while True:
            before = dict(self.bounds)
            for whole, parts in sums:
                self._add_up(whole, parts)
            for day in range(self._days):
                for overlap, one, other in _overlaps():
                    self._fit(day, overlap, one, other)
            for cell in all_cells():
                self._step_through(cell)
            if self.bounds == before:
                return self.bounds

    def _cut(self, variable: Variable, low: int, high: int) -> None:
        known = self.bounds[variable]
        self.bounds[variable] = (max(known[0], low), min(known[1], high))
        assert self.bounds[variable][0] <= self.bounds[variable][1], f"the attacker is wrong about {variable}"

    def _add_up(self, whole: Variable, parts: list[Variable]) -> None:
        lows, highs = zip(*(self.bounds[part] for part in parts), strict=True)
        self._cut(whole, sum(lows), sum(highs))
        low, high = self.bounds[whole]
        for part in parts:
            mine = self.bounds[part]
            self._cut(part, low - (sum(highs) - mine[1]), high - (sum(lows) - mine[0]))
            lows, highs = zip(*(self.bounds[each] for each in parts), strict=True)

    def _fit(self, day: int, overlap: Cell, one: Cell, other: Cell) -> None:
        a, b, both, total = ((day, cell) for cell in (one, other, overlap, TOTAL))
        for segment in (a, b):
            self._cut(both, 0, self.bounds[segment][1])
            self._cut(segment, self.bounds[both][0], FAR)
        self._cut(both, self.bounds[a][0] + self.bounds[b][0] - self.bounds[total][1], FAR)
        for segment, mate in ((a, b), (b, a)):
            self._cut(segment, 0, self.bounds[total][1] + self.bounds[both][1] - self.bounds[mate][0])

    def _step_through(self, cell: Cell) -> None:
        there = list(range(self._days))
        for order in (there, there[::-1]):
            for day, next_day in pairwise(order):
                low, high = self.bounds[day, cell]
                self._cut((next_day, cell), low - self._step, high + self._step)


def _sums() -> Iterator[tuple[Cell, list[Cell]]]:
    """Yield wholes with their parts."""
    for kind, codes in CODES.items():
        yield TOTAL, [(kind, code) for code in codes]
    for kind, other in (("country", "lifecycle"), ("lifecycle", "country")):
        for code in CODES[kind]:
            yield (kind, code), [_overlap((kind, code), (other, each)) for each in CODES[other]]
    for tag in TAGS:
        for kind in set(CODES) & set(SETTINGS.crossed_kinds):
            yield ("custom", tag), [_overlap(("custom", tag), (kind, code)) for code in CODES[kind]]


def _overlap(one: Cell, other: Cell) -> Cell:
    return (*min(one, other), *max(one, other))


def _overlaps() -> Iterator[tuple[Cell, Cell, Cell]]:
    for cell in all_cells():
        if len(cell) == 4:
            yield cell, cell[:2], cell[2:]

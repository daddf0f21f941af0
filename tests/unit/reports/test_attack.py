"""Small counts stay hidden from who has the reports of all days; the same attack on other tables finds them."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

import pytest

from phoneseg.privacy import TokenKey
from tests.unit.reports.attacker import FAR, Attacker, Bounds, Variable
from tests.unit.reports.world import SETTINGS, TOTAL, Cell, Day, World, all_cells

DAYS = 30
STEP, SMALL = SETTINGS.round_to, SETTINGS.min_count
each_seed = pytest.mark.parametrize("seed", range(4))
Protect = Callable[[Day, int], Day]


@cache
def live(seed: int) -> tuple[list[Day], list[Day]]:
    """Return what the reports of thirty days show, and the true counts."""
    world, key = World.of(seed), TokenKey(b"a key for tests alone, %d" % seed)
    shown, truth = [], []
    for day in range(DAYS):
        shown.append(world.report(key, day))
        truth.append(world.count())
        world.pass_a_day()
    return shown, truth


def read_report(shown: int | None) -> Bounds:
    """Return what a report says of a count: all that docs/reports.md tells of the rounding."""
    return (0, 2 * STEP - 1) if shown is None else (shown - STEP + 1, shown + STEP - 1)


def check_truth(bounds: dict[Variable, Bounds], truth: Sequence[Day]) -> None:
    wrong = [(d, cell) for (d, cell), (low, high) in bounds.items() if not low <= truth[d].get(cell, 0) <= high]
    assert wrong == [], "the attack itself is wrong"


def widths(bounds: dict[Variable, Bounds], shown: Sequence[Day], *, hidden: bool) -> list[int]:
    """Return how many counts remain possible of each cell that is hidden, or shown."""
    chosen = [each for (day, cell), each in bounds.items() if (cell not in shown[day]) is hidden]
    return [high - low + 1 for low, high in chosen]


@each_seed
def test_no_small_count_is_ever_shown_and_none_is_further_off_than_a_step(seed: int) -> None:
    shown, truth = live(seed)
    for day in range(DAYS):
        assert all(truth[day][cell] >= SMALL for cell in shown[day])
        assert all(abs(count - truth[day][cell]) < STEP for cell, count in shown[day].items())
        assert all(cell in shown[day] for cell, count in truth[day].items() if count >= 2 * STEP)
    assert any(0 < truth[0].get(cell, 0) < SMALL for cell in all_cells()), "there is something to hide"


@each_seed
def test_sums_overlaps_and_all_days_leave_as_many_counts_possible_as_are_hidden(seed: int) -> None:
    shown, truth = live(seed)
    bounds = Attacker(shown, read_report).narrow()
    check_truth(bounds, truth)
    assert min(widths(bounds, shown, hidden=True)) >= SMALL
    assert min(widths(bounds, shown, hidden=False)) >= SMALL


@each_seed
def test_so_they_do_for_who_knows_that_one_contact_changes_a_day(seed: int) -> None:
    shown, truth = live(seed)
    bounds = Attacker(shown, read_report, step=1).narrow()
    check_truth(bounds, truth)
    assert min(widths(bounds, shown, hidden=True)) >= SMALL
    assert min(widths(bounds, shown, hidden=False)) >= SMALL
    assert any(before != after for before, after in pairwise(shown)), "something crossed a step"


@each_seed
@pytest.mark.parametrize("step", [FAR, 1], ids=["nothing else", "one change a day"])
def test_the_exact_total_that_a_catalogue_tells_pins_nothing(seed: int, step: int) -> None:
    shown, truth = live(seed)
    attacker = Attacker(shown, read_report, step)
    attacker.bounds |= {(day, TOTAL): (counts[TOTAL], counts[TOTAL]) for day, counts in enumerate(truth)}
    bounds = attacker.narrow()
    check_truth(bounds, truth)
    assert min(widths(bounds, shown, hidden=True)) > 1


@each_seed
def test_nothing_is_pinned_for_who_knows_each_entry_and_exit(seed: int) -> None:
    shown, truth = live(seed)
    attacker = Attacker(shown[:1], read_report)
    attacker.bounds = {(0, cell): read_history(cell, shown, truth) for cell in all_cells()}
    bounds = attacker.narrow()
    check_truth(bounds, truth)
    narrowest = min(high - low + 1 for low, high in bounds.values())
    assert narrowest > 1
    assert narrowest < 2 * STEP - 1, "it does learn something"


def read_history(cell: Cell, shown: Sequence[Day], truth: Sequence[Day]) -> Bounds:
    """Return what all days say of the count on the first, where each change of it is known: the draw is the same."""
    moves = [day.get(cell, 0) - truth[0].get(cell, 0) for day in truth]
    drawn = [
        (0, 2 * STEP - 1) if (count := day.get(cell)) is None else (count, count + STEP - 1)  # count plus draw
        for day in shown
    ]
    low = max(low - move for (low, _), move in zip(drawn, moves, strict=True))
    high = min(high - move for (_, high), move in zip(drawn, moves, strict=True))
    return max(low - STEP + 1, -min(moves)), high


def hide_small(truth: Day, _: int) -> Day:
    return {cell: count for cell, count in truth.items() if count >= SMALL}


def round_to_nearest(truth: Day, _: int) -> Day:
    return {cell: (count + 5) // 10 * 10 for cell, count in truth.items() if count >= SMALL}


def read_exact(shown: int | None) -> Bounds:
    return (0, SMALL - 1) if shown is None else (shown, shown)


def read_nearest(shown: int | None) -> Bounds:
    return (0, SMALL - 1) if shown is None else (max(shown - 5, SMALL), shown + 4)


@pytest.mark.parametrize(
    ("protect", "read", "step"),
    [(hide_small, read_exact, FAR), (round_to_nearest, read_nearest, 1)],
    ids=["exact counts, small ones hidden", "rounded to the nearest ten, small ones hidden"],
)
def test_the_same_attack_finds_what_other_tables_hide(
    protect: Protect, read: Callable[[int | None], Bounds], step: int
) -> None:
    found = 0
    for seed in range(4):
        _, truth = live(seed)
        shown = [protect(day, number) for number, day in enumerate(truth)]
        bounds = Attacker(shown, read, step).narrow()
        check_truth(bounds, truth)
        hidden = {each: bounds[each] for each in bounds if each[1] not in shown[each[0]] and each[1] != TOTAL}
        found += sum(low == high > 0 for low, high in hidden.values())
    assert found > 0

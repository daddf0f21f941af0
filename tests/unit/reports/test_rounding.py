"""The rounding of reports keeps its promises, whatever the count, the base and the key."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from phoneseg.privacy import TokenKey
from phoneseg.reports import round_counts

KEY = TokenKey(b"a key for tests alone")
CELL = ("segment_kind", "segment_code")
NAMES = st.tuples(st.text(max_size=5), st.text(max_size=5))
BASES = st.integers(3, 200)
KEYS = st.binary(min_size=16, max_size=32).map(TokenKey)


def show(
    counts: Sequence[int], cell: tuple[str, str] = ("country", "DE"), base: int = 15, key: TokenKey = KEY
) -> list[int | None]:
    """Return what a report shows of a cell with each of the counts."""
    columns = {**dict.fromkeys(CELL, pl.String), "contact_count": pl.Int64, "n": pl.Int64}
    frame = pl.DataFrame([(*cell, count, n) for n, count in enumerate(counts)], columns, orient="row")
    rows = round_counts(frame, CELL, base, key, "segment_report")
    shown = dict(rows.select("n", "contact_count").iter_rows())
    return [shown.get(n) for n in range(len(counts))]


@given(NAMES, BASES, KEYS, st.integers(0, 500))
def test_a_count_up_to_the_base_has_no_row_and_one_of_twice_as_many_has(
    cell: tuple[str, str], base: int, key: TokenKey, count: int
) -> None:
    (shown,) = show([count], cell, base, key)
    assert shown is None or (count > base and shown % base == 0 and abs(shown - count) < base and shown >= 2 * base)
    assert shown is not None or count < 2 * base


@given(NAMES, BASES, KEYS, st.integers(0, 10_000))
def test_what_is_shown_rises_with_the_count_and_each_step_is_a_base_wide(
    cell: tuple[str, str], base: int, key: TokenKey, first: int
) -> None:
    shown = [count or base for count in show(range(first, first + 2 * base), cell, base, key)]
    assert shown == sorted(shown)
    assert sum(before < after for before, after in pairwise(shown)) <= 2


@given(st.lists(st.integers(-1, 1), min_size=1, max_size=60), st.integers(100, 200), KEYS)
def test_whatever_changes_are_known_as_many_counts_fit_the_history_as_the_base_has(
    changes: Iterable[int], first: int, key: TokenKey
) -> None:
    base, moves = 15, [0]
    for change in changes:
        moves.append(moves[-1] + change)
    shown = show([first + move for move in moves], base=base, key=key)
    fitting = {
        count
        for count in range(60, 260)
        for draw in range(base)
        if all((count + move + draw) // base * base == seen for move, seen in zip(moves, shown, strict=True))
    }
    assert first in fitting
    assert len(fitting) >= base


def test_on_the_average_of_many_cells_the_count_is_right() -> None:
    counts = (45, 46, 52, 59, 1_000)
    shown = zip(*(show(counts, ("area_code", str(number))) for number in range(1_000)), strict=True)
    for count, rounded in zip(counts, shown, strict=True):
        assert abs(fmean(each for each in rounded if each) - count) < 1


def test_the_same_cell_is_rounded_the_same_by_the_same_key_alone() -> None:
    cells = [("area_code", str(number)) for number in range(50)]
    shown = [show([52], cell) for cell in cells]
    assert shown == [show([52], cell) for cell in cells]
    assert shown != [show([52], cell, key=TokenKey(b"another key for tests")) for cell in cells]


def test_cells_whose_names_run_together_are_drawn_for_apart() -> None:
    counts = pl.DataFrame(
        [(f"a{'b' * n}", f"{'b' * (40 - n)}c", 52) for n in range(40)], [*CELL, "contact_count"], orient="row"
    )
    assert round_counts(counts, CELL, 15, KEY, "segment_report")["contact_count"].n_unique() == 2


def test_nothing_to_count_is_nothing_to_show() -> None:
    nothing = pl.DataFrame(schema={**dict.fromkeys(CELL, pl.String), "contact_count": pl.Int64})
    assert round_counts(nothing, CELL, 15, KEY, "segment_report").equals(nothing)

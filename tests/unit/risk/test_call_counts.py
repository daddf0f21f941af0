"""Counts of calls add up over disjoint intervals."""

from datetime import timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from phoneseg.risk.call_counts import add_counts, collect_counts, count_calls
from phoneseg.risk.call_patterns import describe_calls
from tests.unit.risk.call_events import ALL, MONDAY, event, frame

EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from("abc"),
        st.floats(0, 167, width=16),
        st.sampled_from(["call", "message", "visit"]),
        is_outgoing=st.sampled_from([True, True, False, None]),
        counterparty=st.sampled_from([1, 2, 3, None]),
        counterparty_area_code=st.sampled_from(["49-30", None]),
        is_answered=st.sampled_from([True, False, None]),
        duration_s=st.sampled_from([5, 500, None]),
        cell=st.sampled_from([7, 8, None]),
        device=st.sampled_from([1, 2, None]),
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, max_examples=40)
@given(EVENTS, st.lists(st.integers(0, 168), max_size=3))
def test_patterns_of_added_counts_are_those_of_all_events(rows: list[dict[str, object]], cuts: list[int]) -> None:
    events = frame(rows)
    ends_at = MONDAY + timedelta(days=7)
    limits = [MONDAY, *(MONDAY + timedelta(hours=hour) for hour in sorted(cuts)), ends_at]
    at = pl.col("occurred_at")
    parts = [
        collect_counts(count_calls(events.lazy().filter(at >= start, at < end))) for start, end in pairwise(limits)
    ]
    whole, added = (
        describe_calls(counts, MONDAY, ends_at, ALL).collect()
        for counts in (count_calls(events.lazy()), add_counts(parts))
    )
    assert_frame_equal(whole, added)


def test_other_kinds_and_unknown_directions_are_not_counted() -> None:
    rows = [event(kind="visit", device=1), event(kind="purchase", device=1), event(is_outgoing=None, device=1)]
    counts = collect_counts(count_calls(frame(rows).lazy()))
    assert all(
        part.collect().is_empty()
        for part in (counts.hours, counts.counterparties, counts.areas, counts.cells, counts.devices)
    )

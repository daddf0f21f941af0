"""Counts of events per prefix, hour and day."""

from collections import defaultdict
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from phoneseg.contracts.risk import PREFIX_ACTIVITY, PREFIX_LEVELS
from phoneseg.risk.counting import add_hours, count_prefixes
from tests.unit.risk.prefix_days import AS_OF, list_events

START = AS_OF - timedelta(days=2)
PLACES = st.fixed_dictionaries({level: st.sampled_from([None, "a", "b"]) for level in PREFIX_LEVELS})
EVENTS = st.lists(
    st.tuples(
        PLACES,
        st.integers(-60, 48 * 60 + 60),
        st.sampled_from(["t", "u", "v"]),
        st.sampled_from([None, True, False]),
        st.sampled_from([None, 0, 70]),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.sampled_from([1, 24]))
def test_every_event_counts_once_at_each_level_that_it_has_a_prefix_for(
    events: list[tuple[dict[str, str | None], int, str, bool | None, int | None]], window_h: int
) -> None:
    told = [
        {**place, "occurred_at": START + timedelta(minutes=m), "phone_token": t, "is_answered": a, "duration_s": s}
        for place, m, t, a, s in events
    ]
    counted = defaultdict(list)
    for event in told:
        window = (event["occurred_at"] - START) // timedelta(hours=window_h)
        for level in PREFIX_LEVELS:
            if event[level] is not None and START <= event["occurred_at"] < AS_OF:
                as_of = START + (window + 1) * timedelta(hours=window_h)
                counted[as_of, window_h, level, event[level], "call"].append(event)
    expected = [
        (
            *key,
            len(rows),
            len({row["phone_token"] for row in rows}),
            sum(row["is_answered"] is True for row in rows),
            sum(row["duration_s"] or 0 for row in rows),
        )
        for key, rows in counted.items()
    ]
    found = count_prefixes(list_events(told), START, AS_OF, window_h).collect()
    wanted = pl.DataFrame(expected, PREFIX_ACTIVITY.schema, orient="row")
    assert_frame_equal(found, wanted, check_row_order=False)


def test_hours_add_up_to_their_day_and_distinct_numbers_are_those_of_the_busiest_hour() -> None:
    calls = [
        {"country": "DE", "occurred_at": AS_OF - timedelta(hours=h), "phone_token": f"t{n}", "duration_s": 10}
        for h, n in ((1, 0), (1, 1), (1, 1), (2, 0), (24, 0), (25, 5))
    ]
    hours = count_prefixes(list_events(calls), START, AS_OF, 1)
    days = count_prefixes(list_events(calls), START, AS_OF, 24).filter(pl.col("as_of") == AS_OF).collect()
    added = add_hours(hours, AS_OF).collect()
    assert_frame_equal(added, days)
    assert added.select("event_count", "number_count", "total_duration_s").rows() == [(5, 2, 50)]
    shared = add_hours(count_prefixes(list_events(calls[2:4]), START, AS_OF, 1), AS_OF).collect()
    assert shared["number_count"].to_list() == [1]


@pytest.mark.parametrize(("hours", "window_h"), [(25, 24), (0, 1), (-24, 24), (12, 6)])
def test_an_interval_that_is_not_whole_windows_is_told(hours: int, window_h: int) -> None:
    with pytest.raises(ValueError, match="whole windows of 1 or 24 h"):
        count_prefixes(list_events([]), AS_OF - timedelta(hours=hours), AS_OF, window_h)

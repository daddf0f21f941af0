"""Indicators out of a few calls, and against plain Python."""

from collections import Counter
from datetime import timedelta
from math import log

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from phoneseg.risk.call_counts import count_calls
from phoneseg.risk.call_patterns import INDICATOR_NAMES, INDICATORS, describe_calls, describe_calls_in_parts
from phoneseg.settings.risk_sim_box import SimBoxSettings
from tests.unit.risk.call_events import ALL, MONDAY, Row, describe, event, frame
from tests.unit.risk.test_call_counts import EVENTS


def _one(*rows: Row, days: float = 7, at: SimBoxSettings = ALL) -> Row:
    (row,) = describe(*rows, days=days, settings=at).filter(phone_token="a").rows(named=True)
    return row


def test_a_day_of_a_number_reads_as_it_would_be_told() -> None:
    own = {"country": "GH", "counterparty_country": "GH", "cell": 1, "device": 1, "is_answered": True}
    row = _one(
        event(hours=1, counterparty=1, duration_s=100, **own),
        event(hours=20, counterparty=1, duration_s=300, **own),
        event(hours=20.5, counterparty=2, duration_s=0, **{**own, "is_answered": False, "cell": 2}),
        event(hours=21, counterparty=3, **{**own, "counterparty_country": "NG", "is_answered": None, "device": 2}),
        event(hours=22, counterparty=1, is_outgoing=False, duration_s=999, is_answered=True, device=1),
        event(hours=22, kind="message", counterparty=9),
        event(hours=23, kind="message", counterparty=9, is_outgoing=False),
        event("b", hours=3, device=2),
        event("c", hours=3, device=2),
        days=1,
    )
    expected = {
        "outgoing_calls": 4,
        "observed_h": 23,
        "outgoing_calls_per_day": 4 / 23 * 24,
        "peak_hour_calls": 2,
        "active_hours_per_day": 3 / 23 * 24,
        "talk_pct": 100 * 400 / (3 * 3_600),
        "night_pct": 25,
        "evening_pct": 75,
        "weekend_ratio": None,
        "distinct_callee_pct": 75,
        "top_callee_pct": 50,
        "reciprocal_pct": 100 / 3,
        "callee_area_pct": None,
        "incoming_pct": 20,
        "answered_pct": 200 / 3,
        "mean_duration_s": 200,
        "messages_pct": 20,
        "incoming_messages_per_day": 1 / 23 * 24,
        "international_pct": 25,
        "cell_count": 2,
        "main_cell_pct": 75,
        "device_count": 2,
        "numbers_on_device": 3,
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected)


def test_what_nobody_knows_is_null_and_not_nought() -> None:
    row = _one(event())
    unknown = {name for name in INDICATOR_NAMES if row[name] is None}
    assert unknown == {
        *("distinct_callee_pct", "top_callee_pct", "reciprocal_pct", "callee_area_pct"),
        *("answered_pct", "mean_duration_s", "international_pct", "cell_count", "main_cell_pct"),
        *("device_count", "numbers_on_device", "one_way_numbers_in_cell"),
        *("incoming_pct", "messages_pct", "incoming_messages_per_day"),
    }


def test_a_source_without_incoming_calls_or_messages_makes_nobody_suspect() -> None:
    quiet = [event("a", 1, cell=1, counterparty=1), event("b", 1, counterparty=1)]
    names = ["reciprocal_pct", "incoming_pct", "messages_pct", "incoming_messages_per_day", "one_way_numbers_in_cell"]
    assert [_one(*quiet)[name] for name in names] == [None] * 5
    lively = [event("b", 2, is_outgoing=False), event("b", 3, kind="message")]
    assert [_one(*quiet, *lively)[name] for name in names] == [0, 0, 0, 0, 1]


def test_numbers_that_call_too_little_are_not_judged() -> None:
    rows = [event("a"), event("b"), event("b", 1), event("c", kind="message")]
    assert describe(*rows, settings=SimBoxSettings(min_outgoing_calls=2))["phone_token"].to_list() == ["b"]


def test_night_and_weekend_go_by_the_clock_of_the_settings() -> None:
    calls = [event(hours=hour) for hour in (2, 24 * 4 + 20, 24 * 5 + 2)]
    assert _one(*calls)["night_pct"] == pytest.approx(200 / 3)
    eastern = SimBoxSettings(min_outgoing_calls=1, time_zone="Asia/Tokyo")
    assert _one(*calls, at=eastern)["night_pct"] == pytest.approx(100 / 3), "at 11, 5 and 11 o'clock in Tokyo"
    here, there = (_one(*calls, at=at)["weekend_ratio"] for at in (ALL, eastern))
    weekend_h, working_h = 48, 118
    assert here == pytest.approx((1 / weekend_h) / (2 / working_h))
    assert there == pytest.approx((2 / weekend_h) / (1 / working_h)), "Friday at 20 is Saturday in Tokyo"


def test_neighbours_are_those_that_stay_in_the_cell_and_hardly_get_calls() -> None:
    still = [event(token, hours=hour, cell=1) for token in "abc" for hour in range(3)]
    answering = [event("d", hours=hour, cell=1, is_outgoing=out) for hour in range(3) for out in (True, False)]
    moving = [event("e", hours=hour, cell=hour) for hour in range(3)]
    row = describe(*still, *answering, *moving)
    assert dict(row.select("phone_token", "one_way_numbers_in_cell").rows()) == {"a": 3, "b": 3, "c": 3, "d": 3, "e": 0}


@settings(deadline=None, max_examples=60)
@given(EVENTS)
def test_indicators_are_those_of_plain_python(rows: list[Row]) -> None:
    described = describe(*rows)
    seen = [row for row in rows if row["activity_kind"] != "visit" and row["is_outgoing"] is not None]
    for found in described.rows(named=True):
        expected = _describe_slowly([row for row in seen if row["phone_token"] == found["phone_token"]], seen)
        if not _has_incoming(seen, set(described["phone_token"])):
            expected |= {"incoming_pct": None, "reciprocal_pct": None}
        assert {name: found[name] for name in expected} == pytest.approx(expected)


def _has_incoming(seen: list[Row], judged: set[str]) -> bool:
    calls = [row for row in seen if row["activity_kind"] == "call" and row["phone_token"] in judged]
    return any(not row["is_outgoing"] for row in calls)


def _describe_slowly(own: list[Row], seen: list[Row]) -> dict[str, float | None]:
    calls = [row for row in own if row["activity_kind"] == "call"]
    dialled = [row for row in calls if row["is_outgoing"]]
    callees = Counter(row["counterparty"] for row in dialled if row["counterparty"] is not None)
    callers = {row["counterparty"] for row in calls if not row["is_outgoing"]}
    cells = Counter(row["cell"] for row in dialled if row["cell"] is not None)
    by_hour = Counter(row["occurred_at"].hour for row in dialled)
    shares = [count / len(dialled) for count in by_hour.values()]
    devices = {row["device"] for row in own if row["device"] is not None}
    holders = [len({row["phone_token"] for row in seen if row["device"] == device}) for device in devices]
    return {
        "outgoing_calls": len(dialled),
        "hour_entropy": -sum(share * log(share) for share in shares) / log(24),
        "distinct_callee_pct": 100 * len(callees) / callees.total() if callees else None,
        "top_callee_pct": 100 * max(callees.values()) / callees.total() if callees else None,
        "reciprocal_pct": 100 * len(callers & set(callees)) / len(callees) if callees else None,
        "incoming_pct": 100 * (1 - len(dialled) / len(calls)),
        "main_cell_pct": 100 * max(cells.values()) / cells.total() if cells else None,
        "cell_count": len(cells) or None,
        "device_count": len(devices) or None,
        "numbers_on_device": max(holders, default=None),
    }


def test_the_order_of_events_changes_nothing() -> None:
    rows = [event("ab"[place % 2], place, cell=place % 3, counterparty=place % 4, device=1) for place in range(30)]
    assert_frame_equal(describe(*rows), describe(*reversed(rows)))


def test_every_indicator_has_a_unit_and_a_meaning_and_a_name_of_its_own() -> None:
    assert len(set(INDICATOR_NAMES)) == len(INDICATORS)
    assert all(indicator.unit and indicator.meaning.endswith(".") for indicator in INDICATORS)


def test_no_call_gives_no_row() -> None:
    assert describe(event(kind="message")).is_empty()
    assert describe().schema["one_way_numbers_in_cell"] == pl.Float64


@settings(deadline=None, max_examples=40)
@given(EVENTS, st.integers(1, 4))
def test_patterns_in_parts_are_those_of_all_events(rows: list[Row], part_count: int) -> None:
    events = frame(rows).lazy()
    ends_at = MONDAY + timedelta(days=7)
    parts = [events.filter(pl.col("phone_token").hash(seed=1) % part_count == part) for part in range(part_count)]
    whole = describe_calls(count_calls(events), MONDAY, ends_at, ALL).collect()
    assert_frame_equal(describe_calls_in_parts(parts, MONDAY, ends_at, ALL), whole)

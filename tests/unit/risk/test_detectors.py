"""What runs call: every detector, in a scene, with the numbers and contacts that its signals are about."""

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from phoneseg.contracts.risk import (
    NUMBER_HOLDER,
    PREFIX_ACTIVITY,
    RISK_EVENT,
    RISK_MEMBER,
    RISK_SIGNAL,
)
from phoneseg.risk.calendar import KNOWN_CAUSE
from phoneseg.risk.detectors import DETECTORS
from phoneseg.risk.evaluation.drawn_events import START, build_events
from phoneseg.risk.prefix_lists import PREFIX_LIST_SCHEMA
from phoneseg.risk.scene import DAY_H, HOUR_H, Found, Scene
from phoneseg.settings.risk import RiskSettings

AS_OF = START + timedelta(days=7)
by_kind = {detector.signal_kind: detector for detector in DETECTORS}
each_detector = pytest.mark.parametrize("kind", by_kind)


def _scene(events: pl.DataFrame | None = None, **known: Any) -> Scene:
    empty: dict[str, Any] = {
        "counts": PREFIX_ACTIVITY.schema.to_frame(),
        "history": PREFIX_ACTIVITY.schema.to_frame().lazy(),
        "parts": ((RISK_EVENT.schema.to_frame() if events is None else events).lazy(),),
        "holders": NUMBER_HOLDER.schema.to_frame().lazy(),
        "causes": KNOWN_CAUSE.to_frame(),
        "listed": PREFIX_LIST_SCHEMA.to_frame(),
        "settings": RiskSettings(),
    }
    return Scene(AS_OF, **{**empty, **known})


def _find(kind: str, scene: Scene, window_h: int = DAY_H) -> Found:
    return by_kind[kind].find(scene, scene.window(window_h))


def _calls(caller: str, hours_ago: list[float], **columns: Any) -> pl.DataFrame:
    place = {
        "phone_token": caller,
        "country": "DE",
        "number_block": "4930123",
        "is_outgoing": True,
        "is_answered": False,
        "duration_s": 2,
        "counterparty": pl.Series(range(len(hours_ago)), dtype=pl.UInt64),
        "occurred_at": pl.Series([AS_OF - timedelta(hours=ago) for ago in hours_ago]),
    }
    return build_events({**place, **columns}, len(hours_ago))


@each_detector
def test_where_nothing_happened_nothing_is_told(kind: str) -> None:
    for window_h in by_kind[kind].windows_h:
        found = _find(kind, _scene(), window_h)
        assert found.signals.schema == RISK_SIGNAL.schema
        assert found.members.schema == RISK_MEMBER.schema
        assert found.signals.is_empty()
        assert found.members.is_empty()


def test_every_kind_of_signal_has_one_detector_with_windows_of_an_hour_or_a_day() -> None:
    assert len(by_kind) == len(DETECTORS)
    assert {window_h for each in DETECTORS for window_h in each.windows_h} == {HOUR_H, DAY_H}


def test_a_number_that_rings_many_is_the_member_of_its_signal_in_the_hour_and_in_the_day() -> None:
    rings = _calls("a" * 32, [0.5] * 60)
    honest = _calls("b" * 32, [0.4] * 60, is_answered=True, duration_s=90, number_block="4930999")
    for window_h in (HOUR_H, DAY_H):
        found = _find("one_ring", _scene(pl.concat([rings, honest])), window_h)
        assert found.signals.select("subject_kind", "subject", "as_of", "window_start").rows() == [
            ("number", "a" * 32, AS_OF, AS_OF - timedelta(hours=window_h))
        ]
        assert found.members.select("subject", "member_kind", "member").rows() == [("a" * 32, "number", "a" * 32)]


def test_members_of_a_listed_block_are_its_numbers_that_acted_in_the_window() -> None:
    events = pl.concat([_calls("a" * 32, [0.5]), _calls("b" * 32, [0.2]), _calls("c" * 32, [2.0])])
    listed = pl.DataFrame([("4930", None, "block", "fraud team", START, None, None)], PREFIX_LIST_SCHEMA, orient="row")
    found = _find("high_risk_prefix", _scene(events, listed=listed), HOUR_H)
    assert found.signals.select("subject", "risk_level").rows() == [("4930123", "high")]
    assert found.members["member"].to_list() == ["a" * 32, "b" * 32]


def test_accounts_of_a_ring_are_its_members() -> None:
    tokens = [f"{place:032x}" for place in range(1, 11)]
    events = pl.concat(_calls(token, [3.0], device=pl.Series([7], dtype=pl.UInt64)) for token in tokens)
    holders = pl.LazyFrame(
        [(token, f"crm:{place}", START) for place, token in enumerate(tokens)], NUMBER_HOLDER.schema, orient="row"
    )
    found = _find("ring", _scene(events, holders=holders))
    assert found.signals.select("subject", "observed").rows() == [("crm:0", 10.0)]
    assert found.members.select("member_kind").unique().item() == "contact"
    assert sorted(found.members["member"]) == sorted(f"crm:{place}" for place in range(10))


def test_numbers_of_a_new_cluster_are_its_members_and_known_numbers_are_not() -> None:
    known = [
        _calls(f"{place:032x}", [150.0 - place % 80, 3.0], number_block=f"49301{place % 40:02}", carrier="DE:A")
        for place in range(1, 200)
    ]
    others = [  # new numbers come all day long
        _calls(f"e{place:031x}", [1.0 + place % 20], number_block=f"49301{place:02}", carrier="DE:A")
        for place in range(40)
    ]
    fresh = [
        _calls(f"f{place:031x}", [3.0], device=pl.Series([7], dtype=pl.UInt64), number_block="4930177", carrier="DE:A")
        for place in range(30)
    ]
    scene = _scene(pl.concat([*known, *others, *fresh]))
    found = _find("number_cluster", scene)
    assert found.signals.select("subject", "risk_level").rows() == [("f" + "0" * 31, "high")]
    assert len(found.members) == 30
    assert found.members["member"].str.starts_with("f").all()


def test_a_detector_that_waits_for_what_follows_looks_at_a_window_that_ends_sooner_and_tells_at_as_of() -> None:
    messages = []
    for place in range(400):
        block = "49301" if place < 40 else f"4930{2 + place % 8}"
        sent = _calls(
            f"{place:032x}",
            [30.0],
            is_outgoing=False,
            activity_kind="message",
            number_block=block,
            is_answered=None,
            area_code=None,
        )
        messages.append(sent)
        if place >= 40 and place % 3:
            messages.append(_calls(f"{place:032x}", [20.0], activity_kind="purchase", number_block=block))
    found = _find("low_conversion", _scene(pl.concat(messages)))
    blocks = found.signals.filter(pl.col("subject_kind") == "number_block")
    assert blocks.select("subject", "as_of", "window_start").rows() == [("49301", AS_OF, AS_OF - timedelta(hours=48))]
    assert found.members.is_empty()


def _counts(prefix_level: str, prefix: str, window_h: int, event_count: int, days_ago: int = 0) -> dict[str, Any]:
    counted = dict.fromkeys(("number_count", "answered_count", "total_duration_s"), 1)
    subject = {"prefix_level": prefix_level, "prefix": prefix, "activity_kind": "call", "event_count": event_count}
    return {"as_of": AS_OF - timedelta(days=days_ago), "window_h": window_h, **subject, **counted}


def test_blocks_that_are_counted_by_the_day_make_no_spike_of_an_hour_less_sure() -> None:
    now = pl.DataFrame([_counts("country", "DE", 1, 40)], PREFIX_ACTIVITY.schema)
    country = [_counts("country", "DE", 24, 48, day) for day in range(1, 40)]
    blocks = [_counts("number_block", f"49{block}", 24, 2, day) for block in range(50) for day in range(1, 40)]
    alone, beside = (
        _find("spike", _scene(counts=now, history=pl.LazyFrame(rows, PREFIX_ACTIVITY.schema)), HOUR_H).signals
        for rows in (country, country + blocks)
    )
    assert alone["subject"].to_list() == ["DE"]
    assert beside.equals(alone)

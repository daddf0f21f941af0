"""Numbers that ring many and are answered by nobody are told; a call centre is not."""

import json
from datetime import timedelta

import polars as pl
import pytest

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk.evaluation.drawn_events import START, build_events
from phoneseg.risk.evaluation.one_ring_scenarios import draw_one_ring_scenario
from phoneseg.risk.one_ring import find_one_ring_calls
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_prefixes import OneRingSettings, PremiumRangeSettings

WINDOW = Window(START, START + timedelta(days=1))


def _find(events: pl.DataFrame, **settings: float) -> pl.DataFrame:
    return find_one_ring_calls(events.lazy(), WINDOW, OneRingSettings(**settings), PremiumRangeSettings())


def _calls(caller: str, callees: int, *, answered: int = 0, ring_s: int | None = 2, **place: str) -> pl.DataFrame:
    columns = {
        "phone_token": caller,
        "number_block": "4930",
        "occurred_at": pl.Series([START + timedelta(hours=1)] * callees),
        "is_outgoing": True,
        "counterparty": pl.Series(range(callees), dtype=pl.UInt64),
        "duration_s": pl.Series([60] * answered + [ring_s] * (callees - answered), dtype=pl.Int32),
        "is_answered": pl.Series([True] * answered + [False] * (callees - answered)),
    }
    return build_events({**columns, **place}, callees)


def _callbacks(caller: str, callees: int, after_h: float = 2, **place: str) -> pl.DataFrame:
    columns = {
        "phone_token": caller,
        "number_block": "4930",
        "occurred_at": pl.Series([START + timedelta(hours=1 + after_h)] * callees),
        "is_outgoing": False,
        "counterparty": pl.Series(range(callees), dtype=pl.UInt64),
        "duration_s": 30,
        "is_answered": True,
    }
    return build_events({**columns, **place}, callees)


def test_numbers_that_only_ring_are_of_high_risk_and_honest_ones_are_not() -> None:
    drawn = draw_one_ring_scenario(4, "naive")
    signals = _find(drawn.events)
    assert signals.schema == RISK_SIGNAL.schema
    assert signals.select(RISK_SIGNAL.key).is_unique().all()
    numbers = signals.filter(pl.col("subject_kind") == "number", pl.col("risk_level") == "high")
    assert set(numbers["subject"]) == set(drawn.true_numbers)
    assert set(numbers["reasons"]) == {"unanswered_to_many,short_rings,callbacks,foreign"}


def test_numbers_that_ring_few_each_are_told_by_their_block() -> None:
    calls = pl.concat(
        [_calls(f"caller {each}", 10).with_columns(pl.col("counterparty") + 10 * each) for each in range(6)]
    )
    assert _find(calls).select("subject_kind", "subject").rows() == [("number_block", "4930")]
    assert _find(calls, min_callers_of_prefix=7).is_empty()


@pytest.mark.parametrize(
    ("calls", "reasons"),
    [
        (_calls("a", 40), "unanswered_to_many,short_rings"),
        (_calls("a", 40, ring_s=None), None),
        (_calls("a", 40, ring_s=20), None),
        (_calls("a", 40, ring_s=20, number_type="PREMIUM_RATE"), "unanswered_to_many,dear_callback"),
        (_calls("a", 40, answered=8), None),
        (_calls("a", 19), None),
        (pl.concat([_calls("a", 40)] * 3), None),
        (pl.concat([_calls("a", 40, ring_s=20), _callbacks("a", 3)]), "unanswered_to_many,callbacks"),
        (pl.concat([_calls("a", 40, ring_s=20), _callbacks("a", 2)]), None),
        (pl.concat([_calls("a", 40, ring_s=20), _callbacks("a", 3, after_h=25)]), None),
        (pl.concat([_calls("a", 40, ring_s=20), _callbacks("a", 3, after_h=-1)]), None),
        (_calls("a", 40, country="SL", counterparty_country="DE"), "unanswered_to_many,short_rings,foreign"),
    ],
)
def test_what_tells_a_one_ring_call(calls: pl.DataFrame, reasons: str | None) -> None:
    told = _find(calls).filter(pl.col("subject_kind") == "number")
    assert told["reasons"].to_list() == ([] if reasons is None else [reasons])


def test_evidence_counts_the_callbacks_and_what_they_took() -> None:
    told = _find(pl.concat([_calls("a", 40), _callbacks("a", 5)]))
    assert json.loads(told["evidence"][0]) == {
        "calls": 40,
        "callers": 1,
        "callees": 40,
        "callbacks": 5,
        "callback_s": 150,
    }


def test_a_block_is_judged_by_all_of_its_numbers() -> None:
    """Two that ring nobody's phone long do not accuse a block whose other numbers are answered."""
    bad = [_calls(f"bad {each}", 40) for each in range(2)]
    good = [_calls(f"good {each}", 40, answered=25) for each in range(5)]
    told = _find(pl.concat([*bad, *good]))
    assert told.select("subject_kind", "subject").rows() == [("number", "bad 0"), ("number", "bad 1")]


def test_calls_of_which_nobody_knows_the_way_or_the_answer_say_nothing() -> None:
    calls = _calls("a", 40)
    assert _find(calls.with_columns(is_outgoing=pl.lit(None, pl.Boolean))).is_empty()
    assert _find(calls.with_columns(is_answered=pl.lit(None, pl.Boolean))).is_empty()
    assert _find(calls.with_columns(counterparty=pl.lit(None, pl.UInt64))).is_empty()
    assert _find(calls.clear()).is_empty()

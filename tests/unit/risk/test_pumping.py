"""A prefix is judged by what its country does with the same campaigns, and by nothing else."""

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk.contact_outcomes import collect_completions, collect_conversions, count_by_prefix
from phoneseg.risk.evaluation.drawn_events import START, build_events
from phoneseg.risk.evaluation.pumping_scenarios import DAYS, draw_pumping_scenario
from phoneseg.risk.pumping import find_low_completion, find_low_conversion, judge_prefixes
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_prefixes import ConversionSettings

WINDOW = Window(START, START + timedelta(days=DAYS))
SETTINGS = ConversionSettings()
Event = tuple[str, str, float, bool | None]


def _events(rows: list[Event], answered: list[bool | None] | None = None) -> pl.LazyFrame:
    """Rows are a number, a kind, hours since START, and whether it came from the number."""
    columns = {
        "phone_token": pl.Series([row[0] for row in rows], dtype=pl.String),
        "activity_kind": pl.Series([row[1] for row in rows], dtype=pl.String),
        "occurred_at": pl.Series([START + timedelta(hours=row[2]) for row in rows]),
        "is_outgoing": pl.Series([row[3] for row in rows], dtype=pl.Boolean),
        "is_answered": pl.Series(answered or [None] * len(rows), dtype=pl.Boolean),
        "number_block": "4930",
    }
    return build_events(columns, len(rows)).lazy()


@pytest.mark.parametrize(
    ("act", "is_success"),
    [
        (("a", "purchase", 5.0, None), True),
        (("a", "visit", 5.0, None), True),
        (("a", "message", 5.0, True), True),
        (("a", "call", 5.0, True), True),
        (("a", "call", 5.0, False), False),
        (("a", "message", 5.0, False), False),
        (("a", "purchase", 30.0, None), False),
        (("a", "purchase", 0.5, None), False),
        (("b", "purchase", 5.0, None), False),
    ],
)
def test_a_message_is_converted_by_an_act_of_the_same_number_in_time(act: Event, is_success: bool) -> None:
    outcomes = collect_conversions(_events([("a", "message", 1.0, False), act]), WINDOW, SETTINGS).collect()
    assert outcomes.select("phone_token", "is_success").rows() == [("a", is_success)]


def test_two_messages_to_a_number_are_one_chance() -> None:
    events = _events([("a", "message", 1.0, False), ("a", "message", 40.0, None), ("a", "purchase", 41.0, None)])
    outcomes = collect_conversions(events, WINDOW, SETTINGS)
    assert outcomes.collect()["is_success"].to_list() == [True]
    assert count_by_prefix(outcomes, "number_block").select("contacted_count", "success_count").rows() == [(1, 1)]
    assert count_by_prefix(outcomes, "area_code").is_empty()


def test_messages_outside_the_window_are_no_chance() -> None:
    events = _events([("a", "message", -1.0, False), ("a", "message", DAYS * 24.0, False)])
    assert collect_conversions(events, WINDOW, SETTINGS).collect().is_empty()


def test_a_number_that_answers_in_time_was_reached() -> None:
    rows: list[Event] = [
        ("a", "call", 1, False),
        ("a", "call", 3, False),
        ("b", "call", 1, False),
        ("c", "call", 1, False),
    ]
    outcomes = collect_completions(_events(rows, [False, True, False, None]), WINDOW, SETTINGS).collect()
    assert dict(outcomes.select("phone_token", "is_success").iter_rows()) == {"a": True, "b": False}


def test_pumped_blocks_are_found_and_a_newsletter_accuses_nobody() -> None:
    drawn = draw_pumping_scenario(4, "naive")
    signals = find_low_conversion([drawn.events.lazy()], WINDOW, SETTINGS)
    assert signals.schema == RISK_SIGNAL.schema
    assert signals.select(RISK_SIGNAL.key).is_unique().all()
    high = signals.filter(pl.col("risk_level") == "high")
    assert set(high["subject"]) == set(drawn.true_blocks)
    assert set(high["reasons"]) == {"low_conversion,no_success"}
    assert all(json.loads(each)["rate_pct"] == 0 for each in high["evidence"])
    assert (signals["observed"] < signals["expected"] / 2).all()


def test_a_country_of_its_own_is_found_as_a_country() -> None:
    drawn = draw_pumping_scenario(4, "own_country")
    signals = find_low_conversion([drawn.events.lazy()], WINDOW, SETTINGS)
    assert signals.filter(pl.col("risk_level") == "high").select("subject_kind", "subject").rows() == [
        ("country", "SL")
    ]


def test_calls_that_nobody_takes_are_told_as_low_completion() -> None:
    rng = np.random.default_rng(1)
    size, block = 6000, np.arange(6000) % 20
    columns = {
        "phone_token": pl.int_range(size, eager=True).cast(pl.String),
        "number_block": pl.Series(block).cast(pl.String),
        "country": "DE",
        "occurred_at": pl.Series([START] * size),
        "is_outgoing": False,
        "is_answered": (rng.random(size) < 0.6) & (block != 7),
    }
    signals = find_low_completion([build_events(columns, size).lazy()], WINDOW, SETTINGS)
    assert signals.select("signal_kind", "subject", "activity_kind", "risk_level").rows() == [
        ("low_completion", "7", "call", "high")
    ]


def test_few_numbers_and_campaigns_that_nobody_else_had_are_not_judged() -> None:
    counts = pl.DataFrame(
        {
            "prefix": ["1", "2", "3", "1"],
            "country": ["DE"] * 4,
            "campaign": ["a", "a", "a", "own"],
            "contacted_count": [500, 29, 500, 900],
            "success_count": [250, 0, 240, 0],
        }
    )
    judged = judge_prefixes(counts, SETTINGS)
    assert judged.select("prefix", "contacted_count").rows() == [("1", 500), ("3", 500)]
    assert (judged["p_value"] > 0.1).all()


@pytest.mark.parametrize("spread", [0.0, 0.01, 0.05])
def test_chances_are_no_smaller_than_they_say_where_prefixes_only_differ_for_honest_reasons(spread: float) -> None:
    rng = np.random.default_rng(8)
    size, rates = 3000, {"login": 0.6, "news": 0.03}
    rows = []
    for campaign, rate in rates.items():
        n = rng.integers(30, 400, size)
        scale = (1 - spread) / spread if spread else 0
        chance = rng.beta(rate * scale, (1 - rate) * scale, size) if spread else np.full(size, rate)
        columns = {
            "prefix": np.arange(size).astype(str),
            "contacted_count": n,
            "success_count": rng.binomial(n, chance),
        }
        rows.append(pl.DataFrame(columns).with_columns(campaign=pl.lit(campaign), country=pl.lit("DE")))
    p = judge_prefixes(pl.concat(rows), SETTINGS)["p_value"]
    assert len(p) == size
    for level in (0.05, 0.01, 0.001):
        assert (p <= level).mean() <= 1.3 * level + 3 * (level / size) ** 0.5


def test_no_event_gives_no_signal() -> None:
    for find in (find_low_conversion, find_low_completion):
        signals = find([_events([])], WINDOW, SETTINGS)
        assert signals.is_empty()
        assert signals.schema == RISK_SIGNAL.schema

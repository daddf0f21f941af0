"""Numbers of one block that come together are a cluster; what comes as its past lets expect is none."""

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk.block_density import expect_active_numbers, expect_new_numbers
from phoneseg.risk.block_scans import scan_for_bursts, scan_for_runs
from phoneseg.risk.clusters import (
    LINE_NUMBER,
    NumberClusters,
    collect_appearances,
    find_number_clusters,
    keep_earliest,
)
from phoneseg.risk.evaluation.drawn_events import START, at_hours, build_events, draw_hours
from phoneseg.risk.evaluation.number_cluster_scenarios import DAYS, NumberScenario, draw_number_scenario
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_clusters import NumberClusterSettings

WINDOW = Window(START, START + timedelta(days=DAYS))
SETTINGS = NumberClusterSettings()


@pytest.fixture(scope="module")
def scenario() -> NumberScenario:
    return draw_number_scenario(5, "naive")


@pytest.fixture(scope="module")
def clusters(scenario: NumberScenario) -> NumberClusters:
    return _find(scenario.events, scenario.history)


def _find(events: pl.DataFrame, history: pl.DataFrame) -> NumberClusters:
    appearances = collect_appearances(events.lazy())
    density = expect_new_numbers(appearances, history, DAYS, WINDOW)
    return find_number_clusters(appearances, density, events.lazy(), WINDOW, SETTINGS)


def test_clusters_of_one_hand_are_found_whole_with_their_smallest_token(
    scenario: NumberScenario, clusters: NumberClusters
) -> None:
    high = clusters.signals.filter(pl.col("risk_level") == "high", pl.col("reasons").str.contains("shared_devices"))
    members = clusters.members.filter(pl.col("cluster").is_in(high["subject"].implode()))
    assert set(members["phone_token"]) == set(scenario.truth["member"])
    assert set(high["subject"]) == set(scenario.truth.group_by("group").agg(pl.col("member").min())["member"])


def test_signals_are_rows_of_the_contract_with_the_window_and_a_chance(clusters: NumberClusters) -> None:
    signals = clusters.signals
    assert signals.schema == RISK_SIGNAL.schema
    assert signals.select(RISK_SIGNAL.key).is_unique().all()
    assert signals.select(pl.col("as_of").unique(), pl.col("window_start").unique()).row(0) == (
        WINDOW.end,
        WINDOW.start,
    )
    assert (signals["observed"] > signals["expected"]).all()
    assert signals["p_value"].is_between(0, SETTINGS.max_false_discovery_rate).all()
    assert signals["score"].is_between(3, 300).all()


def test_an_office_is_watched_and_not_of_high_risk(scenario: NumberScenario, clusters: NumberClusters) -> None:
    office = scenario.look_alikes.filter(pl.col("group").str.starts_with("office"))["member"]
    own = clusters.members.filter(pl.col("phone_token").is_in(office.implode()))["cluster"].unique()
    told = clusters.signals.filter(pl.col("subject").is_in(own.implode()))
    assert len(told) == 2
    assert set(told["risk_level"]) == {"monitor"}


def test_the_order_of_rows_does_not_matter(scenario: NumberScenario, clusters: NumberClusters) -> None:
    again = _find(scenario.events.sample(fraction=1, shuffle=True, seed=3), scenario.history.reverse())
    assert_frame_equal(again.signals, clusters.signals)
    assert_frame_equal(again.members, clusters.members)


def test_no_signal_depends_on_the_lines_but_for_their_distances(
    scenario: NumberScenario, clusters: NumberClusters
) -> None:
    """What is published cannot tell line numbers, if other lines with the same distances give the same rows."""
    mirrored = scenario.events.with_columns((9_999 - pl.col(LINE_NUMBER)).alias(LINE_NUMBER))
    assert_frame_equal(
        _find(mirrored, scenario.history).signals.drop("p_value", "score"), clusters.signals.drop("p_value", "score")
    )
    for evidence in clusters.signals["evidence"]:
        assert set(json.loads(evidence)) == {"numbers", "events", "devices", "outgoing_pct", "burst_h"}


def test_without_lines_density_and_bursts_are_left(scenario: NumberScenario) -> None:
    blind = _find(scenario.events.drop(LINE_NUMBER), scenario.history)
    found = blind.members.filter(pl.col("phone_token").is_in(scenario.truth["member"].implode()))
    assert len(found) >= 0.9 * len(scenario.truth)
    assert not blind.signals["reasons"].str.contains("consecutive").any()


def test_numbers_that_were_known_are_no_news() -> None:
    columns = {"phone_token": pl.Series(["a", "b", "b"]), "number_block": "4930", "occurred_at": pl.Series([START] * 3)}
    events = build_events(columns, 3).lazy()
    assert collect_appearances(events, pl.LazyFrame({"phone_token": ["b"]}))["phone_token"].to_list() == ["a"]
    assert collect_appearances(events)["line_number"].to_list() == [None, None]


def test_a_number_appears_with_its_contact_or_its_first_event_whichever_is_first() -> None:
    columns = {"phone_token": pl.Series(["a", "b"]), "number_block": "4930", "occurred_at": pl.Series([START] * 2)}
    by_event = collect_appearances(build_events(columns, 2).lazy())
    before = by_event.head(1).with_columns(pl.col("appeared_at") - timedelta(hours=1), carrier=pl.lit("c"))
    first = keep_earliest([by_event, before])
    assert first.select("phone_token", "carrier").rows() == [("a", "c"), ("b", None)]
    assert first["appeared_at"].to_list() == [START - timedelta(hours=1), START]


def test_no_event_gives_no_cluster() -> None:
    events = build_events({}, 0)
    history = pl.DataFrame(schema={"number_block": pl.String, "carrier": pl.String, "number_count": pl.Int64})
    found = _find(events, history)
    assert found.signals.is_empty()
    assert found.signals.schema == RISK_SIGNAL.schema
    assert found.members.is_empty()


def test_chances_of_density_are_no_smaller_than_they_say_where_nothing_is_wrong() -> None:
    rng = np.random.default_rng(11)
    blocks = 6000
    rates = rng.gamma(0.8, 5, blocks)
    names = pl.Series([f"4915{each:05d}" for each in range(blocks)])
    new = names.gather(np.repeat(np.arange(blocks), rng.poisson(rates)))
    appearances = pl.DataFrame(
        {"phone_token": pl.int_range(len(new), eager=True).cast(pl.String), "number_block": new, "carrier": "c"}
    )
    history = pl.DataFrame({"number_block": names, "carrier": "c", "number_count": rng.poisson(rates)})
    for past in (history, history.clear()):
        p = expect_new_numbers(appearances, past, DAYS, WINDOW)["p_dense"]
        for level in (0.05, 0.01, 0.002):
            assert (p <= level).mean() <= 1.25 * level + 2 * (level / blocks) ** 0.5


def test_a_block_without_a_past_is_judged_by_its_carrier() -> None:
    history = pl.DataFrame(
        {
            "number_block": [f"1{each:02d}" for each in range(40)],
            "carrier": ["busy"] * 20 + ["calm"] * 20,
            "number_count": [*range(40, 60), *[0, 1] * 10],
        }
    )
    new = pl.DataFrame(
        {
            "phone_token": [f"{each:02d}" for each in range(20)],
            "number_block": ["200"] * 10 + ["300"] * 10,
            "carrier": ["busy"] * 10 + ["calm"] * 10,
        }
    )
    density = expect_new_numbers(new, history, DAYS, WINDOW).filter(pl.col("number_block").is_in(["200", "300"]))
    busy, calm = density["p_dense"]
    assert busy > 0.5
    assert calm < 1e-4


def test_numbers_that_act_are_compared_with_how_many_of_the_carrier_do() -> None:
    known = pl.DataFrame({"number_block": ["1", "2", "3"], "carrier": ["c"] * 3, "number_count": [100, 100, 800]})
    acting = ["1"] * 20 + ["2"] * 2 + ["3"] * 78
    appearances = pl.DataFrame(
        {"phone_token": [str(each) for each in range(100)], "number_block": acting, "carrier": "c"}
    )
    density = expect_active_numbers(appearances, known)
    assert density["expected"].to_list() == [10, 10, 80]
    assert density["p_dense"][0] < 0.01
    assert (density["p_dense"][1:] > 0.5).all()


_LINES = st.dictionaries(st.sampled_from("AB"), st.sets(st.integers(0, 300), min_size=1, max_size=12), min_size=1)


@given(_LINES, st.integers(2, 60))
@settings(max_examples=40, deadline=None)
def test_the_most_crowded_stretch_is_that_of_a_search_by_hand(lines: dict[str, set[int]], span: int) -> None:
    rows = [(block, line) for block, own in lines.items() for line in sorted(own)]
    appearances = pl.DataFrame(rows, {"number_block": pl.String, "line_number": pl.UInt16}, orient="row")
    found = scan_for_runs(appearances, (span,)).sort("number_block")
    by_hand = [
        max(sum(first <= line < first + span for line in own) for first in own) for _, own in sorted(lines.items())
    ]
    assert found["run_count"].to_list() == by_hand
    for row in found.iter_rows(named=True):
        assert row["run_end"] - row["run_start"] < span
        assert {row["run_start"], row["run_end"]} <= lines[row["number_block"]]


def test_a_rush_hour_of_all_blocks_is_no_burst() -> None:
    rng = np.random.default_rng(2)
    size, blocks = 4000, 100
    rush = START + timedelta(days=3)
    at = [rush + timedelta(minutes=float(each)) for each in rng.uniform(0, 60, size)]
    appearances = pl.DataFrame(
        {"number_block": rng.integers(0, blocks, size).astype(str), "appeared_at": at}
    ).with_columns(pl.col("appeared_at").cast(pl.Datetime("us", "UTC")))
    p = scan_for_bursts(appearances, WINDOW, (6,))["p_burst"]
    assert (p <= 0.05).mean() <= 0.05
    assert p.min() > 0.001


def test_chances_of_bursts_and_runs_are_no_smaller_than_they_say_where_nothing_is_wrong() -> None:
    """By day and night, in blocks of which some thousands are in use: few p-values are small."""
    rng = np.random.default_rng(4)
    block = np.repeat(np.arange(1500), rng.integers(6, 60, 1500))
    lines = rng.integers(0, 10_000, len(block)) % (rng.integers(1, 11, 1500)[block] * 1000)
    columns = {
        "number_block": block.astype(str),
        "line_number": lines,
        "appeared_at": at_hours(draw_hours(rng, len(block), DAYS)),
    }
    appearances = pl.DataFrame(columns)
    bursts = scan_for_bursts(appearances, WINDOW, SETTINGS.burst_hours)["p_burst"]
    runs = scan_for_runs(appearances, SETTINGS.line_spans)["p_run"]
    for p in (bursts, runs):
        for level in (0.05, 0.01, 0.001):
            assert (p <= level).mean() <= 1.2 * level + 2 * (level / 1500) ** 0.5


def test_a_window_that_is_shorter_than_all_widths_has_no_burst() -> None:
    appearances = pl.DataFrame({"number_block": ["1"] * 8, "appeared_at": [START] * 8}).with_columns(
        pl.col("appeared_at").cast(pl.Datetime("us", "UTC"))
    )
    found = scan_for_bursts(appearances, Window(START, START + timedelta(hours=1)), (1, 6))
    assert found["p_burst"].to_list() == [1.0]

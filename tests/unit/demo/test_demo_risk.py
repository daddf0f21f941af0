"""Detectors find what is planted in the demo's network, and leave the honest numbers alone."""

from datetime import timedelta

import polars as pl
import pytest

from phoneseg.demo.network_numbers import FIRST_RECORD
from phoneseg.demo.network_plants import CAMPAIGN_REGION, SPIKE
from phoneseg.demo.writer import build_demo
from phoneseg.risk.account_links import link_accounts
from phoneseg.risk.block_density import expect_new_numbers
from phoneseg.risk.calendar import drop_campaigns, read_causes
from phoneseg.risk.call_counts import count_calls
from phoneseg.risk.call_patterns import describe_calls
from phoneseg.risk.clusters import collect_appearances, find_number_clusters
from phoneseg.risk.counting import count_prefixes
from phoneseg.risk.listed_prefixes import signal_high_risk_prefixes
from phoneseg.risk.one_ring import find_one_ring_calls
from phoneseg.risk.prefix_lists import PREFIX_LIST_SCHEMA, valid_at
from phoneseg.risk.pumping import find_low_conversion
from phoneseg.risk.rings import find_rings
from phoneseg.risk.signal_rows import Window
from phoneseg.risk.sim_box_score import find_sim_boxes
from phoneseg.risk.spikes import Activity, find_spikes
from phoneseg.settings.risk import RiskSettings
from tests.unit.demo.network_events import AS_OF, read_events, write_token

DAY = Window(AS_OF - timedelta(days=1), AS_OF)
WEEK = Window(AS_OF - timedelta(days=7), AS_OF)
SETTINGS = RiskSettings()
Demo = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def events(demo: Demo) -> pl.LazyFrame:
    return read_events(demo["telephony.call_record"]).lazy()


def list_tokens(demo: Demo, *plants: str) -> set[str]:
    numbers = demo["truth.risk_number"].filter(pl.col("plant").is_in(plants))
    return set(numbers.select(write_token(pl.col("phone_e164"))).to_series())


def read_utc(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))


def spikes_of(events: pl.LazyFrame, window: Window, causes: pl.DataFrame) -> pl.DataFrame:
    """Find the spikes of a window of an hour or a day, of the levels that hours are counted by."""
    width_h = round(window.hours)
    first = FIRST_RECORD.replace(tzinfo=AS_OF.tzinfo) + timedelta(hours=window.start.hour)
    history = [count_prefixes(events, first, window.start, 24)]
    if width_h == 1:
        history.append(count_prefixes(events, first, window.start, 1))
    levels = pl.col("prefix_level").is_in(SETTINGS.hourly_levels)
    current = count_prefixes(events, *window, width_h).filter(levels).collect()
    activity = Activity(current, pl.concat(history).filter(levels), events.filter(window.holds("occurred_at")))
    return find_spikes(activity, window.end, width_h, causes, SETTINGS.spikes)


def test_every_number_of_a_sim_box_is_told_and_no_other(demo: Demo, events: pl.LazyFrame) -> None:
    counts = count_calls(events.filter(WEEK.holds("occurred_at")))
    found = find_sim_boxes(describe_calls(counts, *WEEK, SETTINGS.sim_box), *WEEK, SETTINGS.sim_box).collect()
    assert set(found["subject"]) == list_tokens(demo, "sim_box", "sim_box_rate_limited")
    naive = found.filter(pl.col("subject").is_in(list(list_tokens(demo, "sim_box"))))
    assert (naive["risk_level"] == "high").sum() >= 6


def test_one_ring_callers_are_told_and_no_other(demo: Demo, events: pl.LazyFrame) -> None:
    found = find_one_ring_calls(events, DAY, SETTINGS.prefixes.one_ring, SETTINGS.prefixes.premium)
    assert set(found.filter(subject_kind="number")["subject"]) == list_tokens(demo, "one_ring")
    assert set(found["risk_level"]) == {"high"}


def test_the_cluster_is_told_as_high_and_the_school_is_to_be_looked_at(demo: Demo, events: pl.LazyFrame) -> None:
    before = events.filter(pl.col("occurred_at") < DAY.start)
    appeared = collect_appearances(events.filter(DAY.holds("occurred_at")), before)
    past = before.group_by("phone_token", "number_block").agg(pl.col("carrier").max(), pl.col("occurred_at").min())
    is_recent = pl.col("occurred_at") >= DAY.start - timedelta(days=28)
    history = past.group_by("number_block").agg(pl.col("carrier").max(), number_count=is_recent.sum()).collect()
    density = expect_new_numbers(appeared, history, 28, DAY)
    settings = SETTINGS.clusters.number_cluster
    clusters = find_number_clusters(appeared, density, events.filter(DAY.holds("occurred_at")), DAY, settings)
    levels = dict(clusters.signals.select("subject", "risk_level").rows())
    assert sorted(levels.values()) == ["high", "monitor"]
    for plant, level in (("number_cluster", "high"), ("school", "monitor")):
        members = clusters.members.filter(pl.col("phone_token").is_in(list(list_tokens(demo, plant))))
        assert set(members["phone_token"]) == list_tokens(demo, plant)
        assert levels[members["cluster"][0]] == level


def test_the_ring_is_told_and_no_other(demo: Demo, events: pl.LazyFrame) -> None:
    given = demo["truth.phone_cell"].filter("is_recoverable")
    holders = given.select("contact_id", phone_token=write_token(pl.col("phone_e164"))).unique()
    links = link_accounts(holders.lazy(), [events.filter(WEEK.holds("occurred_at"))])
    used = events.select("phone_token").unique()
    own = links.join(holders.lazy().join(used, on="phone_token", how="semi"), on="contact_id", how="semi")
    rings = find_rings(own, None, WEEK, SETTINGS.clusters.ring)
    assert rings.signals["risk_level"].to_list() == ["high"]
    is_of_ring = pl.col("phone_token").is_in(list(list_tokens(demo, "ring")))
    assert set(rings.members["contact_id"]) == set(holders.filter(is_of_ring)["contact_id"])


def test_the_listed_block_and_satellites_are_told_and_the_own_hotline_is_not(demo: Demo, events: pl.LazyFrame) -> None:
    rows = read_utc(demo["fraud.prefix_list"])
    listed = rows.select(pl.col(name).cast(dtype) for name, dtype in PREFIX_LIST_SCHEMA.items())
    week, premium = events.filter(WEEK.holds("occurred_at")), SETTINGS.prefixes.premium
    found = signal_high_risk_prefixes(week, valid_at(listed, AS_OF), WEEK, premium)
    plants = demo["truth.risk_number"].with_columns(block=pl.col("phone_e164").str.slice(1).str.head(-4))
    blocks = {plant: set(plants.filter(plant=plant)["block"]) for plant in ("listed_block", "one_ring", "hotline")}
    assert set(found.filter(risk_level="high")["subject"]) == blocks["listed_block"]
    assert set(found.filter(risk_level="monitor")["subject"]) == blocks["one_ring"]
    unlisted = signal_high_risk_prefixes(week, valid_at(listed, AS_OF).clear(), WEEK, premium)
    assert set(unlisted["subject"]) == blocks["one_ring"] | blocks["hotline"]


def test_the_hours_of_the_spike_are_told_by_its_area_code(demo: Demo, events: pl.LazyFrame) -> None:
    causes = read_causes(read_utc(demo["fraud.known_cause"]))
    start = SPIKE[0].replace(tzinfo=AS_OF.tzinfo)
    for hour in (-1, 0, 1, 2, 3):
        window = Window(start + timedelta(hours=hour), start + timedelta(hours=hour + 1))
        found = spikes_of(drop_campaigns(events, causes), window, causes).filter(subject="44-20")
        assert found["risk_level"].to_list() == (["high"] if 0 <= hour <= 2 else [])


def _messages_of_campaign(demo: Demo, events: pl.LazyFrame, day: Window) -> list[int]:
    causes = read_causes(read_utc(demo["fraud.known_cause"]))
    kept = drop_campaigns(events, causes)
    is_about = (pl.col("subject").str.starts_with(CAMPAIGN_REGION)) & (pl.col("activity_kind") == "message")
    return [len(spikes_of(each, day, causes).filter(is_about)) for each in (events, kept)]


@pytest.mark.slow
def test_in_the_default_demo_a_campaign_alerts_nothing_and_the_pumped_block_is_told() -> None:
    built = build_demo(120_000, 20260701, lambda _: None)
    demo = dict(built.tables) | {f"truth.{name}": table for name, table in built.truth.items()}
    events = read_events(demo["telephony.call_record"]).lazy()
    for day in (Window(DAY.start - timedelta(days=1), DAY.start), DAY):
        with_campaign, without = _messages_of_campaign(demo, events, day)
        assert with_campaign > 0 == without
    sent = Window(DAY.start - timedelta(days=1), DAY.start)
    found = find_low_conversion([events], sent, SETTINGS.prefixes.conversion)
    pumped = demo["truth.risk_plant"].filter(plant="pumped_block")
    blocks = found.filter(subject_kind="number_block")  # a carrier of hardly any other number is told, too
    assert blocks.select("subject", "risk_level").rows() == [(pumped["subject"].item(), "high")]

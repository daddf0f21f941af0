"""The demo's network: ordinary records, and what is planted in them, as the truth says."""

from datetime import datetime, timedelta

import phonenumbers
import polars as pl
import pytest

from phoneseg.demo.network_numbers import count_ordinary
from phoneseg.demo.network_plants import CAMPAIGN, CAMPAIGN_DAYS, OUTAGE, SPIKE
from phoneseg.demo.writer import build_demo

AS_OF = datetime(2026, 7, 1)
NETWORK = "telephony.call_record"
Demo = dict[str, pl.DataFrame]
FRAUD = {
    "sim_box",
    "sim_box_rate_limited",
    "spike",
    "one_ring",
    "number_cluster",
    "ring",
    "pumped_block",
    "listed_block",
}


@pytest.fixture(scope="module")
def records(demo: Demo) -> pl.DataFrame:
    return demo[NETWORK]


def list_numbers(demo: Demo, plant: str) -> pl.Series:
    return demo["truth.risk_number"].filter(plant=plant)["phone_e164"]


def of_plant(demo: Demo, plant: str, since: datetime = datetime(2026, 4, 29)) -> pl.DataFrame:
    """Return the records of a plant's numbers."""
    is_own = pl.col("phone_number").is_in(list_numbers(demo, plant).implode())
    return demo[NETWORK].filter(is_own, pl.col("started_at") >= since)


def test_records_lie_in_nine_weeks_in_order(records: pl.DataFrame) -> None:
    at = records["started_at"]
    assert at.is_sorted()
    assert at.min() >= AS_OF - timedelta(days=63)
    assert at.max() < AS_OF
    assert at.dt.date().n_unique() == 63
    assert records["record_id"].is_unique().all()


def test_the_numbers_of_records_are_valid(records: pl.DataFrame) -> None:
    written = pl.concat([records["phone_number"].unique(), records["other_number"].unique().sort().gather_every(100)])
    valid = [phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in written]
    assert len(valid) > 200
    assert all(valid)


def test_half_of_the_ordinary_numbers_are_of_contacts(demo: Demo) -> None:
    planted = demo["truth.risk_number"].filter(pl.col("plant") != "campaign")["phone_e164"]
    ordinary = (
        demo[NETWORK]["phone_number"].unique().to_frame().filter(~pl.col("phone_number").is_in(planted.implode()))
    )
    is_of_contact = ordinary["phone_number"].is_in(demo["truth.phone_cell"]["phone_e164"].drop_nulls().implode())
    assert 0.4 < is_of_contact.mean() < 0.6


def test_a_larger_demo_has_more_ordinary_numbers_and_the_same_fraud() -> None:
    small, large = (build_demo(contacts, 3, lambda _: None) for contacts in (3_000, 20_000))
    rows = [len(demo.tables[NETWORK]) for demo in (small, large)]
    assert [count_ordinary(contacts) for contacts in (3_000, 20_000, 120_000)] == [40, 148, 888]
    assert rows[1] - rows[0] > 108 * 63 * 3
    sizes = [demo.truth["risk_plant"].filter("is_fraud").select("plant", "number_count") for demo in (small, large)]
    assert sizes[0].equals(sizes[1])


def test_messages_have_no_duration_and_calls_have(records: pl.DataFrame) -> None:
    is_call = records["kind"] == "call"
    assert (records["duration_s"].is_not_null() == is_call).all()
    assert (records["is_answered"].is_not_null() == is_call).all()
    assert set(records["direction"]) == {"inbound", "outbound"}


def test_nights_and_weekends_are_quieter(records: pl.DataFrame) -> None:
    calls = records.filter(pl.col("kind") == "call", pl.col("phone_number").str.starts_with("+49"))
    usual = calls.filter(pl.col("started_at") < AS_OF - timedelta(days=7))
    hours = dict(usual.group_by(pl.col("started_at").dt.hour()).len().rows())
    days = dict(usual.group_by(pl.col("started_at").dt.weekday()).len().rows())
    assert sum(hours.get(hour, 0) for hour in range(1, 4)) < 0.2 * sum(hours[hour] for hour in range(14, 17))
    assert days[7] < 0.9 * days[2]


def test_the_truth_counts_what_was_planted(demo: Demo) -> None:
    plants = demo["truth.risk_plant"]
    assert set(plants.filter("is_fraud")["plant"]) == FRAUD
    assert set(plants.filter(~pl.col("is_fraud"))["plant"]) == {"campaign", "school", "call_centre", "hotline"}
    for row in plants.iter_rows(named=True):
        assert len(list_numbers(demo, row["plant"])) == row["number_count"]
        within = of_plant(demo, row["plant"]).filter(pl.col("started_at") >= row["starts_at"])
        assert 0 < row["record_count"] <= len(within)
        assert (row["signal_kind"] is not None) == row["is_fraud"]


def test_only_signals_about_prefixes_have_a_subject(demo: Demo) -> None:
    plants = demo["truth.risk_plant"]
    is_prefix = plants["subject_kind"].is_in(["area_code", "number_block"])
    assert (plants["subject"].is_not_null() == is_prefix.fill_null(value=False)).all()


def test_the_calls_of_the_town_are_eightfold_for_three_hours_and_most_are_of_one_block(demo: Demo) -> None:
    town = of_plant(demo, "spike")
    in_spike = town.filter(pl.col("started_at").is_between(*SPIKE, closed="left"))
    weeks = [in_spike_of(town, week) for week in range(1, 9)]
    assert 5 < len(in_spike) / (sum(weeks) / 8) < 12
    blocks = in_spike["phone_number"].str.head(-4).value_counts(sort=True)
    assert 0.6 < blocks["count"][0] / len(in_spike) < 0.9


def in_spike_of(town: pl.DataFrame, week: int) -> int:
    """Count the calls in the hours of the spike, so many weeks before."""
    start, end = (moment - timedelta(weeks=week) for moment in SPIKE)
    return len(town.filter(pl.col("started_at").is_between(start, end, closed="left")))


def test_the_campaign_doubles_the_messages_of_its_country_and_stands_in_the_calendar(demo: Demo) -> None:
    is_french = pl.col("phone_number").str.starts_with("+33") & (pl.col("kind") == "message")
    french = demo[NETWORK].filter(is_french, pl.col("started_at").is_between(*CAMPAIGN_DAYS, closed="left"))
    is_of_campaign = french["campaign"] == CAMPAIGN
    assert is_of_campaign.fill_null(value=False).mean() == pytest.approx(0.5, abs=0.05)
    assert len(demo[NETWORK].filter(campaign=CAMPAIGN)) == is_of_campaign.sum()
    cause = demo["fraud.known_cause"].filter(campaign=CAMPAIGN)
    assert cause.select("starts_at", "ends_at", "region", "activity_kind").row(0) == (*CAMPAIGN_DAYS, "FR", "message")


def test_nothing_happens_in_an_outage(demo: Demo) -> None:
    british = demo[NETWORK].filter(pl.col("phone_number").str.starts_with("+44"))
    out = british.filter(pl.col("started_at").is_between(*OUTAGE, closed="left"))
    day_later = british.filter(pl.col("started_at").is_between(*(each + timedelta(days=1) for each in OUTAGE)))
    assert len(out) == 0 < len(day_later)


def test_a_ring_of_contacts_shares_devices_that_nobody_else_has(demo: Demo) -> None:
    ring = of_plant(demo, "ring", AS_OF - timedelta(days=7))
    assert list_numbers(demo, "ring").is_in(demo["truth.phone_cell"]["phone_e164"].drop_nulls().implode()).all()
    devices = ring["device"].drop_nulls().unique()
    assert len(devices) == 4
    assert (
        ring.drop_nulls("device").group_by("device").agg(pl.col("phone_number").n_unique())["phone_number"].min() >= 8
    )
    users = demo[NETWORK].filter(pl.col("device").is_in(devices.implode()))["phone_number"].unique()
    assert set(users) == set(list_numbers(demo, "ring"))


def test_a_block_of_consecutive_numbers_appears_on_two_devices_and_a_school_on_one_each(demo: Demo) -> None:
    for plant, count, device_count in (("number_cluster", 14, 2), ("school", 12, 12)):
        lines = list_numbers(demo, plant).str.tail(4).cast(pl.Int64).sort()
        assert lines.diff().drop_nulls().to_list() == [1] * (count - 1)
        assert list_numbers(demo, plant).str.head(-4).n_unique() == 1
        own = of_plant(demo, plant)
        assert own["started_at"].min() >= AS_OF - timedelta(days=1)
        assert own["phone_number"].n_unique() == count
        assert device_count * 0.7 <= own["device"].drop_nulls().n_unique() <= device_count * 1.3


def test_one_ring_calls_are_short_and_some_people_call_back(demo: Demo) -> None:
    calls = of_plant(demo, "one_ring")
    rings, back = calls.filter(direction="inbound"), calls.filter(direction="outbound")
    assert not rings["is_answered"].any()
    assert rings["duration_s"].max() <= 3
    assert rings["other_number"].is_unique().all()
    assert 3 <= len(back) < 0.2 * len(rings)
    assert set(back["other_number"]) <= set(rings["other_number"])


def test_pumped_numbers_get_messages_and_do_nothing(demo: Demo) -> None:
    pumped = of_plant(demo, "pumped_block")
    assert set(pumped.select("kind", "direction").unique().rows()) == {("message", "outbound")}
    assert len(pumped) == 90


def test_boxes_stand_in_one_place_on_shared_devices_and_some_of_their_numbers_are_of_contacts(demo: Demo) -> None:
    for plant, count in (("sim_box", 8), ("sim_box_rate_limited", 6)):
        box = of_plant(demo, plant)
        assert box["started_at"].min() >= AS_OF - timedelta(days=7)
        assert (box["phone_number"].n_unique(), box["cell"].drop_nulls().n_unique()) == (count, 1)
        assert box.group_by("device").agg(pl.col("phone_number").n_unique())["phone_number"].max() == count
        assert box.filter(direction="inbound").height > 0.95 * box.height
    held = list_numbers(demo, "sim_box").is_in(demo["truth.phone_cell"]["phone_e164"].drop_nulls().implode())
    assert held.sum() == 3


def test_lists_name_the_block_and_the_hotline(demo: Demo) -> None:
    levels = dict(demo["fraud.prefix_list"].select("list_level", "prefix").rows())
    for level, plant in (("block", "listed_block"), ("allow", "hotline")):
        assert list_numbers(demo, plant).str.slice(1).str.starts_with(levels[level]).all()
    rates = demo["fraud.termination_rate"]
    assert rates.select(pl.struct("origin_country", "destination_country").is_unique().all()).item()
    own = rates.filter(pl.col("origin_country") == pl.col("destination_country"))
    assert own["rate_per_min"].max() < rates.filter(origin_country="*")["rate_per_min"].min()

"""Simulated calls: their truth, their habits, and that nothing but behavior tells SIM boxes from others."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from phoneseg.contracts.risk import RISK_EVENT
from phoneseg.risk.simulation.call_records import SimulatedCalls, simulate_calls
from phoneseg.risk.simulation.habits import HONEST, HOUR_WEIGHTS, SIM_BOXES
from tests.unit.risk.call_events import MONDAY
from tests.unit.risk.conftest import SMALL

TINY = replace(SMALL, honest_count=60, boxed_count=12)


@pytest.fixture(scope="module")
def told(calls: SimulatedCalls) -> pl.DataFrame:
    """Events with what is true of their numbers."""
    return calls.events.join(calls.truth, on="phone_token")


def test_the_same_seed_gives_the_same_calls_and_another_others() -> None:
    one, again, other = (simulate_calls(TINY, seed) for seed in (1, 1, 2))
    assert one.events.equals(again.events)
    assert one.truth.equals(again.truth)
    assert not set(one.truth["phone_token"]) & set(other.truth["phone_token"])


def test_events_are_those_of_the_contract_within_the_days(calls: SimulatedCalls) -> None:
    assert calls.events.schema == RISK_EVENT.schema
    assert calls.events["occurred_at"].is_sorted()
    assert calls.events["occurred_at"].is_between(MONDAY, SMALL.ends_at, closed="left").all()
    needed = ("phone_token", "activity_source", "activity_kind", "occurred_at")
    assert calls.events.select(needed).null_count().row(0) == (0,) * len(needed)
    assert set(calls.events["phone_token"]) <= set(calls.truth["phone_token"])


def test_the_truth_names_every_number_its_box_and_when_it_began(calls: SimulatedCalls) -> None:
    truth = calls.truth
    assert truth["phone_token"].n_unique() == len(truth) == SMALL.honest_count + SMALL.boxed_count * len(SIM_BOXES)
    boxed = truth.filter("is_sim_box")
    assert dict(boxed.group_by("evasion_level").len().rows()) == dict.fromkeys(SIM_BOXES, SMALL.boxed_count)
    assert boxed.group_by("box").len()["len"].max() == SMALL.numbers_per_box
    assert truth.filter(~pl.col("is_sim_box")).select("evasion_level", "box").null_count().row(0) == (700, 700)
    assert set(truth["sort"]) == set(HONEST) | set(SIM_BOXES)


def test_no_number_does_anything_before_it_began(told: pl.DataFrame) -> None:
    new = told.filter(pl.col("started_at").is_not_null())
    assert (new["occurred_at"] >= new["started_at"]).all()
    assert (new["started_at"] >= SMALL.watched_from).all()
    assert new["is_sim_box"].n_unique() == 2, "honest numbers may be new, too"


def test_what_is_unknown_goes_by_chance_alone(told: pl.DataFrame) -> None:
    columns = [name for name in RISK_EVENT.column_names if name != "counterparty_area_code"]
    shares = told.group_by("activity_kind", "is_outgoing", "is_sim_box").agg(
        pl.len(), *(pl.col(name).is_null().mean().alias(f"{name}_null") for name in columns if name != "is_outgoing")
    )
    pairs = shares.filter("is_sim_box").join(
        shares.filter(~pl.col("is_sim_box")), on=["activity_kind", "is_outgoing"], suffix="_honest"
    )
    assert len(pairs) == 4
    for pair in pairs.rows(named=True):
        sampling = 4 * (0.03 / pair["len"]) ** 0.5  # four standard errors of the commonest gap
        for name in columns:
            if name != "is_outgoing":
                assert abs(pair[f"{name}_null"] - pair[f"{name}_null_honest"]) <= sampling, name


def test_no_value_that_is_no_behavior_is_of_one_class_alone(told: pl.DataFrame) -> None:
    plain = told.with_columns(
        first_digit=pl.col("phone_token").str.head(1),
        second=pl.col("occurred_at").dt.second(),
        hash_digit=pl.col("counterparty") % 16,
        device_digit=pl.col("device") % 2,
    )
    for name in ("country", "carrier", "number_type", "activity_source", "first_digit", "second", "hash_digit"):
        of_class = [set(part[name].drop_nulls()) for part in plain.partition_by("is_sim_box")]
        assert of_class[0] == of_class[1], name
    cells = [set(part["cell"].drop_nulls()) for part in plain.partition_by("is_sim_box")]
    assert cells[0] & cells[1], "boxes stand in cells of honest numbers"


def test_people_call_the_same_contacts_again_and_boxes_strangers(told: pl.DataFrame) -> None:
    dialled = told.filter(pl.col("activity_kind") == "call", pl.col("is_outgoing"))
    spread = (
        dialled.group_by("sort", "phone_token")
        .agg(share=pl.col("counterparty").n_unique() / pl.len(), calls=pl.len())
        .filter(pl.col("calls") >= 20)
        .group_by("sort")
        .agg(pl.col("share").median())
    )
    shares = dict(spread.rows())
    assert shares["heavy_talker"] < 0.6 < 0.9 < shares["naive"]
    assert shares["courier"] > 0.75, "and so do couriers"


def test_days_and_weeks_have_their_pattern(told: pl.DataFrame) -> None:
    dialled = told.filter(pl.col("activity_kind") == "call", pl.col("is_outgoing"))
    hours = dialled.filter(pl.col("sort") == "ordinary").group_by(pl.col("occurred_at").dt.hour()).len()
    by_hour = dict(hours.rows())
    assert by_hour.get(3, 0) < 0.2 * by_hour[18]
    office = dialled.filter(pl.col("sort") == "field_sales")["occurred_at"].dt.weekday()
    assert (office >= 6).mean() < 0.15
    assert all(len(weights) == 24 for weights in HOUR_WEIGHTS.values())


@pytest.mark.parametrize(
    ("sort", "least", "most"), [("naive", 4, 16), ("office_gateway", 2, 8), ("family", 2, 3), ("human_like", 1, 1)]
)
def test_numbers_share_devices_as_their_sort_does(told: pl.DataFrame, sort: str, least: int, most: int) -> None:
    held = told.filter(pl.col("sort") == sort, pl.col("device").is_not_null())
    largest = held.group_by("device").agg(pl.col("phone_token").n_unique())["phone_token"].max()
    assert isinstance(largest, int)
    assert least <= largest <= most


def test_rotating_sims_rest_for_days_and_change_devices(told: pl.DataFrame) -> None:
    rotating = told.filter(pl.col("sort") == "rotating_sims", pl.col("is_outgoing"))
    seen = rotating.group_by("phone_token").agg(
        days=pl.col("occurred_at").dt.date().n_unique(), devices=pl.col("device").drop_nulls().n_unique()
    )
    assert seen["days"].max() <= 3
    assert seen["devices"].mean() > 2


def test_nobody_dials_twice_within_a_minute(told: pl.DataFrame) -> None:
    dialled = told.filter(pl.col("activity_kind") == "call", pl.col("is_outgoing")).sort("phone_token", "occurred_at")
    gaps = dialled.select(pl.col("occurred_at").diff().over("phone_token")).drop_nulls()["occurred_at"]
    assert (gaps > timedelta(seconds=60)).all()

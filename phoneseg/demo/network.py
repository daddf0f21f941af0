"""The small network of the demo: its call records, what is known of fraud beforehand, and the truth."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

import polars as pl

from phoneseg.demo.draws import open_generator
from phoneseg.demo.network_numbers import AS_OF, FIRST_RECORD, TOWN_AREA_CODE, NumberSpace, draw_subscribers
from phoneseg.demo.network_plants import (
    CAMPAIGN,
    CAMPAIGN_DAYS,
    CAMPAIGN_REGION,
    LAST_DAY,
    OUTAGE,
    PUMPED_SINCE,
    RING_SINCE,
    SPIKE,
    add_campaign,
    add_one_ring,
    add_pumped,
    add_spike,
    drop_outage,
    share_devices,
)
from phoneseg.demo.network_traffic import draw_traffic
from phoneseg.demo.person_numbers import NumberBook

_RECORDS: Final = "telephony.call_record"
_LISTED_FROM: Final = datetime(2026, 6, 1)
_RATES: Final = {"DE": (0.14, 0.007), "GB": (0.11, 0.006), "FR": (0.13, 0.008), "NG": (0.18, 0.011)}
"""What a minute to each country costs from anywhere, and from within, in euros."""

_FIRST_RECORD_ID: Final = 70_000_001
_WEEK: Final = (RING_SINCE, AS_OF)
_DAY: Final = (LAST_DAY, AS_OF)
_ALWAYS: Final = (FIRST_RECORD, AS_OF)


class _Plant(NamedTuple):
    """What is planted, whether it is fraud, which signal should tell of it, whom that is about, and when."""

    name: str
    is_fraud: bool
    signal_kind: str | None
    subject_kind: str | None
    when: tuple[datetime, datetime]


_PLANTS: Final = (
    _Plant("sim_box", True, "sim_box", "number", _WEEK),
    _Plant("sim_box_rate_limited", True, "sim_box", "number", _WEEK),
    _Plant("spike", True, "spike", "area_code", SPIKE),
    _Plant("one_ring", True, "one_ring", "number", _DAY),
    _Plant("number_cluster", True, "number_cluster", "cluster", _DAY),
    _Plant("ring", True, "ring", "cluster", _WEEK),
    _Plant("pumped_block", True, "low_conversion", "number_block", (PUMPED_SINCE, AS_OF)),
    _Plant("listed_block", True, "high_risk_prefix", "number_block", _ALWAYS),
    _Plant("campaign", False, None, None, CAMPAIGN_DAYS),
    _Plant("school", False, None, None, _DAY),
    _Plant("call_centre", False, None, None, _ALWAYS),
    _Plant("hotline", False, None, None, _ALWAYS),
)


def build_network(
    rows: pl.DataFrame, cells: pl.DataFrame, book: NumberBook, fates: pl.DataFrame, seed: int
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Build `telephony.call_record`, `fraud.known_cause`, `fraud.prefix_list` and `fraud.termination_rate`.

    Args:
        rows: One row per contact: contact_id, created_at.
        cells: One row per phone cell: contact_id, phone_column, number (row of the book), is_recoverable.
        book: The numbers.
        fates: What becomes of each.
        seed: The demo's seed.

    Returns:
        The tables by name; records are ordered by time, and `direction` is inbound where the number calls or writes.
        By file name the truth: `risk_plant` (plant, is_fraud, signal_kind and subject_kind of what should be told of
        it, null for honest things, subject where it is a prefix, starts_at and ends_at (UTC), number_count,
        record_count within that time) and `risk_number` (plant, phone_e164).
    """
    space = NumberSpace.draw(seed)
    numbers = draw_subscribers(rows, cells, book, fates, space, seed)
    usual = draw_traffic(open_generator(seed, "network traffic"), numbers, space, seed)
    usual = drop_outage(share_devices(open_generator(seed, "ring devices"), usual, numbers, seed))
    planted = {
        "spike": add_spike(open_generator(seed, "spike"), usual, numbers),
        "campaign": add_campaign(open_generator(seed, "network campaign"), usual, numbers, space),
        "pumped_block": add_pumped(open_generator(seed, "pumped block"), space),
        "one_ring": add_one_ring(open_generator(seed, "one ring"), space),
    }
    records = pl.concat([usual, *planted.values()]).sort("started_at", "phone_number", "other_number", "kind")
    listed = numbers.filter(sort="listed_block")["phone_number"][0][1:-4]
    tables = {
        _RECORDS: _write_records(records),
        "fraud.known_cause": _build_causes(),
        "fraud.prefix_list": _build_prefix_list(listed),
        "fraud.termination_rate": _build_rates(),
    }
    return tables, _build_truth(numbers, planted, records)


def _write_records(records: pl.DataFrame) -> pl.DataFrame:
    return records.select(
        record_id=pl.int_range(_FIRST_RECORD_ID, _FIRST_RECORD_ID + pl.len()),
        kind="kind",
        phone_number="phone_number",
        direction=pl.when("is_from_number").then(pl.lit("inbound")).otherwise(pl.lit("outbound")),
        other_number="other_number",
        started_at="started_at",
        duration_s="duration_s",
        is_answered="is_answered",
        cell="cell",
        device="device",
        campaign="campaign",
    )


def _build_causes() -> pl.DataFrame:
    """Build `fraud.known_cause`: an own campaign, and an outage of one country's network."""
    text = pl.String
    return pl.DataFrame(
        [
            (*OUTAGE, "outage of the network", None, None, None, None, "GB"),
            (*CAMPAIGN_DAYS, "preview of the summer sale", CAMPAIGN, None, None, "message", CAMPAIGN_REGION),
        ],
        {
            "starts_at": pl.Datetime("us"),
            "ends_at": pl.Datetime("us"),
            "cause": text,
            "campaign": text,
            "prefix_level": text,
            "prefix": text,
            "activity_kind": text,
            "region": text,
        },
        orient="row",
    )


def _build_prefix_list(listed: str) -> pl.DataFrame:
    """Build `fraud.prefix_list`: a block that is blocked, and the own hotline, which is dear to call and allowed."""
    return pl.DataFrame(
        [
            (listed, None, "block", "fraud team", _LISTED_FROM, None, "reported by customers"),
            ("491805", None, "allow", "contact center", FIRST_RECORD, None, "our own hotline"),
        ],
        {
            "prefix": pl.String,
            "region_code": pl.String,
            "list_level": pl.String,
            "source": pl.String,
            "valid_from": pl.Datetime("us"),
            "valid_to": pl.Datetime("us"),
            "reason": pl.String,
        },
        orient="row",
    )


def _build_rates() -> pl.DataFrame:
    rates = [
        (origin, country, rate, "EUR")
        for country, (from_abroad, local) in _RATES.items()
        for origin, rate in (("*", from_abroad), (country, local))
    ]
    columns = ["origin_country", "destination_country", "rate_per_min", "currency"]
    return pl.DataFrame(rates, columns, orient="row")


def _build_truth(
    numbers: pl.DataFrame, planted: dict[str, pl.DataFrame], records: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    names = [plant.name for plant in _PLANTS]
    town = numbers.filter(sort="town").with_columns(sort=pl.lit("spike"))
    by_habit = pl.concat([numbers.filter(pl.col("sort").is_in(names)), town]).select(
        plant="sort", phone_e164="phone_number"
    )
    by_record = [
        rows.select(plant=pl.lit(name), phone_e164="phone_number").unique(maintain_order=True)
        for name, rows in planted.items()
        if name != "spike"
    ]
    of_plants = pl.concat([by_habit, *by_record])
    plants = [_describe(plant, of_plants, planted, records) for plant in _PLANTS]
    return {"risk_plant": pl.concat(plants).filter(pl.col("number_count") > 0), "risk_number": of_plants}


def _describe(
    plant: _Plant, of_plants: pl.DataFrame, planted: dict[str, pl.DataFrame], records: pl.DataFrame
) -> pl.DataFrame:
    own = of_plants.filter(plant=plant.name)["phone_e164"]
    is_own = pl.col("phone_number").is_in(own.implode())
    within = records.filter(is_own, pl.col("started_at").is_between(*plant.when, closed="left"))
    subjects = {"area_code": TOWN_AREA_CODE, "number_block": own[0][1:-4] if len(own) else None}
    return pl.DataFrame(
        {
            "plant": [plant.name],
            "is_fraud": [plant.is_fraud],
            "signal_kind": pl.Series([plant.signal_kind], dtype=pl.String),
            "subject_kind": pl.Series([plant.subject_kind], dtype=pl.String),
            "subject": pl.Series([subjects.get(plant.subject_kind or "")], dtype=pl.String),
            "starts_at": pl.Series([plant.when[0]], dtype=pl.Datetime("us")),
            "ends_at": pl.Series([plant.when[1]], dtype=pl.Datetime("us")),
            "number_count": [len(own)],
            "record_count": [len(planted.get(plant.name, within))],
        }
    )

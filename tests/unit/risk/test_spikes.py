"""Signals of spikes: which of nested ones is told, and what stands out inside."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk.calendar import drop_campaigns, read_causes
from phoneseg.risk.counting import count_prefixes
from phoneseg.risk.spikes import Activity, find_spikes
from phoneseg.settings.risk_spikes import SpikeSettings
from tests.unit.risk.prefix_days import AS_OF, NO_CAUSES, list_events

DAY = timedelta(days=1)
AREAS = [("49-30", 4930000), ("49-40", 4940000), ("49-89", 4989000)]
CARRIERS = ("DE:Eins", "DE:Zwei")


def _place(area: int, block: int) -> dict[str, Any]:
    name, first = AREAS[area]
    number_block = str(first + block)
    return {"country": "DE", "area_code": name, "number_block": number_block, "carrier": CARRIERS[block % 2]}


def _draw_events(
    days: int, growth: Mapping[tuple[int, int], float], extra: Iterable[dict[str, Any]] = ()
) -> pl.LazyFrame:
    """Return events of three areas of 12 blocks, some 20 a day each; those of the last day grow by their factor."""
    rng = np.random.default_rng(8)
    parts = []
    for lag in range(days):
        places = [_place(area, block) for area in range(3) for block in range(12)]
        means = [20 * (growth.get((area, block), 1) if lag == 0 else 1) for area in range(3) for block in range(12)]
        times = rng.poisson(means)
        frame = pl.DataFrame([{**place, "times": int(count)} for place, count in zip(places, times, strict=True)])
        frame = frame.select(pl.exclude("times").repeat_by("times")).explode(pl.all())
        parts.append(frame.with_columns(occurred_at=pl.lit(AS_OF - DAY * lag - timedelta(hours=2))))
    schema = list_events([]).collect_schema()
    plain = {"phone_token": "t", "activity_kind": "call", "activity_source": "switch"}
    told = pl.concat(parts).with_columns(pl.lit(value).alias(name) for name, value in plain.items())
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in told.columns]
    whole = told.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    return pl.concat([whole, list_events(extra).collect()]).lazy()


def _find(events: pl.LazyFrame, causes: pl.DataFrame = NO_CAUSES, knows_earlier: bool = True) -> pl.DataFrame:
    events = drop_campaigns(events, causes)
    counted = count_prefixes(events, AS_OF - 57 * DAY, AS_OF, 24).collect()
    is_now = pl.col("occurred_at") >= AS_OF - DAY
    now, earlier = events.filter(is_now), events.filter(~is_now)
    window = counted.filter(pl.col("as_of") == AS_OF)
    activity = Activity(window, counted.lazy(), now, earlier if knows_earlier else None)
    return find_spikes(activity, AS_OF, 24, causes, SpikeSettings(min_group_size=10))


def _tell(signals: pl.DataFrame, risk_level: str) -> set[str]:
    return set(signals.filter(pl.col("risk_level") == risk_level)["subject"])


def test_a_block_that_spikes_is_told_and_its_area_is_explained_by_it() -> None:
    signals = _find(_draw_events(57, {(0, 3): 15}))
    assert signals.schema == RISK_SIGNAL.schema
    assert signals.select(RISK_SIGNAL.key).is_unique().all()
    assert _tell(signals, "high") == {"4930003"}
    assert {"49-30", "DE:Zwei", "DE"} >= _tell(signals, "monitor") >= {"49-30"}
    area = signals.filter(pl.col("subject") == "49-30").row(0, named=True)
    assert "explained_by_inner" in area["reasons"]
    evidence = json.loads(area["evidence"])
    assert evidence["explained_by"] == "number_block:4930003"
    blocks = {told["member_kind"]: told for told in evidence["standouts"]}
    assert blocks["number_block"]["member"] == "4930003"
    assert blocks["number_block"]["excess_pct"] > 90
    assert blocks["number_block"]["baseline_share_pct"] == pytest.approx(100 / 12, abs=1)


def test_an_area_that_grows_as_a_whole_is_told_and_its_blocks_follow_it() -> None:
    signals = _find(_draw_events(57, {(1, block): 4 for block in range(12)}))
    assert _tell(signals, "high") == {"49-40"}
    blocks = signals.filter(pl.col("subject_kind") == "number_block")
    assert len(blocks) == 12
    assert blocks["reasons"].str.contains("explained_by_outer").all()
    assert not json.loads(signals.filter(pl.col("subject") == "49-40")["evidence"][0])["standouts"]


def test_a_country_that_grows_as_a_whole_is_told_alone() -> None:
    signals = _find(_draw_events(57, {(area, block): 4 for area in range(3) for block in range(12)}))
    assert _tell(signals, "high") == {"DE"}
    assert len(signals) > 36


def test_a_source_that_carries_the_excess_stands_out() -> None:
    flood = {**_place(2, 5), "activity_source": "dialer", "counterparty_country": "LV", "times": 300}
    signals = _find(_draw_events(57, {}, [flood]))
    block = signals.filter(pl.col("subject") == "4989005").row(0, named=True)
    assert block["reasons"] == "spike,activity_source_stands_out,counterparty_country_stands_out"
    told = {each["member_kind"]: each for each in json.loads(block["evidence"])["standouts"]}
    assert told["activity_source"]["member"] == "dialer"
    assert told["activity_source"]["baseline_share_pct"] == 0
    assert told["activity_source"]["excess_pct"] > 95
    assert block["observed"] == pytest.approx(320, abs=20)
    assert block["window_start"] == AS_OF - DAY


def test_without_earlier_events_only_what_most_events_are_of_stands_out() -> None:
    signals = _find(_draw_events(57, {(0, 3): 15}), knows_earlier=False)
    area = json.loads(signals.filter(pl.col("subject") == "49-30")["evidence"][0])
    told = {each["member_kind"]: each for each in area["standouts"]}
    assert told["number_block"]["member"] == "4930003"
    assert told["number_block"]["baseline_share_pct"] is None


def test_nothing_alerts_on_an_own_campaign_that_the_calendar_names() -> None:
    campaign = [{**_place(0, block), "campaign": "spring", "times": 200} for block in range(12)]
    events = _draw_events(57, {}, campaign)
    assert not _find(events).is_empty()
    when = {"starts_at": AS_OF - DAY, "ends_at": AS_OF, "cause": "spring mailing"}
    by_name = read_causes(pl.DataFrame([{**when, "campaign": "spring"}]))
    assert _find(events, by_name).is_empty()
    by_region = read_causes(pl.DataFrame([{**when, "region": "DE"}]))
    assert _find(events, by_region).is_empty()


def test_a_spike_beside_a_named_campaign_still_alerts() -> None:
    campaign = [{**_place(0, block), "campaign": "spring", "times": 200} for block in range(12)]
    when = {"starts_at": AS_OF - DAY, "ends_at": AS_OF, "cause": "spring mailing", "campaign": "spring"}
    signals = _find(_draw_events(57, {(2, 7): 15}, campaign), read_causes(pl.DataFrame([when])))
    assert _tell(signals, "high") == {"4989007"}


def test_a_quiet_day_gives_no_signal() -> None:
    signals = _find(_draw_events(57, {}))
    assert signals.is_empty()
    assert signals.schema == RISK_SIGNAL.schema

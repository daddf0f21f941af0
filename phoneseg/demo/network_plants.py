"""What is planted in the records of the network besides habits: fraud, and honest things that look like it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.draws import Integers, draw_chance
from phoneseg.demo.network_numbers import AS_OF, BLOCKS_PER_REGION, FIRST_RECORD, LINES, NumberSpace
from phoneseg.demo.network_traffic import SENDER, SIGN_IN_CODES, to_moments, write_device
from phoneseg.risk.simulation.call_draws import mix

LAST_DAY: Final = AS_OF - timedelta(days=1)
SPIKE: Final = (LAST_DAY + timedelta(hours=13), LAST_DAY + timedelta(hours=16))
CAMPAIGN: Final = "summer_preview_2026"
CAMPAIGN_DAYS: Final = (AS_OF - timedelta(days=2), AS_OF)
CAMPAIGN_REGION: Final = "FR"
OUTAGE: Final = (datetime(2026, 5, 19, 9), datetime(2026, 5, 19, 13))
OUTAGE_CALLING_CODE: Final = "+44"
RING_SINCE: Final = AS_OF - timedelta(days=7)
PUMPED_SINCE: Final = AS_OF - timedelta(days=2)

_SPIKE_FACTOR: Final = 8
_SPIKE_BLOCK_SHARE: Final = 0.75
_ONE_RING_BLOCK: Final = "+881663150"
_ONE_RING_CALLERS: Final = 3
_ONE_RING_CALLEES: Final = 70
_CALLBACK_SHARE: Final = 0.08
_RING_DEVICES: Final = 4
_PUMPED_NUMBERS: Final = 45
_DAY_S: Final = 86_400
_HOUR_S: Final = 3_600


def add_spike(rng: np.random.Generator, records: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return the calls that make those of the town eightfold in three hours, most of them from one block.

    Args:
        rng: The step's generator.
        records: The ordinary records.
        numbers: What `draw_subscribers` gives.
    """
    town = numbers.filter(sort="town")["phone_number"]
    calls = records.filter(pl.col("kind") == "call", pl.col("phone_number").is_in(town.implode()))
    usual = calls.filter(pl.col("started_at") >= SPIKE[0], pl.col("started_at") < SPIKE[1])
    size = (_SPIKE_FACTOR - 1) * len(usual)
    made = calls.filter("is_from_number").sort("started_at", "phone_number", "other_number")
    is_of_block = made["phone_number"].str.head(-4) == town[0][:-4]
    inside, elsewhere = (np.flatnonzero(mask) for mask in (is_of_block, ~is_of_block))
    row = np.where(
        draw_chance(rng, size, _SPIKE_BLOCK_SHARE), rng.choice(inside, size), rng.choice(elsewhere, size)
    )  # what was called on other days is called again
    return made[row].with_columns(started_at=_draw_within(rng, SPIKE, size))


def add_campaign(
    rng: np.random.Generator, records: pl.DataFrame, numbers: pl.DataFrame, space: NumberSpace
) -> pl.DataFrame:
    """Return the messages of an own campaign, as many as the country gets on its two days without it."""
    region = numbers.filter(pl.col("phone_number").str.starts_with("+33"), pl.col("first_s") == 0)["phone_number"]
    is_usual = (pl.col("kind") == "message") & pl.col("started_at").is_between(*CAMPAIGN_DAYS, closed="left")
    size = len(records.filter(is_usual, pl.col("phone_number").is_in(region.implode())))
    start_s = (CAMPAIGN_DAYS[0] - FIRST_RECORD).days * _DAY_S
    at_s = start_s + rng.integers(0, 2, size) * _DAY_S + rng.integers(7 * _HOUR_S, 17 * _HOUR_S, size)
    return _write_messages(region.gather(rng.integers(0, len(region), size)), at_s, CAMPAIGN, space)


def add_pumped(rng: np.random.Generator, space: NumberSpace) -> pl.DataFrame:
    """Return sign-in codes to a block of numbers that never do anything, in two nights."""
    lines = rng.choice(LINES, _PUMPED_NUMBERS, replace=False)
    block = space.write((BLOCKS_PER_REGION - 1) * LINES + lines)
    number = np.repeat(np.arange(_PUMPED_NUMBERS), 2)
    night_s = (PUMPED_SINCE - FIRST_RECORD).days * _DAY_S + np.tile([0, _DAY_S], _PUMPED_NUMBERS)
    at_s = night_s + rng.integers(_HOUR_S, 4 * _HOUR_S, len(number))
    return _write_messages(block.gather(number), at_s, SIGN_IN_CODES, space)


def add_one_ring(rng: np.random.Generator, space: NumberSpace) -> pl.DataFrame:
    """Return calls of satellite numbers that ring once in a morning, and those of people who call back."""
    lines = pl.Series(rng.choice(LINES, _ONE_RING_CALLERS, replace=False)).cast(pl.String).str.zfill(4)
    callers = _ONE_RING_BLOCK + lines
    size = _ONE_RING_CALLERS * _ONE_RING_CALLEES
    caller = np.repeat(np.arange(_ONE_RING_CALLERS), _ONE_RING_CALLEES)
    codes = rng.choice(3 * BLOCKS_PER_REGION * LINES, size, replace=False)  # in the first three countries
    at_s = (LAST_DAY - FIRST_RECORD).days * _DAY_S + rng.integers(6 * _HOUR_S, 10 * _HOUR_S, size)
    rings = _write_calls(callers.gather(caller), True, space.write(codes), at_s, rng.integers(1, 4, size), False)
    back = np.flatnonzero(draw_chance(rng, size, _CALLBACK_SHARE))
    later_s = at_s[back] + rng.integers(60, 2 * _HOUR_S, len(back))
    talk_s = rng.integers(30, 400, len(back))
    calls = _write_calls(callers.gather(caller[back]), False, space.write(codes[back]), later_s, talk_s, True)
    return pl.concat([rings, calls])


def share_devices(rng: np.random.Generator, records: pl.DataFrame, numbers: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the records, those of the ring's numbers in the last week in a few devices that they share."""
    ring = numbers.filter(sort="ring")["phone_number"]
    devices = write_device(mix(np.arange(_RING_DEVICES), seed, 6)).gather(rng.integers(0, _RING_DEVICES, len(records)))
    is_shared = pl.col("phone_number").is_in(ring.implode()) & (pl.col("started_at") >= RING_SINCE)
    return records.with_columns(device=pl.when(is_shared).then(devices).otherwise("device"))


def drop_outage(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records without those of one country's numbers in the hours when its network was out."""
    is_out = pl.col("started_at").is_between(*OUTAGE, closed="left")
    return records.filter(~(is_out & pl.col("phone_number").str.starts_with(OUTAGE_CALLING_CODE)))


def _draw_within(rng: np.random.Generator, window: tuple[datetime, datetime], size: int) -> pl.Series:
    start_s = round((window[0] - FIRST_RECORD).total_seconds())
    return to_moments(start_s + rng.integers(0, round((window[1] - window[0]).total_seconds()), size))


def _write_messages(numbers: pl.Series, at_s: Integers, campaign: str, space: NumberSpace) -> pl.DataFrame:
    sender = space.write(np.full(len(numbers), SENDER))
    return _write(numbers, "message", False, sender, at_s).with_columns(campaign=pl.lit(campaign))


def _write_calls(
    numbers: pl.Series, is_from: bool, others: pl.Series, at_s: Integers, duration_s: Integers, is_answered: bool
) -> pl.DataFrame:
    calls = _write(numbers, "call", is_from, others, at_s)
    return calls.with_columns(
        duration_s=pl.Series(duration_s, dtype=pl.Int32), is_answered=pl.lit(is_answered, pl.Boolean)
    )


def _write(numbers: pl.Series, kind: str, is_from: bool, others: pl.Series, at_s: Integers) -> pl.DataFrame:
    """Write records as `draw_traffic` gives them, of numbers that no cell or device of the network is known of."""
    nothing = pl.lit(None, pl.String)
    return pl.DataFrame({"phone_number": numbers, "other_number": others, "started_at": to_moments(at_s)}).select(
        pl.lit(kind).alias("kind"),
        "phone_number",
        pl.lit(is_from).alias("is_from_number"),
        "other_number",
        "started_at",
        pl.lit(None, pl.Int32).alias("duration_s"),
        pl.lit(None, pl.Boolean).alias("is_answered"),
        nothing.alias("cell"),
        nothing.alias("device"),
        nothing.alias("campaign"),
    )

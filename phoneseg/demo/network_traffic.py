"""What the numbers of the network do day by day: calls and messages, each way, by the habits of their sort."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.countries import load_countries
from phoneseg.demo.draws import Booleans, Floats, Integers, draw_chance
from phoneseg.demo.network_numbers import (
    BLOCKS_PER_REGION,
    FIRST_RECORD,
    HABITS,
    LINES,
    RECORD_DAYS,
    REGIONS,
    SORTS,
    NumberSpace,
)
from phoneseg.risk.simulation.call_draws import Hashes, mix, vary
from phoneseg.risk.simulation.habits import HOUR_WEIGHTS

SIGN_IN_CODES: Final = "sign_in_code"
"""The campaign of messages that numbers get when somebody signs in."""
SENDER: Final = BLOCKS_PER_REGION * LINES // 2
"""Code of the number that the messages of campaigns come from."""

_DAY_S: Final = 86_400
_END_S: Final = RECORD_DAYS * _DAY_S
_RESTLESSNESS: Final = 4.0  # of the gamma factor that makes days of one number differ
_DAY_SPREAD: Final = 0.03
_SPREAD: Final = 0.35
_INCOMING_ANSWERED: Final = 0.72
_ABROAD_SHARE: Final = 0.02
_CODE_SHARE: Final = 0.4
_UNKNOWN_SHARE: Final = 0.03
_CELLS: Final = 40
_FLOWS: Final = (("call", True), ("call", False), ("message", True), ("message", False))


def draw_traffic(rng: np.random.Generator, numbers: pl.DataFrame, space: NumberSpace, seed: int) -> pl.DataFrame:
    """Draw the ordinary records of numbers.

    Each number has people that it calls again and again, the first most often, and calls strangers besides; who calls
    it are in part the same people. Its first record, where it is new, is a call just when it begins.

    Args:
        rng: The step's generator.
        numbers: What `draw_subscribers` gives.
        space: The numbers of all others.
        seed: The demo's seed.

    Returns:
        Records in no order: kind (call or message), phone_number, is_from_number, other_number (E.164), started_at
        (UTC), duration_s (null for messages; of a call that nobody answered, how long it rang), is_answered (null for
        messages), cell and device (null for some), campaign (null for most).
    """
    who, day, flow = _draw_counts(rng, numbers)
    at_s = _place_in_time(rng, numbers, who, day)
    first_s = numbers["first_s"].to_numpy()
    is_there = at_s >= first_s[who]
    new = np.flatnonzero(first_s > 0)
    who = np.concatenate([who[is_there], new])
    at_s = np.concatenate([at_s[is_there], first_s[new]])
    flow = np.concatenate([flow[is_there], np.zeros(len(new), dtype=np.int64)])
    is_call, is_from = flow < 2, flow % 2 == 0
    codes = _draw_others(rng, numbers, who, is_from, seed)
    is_answered, duration_s = _draw_answers(rng, numbers, who, is_from)
    is_code = ~is_call & ~is_from & draw_chance(rng, len(who), _CODE_SHARE)
    return pl.DataFrame(
        {
            "kind": pl.Series(["message", "call"]).gather(is_call.astype(np.int64)),
            "phone_number": numbers["phone_number"].gather(who),
            "is_from_number": is_from,
            "other_number": space.write(np.where(is_code, SENDER, codes)),
            "started_at": to_moments(at_s),
            "duration_s": pl.Series(duration_s, dtype=pl.Int32).set(pl.Series(~is_call), None),
            "is_answered": pl.Series(is_answered).set(pl.Series(~is_call), None),
            "cell": _draw_cells(rng, numbers, who),
            "device": _draw_devices(rng, numbers, who, seed),
            "campaign": pl.Series([SIGN_IN_CODES]).gather(pl.Series(np.where(is_code, 0, -1)).replace(-1, None)),
        }
    )


def to_moments(at_s: Integers) -> pl.Series:
    """Return moments (UTC) of seconds since `FIRST_RECORD`."""
    return pl.Series(np.datetime64(FIRST_RECORD, "us") + at_s.astype("timedelta64[s]"))


def write_device(key: Hashes) -> pl.Series:
    """Write hashes as identities of devices, of fifteen digits."""
    return "35" + pl.Series(key % np.uint64(10**13)).cast(pl.String).str.zfill(13)


def _figures(numbers: pl.DataFrame, name: str) -> Floats:
    """Return one figure of each number's habit."""
    own = {sort: float(getattr(habit, name)) for sort, habit in HABITS.items()}
    figures: Floats = numbers["sort"].replace_strict(own, return_dtype=pl.Float64).to_numpy()
    return figures


def _draw_counts(rng: np.random.Generator, numbers: pl.DataFrame) -> tuple[Integers, Integers, Integers]:
    """Draw who does what on which day: rows of `numbers`, days, and positions in `_FLOWS`."""
    calls = vary(rng, _figures(numbers, "calls_per_day"), _SPREAD)
    messages = vary(rng, _figures(numbers, "messages_per_day"), _SPREAD)
    rates = (
        calls,
        calls * _figures(numbers, "incoming_ratio"),
        messages,
        messages * _figures(numbers, "message_ratio"),
    )
    weekdays = (FIRST_RECORD.weekday() + np.arange(RECORD_DAYS)) % 7
    weights = np.where(weekdays[None, :] >= 5, _figures(numbers, "weekend_factor")[:, None], 1.0)
    of_all = rng.lognormal(0, _DAY_SPREAD, (len(REGIONS), RECORD_DAYS))[numbers["region"].to_numpy()]
    drawn = []
    for flow, rate in enumerate(rates):
        moods = rng.gamma(_RESTLESSNESS, 1 / _RESTLESSNESS, weights.shape)
        counts = rng.poisson(rate[:, None] * weights * of_all * moods)
        who, day = np.nonzero(counts)
        repeats = counts[who, day]
        drawn.append((np.repeat(who, repeats), np.repeat(day, repeats), np.full(repeats.sum(), flow, dtype=np.int64)))
    who, day, flows = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
    return who, day, flows


def _place_in_time(rng: np.random.Generator, numbers: pl.DataFrame, who: Integers, day: Integers) -> Integers:
    """Return the second of each record since `FIRST_RECORD`: days and hours are those of the number's country."""
    profiles = list(HOUR_WEIGHTS)
    limits = np.array([np.cumsum(weights) / sum(weights) for weights in HOUR_WEIGHTS.values()])
    own = np.array([profiles.index(HABITS[sort].hours) for sort in SORTS])
    place = numbers["sort"].replace_strict(SORTS, range(len(SORTS)), return_dtype=pl.Int64).to_numpy()
    profile = own[place][who]
    draws, hour = rng.random(len(who)), np.zeros(len(who), dtype=np.int64)
    for index in range(len(profiles)):
        chosen = profile == index
        hour[chosen] = np.searchsorted(limits[index], draws[chosen], side="right")
    offsets = {country.region_code: country.utc_offset_hours for country in load_countries()}
    offset_s = np.array([round(offsets[region] * 3_600) for region in REGIONS])[numbers["region"].to_numpy()]
    at_s = day * _DAY_S + hour * 3_600 + rng.integers(0, 3_600, len(who)) - offset_s[who]
    # Local days do not end with the UTC day: what falls out at one end comes in at the other, whole weeks away.
    within: Integers = at_s % _END_S
    return within


def _draw_others(
    rng: np.random.Generator, numbers: pl.DataFrame, who: Integers, is_from: Booleans, seed: int
) -> Integers:
    """Draw who is at the other end, as codes of the number space."""
    size = len(who)
    known_share = np.where(
        is_from, 1 - _figures(numbers, "stranger_share")[who], _figures(numbers, "callback_share")[who]
    )
    is_known = rng.random(size) < known_share
    rank = np.floor(rng.random(size) ** 2.2 * _figures(numbers, "contact_count")[who]).astype(np.int64)
    place = np.where(is_known, mix(who, rank, seed), mix(rng.integers(0, 2**40, size), seed))
    region = numbers["region"].to_numpy()[who]
    is_abroad = is_from & (rng.random(size) < np.minimum(_figures(numbers, "international_share")[who], _ABROAD_SHARE))
    region = np.where(is_abroad, rng.integers(0, len(REGIONS), size), region)
    per_region = np.uint64(BLOCKS_PER_REGION * LINES)
    codes: Integers = (place % per_region).astype(np.int64) + region * BLOCKS_PER_REGION * LINES
    return codes


def _draw_answers(
    rng: np.random.Generator, numbers: pl.DataFrame, who: Integers, is_from: Booleans
) -> tuple[Booleans, Integers]:
    """Draw whether calls are answered, and how long they take, or ring."""
    size = len(who)
    share = np.where(is_from, _figures(numbers, "answered_share")[who], _INCOMING_ANSWERED)
    is_answered = rng.random(size) < share
    talk_s = np.clip(_figures(numbers, "duration_s")[who] * rng.lognormal(-0.5, 1.0, size), 2, 7_200)
    ring_s = rng.uniform(8, 40, size)
    return is_answered, np.where(is_answered, talk_s, ring_s).astype(np.int32)


def _draw_cells(rng: np.random.Generator, numbers: pl.DataFrame, who: Integers) -> pl.Series:
    """Draw the cell of each record: the main one, or one of the number's others; some are unknown."""
    size = len(who)
    home, count = numbers["home"].to_numpy()[who], _figures(numbers, "cell_count")[who]
    rank = np.floor(rng.random(size) * np.maximum(count - 1, 1)).astype(np.int64)
    elsewhere = (mix(who, rank, 3) % np.uint64(_CELLS)).astype(np.int64)
    is_home = (rng.random(size) < _figures(numbers, "main_cell_share")[who]) | (count <= 1)
    cell = pl.Series(np.where(is_home, home, elsewhere)).cast(pl.String).str.zfill(3)
    region = pl.Series(REGIONS).gather(numbers["region"].gather(who))
    return (region + "-" + cell).set(pl.Series(draw_chance(rng, size, _UNKNOWN_SHARE)), None)


def _draw_devices(rng: np.random.Generator, numbers: pl.DataFrame, who: Integers, seed: int) -> pl.Series:
    extra = rng.poisson(np.maximum(_figures(numbers, "devices_per_number") - 1, 0))
    rank = np.floor(rng.random(len(who)) * (1 + extra[who])).astype(np.int64)
    key = mix(numbers["device_group"].to_numpy()[who], rank, seed, 5)
    return write_device(key).set(pl.Series(draw_chance(rng, len(who), _UNKNOWN_SHARE)), None)

"""Call records of honest numbers and SIM boxes, as events whose truth is known."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from phoneseg.contracts.model import UTC_INSTANT
from phoneseg.contracts.risk import RISK_EVENT
from phoneseg.risk.draws import open_stream
from phoneseg.risk.simulation.call_draws import Floats, Hashes, Integers, mix
from phoneseg.risk.simulation.habits import HOUR_WEIGHTS
from phoneseg.risk.simulation.subscribers import CallPlan, draw_subscribers

_KINDS: Final = ("call", "message")
_COUNTRY: Final = "GH"
_ABROAD: Final = ("NG", "CI", "TG", "BF", "GB", "US")
_STRANGERS: Final = 4_000_000
_FIXED_LINE_SHARE: Final = 0.12
_AREA_CODES: Final = tuple(f"233-{code}" for code in (30, 31, 32, 33, 34, 35, 36, 37, 38, 39))
_UNKNOWN_SHARES: Final = {"is_answered": 0.02, "duration_s": 0.01, "cell": 0.03, "device": 0.03, "counterparty": 0.01}
_INCOMING_ANSWERED: Final = 0.7
_RESTLESSNESS: Final = 4.0  # of the gamma factor that makes days of one number differ


@dataclass(frozen=True)
class SimulatedCalls:
    """Events, and the truth about their numbers.

    Attributes:
        events: Rows of RISK_EVENT: calls and messages, by instant.
        truth: One row per number: `phone_token`, `is_sim_box`, `evasion_level` (null for honest numbers), `sort` (of
            the habits), `box` (null for honest numbers), `started_at` (UTC; null where it began before the first day).
    """

    events: pl.DataFrame
    truth: pl.DataFrame


def simulate_calls(plan: CallPlan, seed: int) -> SimulatedCalls:
    """Simulate call records of a network with honest numbers and SIM boxes of every evasion level.

    Each number has contacts that it calls again and again, the first most often, and calls strangers besides; who calls
    it are in part those whom it called. Which fields are unknown goes by chance alone, so that no gap tells what a
    number is.

    Args:
        plan: How many numbers, and how long.
        seed: Not negative; the same gives the same rows.

    Returns:
        Events and truth.
    """
    numbers = draw_subscribers(plan, seed).with_row_index("number")
    outgoing = [_draw_sent(numbers, plan, seed, kind) for kind in _KINDS]
    incoming = [_draw_replies(numbers, plan, seed, kind, sent) for kind, sent in zip(_KINDS, outgoing, strict=True)]
    drawn = pl.concat([*outgoing, *incoming]).sort("occurred_at", "number", "activity_kind", "is_outgoing")
    events = _describe_events(_drop_overlaps(drawn), numbers, seed)
    truth = numbers.select(
        "phone_token",
        "is_sim_box",
        evasion_level=pl.when("is_sim_box").then("sort"),
        sort="sort",
        box="box",
        started_at="started_at",
    )
    return SimulatedCalls(RISK_EVENT.conform(events.lazy()).collect(), truth)


def _draw_sent(numbers: pl.DataFrame, plan: CallPlan, seed: int, kind: str) -> pl.DataFrame:
    """Draw what numbers send: `number`, `occurred_at`, `activity_kind`, `is_outgoing`, `other`, `is_abroad`."""
    rng = open_stream(seed, f"sent {kind}")
    rates = numbers[f"{kind}s_per_day"].to_numpy()
    daily = rates[:, None] * _weigh_days(numbers, plan) * rng.gamma(_RESTLESSNESS, 1 / _RESTLESSNESS, (len(rates), 1))
    sent = rng.poisson(daily)
    rows, days = np.nonzero(sent)
    repeats = sent[rows, days]
    number, day = np.repeat(rows, repeats), np.repeat(days, repeats)
    is_abroad = rng.random(len(number)) < numbers["international_share"].to_numpy()[number]
    return _place_in_time(
        rng,
        numbers,
        plan,
        pl.DataFrame(
            {
                "number": number,
                "day": day,
                "activity_kind": [kind] * len(number),
                "is_outgoing": [True] * len(number),
                "other": _draw_callees(rng, numbers, number, seed),
                "is_abroad": is_abroad,
            }
        ),
    )


def _weigh_days(numbers: pl.DataFrame, plan: CallPlan) -> Floats:
    """Return how much of a working day each day is, by number and day: weekends, and days off duty."""
    days = np.arange(plan.days)
    weekdays = np.array([(plan.starts_at + timedelta(days=int(day))).weekday() for day in days])
    weekend = np.where(weekdays[None, :] >= 5, numbers["weekend_factor"].to_numpy()[:, None], 1.0)
    phase = np.arange(len(numbers))[:, None] + days[None, :]
    return np.where(phase % numbers["duty_days"].to_numpy()[:, None] == 0, weekend, 0.0)


def _draw_callees(rng: np.random.Generator, numbers: pl.DataFrame, number: Integers, seed: int) -> Hashes:
    size = len(number)
    is_stranger = rng.random(size) < numbers["stranger_share"].to_numpy()[number]
    contact = np.floor(rng.random(size) ** 2.2 * numbers["contact_count"].to_numpy()[number]).astype(np.int64)
    stranger = rng.integers(0, _STRANGERS, size)
    return np.where(is_stranger, mix(stranger, 1), mix(number, contact, seed, 2))


def _place_in_time(rng: np.random.Generator, numbers: pl.DataFrame, plan: CallPlan, sent: pl.DataFrame) -> pl.DataFrame:
    """Give events their instants by the hours of their numbers, and drop those from before a number began."""
    names = list(HOUR_WEIGHTS)
    limits = np.array([np.cumsum(weights) / sum(weights) for weights in HOUR_WEIGHTS.values()])
    habits = numbers["hours"].replace_strict(names, range(len(names)), return_dtype=pl.Int64).to_numpy()
    draws = rng.random(len(sent))
    hour = np.zeros(len(sent), dtype=np.int64)
    of_event = habits[sent["number"].to_numpy()]
    for habit in range(len(names)):
        chosen = of_event == habit
        hour[chosen] = np.searchsorted(limits[habit], draws[chosen], side="right")
    hour = (hour + numbers["shift_h"].to_numpy()[sent["number"].to_numpy()]) % 24
    offset_s = sent["day"].to_numpy() * 86_400 + hour * 3_600 + rng.integers(0, 3_600, len(sent))
    occurred_at = pl.lit(plan.starts_at, UTC_INSTANT) + pl.duration(seconds=pl.lit(pl.Series(offset_s)))
    started = numbers.select(pl.col("number").cast(pl.Int64), "started_at")
    return (
        sent.with_columns(occurred_at=occurred_at)
        .join(started, on="number", how="left", maintain_order="left")
        .filter(pl.col("started_at").is_null() | (pl.col("occurred_at") >= pl.col("started_at")))
        .drop("day", "started_at")
    )


def _draw_replies(numbers: pl.DataFrame, plan: CallPlan, seed: int, kind: str, sent: pl.DataFrame) -> pl.DataFrame:
    """Draw what numbers receive: in part from those whom they called, at times of their own."""
    rng = open_stream(seed, f"received {kind}")
    ratio = numbers["incoming_ratio" if kind == "call" else "message_ratio"].to_numpy()
    times = rng.poisson(ratio[sent["number"].to_numpy()])
    index = np.repeat(np.arange(len(sent)), times)
    received = sent[index].with_columns(is_outgoing=pl.lit(False), is_abroad=pl.lit(False))
    number = received["number"].to_numpy()
    is_callback = rng.random(len(index)) < numbers["callback_share"].to_numpy()[number]
    other = np.where(is_callback, received["other"].to_numpy(), mix(rng.integers(0, _STRANGERS, len(index)), 1))
    delay_s = np.floor(rng.exponential(4 * 3_600, len(index))).astype(np.int64)
    return received.with_columns(
        other=pl.Series(other), occurred_at=pl.col("occurred_at") + pl.duration(seconds=pl.lit(pl.Series(delay_s)))
    ).filter(pl.col("occurred_at") < plan.ends_at)


def _drop_overlaps(events: pl.DataFrame) -> pl.DataFrame:
    """Drop calls in the same minute as the number's call before: nobody dials twice at a time."""
    gap = pl.col("occurred_at").diff().over("number", "activity_kind", "is_outgoing")
    is_dialled = (pl.col("activity_kind") == "call") & pl.col("is_outgoing")
    return events.filter(~is_dialled | gap.is_null() | (gap > pl.duration(seconds=60)))


def _describe_events(events: pl.DataFrame, numbers: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = open_stream(seed, "descriptions")
    number = events["number"].to_numpy()
    area = rng.integers(0, len(_AREA_CODES), len(events))
    is_fixed = rng.random(len(events)) < _FIXED_LINE_SHARE
    country = np.where(events["is_abroad"], np.array(_ABROAD)[area % len(_ABROAD)], _COUNTRY)
    described = events.with_columns(
        **_draw_calls(rng, events, numbers),
        phone_token=numbers["phone_token"].gather(number),
        country=pl.lit(_COUNTRY),
        area_code=pl.lit(None, pl.String),
        number_block=pl.Series(np.array([f"23324{block:05d}" for block in range(200)])[number % 200]),
        carrier=pl.lit(f"{_COUNTRY}:Carrier"),
        number_type=pl.lit("MOBILE"),
        activity_source=pl.lit("calls"),
        counterparty=pl.col("other"),
        counterparty_country=pl.Series(country),
        counterparty_area_code=pl.Series(np.array(_AREA_CODES)[area]).set(
            pl.Series(~is_fixed | events["is_abroad"].to_numpy()), None
        ),
        amount_e4=pl.lit(None, pl.Int64),
        campaign=pl.lit(None, pl.String),
        cell=pl.Series(_draw_cells(rng, numbers, number, seed)),
        device=pl.Series(_draw_devices(rng, numbers, number, seed)),
    )
    unknown = {name: pl.Series(rng.random(len(events)) < share) for name, share in _UNKNOWN_SHARES.items()}
    return described.with_columns(
        pl.when(~pl.lit(is_unknown)).then(pl.col(name)).alias(name) for name, is_unknown in unknown.items()
    )


def _draw_calls(rng: np.random.Generator, events: pl.DataFrame, numbers: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return whether calls are picked up and how long they take; messages have neither."""
    number = events["number"].to_numpy()
    is_outgoing = events["is_outgoing"].to_numpy()
    answered_share = np.where(is_outgoing, numbers["answered_share"].to_numpy()[number], _INCOMING_ANSWERED)
    is_answered = rng.random(len(events)) < answered_share
    mean_s = numbers["duration_s"].to_numpy()[number]
    talk_s = np.ceil(mean_s * rng.lognormal(-0.5, 1.0, len(events)))
    duration_s = np.where(is_answered, np.clip(talk_s, 1, 7_200), 0).astype(np.int32)
    is_call = pl.col("activity_kind") == "call"
    return {
        "is_answered": pl.when(is_call).then(pl.lit(pl.Series(is_answered))),
        "duration_s": pl.when(is_call).then(pl.lit(pl.Series(duration_s))),
    }


def _draw_cells(rng: np.random.Generator, numbers: pl.DataFrame, number: Integers, seed: int) -> Hashes:
    """Draw the cell of each event: home, or one of the number's others, which are homes of others, too."""
    home = numbers["home"].to_numpy()
    places = int(home.max()) + 1 if len(home) else 1
    rank = np.floor(rng.random(len(number)) * (numbers["cell_count"].to_numpy()[number] - 1)).astype(np.uint64)
    elsewhere = (mix(number, rank.astype(np.int64), 3) % np.uint64(places)).astype(np.int64)
    is_home = rng.random(len(number)) < numbers["main_cell_share"].to_numpy()[number]
    is_home |= numbers["cell_count"].to_numpy()[number] <= 1
    return mix(np.where(is_home, home[number], elsewhere), seed, 4)


def _draw_devices(rng: np.random.Generator, numbers: pl.DataFrame, number: Integers, seed: int) -> Hashes:
    _, groups = np.unique(numbers["device_group"].to_numpy(), return_inverse=True)
    rank = np.floor(rng.random(len(number)) * numbers["devices_per_number"].to_numpy()[number]).astype(np.int64)
    return mix(groups.astype(np.int64)[number], rank, seed, 5)

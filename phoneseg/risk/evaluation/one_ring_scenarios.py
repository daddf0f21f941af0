"""Calls of many numbers to people, some of which only want to be called back: seeded, with truth."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from phoneseg.risk.draws import open_stream
from phoneseg.risk.evaluation.drawn_events import (
    Values,
    at_hours,
    build_events,
    draw_hours,
    draw_token,
)

EVASIONS: Final = ("naive", "rotating", "long_rings", "answered", "spread", "few_callees", "quiet")
"""Thirty numbers that ring three hundred people each; 600 of three blocks that ring twelve each; rings of twenty
seconds; one in eight answered; two hundred numbers of as many blocks that ring fifteen each; thirty numbers that ring
ten each; nobody."""


class OneRingScenario(NamedTuple):
    """A day of calls, and which numbers only ring.

    Attributes:
        events: Rows of RISK_EVENT.
        true_numbers: Their tokens.
    """

    events: pl.DataFrame
    true_numbers: list[str]


class _Callers(NamedTuple):
    """Numbers of one habit."""

    name: str
    number_count: int
    blocks: int
    callees: float
    answered: float
    ring_s: tuple[float, float]
    callbacks: float = 0.05
    country: str = "DE"
    number_type: str = "MOBILE"


_HONEST: Final = (
    _Callers("people", 4000, 300, 4, 0.65, (6, 35), 0.3),
    _Callers("call centres", 20, 10, 400, 0.28, (12, 30), 0.02),
    _Callers("brief call centres", 10, 5, 400, 0.2, (3, 12), 0.02),
    _Callers("couriers", 30, 30, 60, 0.6, (8, 25), 0.2),
    _Callers("appointment reminders", 5, 5, 80, 0.5, (15, 30), 0.1),
    _Callers("verification by flash call", 3, 3, 500, 0.005, (1, 3), 0.004),
)
_RING: Final = _Callers("ring", 30, 3, 300, 0.01, (1, 3), 0.05, "SL")
_ATTACKS: Final = {
    "naive": _RING,
    "rotating": _RING._replace(number_count=600, callees=12),
    "long_rings": _RING._replace(ring_s=(15, 25)),
    "answered": _RING._replace(answered=0.125),
    "spread": _RING._replace(number_count=200, blocks=200, callees=15),
    "few_callees": _RING._replace(callees=10, blocks=30),
}


def draw_one_ring_scenario(seed: int, evasion: str) -> OneRingScenario:
    """Draw a day of calls.

    Look-alikes: call centres, also ones that ring briefly, couriers, reminders, and three services that verify a number
    by a call that nobody is to answer, which nothing tells from one-ring calls but that hardly anybody calls back.

    Args:
        seed: The seed.
        evasion: One of EVASIONS.
    """
    rng = open_stream(seed, f"one ring {evasion}")
    groups = [*_HONEST, *([] if evasion == "quiet" else [_ATTACKS[evasion]])]
    drawn = [_draw_calls(rng, group) for group in groups]
    true = [] if evasion == "quiet" else drawn[-1]["phone_token"].unique().sort().to_list()
    return OneRingScenario(pl.concat(drawn), true)


def _draw_calls(rng: np.random.Generator, group: _Callers) -> pl.DataFrame:
    counts = 1 + rng.poisson(group.callees - 1, group.number_count)
    caller = np.repeat(np.arange(group.number_count), counts)
    size = len(caller)
    is_answered = rng.random(size) < group.answered
    ring_s = rng.uniform(*group.ring_s, size)
    talk_s = rng.exponential(90, size)
    back = np.flatnonzero(~is_answered & (rng.random(size) < group.callbacks))
    row = np.r_[np.arange(size), back]
    is_back = np.arange(len(row)) >= size
    hours = draw_hours(rng, size, 1)[row] + np.where(is_back, rng.uniform(0.01, 6, len(row)), 0)
    callees = rng.integers(1, 2**62, size)
    block = caller % group.blocks
    tokens = np.array([draw_token(f"{group.name} {each}") for each in range(group.number_count)])
    codes = {"DE": "4915", "SL": "2327"}
    names = np.array([f"{codes[group.country]}{_number_group(group.name)}{each:03d}" for each in range(group.blocks)])
    columns: dict[str, Values] = {
        "phone_token": tokens[caller[row]],
        "country": group.country,
        "number_block": names[block[row]],
        "carrier": f"{group.country}:Carrier",
        "number_type": group.number_type,
        "occurred_at": at_hours(hours),
        "is_outgoing": ~is_back,
        "counterparty": pl.Series(callees[row], dtype=pl.UInt64),
        "counterparty_country": "DE",
        "duration_s": np.where(is_answered[row] | is_back, talk_s[row], ring_s[row]).astype(np.int32),
        "is_answered": is_answered[row] | is_back,
    }
    return build_events(columns, len(row))


def _number_group(name: str) -> int:
    """Return two digits that tell the blocks of a group from those of the others."""
    names = [each.name for each in (*_HONEST, _RING)]
    return 10 + names.index(name)

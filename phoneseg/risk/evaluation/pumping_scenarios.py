"""Messages to numbers of many blocks, some of them pumped: seeded, with truth."""

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

EVASIONS: Final = ("naive", "diluted", "half_converted", "few_per_block", "own_country", "quiet")
"""Blocks of pumped numbers alone; as many honest numbers in each; half of them made to convert; ten numbers in each of
forty blocks; all of a country that nobody else is in; nothing."""

DAYS: Final = 7
_COUNTRIES: Final = ("DE", "FR", "GB", "ES", "IT", "PL")
_BLOCKS_PER_COUNTRY: Final = 50
_NUMBERS: Final = 120
_PUMPED_BLOCKS: Final = 8
_PUMPED: Final = 300
_RATES: Final = {"login": 0.62, "reminder": 0.2, "newsletter": 0.02}
_SPREAD: Final = 0.01


class PumpingScenario(NamedTuple):
    """Messages, what followed them, and which blocks were pumped.

    Attributes:
        events: Rows of RISK_EVENT.
        true_blocks: The blocks that were pumped.
    """

    events: pl.DataFrame
    true_blocks: list[str]


class _Numbers(NamedTuple):
    block: np.ndarray  # index of the block
    campaign: np.ndarray  # of _RATES
    rate: np.ndarray  # chance of converting


def draw_pumping_scenario(seed: int, evasion: str) -> PumpingScenario:
    """Draw a week of messages to 36 thousand numbers of six countries, and 2,400 that are pumped.

    Blocks differ for honest reasons (an intraclass correlation of 0.01). Look-alikes: eight blocks that get nothing but
    a newsletter, which hardly anybody follows, and eight whose people do all things half as often.

    Args:
        seed: The seed.
        evasion: One of EVASIONS.
    """
    rng = open_stream(seed, f"pumping {evasion}")
    count = len(_COUNTRIES) * _BLOCKS_PER_COUNTRY
    order = rng.permutation(count)
    honest = _draw_honest(rng, count, order[:8], order[8:16])
    true = order[16 : 16 + (40 if evasion == "few_per_block" else _PUMPED_BLOCKS)]
    if evasion == "own_country":
        true = count + np.arange(_PUMPED_BLOCKS)
    parts = [honest]
    if evasion in ("naive", "own_country"):
        parts = [_Numbers(*(column[~np.isin(honest.block, true)] for column in honest))]
    if evasion != "quiet":
        pumped = np.resize(true, (400 if evasion == "few_per_block" else _PUMPED * _PUMPED_BLOCKS))
        if evasion == "diluted":
            pumped = np.resize(true, _NUMBERS * _PUMPED_BLOCKS)
        rate = np.full(len(pumped), 0.5 * _RATES["login"] if evasion == "half_converted" else 0.0)
        parts.append(_Numbers(pumped, np.zeros(len(pumped), int), rate))
    numbers = _Numbers(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    blocks = [] if evasion == "quiet" else [_block_name(int(each)) for each in true]
    return PumpingScenario(_draw_events(rng, numbers), blocks)


def _draw_honest(rng: np.random.Generator, count: int, newsletter: np.ndarray, slow: np.ndarray) -> _Numbers:
    block = np.repeat(np.arange(count), rng.poisson(_NUMBERS, count))
    campaign = rng.choice(len(_RATES), len(block), p=[0.5, 0.2, 0.3])
    campaign[np.isin(block, newsletter)] = 2
    scale = (1 - _SPREAD) / _SPREAD
    rates = np.array(list(_RATES.values()))
    of_block = rng.beta(rates * scale, (1 - rates) * scale, (count, len(rates)))
    of_block[slow] *= 0.5
    return _Numbers(block, campaign, of_block[block, campaign])


def _draw_events(rng: np.random.Generator, numbers: _Numbers) -> pl.DataFrame:
    size = len(numbers.block)
    sent = draw_hours(rng, size, DAYS)
    again = rng.random(size) < 0.3  # a second message to the same number is no second chance of the prefix
    acts = rng.random(size) < numbers.rate
    row = np.concatenate([np.arange(size), np.flatnonzero(again), np.flatnonzero(acts)])
    is_act = np.arange(len(row)) >= size + again.sum()
    later = np.r_[np.zeros(size), rng.uniform(0, 2, again.sum()), rng.uniform(0.01, 20, acts.sum())]
    is_reply = is_act & (rng.random(len(row)) < 0.5)
    is_purchase = is_act & ~is_reply
    block = numbers.block[row]
    tokens = np.array([draw_token(f"pumping {each}") for each in range(size)])
    campaigns = np.array(list(_RATES))[numbers.campaign[row]]
    country = _country(block)
    columns: dict[str, Values] = {
        "phone_token": tokens[row],
        "country": country,
        "number_block": np.array([_block_name(int(each)) for each in block]),
        "carrier": np.char.add(np.char.add(country, ":Carrier "), (block % 3).astype(str)),
        "number_type": "MOBILE",
        "activity_kind": np.where(is_purchase, "purchase", "message"),
        "occurred_at": at_hours(sent[row] + later),
        "is_outgoing": is_reply,
        "campaign": pl.Series(campaigns).set(pl.Series(is_act), None),
    }
    return build_events(columns, len(row))


def _country(block: np.ndarray) -> np.ndarray:
    names: np.ndarray = np.array([*_COUNTRIES, "SL"])[np.minimum(block // _BLOCKS_PER_COUNTRY, len(_COUNTRIES))]
    return names


def _block_name(index: int) -> str:
    return f"3{index:05d}"

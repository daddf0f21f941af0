"""Numbers of some carriers over four weeks, among them clusters of one hand and look-alikes: seeded, with truth."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from phoneseg.risk.clusters import LINE_NUMBER
from phoneseg.risk.evaluation.drawn_events import (
    Values,
    at_hours,
    build_events,
    draw_hours,
    draw_token,
    open_stream,
)

DAYS: Final = 28
EVASIONS: Final = ("naive", "scattered", "slow", "own_devices", "spread", "small", "quiet")
"""Consecutive and at once; at once on any lines; consecutive over four weeks; on devices of their own and called back;
three numbers in each of many blocks; five numbers each; nothing at all."""

_BLOCKS: Final = 600
_NEW_PER_BLOCK: Final = 4.0
_SIZE: Final = 50
_ATTACKS: Final = 4
_EVENTS: Final = 6


class NumberScenario(NamedTuple):
    """Numbers that appear, what they do, and which are of one hand.

    Attributes:
        events: Rows of RISK_EVENT, with LINE_NUMBER.
        history: `number_block`, `carrier`, `number_count` of the four weeks before.
        truth: `group` and `member` (token).
        look_alikes: The same of honest groups.
    """

    events: pl.DataFrame
    history: pl.DataFrame
    truth: pl.DataFrame
    look_alikes: pl.DataFrame


class _Group(NamedTuple):
    name: str
    block: np.ndarray
    line: np.ndarray
    hours: np.ndarray
    numbers_per_device: float = 1
    outgoing_share: float = 0.55


def draw_number_scenario(seed: int, evasion: str) -> NumberScenario:
    """Draw blocks that get new numbers at rates of their own, four clusters of one hand, and honest look-alikes.

    Look-alikes: two offices that get 50 consecutive numbers within an hour, a block that was opened and is given out
    line by line, and a shop whose 40 numbers of one day are all of one block.

    Args:
        seed: The seed.
        evasion: One of EVASIONS.
    """
    rng = open_stream(seed, f"clusters {evasion}")
    rates = rng.gamma(0.6, _NEW_PER_BLOCK / 0.6, _BLOCKS)
    rates[-1] = 0.0  # the block that is opened
    free = list(rng.permutation(_BLOCKS - 1))
    honest = np.repeat(np.arange(_BLOCKS), rng.poisson(rates))
    # Carriers use some thousands of a block only.
    thousands = rng.integers(1, 11, _BLOCKS)[honest]
    lines = rng.integers(0, 10_000, len(honest)) % (thousands * 1000)
    groups = [_Group("everybody", honest, lines, draw_hours(rng, len(honest), DAYS))]
    alike = [_draw_office(rng, free.pop(), f"office {each}") for each in range(2)]
    alike += [_draw_opened_block(rng), _draw_shop(rng, free.pop())]
    attacks = [] if evasion == "quiet" else [_draw_attack(rng, evasion, free, each) for each in range(_ATTACKS)]
    drawn = [_draw_events(rng, group) for group in [*groups, *alike, *attacks]]
    members = {
        group.name: events["phone_token"].unique()
        for group, events in zip([*groups, *alike, *attacks], drawn, strict=True)
    }
    history = pl.DataFrame(
        {
            "number_block": [_block_name(each) for each in range(_BLOCKS - 1)],
            "carrier": [_carrier(each) for each in range(_BLOCKS - 1)],
            "number_count": rng.poisson(rates[:-1]),
        }
    )
    told = [_name_members({group.name: members[group.name] for group in named}) for named in (attacks, alike)]
    return NumberScenario(pl.concat(drawn), history, *told)


def _draw_attack(rng: np.random.Generator, evasion: str, free: list[int], index: int) -> _Group:
    start = float(rng.uniform(30, (DAYS - 2) * 24))
    size = 5 if evasion == "small" else _SIZE
    blocks = np.array([free.pop() for _ in range(17)]) if evasion == "spread" else np.array([free.pop()])
    block = np.resize(blocks, size)
    first = rng.integers(0, 9_900)
    line = first + np.arange(size) if evasion != "scattered" else rng.choice(10_000, size, replace=False)
    hours = start + rng.uniform(0, 2, size)
    if evasion == "slow":
        hours = np.sort(draw_hours(rng, size, DAYS))
    is_hidden = evasion == "own_devices"
    return _Group(f"attack {index}", block, line, hours, 1 if is_hidden else 8, 0.6 if is_hidden else 1.0)


def _draw_office(rng: np.random.Generator, block: int, name: str) -> _Group:
    start = rng.integers(0, DAYS) * 24 + 10
    first = int(rng.integers(0, 990)) * 10
    return _Group(name, np.full(_SIZE, block), first + np.arange(_SIZE), start + rng.uniform(0, 1, _SIZE))


def _draw_opened_block(rng: np.random.Generator) -> _Group:
    size = 300
    return _Group("opened", np.full(size, _BLOCKS - 1), np.arange(size), np.sort(draw_hours(rng, size, DAYS)))


def _draw_shop(rng: np.random.Generator, block: int) -> _Group:
    size, day = 40, int(rng.integers(0, DAYS))
    return _Group(
        "shop", np.full(size, block), rng.choice(10_000, size, replace=False), day * 24 + draw_hours(rng, size, 1)
    )


def _draw_events(rng: np.random.Generator, group: _Group) -> pl.DataFrame:
    """Return calls of the numbers of a group, from when they appear on."""
    size = len(group.block)
    counts = 1 + rng.poisson(_EVENTS, size)
    row = np.repeat(np.arange(size), counts)
    is_first = np.r_[True, row[1:] != row[:-1]]
    after = np.where(is_first, 0.0, rng.exponential(48, len(row)))
    hours = np.minimum(group.hours[row] + after, DAYS * 24 - 1e-6)
    tokens = np.array(
        [
            draw_token(f"{group.name}|{b}|{line}|{i}")
            for i, (b, line) in enumerate(zip(group.block, group.line, strict=True))
        ]
    )
    device = np.arange(size) // max(int(group.numbers_per_device), 1)
    salt = rng.integers(1, 2**62)
    blocks = [_block_name(each) for each in group.block]
    columns: dict[str, Values] = {
        "phone_token": tokens[row],
        "country": "DE",
        "number_block": np.array(blocks)[row],
        "carrier": np.array([_carrier(each) for each in group.block])[row],
        "number_type": "MOBILE",
        "occurred_at": at_hours(hours),
        "is_outgoing": rng.random(len(row)) < group.outgoing_share,
        "counterparty": pl.Series(rng.integers(1, 2**62, len(row)), dtype=pl.UInt64),
        "device": pl.Series((salt + device[row]) % 2**62, dtype=pl.UInt64),
        LINE_NUMBER: group.line[row],
    }
    return build_events(columns, len(row))


def _block_name(index: int) -> str:
    return f"4915{index:05d}"


def _carrier(index: int) -> str:
    return f"DE:Carrier {index % 3}"


def _name_members(members: dict[str, pl.Series]) -> pl.DataFrame:
    parts = [pl.DataFrame({"group": [name] * len(tokens), "member": tokens}) for name, tokens in members.items()]
    return pl.concat([pl.DataFrame(schema={"group": pl.String, "member": pl.String}), *parts])

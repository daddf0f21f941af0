"""Numbers of some carriers over four weeks, among them clusters of one hand and look-alikes: seeded, with truth."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from phoneseg.risk.clusters import LINE_NUMBER
from phoneseg.risk.draws import open_stream
from phoneseg.risk.evaluation.drawn_events import (
    Values,
    at_hours,
    build_events,
    draw_hours,
    draw_token,
)

DAYS: Final = 28
EVASIONS: Final = ("naive", "scattered", "slow", "own_devices", "patient", "spread", "small", "quiet")
"""Consecutive and at once; at once on any lines; consecutive over four weeks; on devices of their own and called back;
fifteen on any lines over three days; three numbers in each of many blocks; five numbers each; nothing at all."""

ACTING_EVASIONS: Final = ("naive", "all_day", "quiet")
"""Fifty known numbers of a block that act within an hour; over the day, as people do; none."""

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
    numbers_per_device: int = 1
    outgoing_share: float = 0.55
    has_one_counterparty: bool = False


def draw_number_scenario(seed: int, evasion: str) -> NumberScenario:
    """Draw blocks that get new numbers at rates of their own, four clusters of one hand, and honest look-alikes.

    Look-alikes: two offices that get 50 consecutive numbers within an hour, a call centre that does and only calls out,
    50 meters that only call their server, a block that was opened and is given out line by line, and a shop whose 40
    numbers of one day are all of one block.

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
    alike.append(_draw_office(rng, free.pop(), "call centre")._replace(outgoing_share=1.0))
    alike.append(_draw_office(rng, free.pop(), "meters")._replace(outgoing_share=1.0, has_one_counterparty=True))
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


def draw_acting_scenario(seed: int, evasion: str) -> NumberScenario:
    """Draw a day of numbers that were known before: blocks of some 200, of which one in ten acts, more or less.

    Look-alikes: two offices whose 50 numbers are all at work between eight and nine.

    Args:
        seed: The seed.
        evasion: One of ACTING_EVASIONS.

    Returns:
        The scenario; its history is how many numbers of each block are known, those that act included.
    """
    rng = open_stream(seed, f"acting {evasion}")
    known = rng.integers(50, 400, _BLOCKS)
    acting = np.repeat(np.arange(_BLOCKS), rng.binomial(known, rng.beta(10, 90, _BLOCKS)))
    everybody = _Group("everybody", acting, rng.integers(0, 10_000, len(acting)), draw_hours(rng, len(acting), 1))
    chosen = rng.permutation(_BLOCKS)[:6]
    alike = [
        _Group(f"office {each}", np.full(_SIZE, block), 100 + np.arange(_SIZE), 8 + rng.uniform(0, 1, _SIZE))
        for each, block in enumerate(chosen[:2])
    ]
    attacks = []
    for each, block in enumerate(chosen[2:] if evasion != "quiet" else []):
        hours = draw_hours(rng, _SIZE, 1) if evasion == "all_day" else rng.uniform(3, 20) + rng.uniform(0, 1, _SIZE)
        line = rng.choice(10_000, _SIZE, replace=False)
        attacks.append(_Group(f"attack {each}", np.full(_SIZE, block), line, hours, 8, 1.0))
    groups = [everybody, *alike, *attacks]
    drawn = [_draw_events(rng, group, 1) for group in groups]
    members = {group.name: events["phone_token"].unique() for group, events in zip(groups, drawn, strict=True)}
    blocks = pl.DataFrame(
        {
            "number_block": [_block_name(each) for each in range(_BLOCKS)],
            "carrier": [_carrier(each) for each in range(_BLOCKS)],
            "number_count": known + _SIZE * np.isin(np.arange(_BLOCKS), chosen),
        }
    )
    told = [_name_members({group.name: members[group.name] for group in named}) for named in (attacks, alike)]
    return NumberScenario(pl.concat(drawn), blocks, *told)


def _draw_attack(rng: np.random.Generator, evasion: str, free: list[int], index: int) -> _Group:
    start = float(rng.uniform(30, (DAYS - 4) * 24))
    size = {"small": 5, "patient": 15}.get(evasion, _SIZE)
    blocks = np.array([free.pop() for _ in range(17)]) if evasion == "spread" else np.array([free.pop()])
    block = np.resize(blocks, size)
    first = rng.integers(0, 9_900)
    line = (
        first + np.arange(size) if evasion not in ("scattered", "patient") else rng.choice(10_000, size, replace=False)
    )
    hours = start + rng.uniform(0, 72 if evasion == "patient" else 2, size)
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


def _draw_events(rng: np.random.Generator, group: _Group, days: int = DAYS) -> pl.DataFrame:
    """Return calls of the numbers of a group, from when they appear on."""
    size = len(group.block)
    counts = 1 + rng.poisson(_EVENTS, size)
    row = np.repeat(np.arange(size), counts)
    is_first = np.r_[True, row[1:] != row[:-1]]
    after = np.where(is_first, 0.0, rng.exponential(48 * days / DAYS, len(row)))
    hours = np.minimum(group.hours[row] + after, days * 24 - 1e-6)
    tokens = np.array(
        [
            draw_token(f"{group.name}|{b}|{line}|{i}")
            for i, (b, line) in enumerate(zip(group.block, group.line, strict=True))
        ]
    )
    device = np.arange(size) // group.numbers_per_device
    counterparty = rng.integers(1, 2**62, 1 if group.has_one_counterparty else len(row)).repeat(
        len(row) if group.has_one_counterparty else 1
    )
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
        "counterparty": pl.Series(counterparty, dtype=pl.UInt64),
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

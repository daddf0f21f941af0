"""Accounts with their devices, numbers and counterparties, among them rings and look-alikes: seeded, with truth."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from phoneseg.risk.account_links import COUNTERPARTY, DEVICE, NUMBER
from phoneseg.risk.draws import open_stream
from phoneseg.risk.evaluation.drawn_events import at_hours

EVASIONS: Final = ("naive", "farm", "old_farm", "few_per_device", "mules", "small", "nothing_shared", "quiet")
"""Four devices and five numbers for twenty accounts; one device for all; the same, with accounts of all ages; two
accounts on each device and number, in a chain; devices of their own, but the same six counterparties; five accounts;
nothing in common but friends; no ring at all."""

_ACCOUNTS: Final = 20_000
_RINGS: Final = 10
_FRIENDS: Final = 12
_SHOPS: Final = 200
_PUBLIC: Final = 100
_NUMBERS_FROM, _SHOPS_FROM, _OWN_FROM = 10_000_000, 20_000_000, 30_000_000


class RingScenario(NamedTuple):
    """Accounts and which are of one hand.

    Attributes:
        links: Rows of `link_accounts`.
        accounts: `contact_id` and `created_at`.
        truth: `group` and `member` (contact_id).
    """

    links: pl.DataFrame
    accounts: pl.DataFrame
    truth: pl.DataFrame


def draw_ring_scenario(seed: int, evasion: str) -> RingScenario:
    """Draw twenty thousand accounts and ten rings.

    Honest accounts share, too: half of them live in families of two to five with one device, and now and then one
    number; one in thirty has a second-hand phone, one in fifty a number that another had; five public devices and three
    switchboards serve a hundred accounts each; everybody calls twelve of those nearby, and shops.

    Args:
        seed: The seed.
        evasion: One of EVASIONS.
    """
    rng = open_stream(seed, f"rings {evasion}")
    size = 5 if evasion == "small" else 20
    chosen = rng.permutation(_ACCOUNTS)[: _RINGS * size].reshape(_RINGS, size)
    chosen = chosen[:0] if evasion == "quiet" else chosen
    honest = np.setdiff1d(np.arange(_ACCOUNTS), chosen)
    parts = [*_draw_honest(rng, honest), *_draw_counterparties(rng)]
    created = rng.uniform(-1000 * 24, 0, _ACCOUNTS)
    hours = 300 * 24 if evasion in ("old_farm", "few_per_device", "nothing_shared") else 24
    for index, members in enumerate(chosen):
        parts += _draw_ring(members, evasion, _OWN_FROM + 1000 * index)
        created[members] = created[members[0]] - rng.uniform(0, hours, size)
    truth = pl.DataFrame(
        {
            "group": [f"ring {index}" for index in range(len(chosen)) for _ in range(size)],
            "member": _names(chosen.ravel()),
        },
        {"group": pl.String, "member": pl.String},
    )
    accounts = pl.DataFrame({"contact_id": _names(np.arange(_ACCOUNTS)), "created_at": at_hours(created)})
    return RingScenario(pl.concat(parts).unique().sort(pl.all()), accounts, truth)


def _draw_honest(rng: np.random.Generator, accounts: np.ndarray) -> list[pl.DataFrame]:
    sizes = rng.choice([1, 2, 3, 4, 5], len(accounts), p=[0.7, 0.12, 0.08, 0.07, 0.03])
    family = np.repeat(np.arange(len(sizes)), sizes)[: len(accounts)]
    shares_number = rng.random(len(accounts)) < 0.2
    number = np.where(shares_number, family, 1_000_000 + accounts)
    second_hand = rng.choice(accounts, len(accounts) // 30, replace=False)
    recycled = rng.choice(accounts, len(accounts) // 50, replace=False)
    parts = [
        _link(accounts, DEVICE, family),
        _link(accounts, NUMBER, _NUMBERS_FROM + number),
        _link(second_hand, DEVICE, rng.choice(family, len(second_hand))),
        _link(recycled, NUMBER, _NUMBERS_FROM + rng.choice(number, len(recycled))),
    ]
    for index in range(8):
        kind = DEVICE if index < 5 else NUMBER
        parts.append(_link(rng.choice(accounts, _PUBLIC, replace=False), kind, np.full(_PUBLIC, 5_000_000 + index)))
    return parts


def _draw_counterparties(rng: np.random.Generator) -> list[pl.DataFrame]:
    """Friends, most of them nearby, each of whom some ten accounts call; and shops that hundreds call."""
    account = np.repeat(np.arange(_ACCOUNTS), _FRIENDS)
    friend = (account + rng.integers(-100, 100, len(account))) % _ACCOUNTS
    shop = _SHOPS_FROM + rng.integers(0, _SHOPS, 3 * _ACCOUNTS)
    return [_link(account, COUNTERPARTY, friend), _link(np.tile(np.arange(_ACCOUNTS), 3), COUNTERPARTY, shop)]


def _draw_ring(members: np.ndarray, evasion: str, first: int) -> list[pl.DataFrame]:
    place = np.arange(len(members))
    if evasion in ("naive", "small"):
        return [_link(members, DEVICE, first + place % 4), _link(members, NUMBER, first + place % 5)]
    if evasion in ("farm", "old_farm"):
        return [_link(members, DEVICE, np.full(len(members), first)), _link(members, NUMBER, first + place)]
    own = [_link(members, DEVICE, first + place), _link(members, NUMBER, first + place)]
    if evasion == "few_per_device":  # a device for two, and a number for the second of them and the next
        return [_link(members, DEVICE, first + place // 2), _link(members, NUMBER, first + (place + 1) // 2)]
    if evasion == "mules":  # six drops that seven accounts each use, so that none is a hub
        drops = [_link(members, COUNTERPARTY, first + 6 * (place // 7) + each) for each in range(6)]
        bridge = [_link(members[5:9], COUNTERPARTY, np.full(4, first + 900 + each)) for each in range(3)]
        return [*own, *drops, *bridge]
    return own


def _link(accounts: np.ndarray, kind: str, link: np.ndarray) -> pl.DataFrame:
    links = pl.Series(link, dtype=pl.UInt64)
    return pl.DataFrame({"contact_id": _names(accounts), "link_kind": kind, "link": links})


def _names(accounts: np.ndarray) -> pl.Series:
    return pl.Series(accounts, dtype=pl.Int64).cast(pl.String).str.zfill(6).str.replace("^", "crm:")

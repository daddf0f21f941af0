"""Payments of many, and of groups that pay alike or too much: seeded, with truth."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from phoneseg.risk.draws import open_stream
from phoneseg.risk.evaluation.drawn_events import at_hours, draw_hours

EVASIONS: Final = ("equal", "great", "waking", "jittered", "common_price", "twice", "quiet")
"""One odd amount; ten times as much; payments within hours after weeks of silence; odd amounts that differ by some
cents; one amount that many pay; twice as much; nothing."""

DAYS: Final = 28
LOOK_BACK_DAYS: Final = 28
_PEOPLE: Final = 20_000
_GROUPS: Final = 300
_ATTACKS: Final = 12
_PRICES: Final = np.array([499, 999, 1999, 4999, 9999, 1000, 2000, 5000])


class AmountScenario(NamedTuple):
    """Groups and payments.

    Attributes:
        members: `cluster` and `member`.
        payments: `member`, `occurred_at` and `amount_e4`, of the window and as many days before.
        true_clusters: The clusters whose money is unusual.
    """

    members: pl.DataFrame
    payments: pl.DataFrame
    true_clusters: list[str]


def draw_amount_scenario(seed: int, evasion: str) -> AmountScenario:
    """Draw payments of twenty thousand people and three hundred groups of four to thirty of them, twelve of one hand.

    Two in five payments are of common prices. Look-alikes: in a tenth of the groups one member is rich, and in a tenth
    each has the same subscription of a common price.

    Args:
        seed: The seed.
        evasion: One of EVASIONS.
    """
    rng = open_stream(seed, f"amounts {evasion}")
    sizes = rng.integers(4, 31, _GROUPS)
    sizes[:_ATTACKS] = rng.integers(8, 21, _ATTACKS)
    group = np.repeat(np.arange(_GROUPS), sizes)
    member = rng.permutation(_PEOPLE)[: len(group)]
    person, hours, cents = _draw_payments(rng)
    place = np.full(_PEOPLE, -1)
    place[member] = group
    cents = _draw_look_alikes(rng, place[person], person, cents, member, group)
    is_theirs = (place[person] >= 0) & (place[person] < (0 if evasion == "quiet" else _ATTACKS)) & (hours >= 0)
    person, hours, cents = _draw_attack(rng, evasion, is_theirs, place, person, hours, cents)
    payments = pl.DataFrame({"member": _names(person), "occurred_at": at_hours(hours), "amount_e4": cents * 100})
    clusters = pl.Series(group).cast(pl.String).str.zfill(3)
    names = [f"{each:03d}" for each in range(0 if evasion == "quiet" else _ATTACKS)]
    return AmountScenario(pl.DataFrame({"cluster": clusters, "member": _names(member)}), payments, names)


def _draw_payments(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    counts = rng.poisson(rng.gamma(1.0, 6.0, _PEOPLE))
    person = np.repeat(np.arange(_PEOPLE), counts)
    hours = draw_hours(rng, len(person), DAYS + LOOK_BACK_DAYS) - LOOK_BACK_DAYS * 24
    cents = np.round(np.exp(rng.normal(7.5, 1.0, len(person)))).astype(np.int64)
    is_price = rng.random(len(person)) < 0.4
    cents[is_price] = rng.choice(_PRICES, int(is_price.sum()))
    return person, hours, cents


def _draw_look_alikes(
    rng: np.random.Generator,
    place: np.ndarray,
    person: np.ndarray,
    cents: np.ndarray,
    member: np.ndarray,
    group: np.ndarray,
) -> np.ndarray:
    firsts = member[np.unique(group, return_index=True)[1]]
    rich = firsts[rng.choice(np.arange(_ATTACKS, _GROUPS), _GROUPS // 10, replace=False)]
    cents = np.where(np.isin(person, rich), cents * 50, cents)
    subscribed = rng.choice(np.arange(_ATTACKS, _GROUPS), _GROUPS // 10, replace=False)
    return np.where(np.isin(place, subscribed) & (rng.random(len(cents)) < 0.3), 999, cents)


def _draw_attack(
    rng: np.random.Generator,
    evasion: str,
    is_theirs: np.ndarray,
    place: np.ndarray,
    person: np.ndarray,
    hours: np.ndarray,
    cents: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Change payments of those of one hand; those that are to wake are silent until one payment each."""
    odd = rng.integers(20_000, 90_000, _ATTACKS) * 2 + 1
    own = odd[np.where(is_theirs, place[person], 0)]
    changed = {
        "equal": own,
        "jittered": own + rng.integers(-400, 400, len(cents)),
        "common_price": np.full(len(cents), 4999),
        "great": cents * 10,
        "twice": cents * 2,
    }
    # Half of what they pay is as before, so that the others' habits are theirs, too.
    is_changed = (
        is_theirs & (rng.random(len(cents)) < 0.5) if evasion in ("equal", "jittered", "common_price") else is_theirs
    )
    if evasion in changed:
        cents = np.where(is_changed, changed[evasion], cents)
    if evasion == "waking":
        those = np.flatnonzero((place >= 0) & (place < _ATTACKS))
        sleeps = np.isin(person, those) & (hours > -10 * 24)
        wake = rng.uniform(8 * 24, 20 * 24, _ATTACKS)[place[those]] + rng.uniform(0, 3, len(those))
        early = -rng.uniform(12, 27, len(those)) * 24
        person = np.concatenate([person[~sleeps], those, those])
        hours = np.concatenate([hours[~sleeps], wake, early])
        cents = np.concatenate([cents[~sleeps], rng.choice(_PRICES, 2 * len(those))])
    return person, hours, cents


def _names(member: np.ndarray) -> pl.Series:
    return pl.Series(member, dtype=pl.Int64).cast(pl.String).str.zfill(6)

"""Made-up activity: of all kinds, much of it of few contacts, and some of it in answer to what was before."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from activity_figures.contacts import contact_id
from activity_figures.stage import AS_OF, fill
from phoneseg.contracts import RAW_ACTIVITY
from phoneseg.contracts.activity import ACTIVITY_KINDS

_BATCH_ROWS: Final = 1_000_000
_DAYS: Final = 3 * 365
_DAY_S: Final = 86_400
_ACTIVE_SHARE: Final = 0.95
_HEAD: Final = 1e-4
"""The share of the contacts that are equally active; those behind them are less so."""
_COUNTERPARTIES: Final = 300
_KIND: Final = pl.col("kind")


def make_events(row_count: int, contact_count: int) -> Iterator[pl.LazyFrame]:
    """Yield rows of RAW_ACTIVITY of the three years before AS_OF, in batches and no order, each of a contact.

    Two rows in three are of any day, most of them by day (UTC); one in three follows another of its contact, by some
    hours. With ten rows a contact, the most active ones have some 1,600, the median has five, and one in twenty none.
    """
    for number, begin in enumerate(range(0, row_count, _BATCH_ROWS)):
        rng, size = np.random.default_rng([2, number]), min(_BATCH_ROWS, row_count - begin)
        contacts, at_s = _whose_and_when(rng, size, contact_count)
        yield fill(RAW_ACTIVITY, _describe(rng, contacts, at_s))


def _whose_and_when(rng: np.random.Generator, size: int, contact_count: int) -> tuple[np.ndarray, np.ndarray]:
    first = _HEAD ** (1 / 3)
    place = ((first + (1 - first) * rng.random(size)) ** 3 - _HEAD) / (1 - _HEAD)
    contacts = (place * contact_count * _ACTIVE_SHARE).astype(np.int64)
    start_s, end_s = ((AS_OF - timedelta(days=days)).timestamp() for days in (_DAYS, 0))
    at_s = start_s + rng.integers(0, _DAYS, size) * _DAY_S + rng.normal(7.5 * 3600, 4 * 3600, size) % _DAY_S
    leader = rng.integers(0, size, size // 3)
    follower = slice(size - len(leader), size)
    contacts[follower] = contacts[leader]
    delay_s = rng.exponential(5 * 3600, len(leader)) * (rng.random(len(leader)) > 0.02)
    at_s[follower] = np.floor(at_s[leader]) + delay_s
    return contacts, np.minimum(at_s, end_s - 1).astype(np.int64)


def _describe(rng: np.random.Generator, contacts: np.ndarray, at_s: np.ndarray) -> pl.LazyFrame:
    size = len(contacts)
    kinds = pl.Series(ACTIVITY_KINDS)
    chances = {name: rng.random(size, dtype=np.float32) for name in ("by", "known", "answered", "named")}
    rows = pl.LazyFrame(
        {
            "n": contacts,
            "occurred_at": pl.Series(at_s * 1_000_000).cast(pl.Datetime("us", "UTC")),
            "kind": kinds.gather(pl.Series(rng.choice(4, size, p=[0.45, 0.25, 0.2, 0.1]))),
            "party": (rng.random(size) ** 2 * _COUNTERPARTIES).astype(np.int64),
            "money": (rng.lognormal(3.5, 0.9, size) * 100).astype(np.int64) * 100,
            "duration_s": rng.integers(0, 1000, size),
            **chances,
        }
    )
    is_call, is_message, is_purchase = (kind == _KIND for kind in ACTIVITY_KINDS[:3])
    is_named = pl.col("named") < 0.95
    pick = (pl.col("party") + pl.col("n")) % 3
    return rows.with_columns(
        contact_id(),
        activity_source=pl.lit("calls"),
        is_inbound=pl.when(_KIND == "visit")
        .then(True)
        .when(~is_purchase & (pl.col("known") < 0.97))
        .then(pl.col("by") < 0.5),
        is_answered=pl.when(is_call & (pl.col("known") < 0.9)).then(pl.col("answered") < 0.7),
        channel=pl.when(is_message & is_named)
        .then(_one_of(pick, "sms", "whatsapp", "email"))
        .when(is_purchase & is_named)
        .then(_one_of(pick, "web", "app", "shop")),
        counterparty=pl.when(pl.col("named") > 0.05).then(pl.lit("agent-") + pl.col("party").cast(pl.String)),
        # One purchase in a hundred is a refund; what a call costs counts nowhere.
        amount_e4=pl.when(is_purchase & (pl.col("known") < 0.98))
        .then(pl.col("money") * pl.when(pl.col("by") < 0.01).then(-1).otherwise(1))
        .when(is_call & (pl.col("by") < 0.1))
        .then(900),
        is_unpriced=False,
    )


def _one_of(pick: pl.Expr, *names: str) -> pl.Expr:
    return pl.when(pick == 0).then(pl.lit(names[0])).when(pick == 1).then(pl.lit(names[1])).otherwise(pl.lit(names[2]))

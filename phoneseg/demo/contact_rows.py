"""Which contact rows exist: who stands in which of the three sources, since when, and under which id."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.draws import Integers, Moments, draw_chance, draw_index, open_generator

SOURCES: Final = ("crm", "webshop", "support")

FIRST_CREATED: Final = datetime(2019, 1, 1)
END_OF_DEMO: Final = datetime(2026, 7, 5)
"""Nothing in the demo happens at this moment or later."""

_MEMBERSHIPS: Final = (
    # (in crm, in webshop, in support, weight)
    (1, 0, 0, 34),
    (0, 1, 0, 23),
    (0, 0, 1, 9),
    (1, 1, 0, 16),
    (1, 0, 1, 9),
    (0, 1, 1, 4),
    (1, 1, 1, 5),
)
_DUPLICATE_SHARE: Final = 0.015
_FIRST_IDS: Final = (100_001, 1, 5_001)
_RECENT_SHARE: Final = 0.3
_RECENT_DAYS: Final = 365
_NEVER_UPDATED_SHARE: Final = 0.45


def draw_contact_rows(contacts: int, seed: int) -> pl.DataFrame:
    """Draw the contact rows of the three sources.

    Args:
        contacts: Rows over all sources, at least one.
        seed: The demo's seed.

    Returns:
        Exactly `contacts` rows ordered by source and id: source, contact_id, source_id (Int64; the webshop writes it
        as `W000123`), person (position, every position up to the highest occurs), duplicate_within_source (true for
        all but a person's first row in a source), created_at, updated_at (never null, UTC without a time zone).
    """
    rng = open_generator(seed, "contact rows")
    person, source = _draw_memberships(rng, contacts)
    created_at = _draw_created_at(rng, contacts)
    rows = pl.DataFrame(
        {
            "source": source,
            "person": person,
            "created_at": created_at,
            "updated_at": _draw_updated_at(rng, created_at),
        }
    ).sort("source", "created_at", "person", maintain_order=True)
    return (
        rows.with_columns(
            source_id=pl.Series(_number_rows(rng, rows["source"].to_numpy())),
            duplicate_within_source=~pl.struct("source", "person").is_first_distinct(),
            source=pl.Series(SOURCES).gather(rows["source"]),
        )
        .with_columns(contact_id=pl.concat_str("source", pl.lit(":"), write_source_id()))
        .select("source", "contact_id", "source_id", "person", "duplicate_within_source", "created_at", "updated_at")
    )


def write_source_id() -> pl.Expr:
    """Write `source_id` as its source does."""
    text = pl.col("source_id").cast(pl.String)
    return pl.when(pl.col("source") == "webshop").then("W" + text.str.zfill(6)).otherwise(text)


def _draw_memberships(rng: np.random.Generator, contacts: int) -> tuple[Integers, Integers]:
    """Put persons into sources, one after the other, until there are enough rows.

    Returns:
        The person and the source of each row.
    """
    table = np.array([entry[:3] for entry in _MEMBERSHIPS])
    is_member = table[draw_index(rng, contacts, [entry[3] for entry in _MEMBERSHIPS])]
    is_doubled = rng.random(is_member.shape) < _DUPLICATE_SHARE
    rows = np.repeat(np.arange(is_member.size), (is_member * (1 + is_doubled)).ravel())[:contacts]
    return rows // len(SOURCES), rows % len(SOURCES)


def _draw_created_at(rng: np.random.Generator, size: int) -> Moments:
    """Draw moments since 2019, more and more of them, and a good share in the last year."""
    total_days = (END_OF_DEMO - FIRST_CREATED).days
    old_days = total_days - _RECENT_DAYS
    growing = rng.random(size) ** 0.7 * old_days
    recent = old_days + rng.random(size) * _RECENT_DAYS
    day = np.floor(np.where(draw_chance(rng, size, _RECENT_SHARE), recent, growing)).astype(np.int64)
    second = np.floor(rng.beta(3, 2.4, size) * 86_400).astype(np.int64)
    created_at: Moments = np.datetime64(FIRST_CREATED, "us") + (day * 86_400 + second).astype("timedelta64[s]")
    return created_at


def _draw_updated_at(rng: np.random.Generator, created_at: Moments) -> Moments:
    remaining_s = (np.datetime64(END_OF_DEMO, "us") - created_at) / np.timedelta64(1, "s")
    later_s = np.floor(rng.random(len(created_at)) * remaining_s)
    later_s[draw_chance(rng, len(created_at), _NEVER_UPDATED_SHARE)] = 0
    updated_at: Moments = created_at + later_s.astype("timedelta64[s]")
    return updated_at


def _number_rows(rng: np.random.Generator, source: Integers) -> Integers:
    """Number the rows of each source in order, with the gaps that deleted rows leave."""
    steps = rng.integers(1, 4, len(source))
    steps[np.flatnonzero(np.diff(source, prepend=-1))] = 0
    running = np.cumsum(steps)
    starts = np.searchsorted(source, np.arange(len(SOURCES)))
    first = np.append(running, 0)[np.minimum(starts, len(running))]
    numbers: Integers = running - first[source] + np.array(_FIRST_IDS)[source]
    return numbers

"""What becomes of mobile numbers: some are given up, and some of those are given to strangers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.contact_rows import END_OF_DEMO
from phoneseg.demo.draws import Booleans, Integers, Moments, draw_chance, open_generator
from phoneseg.demo.person_numbers import NumberBook

_FIRST: Final = datetime(2025, 6, 15)
_GIVEN_UP_SHARE: Final = 0.05
_REASSIGNED_SHARE: Final = 0.35
_OUTAGE_SHARE: Final = 0.03
_BARRED_SHARE: Final = 0.3
"""Of outages: the subscriber did not pay, and the network says that it does not know the number."""
_REST_DAYS: Final = (45, 150)
_OUTAGE_DAYS: Final = (5, 40)
_AGE_DAYS: Final = 14
_LISTED_SHARE: Final = 0.5
_FORMER_HOLDER_SHARE: Final = 0.004
_FOREVER: Final = np.datetime64("2100-01-01", "us")


def draw_number_fates(rows: pl.DataFrame, cells: pl.DataFrame, book: NumberBook, seed: int) -> pl.DataFrame:
    """Draw what becomes of the mobile numbers of contacts, after the last of them gave it.

    Args:
        rows: One row per contact: contact_id, created_at.
        cells: One row per phone cell: contact_id, number (row of the book; null without one).
        book: The numbers.
        seed: The demo's seed.

    Returns:
        One row per number of the book: `disconnected_at` and `reassigned_at` (null for most), and `out_from`,
        `out_until` and `is_barred` of an outage (null for most, and of numbers that are given up).
    """
    rng = open_generator(seed, "number fates")
    size = len(book.numbers)
    given = cells.filter(pl.col("number").is_not_null()).join(rows.select("contact_id", "created_at"), on="contact_id")
    since = given.group_by("number").agg(pl.col("created_at").max())
    numbers = book.numbers.select("kind", number=pl.int_range(pl.len()).cast(given["number"].dtype))
    known = numbers.join(since, on="number", how="left", maintain_order="left")
    created_at: Moments = known["created_at"].fill_null(END_OF_DEMO).cast(pl.Datetime("us")).to_numpy()
    began = np.maximum(created_at + np.timedelta64(_AGE_DAYS, "D"), np.datetime64(_FIRST, "us"))
    left = np.datetime64(END_OF_DEMO, "us") - began
    can_change = (known["kind"] == "mobile").to_numpy() & (left > np.timedelta64(30, "D"))
    is_given_up = can_change & draw_chance(rng, size, _GIVEN_UP_SHARE)
    is_out = can_change & ~is_given_up & draw_chance(rng, size, _OUTAGE_SHARE)
    at = began + (rng.random(size) * left.astype("timedelta64[s]").astype(np.int64)).astype("timedelta64[s]")
    reassigned_at = at + _draw_days(rng, size, _REST_DAYS)
    is_reassigned = is_given_up & draw_chance(rng, size, _REASSIGNED_SHARE) & (reassigned_at < END_OF_DEMO)
    return pl.DataFrame(
        {
            "disconnected_at": _only(at, is_given_up),
            "reassigned_at": _only(reassigned_at, is_reassigned),
            "out_from": _only(at, is_out),
            "out_until": _only(at + _draw_days(rng, size, _OUTAGE_DAYS), is_out),
            "is_barred": pl.Series(draw_chance(rng, size, _BARRED_SHARE)),
        }
    )


def _draw_days(rng: np.random.Generator, size: int, bounds: tuple[int, int]) -> np.ndarray:
    return (rng.uniform(*bounds, size) * 86_400).astype("timedelta64[s]")


def _only(moments: Moments, is_so: Booleans) -> pl.Series:
    return pl.Series(moments.astype("datetime64[us]")).set(pl.Series(~is_so), None)


def find_lines(fates: pl.DataFrame, number: Integers, at: Moments) -> tuple[Booleans, Booleans, Booleans, Booleans]:
    """Tell what a call or a message meets.

    Args:
        fates: The rows of `draw_number_fates`.
        number: Row of the book, -1 for none, of each call or message.
        at: When it is.

    Returns:
        Whether nobody has the number, whether a stranger has it, whether it is out for a time, and whether the network
        then says that it does not know the number.
    """

    def look_up(name: str) -> Moments:
        moments: Moments = np.append(fates[name].fill_null(_FOREVER.item()).to_numpy(), _FOREVER)[number]
        return moments

    is_given_up = at >= look_up("disconnected_at")
    is_moved = at >= look_up("reassigned_at")
    is_out = (at >= look_up("out_from")) & (at < look_up("out_until"))
    is_barred = is_out & np.append(fates["is_barred"].to_numpy(), False)[number]
    return is_given_up & ~is_moved, is_moved, is_out, is_barred


def build_number_list(
    rows: pl.DataFrame, cells: pl.DataFrame, book: NumberBook, fates: pl.DataFrame, seed: int
) -> pl.DataFrame:
    """Build `telephony.number_status`: half of the numbers that were given up, and numbers of former holders.

    Args:
        rows: One row per contact: contact_id, created_at.
        cells: One row per phone cell: contact_id, number.
        book: The numbers.
        fates: The rows of `draw_number_fates`.
        seed: The demo's seed.

    Returns:
        phone_number (E.164), status (disconnected or reassigned), status_at (UTC), ordered by time. Some were
        disconnected before a contact came with them, which says nothing of the contact.
    """
    rng = open_generator(seed, "number list")
    told = book.numbers.select("e164").hstack(fates)
    status = pl.when(pl.col("reassigned_at").is_not_null()).then(pl.lit("reassigned")).otherwise(pl.lit("disconnected"))
    given_up = told.filter(pl.col("disconnected_at").is_not_null())
    listed = given_up.filter(pl.Series(draw_chance(rng, len(given_up), _LISTED_SHARE))).select(
        phone_number="e164", status=status, status_at=pl.coalesce("reassigned_at", "disconnected_at")
    )
    given = cells.filter(pl.col("number").is_not_null()).join(rows.select("contact_id", "created_at"), on="contact_id")
    first = given.group_by("number").agg(pl.col("created_at").min()).sort("number")
    former = first.filter(pl.Series(draw_chance(rng, len(first), _FORMER_HOLDER_SHARE)))
    before = former.select(
        phone_number=book.numbers["e164"].gather(former["number"]),
        status=pl.lit("disconnected"),
        status_at=(pl.col("created_at") - pl.duration(days=200)).cast(pl.Datetime("us")),
    )
    every = pl.concat([listed, before]).unique("phone_number", keep="first", maintain_order=True)
    return every.sort("status_at", "phone_number")


def build_state_truth(cells: pl.DataFrame, fates: pl.DataFrame) -> pl.DataFrame:
    """Build the truth about numbers that are no longer their contact's.

    Args:
        cells: One row per phone cell: contact_id, phone_column, number, phone_e164.
        fates: The rows of `draw_number_fates`.

    Returns:
        `contact_id`, `phone_column`, `phone_e164`, `disconnected_at` and `reassigned_at` (null where nobody has it).
    """
    told = fates.select("disconnected_at", "reassigned_at").with_columns(number=pl.int_range(pl.len(), dtype=pl.UInt32))
    given = cells.select("contact_id", "phone_column", "phone_e164", number=pl.col("number").cast(pl.UInt32))
    return (
        given.join(told, on="number", how="inner", maintain_order="left")
        .filter(pl.col("disconnected_at").is_not_null())
        .drop("number")
    )

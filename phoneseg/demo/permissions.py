"""Who allows what: consent and objections of crm customers, and numbers that nobody may call."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.contact_rows import END_OF_DEMO
from phoneseg.demo.draws import draw_chance, draw_index, open_generator
from phoneseg.demo.person_numbers import NumberBook

PURPOSE: Final = "marketing"
_CHANNELS: Final = ("call", "email", "sms", "whatsapp")
_ASKED_SHARES: Final = (0.3, 0.7, 0.6, 0.45)
"""Share of the customers that were asked at all, by channel."""
_GRANTED_SHARE: Final = 0.65
_TURN_WEIGHTS: Final = (70, 22, 8)
"""How often a customer says once, twice or three times what holds; each time the opposite."""
_WORDS: Final = {True: ("granted", "Granted", "yes", "opt_in"), False: ("withdrawn", "Withdrawn", "no", "opt_out")}
_WORD_WEIGHTS: Final = (80, 10, 6, 4)
_OBJECTING_SHARE: Final = 0.012
_LIFTED_SHARE: Final = 0.2
_FIRST_LISTED: Final = datetime(2024, 7, 1)
_LISTED_SHARE: Final = 0.02
_DELISTED_SHARE: Final = 0.15
_LISTED_STRANGERS_SHARE: Final = 0.25
_END_US: Final = int(np.datetime64(END_OF_DEMO, "us").astype(np.int64))


def build_permissions(
    rows: pl.DataFrame, cells: pl.DataFrame, book: NumberBook, seed: int
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Build `crm.consent`, `crm.objection` and `telephony.do_not_call`, and the truth about them.

    Args:
        rows: One row per contact: source, contact_id, source_id, created_at.
        cells: One row per phone cell: phone_e164 (null where the cell means no number).
        book: The numbers, and those of strangers.
        seed: The demo's seed.

    Returns:
        The tables by name, ordered by time, and by file name the truth: `consent` (contact_id, channel, purpose,
        is_granted, since, until), `objection` (contact_id, since, until) and `do_not_call` (phone_e164, since, until).
        What holds does so from `since` (UTC) to just before `until`, which is null for good.
    """
    customers = rows.filter(source="crm").select("contact_id", "source_id", "created_at")
    consent = _draw_consent(customers, seed)
    objection = _draw_objections(customers, seed)
    listed = _draw_list(cells, book, seed)
    tables = {
        "crm.consent": _write_consent(consent, seed),
        "crm.objection": _write_objections(objection),
        "telephony.do_not_call": listed.select(phone_number="phone_e164", listed_at="since", delisted_at="until"),
    }
    truth = {
        "consent": consent.select("contact_id", "channel", "purpose", "is_granted", "since", "until"),
        "objection": objection.select("contact_id", "since", "until"),
        "do_not_call": listed,
    }
    return tables, truth


def _draw_consent(customers: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Draw what each customer said of each channel: one row for each time, the opposite of the time before."""
    rng = open_generator(seed, "consent")
    asked = []
    for channel, share in zip(_CHANNELS, _ASKED_SHARES, strict=True):
        some = customers.filter(pl.Series(draw_chance(rng, len(customers), share)))
        asked.append(some.with_columns(channel=pl.lit(channel)))
    first = pl.concat(asked)
    turns = 1 + draw_index(rng, len(first), _TURN_WEIGHTS)
    said = first.with_columns(
        is_first_granted=pl.Series(draw_chance(rng, len(first), _GRANTED_SHARE)),
        turn=pl.int_ranges(pl.Series(turns)),
    ).explode("turn")
    key = ["contact_id", "channel"]
    since_of_first = pl.when(pl.col("turn") == 0).then("created_at").otherwise("since")
    ordered = (
        said.with_columns(since=_draw_later(rng, said["created_at"]))
        .with_columns(since=since_of_first)
        .sort(*key, "since", "turn")
    )
    turn = pl.int_range(pl.len()).over(key)
    return ordered.with_columns(
        purpose=pl.lit(PURPOSE),
        is_granted=pl.col("is_first_granted") ^ (turn % 2 == 1),
        until=pl.col("since").shift(-1).over(key),
    ).sort("since", *key)


def _draw_objections(customers: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = open_generator(seed, "objections")
    some = customers.filter(pl.Series(draw_chance(rng, len(customers), _OBJECTING_SHARE)))
    since = _draw_later(rng, some["created_at"]).alias("since")
    until = _draw_later(rng, since).alias("until")
    is_lifted = pl.Series(draw_chance(rng, len(some), _LIFTED_SHARE))
    return some.with_columns(since, until.set(~is_lifted, None)).sort("since", "contact_id")


def _draw_list(cells: pl.DataFrame, book: NumberBook, seed: int) -> pl.DataFrame:
    """Draw the numbers of the list: some of contacts, each once, and some of nobody in the demo."""
    rng = open_generator(seed, "do not call")
    numbers = cells["phone_e164"].drop_nulls().unique().sort()
    own = numbers.filter(pl.Series(draw_chance(rng, len(numbers), _LISTED_SHARE)))
    strangers = book.numbers["e164"].gather(book.strangers).head(int(len(own) * _LISTED_STRANGERS_SHARE))
    known = pl.concat([own, strangers.alias(own.name)]).unique(maintain_order=True)
    start = pl.Series([_FIRST_LISTED]).new_from_index(0, len(known))
    since = _draw_later(rng, start).alias("since")
    until = _draw_later(rng, since).alias("until")
    is_delisted = pl.Series(draw_chance(rng, len(known), _DELISTED_SHARE))
    listed = pl.DataFrame([known.alias("phone_e164"), since, until.set(~is_delisted, None)])
    return listed.sort("since", "phone_e164")


def _draw_later(rng: np.random.Generator, after: pl.Series) -> pl.Series:
    """Draw a second for each between a moment and the end of the demo."""
    began_us = after.cast(pl.Datetime("us")).to_physical().to_numpy()
    left_s = (_END_US - began_us) // 1_000_000
    return pl.Series(began_us + (rng.random(len(began_us)) * left_s).astype(np.int64) * 1_000_000).cast(
        pl.Datetime("us")
    )


def _write_consent(consent: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = open_generator(seed, "words of consent")
    word = pl.Series(draw_index(rng, len(consent), _WORD_WEIGHTS))
    status = pl.Series(_WORDS[True]).gather(word).zip_with(consent["is_granted"], pl.Series(_WORDS[False]).gather(word))
    return consent.select(
        customer_id="source_id", channel="channel", purpose="purpose", status=status, decided_at="since"
    )


def _write_objections(objection: pl.DataFrame) -> pl.DataFrame:
    made = objection.select(customer_id="source_id", status=pl.lit("objected"), decided_at="since")
    lifted = objection.filter(pl.col("until").is_not_null())
    taken_back = lifted.select(customer_id="source_id", status=pl.lit("lifted"), decided_at="until")
    return pl.concat([made, taken_back]).sort("decided_at", "customer_id", "status")

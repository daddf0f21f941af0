"""What contacts do: calls by number, messages by customer, purchases by account."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.contact_rows import write_source_id
from phoneseg.demo.countries import load_countries, utc_offsets_s
from phoneseg.demo.draws import Booleans, Floats, Integers, Moments, draw_chance, draw_index, open_generator
from phoneseg.demo.number_fates import find_lines
from phoneseg.demo.person_numbers import NumberBook
from phoneseg.demo.rhythm import (
    MESSAGING,
    OFFICE,
    SHOPPING,
    Rhythm,
    count_days_until,
    draw_campaigns,
    draw_moments,
    list_campaigns,
)

_CALLS_PER_CONTACT: Final = 3.75
_MESSAGES_PER_CONTACT: Final = 3.4
_PURCHASES_PER_CONTACT: Final = 1.25
_STRANGER_SHARE: Final = 0.03
_FORM_WEIGHTS: Final = (82, 7, 4, 4, 2, 1)
"""How the telephone system writes a number: E.164, without plus, with 00, nationally, with spaces, withheld."""

_REASONS: Final = ("Unknown subscriber", "Absent subscriber", "Memory capacity exceeded", "Rejected")
"""Why a message failed; the first is for good."""

_CENTS_RHYTHM: Final = (35, 25, 15, 25)
"""Of prices that end in .99, .00, .50 and in anything."""


def build_calls(
    rows: pl.DataFrame, cells: pl.DataFrame, book: NumberBook, fates: pl.DataFrame, seed: int
) -> pl.DataFrame:
    """Build `telephony.call`: one row per call, ordered by time, keyed by number.

    Args:
        rows: One row per contact: contact_id, country, busyness, created_at.
        cells: One row per phone cell: contact_id, number (null without one).
        book: The numbers.
        fates: What becomes of each.
        seed: The demo's seed.

    Returns:
        call_id, phone_number (null or `anonymous` where withheld), direction, started_at (UTC), duration_s (0 for
        unanswered calls), is_answered, agent (null where nobody picked up an inbound call).
    """
    rng = open_generator(seed, "calls")
    lines = cells.filter(pl.col("number").is_not_null()).join(rows, on="contact_id", maintain_order="left")
    calls = _draw_events(rng, lines, OFFICE, ceil(len(rows) * _CALLS_PER_CONTACT))
    size = len(calls)
    number = np.where(
        draw_chance(rng, size, _STRANGER_SHARE),
        book.strangers.to_numpy()[rng.integers(0, len(book.strangers), size)],
        calls["number"].to_numpy(),
    )
    is_inbound = draw_chance(rng, size, 0.62)
    is_answered = rng.random(size) < np.where(is_inbound, 0.86, 0.55)
    is_gone, is_moved, is_out, _ = find_lines(fates, number.astype(np.int64), calls["at"].to_numpy())
    is_inbound &= ~(is_gone | is_moved | is_out)  # strangers do not call
    is_answered &= ~(is_gone | is_out)
    talk_s = np.clip(np.exp(rng.normal(5.0, 1.05, size)), 3, 7200).astype(np.int32)
    agents = [f"agent_{number:03d}" for number in range(1, max(3, len(rows) // 2000) + 1)]
    agent = pl.Series(agents).gather(rng.integers(0, len(agents), size))
    return calls.select(
        call_id=_count_from(1_000_001, size),
        phone_number=_write_called_numbers(rng, book.numbers, number, is_inbound),
        direction=_choose(["outbound", "inbound"], is_inbound.astype(np.int64)),
        started_at="at",
        duration_s=pl.Series(np.where(is_answered, talk_s, 0), dtype=pl.Int32),
        is_answered=pl.Series(is_answered),
        agent=agent.set(pl.Series(is_inbound & ~is_answered), None),
    )


def build_messages(rows: pl.DataFrame, cells: pl.DataFrame, fates: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Build `messaging.message`: one row per message, ordered by time, keyed by crm customer.

    Args:
        rows: One row per contact: source, contact_id, source_id, country, busyness, created_at.
        cells: One row per phone cell: contact_id, phone_column, number, is_recoverable.
        fates: What becomes of each number.
        seed: The demo's seed.

    Returns:
        message_id, customer_id, direction, channel (email only for customers without a mobile number), sent_at (UTC),
        campaign (null for most), delivery_status (wrong numbers fail more often, those that nobody has always), and
        failure_reason (null but for failures).
    """
    rng = open_generator(seed, "messages")
    mobile = cells.filter(phone_column="mobile").select(
        "contact_id", "is_recoverable", "number", has_mobile=pl.col("number").is_not_null()
    )
    customers = rows.filter(source="crm").join(mobile, on="contact_id", how="left", maintain_order="left")
    messages = _draw_events(rng, customers, MESSAGING, ceil(len(rows) * _MESSAGES_PER_CONTACT))
    size = len(messages)
    is_inbound = draw_chance(rng, size, 0.18)
    channel = np.where(messages["has_mobile"].to_numpy(), draw_index(rng, size, (40, 35, 25)), 0)
    campaign = draw_campaigns(rng, messages["at"].to_numpy(), 0.5, ~is_inbound)
    is_unreachable = ~messages["is_recoverable"].to_numpy() & (channel > 0)
    number = messages["number"].fill_null(-1).to_numpy().astype(np.int64)
    lines = find_lines(fates, np.where(channel > 0, number, -1), messages["at"].to_numpy())
    is_gone, is_moved, is_out, is_barred = lines
    is_inbound &= ~(is_gone | is_moved | is_out)
    is_failed = (rng.random(size) < np.where(is_unreachable, 0.6, 0.015)) | is_gone | is_out
    is_read = rng.random(size) < np.array([0.32, 0.0, 0.78])[channel]
    status = np.where(is_inbound, 0, np.where(is_failed, 1, np.where(is_read, 2, 0)))
    says_unknown = np.where(is_out, is_barred, rng.random(size) < np.where(is_gone | is_unreachable, 0.85, 0.06))
    reason = np.where(says_unknown, 0, 1 + draw_index(rng, size, (70, 20, 10)))
    return messages.select(
        message_id=_count_from(5_000_001, size),
        customer_id="source_id",
        direction=_choose(["outbound", "inbound"], is_inbound.astype(np.int64)),
        channel=_choose(["email", "sms", "whatsapp"], channel),
        sent_at="at",
        campaign=_choose(list_campaigns(), campaign),
        delivery_status=_choose(["delivered", "failed", "read"], status),
        failure_reason=_choose(_REASONS, np.where(status == 1, reason, -1)),
    )


def build_purchases(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Build `webshop.purchase`: one row per purchase, ordered by time, keyed by account.

    Args:
        rows: One row per contact: source, source_id, country, busyness, created_at.
        seed: The demo's seed.

    Returns:
        purchase_id, account_id, purchased_at (UTC), amount (two decimals, above zero), currency (of the person's
        country), campaign (null for most).
    """
    rng = open_generator(seed, "purchases")
    accounts = rows.filter(source="webshop").with_columns(account_id=write_source_id())
    purchases = _draw_events(rng, accounts, SHOPPING, ceil(len(rows) * _PURCHASES_PER_CONTACT))
    country = purchases["country"].to_numpy()
    size = len(purchases)
    units = np.array([entry.units_per_usd for entry in load_countries()])[country]
    campaign = draw_campaigns(rng, purchases["at"].to_numpy(), 0.3, np.ones(size, dtype=np.bool_))
    return purchases.select(
        purchase_id=_count_from(300_001, size),
        account_id="account_id",
        purchased_at="at",
        amount=pl.Series(_draw_prices(rng, units)).cast(pl.Decimal(12, 2)),
        currency=_choose([entry.currency for entry in load_countries()], country),
        campaign=_choose(list_campaigns(), campaign),
    )


def _draw_events(rng: np.random.Generator, actors: pl.DataFrame, rhythm: Rhythm, size: int) -> pl.DataFrame:
    """Draw `size` events of actors by busyness, in the order of time; none where no actor is old or busy enough.

    Returns:
        The actors' columns, one row per event, and `at`.
    """
    # Two days after creation: an event in the early local morning may lie on the day before in UTC.
    created_at: Moments = actors["created_at"].to_numpy()
    first_day = count_days_until(created_at + np.timedelta64(2, "D"))
    weights: Floats = actors["busyness"].to_numpy() * rhythm.weigh_remaining(first_day)
    if not weights.any():
        return actors.clear().with_columns(at=pl.lit(None, pl.Datetime("us")))
    actor = draw_index(rng, size, weights)
    offset_s = utc_offsets_s()[actors["country"].to_numpy()]
    at = draw_moments(rng, rhythm, first_day[actor], offset_s[actor])
    order = np.argsort(at, kind="stable")
    return actors[actor[order]].with_columns(at=pl.Series(at[order]))


def _write_called_numbers(
    rng: np.random.Generator, numbers: pl.DataFrame, number: Integers, is_inbound: Booleans
) -> pl.Series:
    """Write numbers as telephone systems do; some callers withhold theirs."""
    forms = numbers.select(
        pl.col("e164"),
        pl.col("e164").str.slice(1).alias("without_plus"),
        ("00" + pl.col("e164").str.slice(1)).alias("with_00"),
        pl.col("national"),
        pl.col("international"),
    )
    texts = pl.concat([*(forms[name].alias("form") for name in forms.columns), pl.Series("form", ["anonymous", None])])
    form = draw_index(rng, len(number), _FORM_WEIGHTS)
    withheld = len(texts) - 2 + draw_chance(rng, len(number), 0.7)
    is_withheld = (form == len(_FORM_WEIGHTS) - 1) & is_inbound
    place = np.minimum(form, len(forms.columns) - 1) * len(numbers) + number
    return texts.gather(np.where(is_withheld, withheld, place))


def _draw_prices(rng: np.random.Generator, units_per_usd: Floats) -> Floats:
    """Draw prices of about 40 dollars, most below 200; whole units where a unit is worth little."""
    price = np.clip(np.exp(rng.normal(3.7, 0.85, len(units_per_usd))), 2, 3000) * units_per_usd
    ending = np.choose(
        draw_index(rng, len(price), _CENTS_RHYTHM), [0.99, 0.0, 0.5, rng.integers(0, 100, len(price)) / 100]
    )
    with_cents = np.floor(price) + ending
    step = np.where(units_per_usd > 1000, 500, 10)
    in_whole_units = np.maximum(np.round(price / step) * step, step)
    return np.where(units_per_usd > 50, in_whole_units, np.maximum(with_cents, 0.99)).round(2)


def _choose(names: Sequence[str], place: Integers) -> pl.Series:
    """Name each place; null for -1."""
    index = pl.Series(place, dtype=pl.Int64)
    return pl.Series(names, dtype=pl.String).gather(index.set(index < 0, None))


def _count_from(first: int, size: int) -> pl.Series:
    return pl.int_range(first, first + size, eager=True)

"""What single rows of activity say of the number that they went through."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from phoneseg.activity import NUMBER
from phoneseg.contracts import DELIVERIES

ENGAGED: Final = "engaged"
REACHED: Final = "reached"
PERMANENT: Final = "permanent_failure"
TEMPORARY: Final = "temporary_failure"
UNANSWERED: Final = "unanswered"
SIGNAL: Final[pl.DataType] = pl.Enum([ENGAGED, REACHED, PERMANENT, TEMPORARY, UNANSWERED])

_DELIVERED, _TEMPORARILY, _PERMANENTLY = DELIVERIES


def list_signals(raw_activity: pl.LazyFrame, phone_channels: Iterable[str]) -> pl.LazyFrame:
    """Return the calls and messages that say something of a number.

    Who calls or writes from a number has it. Who picks up, or gets a message, may be anybody: but somebody has it.
    A message whose direction nobody knows tells by its delivery alone. Mail and the like say nothing, unless a row
    names the number itself.

    Args:
        raw_activity: Rows of RAW_ACTIVITY.
        phone_channels: Channels of messages that go to a phone; so do messages without a channel.

    Returns:
        `activity_source`, `contact_id`, `phone_raw`, `region_hint`, `at` and `signal` (SIGNAL).
    """
    is_call, is_message = pl.col("kind") == "call", pl.col("kind") == "message"
    channel = pl.col("channel").str.to_lowercase()
    is_by_phone = is_call | pl.col("phone_raw").is_not_null() | channel.is_null() | channel.is_in([*phone_channels])
    is_inbound, is_answered, delivery = pl.col("is_inbound"), pl.col("is_answered"), pl.col("delivery")
    signal = (
        pl.when(is_inbound)
        .then(pl.lit(ENGAGED))
        .when(is_call & is_answered | (is_message & (delivery == _DELIVERED)))
        .then(pl.lit(REACHED))
        .when(is_message & (delivery == _PERMANENTLY))
        .then(pl.lit(PERMANENT))
        .when(is_message & (delivery == _TEMPORARILY))
        .then(pl.lit(TEMPORARY))
        .when(is_call & ~is_answered & ~is_inbound)
        .then(pl.lit(UNANSWERED))
        .cast(SIGNAL)
    )
    asked = raw_activity.filter(is_call | is_message, is_by_phone, pl.col("occurred_at").is_not_null())
    told = asked.select("activity_source", "contact_id", *NUMBER, at="occurred_at", signal=signal)
    return told.filter(pl.col("signal").is_not_null())


def address_signals(signals: pl.LazyFrame, named: pl.LazyFrame, addressed: pl.LazyFrame) -> pl.LazyFrame:
    """Find the number of each signal: the one that its row names, else the one that the contact is reached by.

    Args:
        signals: The rows of `list_signals`.
        named: The rows of `scan_named_numbers`.
        addressed: `activity_source`, `contact_id` and `phone_token`: where rows go that name the contact; one row each.

    Returns:
        `phone_token`, `contact_id` (null where the row names the number), `at`, `signal`; none of a number that nobody
        has, or nobody can read.
    """
    columns = ("phone_token", "contact_id", "at", "signal")
    by_number = signals.filter(pl.col("phone_raw").is_not_null())
    by_id = signals.filter(pl.col("phone_raw").is_null())
    return pl.concat(
        [
            by_number.join(named, on=NUMBER, how="inner", nulls_equal=True).select(columns),
            by_id.join(addressed, on=["activity_source", "contact_id"], how="inner").select(columns),
        ]
    )

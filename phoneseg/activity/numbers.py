"""Numbers that activity names, and the contacts that hold them."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from phoneseg.activity.outcomes import MATCHED, OUTCOME, SHARED_NUMBER, UNKNOWN_CONTACT, UNREADABLE
from phoneseg.numbers import normalize

NUMBER: Final = ("phone_raw", "region_hint")
"""What tells one writing of a number from another: the text, and the region that it is read in."""


def list_numbers(rows: pl.LazyFrame, fields: Sequence[str] = ()) -> pl.DataFrame:
    """Return the numbers that rows name, each writing once.

    Args:
        rows: `phone_raw` and `region_hint`, both may be null.
        fields: What else to tell of each number, as `normalize` names it.

    Returns:
        `phone_raw`, `region_hint`; `row_count`: how many rows name it; `phone_e164`: null where it is no possible
        number; and the fields.
    """
    named = rows.filter(pl.col("phone_raw").is_not_null())
    numbers = named.group_by(NUMBER).agg(row_count=pl.len().cast(pl.Int64)).collect(engine="streaming")
    read = normalize(numbers, phone="phone_raw", region="region_hint", fields=("phone_e164", "is_possible", *fields))
    return read.with_columns(pl.when("is_possible").then("phone_e164")).drop("is_possible")


def list_holders(phones: pl.LazyFrame, max_contacts: int) -> pl.DataFrame:
    """Return which contacts hold which numbers.

    Args:
        phones: `contact_id` and `phone_token`, one row or more for each number of a contact.
        max_contacts: A number that more contacts hold is nobody's.

    Returns:
        `phone_token`, `contact_id`, `holder_count`, and `is_first`: true for one contact of each number. Of a number
        that is nobody's there is one row, without a contact.
    """
    holders = (
        phones.select("phone_token", "contact_id")
        .unique()
        .collect(engine="streaming")
        .sort("phone_token", "contact_id")
        .with_columns(is_first=pl.col("phone_token").ne_missing(pl.col("phone_token").shift()))
    )
    counts = holders.group_by("phone_token").agg(holder_count=pl.len().cast(pl.Int64))
    is_shared = pl.col("holder_count") > max_contacts
    return (
        holders.join(counts, on="phone_token", how="left", maintain_order="left")
        .filter(~is_shared | pl.col("is_first"))
        .with_columns(pl.when(~is_shared).then("contact_id"))
    )


def look_up_numbers(numbers: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """Return whose each number is.

    Args:
        numbers: The rows of `list_numbers`, with `phone_token`: null where nobody can hold the number.
        holders: The rows of `list_holders`.

    Returns:
        `phone_raw`, `region_hint`, `row_count`; `contact_id`: null but where the outcome is MATCHED; `outcome`; and
        `is_first`: true for one row of each number. Of a number that several contacts hold there is a row for each.
    """
    held = numbers.join(holders, on="phone_token", how="left", maintain_order="left")
    outcome = (
        pl.when(pl.col("phone_e164").is_null())
        .then(pl.lit(UNREADABLE))
        .when(pl.col("holder_count").is_null())
        .then(pl.lit(UNKNOWN_CONTACT))
        .when(pl.col("contact_id").is_null())
        .then(pl.lit(SHARED_NUMBER))
        .otherwise(pl.lit(MATCHED))
    )
    return held.select(
        *NUMBER, "row_count", "contact_id", pl.col("is_first").fill_null(True), outcome=outcome.cast(OUTCOME)
    )

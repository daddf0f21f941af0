"""Which numbers are new: seen on the last day, and not before it."""

from datetime import timedelta
from typing import Final

import polars as pl

from phoneseg.risk.signal_rows import Window

HISTORY_DAYS: Final = 3
"""Days before the window whose new numbers tell how many there usually are."""


def list_known_numbers(events: pl.LazyFrame, holders: pl.LazyFrame, window: Window) -> pl.LazyFrame:
    """Return the numbers that are no news in a window: they acted before it, or a contact from before it holds them.

    Args:
        events: Rows of RISK_EVENT, of the window and before.
        holders: Rows of NUMBER_HOLDER; a contact without a date is taken for an old one.
        window: The window.

    Returns:
        `phone_token`, unique.
    """
    is_old = pl.col("created_at").is_null() | (pl.col("created_at") < window.start)
    acted = events.filter(pl.col("occurred_at") < window.start).select("phone_token")
    return pl.concat([acted, holders.filter(is_old).select("phone_token")]).unique()


def count_new_numbers(events: pl.LazyFrame, window: Window) -> pl.DataFrame:
    """Count the new numbers of each block in the days just before a window.

    New in those days is who had no event in the days before them that the events reach back to. Those are fewer than a
    number of the window is compared with, so that the history has rather too many new ones than too few.

    Args:
        events: Rows of RISK_EVENT, of the window and some days before.
        window: The window.

    Returns:
        `number_block`, `carrier` (nullable) and `number_count`: of the HISTORY_DAYS before the window, one row for each
        block that was seen before it, with 0 where none of its numbers was new.
    """
    start = window.start - timedelta(days=HISTORY_DAYS)
    before = events.filter(pl.col("number_block").is_not_null(), pl.col("occurred_at") < window.start)
    first = before.group_by("phone_token", "number_block").agg(
        pl.col("carrier").max(), first_at=pl.col("occurred_at").min()
    )
    is_new = pl.col("first_at") >= start
    blocks = first.group_by("number_block").agg(pl.col("carrier").max(), number_count=is_new.sum().cast(pl.Int64))
    return blocks.collect(engine="streaming").sort("number_block")

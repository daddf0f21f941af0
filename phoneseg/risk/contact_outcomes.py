"""What became of numbers that were written to or called: whether they did something, or answered."""

from typing import Final

import polars as pl

from phoneseg.contracts.risk import PREFIX_LEVELS
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_prefixes import ConversionSettings

_NUMBER: Final = ("phone_token", *PREFIX_LEVELS)
_SUMMED: Final = ("contacted_count", "success_count")


def collect_conversions(events: pl.LazyFrame, window: Window, settings: ConversionSettings) -> pl.LazyFrame:
    """Tell which numbers that were written to did something after it.

    A number converts if, within `conversion_h` of a message to it, it buys, visits, or writes or calls from itself. A
    message whose direction nobody knows counts as one to the number. Messages of the last `conversion_h` before the
    end of the events are young: hand over a window that ends that long before the events do.

    Args:
        events: Rows of RISK_EVENT, from the start of the window to `conversion_h` after its end.
        window: When the messages were sent.
        settings: Hours.

    Returns:
        `phone_token`, the columns of PREFIX_LEVELS (nullable), `campaign` ("" for none) and `is_success`: one row for
        each number and campaign.
    """
    is_outgoing = pl.col("is_outgoing").fill_null(False)
    is_message = pl.col("activity_kind") == "message"
    sent = events.filter(is_message & ~is_outgoing, window.holds("occurred_at"))
    acted = events.filter(pl.col("activity_kind").is_in(["purchase", "visit"]) | is_outgoing)
    return _follow(sent, acted, settings.conversion_h)


def collect_completions(events: pl.LazyFrame, window: Window, settings: ConversionSettings) -> pl.LazyFrame:
    """Tell which numbers that were called answered, in that call or another within `completion_window_h`.

    Args:
        events: Rows of RISK_EVENT, from the start of the window to `completion_window_h` after its end.
        window: When the calls were made.
        settings: Hours.

    Returns:
        As `collect_conversions`; calls of which nobody knows whether they were answered are left out.
    """
    is_call = (pl.col("activity_kind") == "call") & pl.col("is_answered").is_not_null()
    called = events.filter(is_call & ~pl.col("is_outgoing").fill_null(False))
    made = called.filter(window.holds("occurred_at"))
    return _follow(made, called.filter("is_answered"), settings.completion_window_h)


def _follow(sent: pl.LazyFrame, acted: pl.LazyFrame, hours: float) -> pl.LazyFrame:
    """Return numbers and campaigns with whether an act followed a contact within so many hours."""
    acts = (
        acted.join(sent.select("phone_token").unique(), on="phone_token", how="semi")
        .select("phone_token", "occurred_at", acted_at="occurred_at")
        .sort("occurred_at")
    )
    contacts = sent.select(*_NUMBER, "occurred_at", pl.col("campaign").fill_null("")).sort("occurred_at")
    followed = contacts.join_asof(
        acts,
        on="occurred_at",
        by="phone_token",
        strategy="forward",
        tolerance=f"{round(hours * 3600)}s",
        check_sortedness=False,  # both are sorted just above; Polars cannot check it within groups
    )
    return followed.group_by(*_NUMBER, "campaign").agg(is_success=pl.col("acted_at").is_not_null().any())


def count_by_prefix(outcomes: pl.LazyFrame, level: str) -> pl.DataFrame:
    """Count outcomes by prefix of one level, country and campaign.

    Args:
        outcomes: Rows of `collect_conversions` or `collect_completions`.
        level: One of PREFIX_LEVELS.

    Returns:
        `prefix`, `country` ("" for none), `campaign`, `contacted_count` and `success_count`, of numbers with a prefix.
    """
    placed = outcomes.filter(pl.col(level).is_not_null())
    counts = placed.group_by(
        pl.col(level).alias("prefix"), pl.col("country").fill_null("").alias("country_"), "campaign"
    )
    told = counts.agg(contacted_count=pl.len().cast(pl.Int64), success_count=pl.col("is_success").sum().cast(pl.Int64))
    return told.rename({"country_": "country"}).collect(engine="streaming").sort("prefix", "country", "campaign")

"""Signals for events of numbers that a list watches or blocks, or that are dear to call."""

from typing import Final

import polars as pl

from phoneseg.risk.prefix_lists import ALLOW, BLOCK, MONITOR, match_prefix_list
from phoneseg.risk.premium_ranges import RANGE_KINDS, mark_premium_ranges
from phoneseg.risk.signal_rows import Window, build_signals, join_reasons, tell_evidence
from phoneseg.settings.risk_prefixes import PremiumRangeSettings

HIGH_RISK_PREFIX: Final = "high_risk_prefix"
LISTED: Final = {BLOCK: "listed_block", MONITOR: "listed_monitor"}


def signal_high_risk_prefixes(
    events: pl.LazyFrame, listed: pl.DataFrame, window: Window, settings: PremiumRangeSettings
) -> pl.DataFrame:
    """Tell which high-risk blocks had events in the window.

    A block is at high risk if a list blocks it, and watched if a list says so or it is dear to call. What a list allows
    gives no signal, dear or not.

    Args:
        events: Rows of RISK_EVENT of the window.
        listed: Rows of `valid_at`.
        window: The window.
        settings: What is dear to call.

    Returns:
        Rows of RISK_SIGNAL, one for each number_block and activity_kind: `observed` is its events, `expected` and
        `p_value` are null, `score` is 1 for watched and 2 for blocked.
    """
    subject = ("number_block", "country", "activity_kind")
    blocks = (
        events.filter(pl.col("number_block").is_not_null(), window.holds("occurred_at"))
        .group_by(*subject, "number_type", "carrier")
        .agg(event_count=pl.len(), number_count=pl.col("phone_token").n_unique())
    )
    marked = match_prefix_list(mark_premium_ranges(blocks, settings), listed)
    is_blocked, is_watched = (pl.col("list_level") == level for level in (BLOCK, MONITOR))
    is_dear = pl.col("range_kind").is_not_null()
    is_allowed = (pl.col("list_level") == ALLOW).fill_null(False)
    risky = marked.filter(~is_allowed, is_dear | is_blocked.fill_null(False) | is_watched.fill_null(False))
    counted = risky.group_by("number_block", "activity_kind").agg(
        pl.col("event_count", "number_count").sum(),
        is_blocked=is_blocked.fill_null(False).any(),
        is_watched=is_watched.fill_null(False).any(),
        is_partly_listed=pl.col("is_partly_listed").any(),
        **{kind: (pl.col("range_kind") == kind).fill_null(False).any() for kind in RANGE_KINDS},
    )
    rows = counted.collect(engine="streaming").with_columns(
        subject_kind=pl.lit("number_block"),
        subject="number_block",
        observed="event_count",
        expected=pl.lit(None, pl.Float64),
        score=pl.when("is_blocked").then(2.0).otherwise(1.0),
        p_value=pl.lit(None, pl.Float64),
        risk_level=pl.when("is_blocked").then(pl.lit("high")).otherwise(pl.lit("monitor")),
        reasons=join_reasons(
            {LISTED[BLOCK]: pl.col("is_blocked"), LISTED[MONITOR]: pl.col("is_watched")}
            | {kind: pl.col(kind) for kind in RANGE_KINDS}
            | {"partly_listed": pl.col("is_partly_listed")}
        ),
        evidence=tell_evidence(numbers="number_count"),
    )
    return build_signals(rows, HIGH_RISK_PREFIX, window)

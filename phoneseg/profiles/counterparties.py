"""With whom: the agents, shops and numbers at the other end."""

import polars as pl

from phoneseg.profiles.timeline import Timeline

_NAT_E10 = 10_000_000_000
"""Parts of a nat that sums are made of, as whole numbers; they hold for some 50 million events of one contact."""


def measure_counterparties(timeline: Timeline) -> pl.DataFrame:
    """Count the counterparties of each window, and measure how evenly the events are spread over them.

    Bandicoot's `number_of_contacts` and `entropy_of_contacts` (de Montjoye et al. 2016), not normalized: Shannon's
    entropy in nats, of n events with c of each counterparty `(n * ln n - sum of c * ln c) / n`. The terms are summed as
    whole ten-thousand-millionths, so that the order does not matter. An event without a counterparty counts nowhere.

    Returns:
        One row per contact in order: `counterparty_count` by window, never null; `counterparty_entropy` by window, 0
        with one counterparty, null without one.
    """
    counts = timeline.count_codes(timeline.events["counterparty"].to_physical())
    suffixes = [window.suffix for window in timeline.windows]
    sums = counts.group_by("contact").agg(
        figure
        for suffix in suffixes
        for figure in (
            (pl.col(f"count_{suffix}") > 0).sum().cast(pl.Int64).alias(f"parties_{suffix}"),
            pl.col(f"count_{suffix}").sum().alias(f"events_{suffix}"),
            _count_times_log(pl.col(f"count_{suffix}")).sum().alias(f"terms_{suffix}"),
        )
    )
    return timeline.spread(sums).select(
        figure
        for suffix in suffixes
        for figure in (
            pl.col(f"parties_{suffix}").fill_null(0).alias(f"counterparty_count_{suffix}"),
            _entropy(pl.col(f"events_{suffix}"), pl.col(f"terms_{suffix}")).alias(f"counterparty_entropy_{suffix}"),
        )
    )


def _entropy(events: pl.Expr, terms: pl.Expr) -> pl.Expr:
    whole = pl.when(events > 0).then(_count_times_log(events) - terms)
    return (whole / (events * _NAT_E10)).round(6)


def _count_times_log(count: pl.Expr) -> pl.Expr:
    """Return `count * ln count` in whole parts of a nat; 0 of nothing."""
    nats = pl.when(count > 1).then(count * count.log()).otherwise(0.0)
    return (nats * _NAT_E10).round().cast(pl.Int64)

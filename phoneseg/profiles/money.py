"""How much: the money that a contact spends."""

import polars as pl

from phoneseg.contracts.activity import AMOUNT_SCALE
from phoneseg.profiles.shares import in_units, share
from phoneseg.profiles.timeline import Timeline


def measure_money(timeline: Timeline) -> pl.DataFrame:
    """Measure the money spent in each window.

    The M of RFM (Hughes 1994, "Strategic Database Marketing"): amounts of purchases alone, what a call costs is not
    among them. A refund that the source writes as a negative amount counts against the others.

    Returns:
        One row per contact in order: `amount_sum`, `amount_mean` (of a purchase) and `amount_max` by window, in units
        of the currency; null without a purchase whose amount is known.
    """
    is_priced = (pl.col("kind") == "purchase") & pl.col("amount_e4").is_not_null()
    sums = timeline.sum(amount=pl.when(is_priced).then("amount_e4"), priced=is_priced)
    highest = (
        timeline.events.lazy()
        .filter(is_priced)
        .group_by("contact")
        .agg(
            pl.when(pl.col("window") <= window.position).then("amount_e4").max().alias(f"highest_{window.suffix}")
            for window in timeline.windows
        )
        .collect()
    )
    found = pl.concat([sums, timeline.spread(highest)], how="horizontal")
    return found.select(
        figure.alias(f"{name}_{window.suffix}")
        for window in timeline.windows
        for name, figure in _figures(window.suffix)
    )


def _figures(suffix: str) -> tuple[tuple[str, pl.Expr], ...]:
    amount, priced = pl.col(f"amount_{suffix}"), pl.col(f"priced_{suffix}")
    return (
        ("amount_sum", in_units(pl.when(priced > 0).then(amount), AMOUNT_SCALE)),
        ("amount_mean", share(amount, priced * AMOUNT_SCALE)),
        ("amount_max", in_units(pl.col(f"highest_{suffix}"), AMOUNT_SCALE)),
    )

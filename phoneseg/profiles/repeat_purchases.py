"""How a contact came back to buy: frequency, recency, T and monetary value as models of customer value take them."""

from datetime import datetime

import polars as pl

from phoneseg.contracts.activity import AMOUNT_SCALE
from phoneseg.profiles.timeline import DAY_US, Timeline


def measure_repeat_purchases(timeline: Timeline) -> pl.DataFrame:
    """Measure the days (UTC) with a purchase after the first such day.

    The figures that the BG/NBD and Gamma-Gamma models are fitted to (Fader, Hardie & Lee 2005, "Counting Your
    Customers the Easy Way", Marketing Science 24; Fader & Hardie 2013, "The Gamma-Gamma Model of Monetary Value"), as
    `lifetimes.utils.summary_data_from_transaction_data` makes them: `repeat_purchase_days` is its frequency,
    `repeat_purchase_span_days` its recency, `repeat_purchase_amount_mean` its monetary_value. They are not the RFM
    figures of the same name: this recency counts from the first purchase, and purchases of one day are one.

    Returns:
        One row per contact in order: `repeat_purchase_days` and `repeat_purchase_span_days`, null without a purchase
        and 0 with purchases of one day; `repeat_purchase_amount_mean` (units of the currency), null without a later day
        whose amount is known, where lifetimes says 0.
    """
    purchases = timeline.events.lazy().filter(pl.col("kind") == "purchase")
    days = (
        purchases.group_by("contact", day=pl.col("at_us") // DAY_US)
        .agg(amount=pl.col("amount_e4").sum(), is_priced=pl.col("amount_e4").is_not_null().any())
        .with_columns(is_later=pl.col("day") > pl.col("day").min().over("contact"))
    )
    is_counted = pl.col("is_later") & pl.col("is_priced")
    found = days.group_by("contact").agg(
        repeat_purchase_days=pl.len() - 1,
        repeat_purchase_span_days=pl.col("day").max() - pl.col("day").min(),
        amount=pl.when(is_counted).then("amount").sum(),
        counted=is_counted.sum(),
    )
    mean = pl.when(pl.col("counted") > 0).then(pl.col("amount") / (pl.col("counted") * AMOUNT_SCALE)).round(6)
    return timeline.spread(
        found.select(
            "contact", "repeat_purchase_days", "repeat_purchase_span_days", repeat_purchase_amount_mean=mean
        ).collect()
    )


def purchase_age_days(as_of: datetime) -> pl.Expr:
    """Return the days from the day of `first_purchase_at` to that of `as_of` (UTC): T of the same models.

    It is no column, as it would make every buyer's row new every day.
    """
    return (pl.lit(as_of).dt.date() - pl.col("first_purchase_at").dt.date()).dt.total_days()

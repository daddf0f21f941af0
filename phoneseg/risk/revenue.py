"""Estimated revenue lost to numbers of SIM boxes: what it would have cost to terminate their calls as from abroad."""

from typing import Final

import polars as pl

from phoneseg.contracts.model import Column

ANY: Final = "*"
_SECONDS: Final = 60
_E4: Final = 10_000

TERMINATION_RATE: Final = (
    Column("origin_country", pl.String, "region_code that calls come from; * for any."),
    Column("destination_country", pl.String, "region_code of who is called; * for any."),
    Column("rate_per_min", pl.Float64, "What a minute costs to terminate."),
    Column("currency", pl.String, "Currency of the rate, ISO 4217."),
)
"""A rate table: a row is what a minute from one country to another costs; of several, the closest one counts."""


def estimate_losses(
    events: pl.LazyFrame, numbers: pl.LazyFrame, rates: pl.DataFrame, traffic_origin: str = ANY
) -> pl.LazyFrame:
    """Estimate what operators lost to numbers of SIM boxes.

    A SIM box terminates a call from abroad as one of the same country: the operator gets the local rate, where it would
    have got the international one. The loss of a minute is the difference (Reaves et al., Boxed Out, USENIX Security
    2015, describe the trade; margins are those of the rate table). It is an upper bound: it takes every minute of the
    number for traffic from abroad, and supposes that the dearer call would have been made.

    Args:
        events: Rows of RISK_EVENT of the window.
        numbers: `phone_token` of the numbers that are taken for SIM boxes, one row each.
        rates: Rows of TERMINATION_RATE, unique by origin and destination. The international rate of a country is that
            from `traffic_origin`, or else from `*`; the local rate is that from the country to itself, nothing else.
        traffic_origin: region_code that the traffic comes from, or `*` where nobody knows.

    Returns:
        One row per number and called country, in that order: `phone_token`, `destination_country`, `minutes` (of
        outgoing calls within the country that were picked up, by the second), `international_rate_per_min`,
        `local_rate_per_min`, `lost_amount_e4` (ten-thousandths of the currency; 0 where the local rate is the dearer
        one) and `currency`. Rates and loss are null where there is no rate, or the two are of different currencies.

    Raises:
        ValueError: Two rates are of the same origin and destination, or one is below 0.
    """
    _check_rates(rates)
    minutes = _sum_minutes(events, numbers)
    priced = _price(minutes, rates, "international", pl.lit(traffic_origin), has_any=True)
    priced = _price(priced, rates, "local", pl.col("destination_country"), has_any=False)
    margin = (pl.col("international_rate_per_min") - pl.col("local_rate_per_min")).clip(0)
    is_comparable = pl.col("international_currency") == pl.col("local_currency")
    return priced.select(
        "phone_token",
        "destination_country",
        "minutes",
        "international_rate_per_min",
        "local_rate_per_min",
        lost_amount_e4=pl.when(is_comparable).then((pl.col("minutes") * margin * _E4).round().cast(pl.Int64)),
        currency=pl.when(is_comparable).then("local_currency"),
    ).sort("phone_token", "destination_country")


def _check_rates(rates: pl.DataFrame) -> None:
    if rates.select(pl.struct("origin_country", "destination_country").is_duplicated().any()).item():
        raise ValueError("two rates are of the same origin and destination")
    if (rates["rate_per_min"] < 0).any():
        raise ValueError("a rate is below 0")


def _sum_minutes(events: pl.LazyFrame, numbers: pl.LazyFrame) -> pl.LazyFrame:
    is_local = pl.col("counterparty_country") == pl.col("country")
    is_terminated = (pl.col("activity_kind") == "call") & pl.col("is_outgoing") & pl.col("is_answered")
    return (
        events.filter(is_terminated & is_local)
        .join(numbers.select("phone_token"), on="phone_token", how="semi")
        .group_by("phone_token", destination_country="counterparty_country")
        .agg(minutes=pl.col("duration_s").cast(pl.Int64).sum() / _SECONDS)
    )


def _price(minutes: pl.LazyFrame, rates: pl.DataFrame, name: str, origin: pl.Expr, *, has_any: bool) -> pl.LazyFrame:
    """Add the closest rate: from the very origin to the very country first, then with `*` for one, then for both."""
    pairs = [(origin, pl.col("destination_country"))]
    if has_any:
        star = pl.lit(ANY)
        pairs += [(star, pl.col("destination_country")), (origin, star), (star, star)]
    found = []
    for place, (start, end) in enumerate(pairs):
        rate = rates.lazy().select(
            start="origin_country",
            end="destination_country",
            **{f"rate_{place}": pl.col("rate_per_min"), f"currency_{place}": pl.col("currency")},
        )
        minutes = minutes.with_columns(start=start, end=end).join(rate, on=["start", "end"], how="left")
        found.append(place)
    return minutes.with_columns(
        pl.coalesce(f"rate_{place}" for place in found).alias(f"{name}_rate_per_min"),
        pl.coalesce(f"currency_{place}" for place in found).alias(f"{name}_currency"),
    ).drop("start", "end", *(f"{kind}_{place}" for kind in ("rate", "currency") for place in found))

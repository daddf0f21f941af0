"""What the numbers of a cluster do, beyond coming together: it tells an office from a fraud."""

from typing import Final

import polars as pl

from phoneseg.settings.risk_clusters import NumberClusterSettings

DAMNING: Final = ("shared_devices", "same_counterparty")
"""Reasons that make the risk high: call centres are one-sided, too."""


def describe_behaviour(members: pl.DataFrame, events: pl.LazyFrame) -> pl.DataFrame:
    """Tell what the members of each cluster did.

    Args:
        members: `cluster` and `phone_token`, unique.
        events: Rows of RISK_EVENT.

    Returns:
        `cluster`; `event_count`; `device_number_count`, numbers with a device, and `device_count` of those;
        `directed_count`, calls and messages of which the direction is known, and `outgoing_count` of those;
        `counterparty_event_count`, events with a counterparty, and `top_counterparty_count` of those with the
        commonest one. A cluster without events has no row.
    """
    own = events.join(members.lazy(), on="phone_token").select(
        "cluster", "phone_token", "activity_kind", "is_outgoing", "counterparty", "device"
    )
    acts = own.collect(engine="streaming")
    is_directed = pl.col("activity_kind").is_in(["call", "message"]) & pl.col("is_outgoing").is_not_null()
    counts = acts.group_by("cluster").agg(
        event_count=pl.len(),
        device_number_count=pl.col("phone_token").filter(pl.col("device").is_not_null()).n_unique(),
        device_count=pl.col("device").drop_nulls().n_unique(),
        directed_count=is_directed.sum(),
        outgoing_count=(is_directed & pl.col("is_outgoing")).sum(),
        counterparty_event_count=pl.col("counterparty").is_not_null().sum(),
    )
    common = acts.filter(pl.col("counterparty").is_not_null()).group_by("cluster", "counterparty")
    top = common.agg(size=pl.len(), numbers=pl.col("phone_token").n_unique()).filter(pl.col("numbers") > 1)
    tops = top.group_by("cluster").agg(top_counterparty_count=pl.col("size").max())
    return counts.join(tops, on="cluster", how="left").with_columns(pl.col("top_counterparty_count").fill_null(0))


def behaviour_reasons(settings: NumberClusterSettings) -> dict[str, pl.Expr]:
    """Return the reasons that behaviour gives, over the columns of `describe_behaviour` and `number_count`."""
    is_enough = pl.col("event_count") >= settings.min_events_per_number * pl.col("number_count")
    devices, numbers = pl.col("device_count"), pl.col("device_number_count")
    outgoing, directed = pl.col("outgoing_count"), pl.col("directed_count")
    top, known = pl.col("top_counterparty_count"), pl.col("counterparty_event_count")
    has_devices = (numbers >= settings.min_numbers) & (numbers >= settings.numbers_per_device * devices)
    is_one_sided = (directed >= pl.col("number_count")) & (outgoing * 100 >= settings.one_sided_pct * directed)
    has_common = (known >= pl.col("number_count")) & (top * 100 >= settings.same_counterparty_pct * known)
    return {
        "shared_devices": has_devices,
        "one_sided": is_enough & is_one_sided,
        "same_counterparty": is_enough & has_common,
    }

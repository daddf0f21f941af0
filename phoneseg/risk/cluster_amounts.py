"""Money of a cluster or ring that is not that of as many others: equal amounts, great sums, waking together."""

from typing import Final

import numpy as np
import polars as pl

from phoneseg.risk.discoveries import adjust_p_values
from phoneseg.risk.signal_rows import Window, build_signals, join_reasons, tell_evidence
from phoneseg.risk.tails import binomial_upper_tail, minus_log10
from phoneseg.settings.risk_clusters import ClusterAmountSettings

CLUSTER_AMOUNTS: Final = "cluster_amounts"
_TESTS: Final = {"equal_amounts": "p_equal", "great_sums": "p_sum", "woke_together": "p_wake"}
_E4: Final = 10_000


def find_unusual_amounts(
    members: pl.DataFrame, payments: pl.LazyFrame, window: Window, settings: ClusterAmountSettings
) -> pl.DataFrame:
    """Find clusters whose members pay unlike as many others would.

    Three tests, each of the cluster against everybody who paid; the least chance, times three, is the cluster's, and is
    adjusted over all clusters (Benjamini-Hochberg).

    - equal_amounts: so many members paid one and the same amount, where everybody has it with the share that the others
      have (binomial, times the amounts of the cluster). One member that pays it each month counts once, and what many
      pay is a price.
    - great_sums: the sums of its members rank high among all sums (Wilcoxon 1945, normal limit with ties); one rich
      member does not move it.
    - woke_together: so many members, silent for `sleep_days`, pay again within `waking_h` (binomial with the share of
      the others that wake in such a time, times the times).

    Args:
        members: `cluster` and `member`: a token or a contact_id, in one cluster at most.
        payments: `member`, `occurred_at` and `amount_e4` (null counts for nothing but waking) of everybody. Silence
            before the first payment is not known: hand over payments from `sleep_days` before the window, too.
        window: The window.
        settings: When money is unusual.

    Returns:
        Rows of RISK_SIGNAL: `observed` is the sum of the cluster's amounts in the window, `expected` that of as many
        others, both in units of the currency; `score` is -log10 of the adjusted p-value.
    """
    acts = payments.select("member", "occurred_at", "amount_e4").collect(engine="streaming")
    inside = acts.filter(window.holds("occurred_at"))
    paid = inside.filter(pl.col("amount_e4").is_not_null())
    tested = _test_sums(members, paid)
    for test in (_test_equal_amounts(members, paid, settings), _test_waking(members, acts, window, settings)):
        tested = tested.join(test, on="cluster", how="left")
    tested = tested.filter(pl.col("payer_count") >= settings.min_members)
    tested = tested.with_columns(pl.col(*_TESTS.values()).fill_null(1.0)).sort("cluster")
    p_value = tested.select(pl.min_horizontal(*_TESTS.values()) * len(_TESTS)).to_series().clip(upper_bound=1)
    adjusted = pl.Series(adjust_p_values(p_value))
    rows = tested.with_columns(p_value=p_value, adjusted=adjusted, score=pl.Series(minus_log10(adjusted)))
    flagged = rows.filter(pl.col("adjusted") <= settings.max_false_discovery_rate)
    return _signal_amounts(flagged, window, settings)


def _test_sums(members: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Return `cluster`, `payer_count`, `sum_e4`, `expected_e4`, `p_sum`: Wilcoxon's rank sum over members' sums."""
    from scipy.special import ndtr

    sums = paid.group_by("member").agg(sum_e4=pl.col("amount_e4").sum())
    ranked = sums.with_columns(rank=pl.col("sum_e4").rank("average"))
    total = len(ranked)
    ties = (
        ranked.group_by("sum_e4")
        .agg(size=pl.len().cast(pl.Float64))
        .select(t=(pl.col("size") ** 3 - pl.col("size")).sum())
    )
    tied = (ties.item() or 0.0) / max(total * (total - 1.0), 1.0)
    clusters = (
        members.join(ranked, on="member")
        .group_by("cluster")
        .agg(pl.col("sum_e4").sum(), payer_count=pl.len().cast(pl.Int64), rank_sum=pl.col("rank").sum())
    )
    n = clusters["payer_count"].to_numpy().astype(np.float64)
    mean = n * (total + 1) / 2
    variance = n * (total - n) / 12 * (total + 1 - tied)
    z = (clusters["rank_sum"].to_numpy() - mean - 0.5) / np.sqrt(np.maximum(variance, 1e-9))
    others = (float(sums["sum_e4"].sum()) - clusters["sum_e4"]) / np.maximum(total - n, 1)
    return clusters.select(
        "cluster", "payer_count", "sum_e4", expected_e4=others * clusters["payer_count"], p_sum=pl.Series(ndtr(-z))
    )


def _test_equal_amounts(members: pl.DataFrame, paid: pl.DataFrame, settings: ClusterAmountSettings) -> pl.DataFrame:
    """Return `cluster`, `equal_count` (members that paid its least likely amount) and `p_equal`."""
    pairs = paid.select("member", "amount_e4").unique()
    total = pairs["member"].n_unique()
    everywhere = pairs.group_by("amount_e4").agg(all_count=pl.len())
    own = pairs.join(members, on="member")
    sizes = own.group_by("cluster").agg(size=pl.col("member").n_unique(), amount_count=pl.col("amount_e4").n_unique())
    counts = own.group_by("cluster", "amount_e4").agg(equal_count=pl.len())
    counts = counts.filter(pl.col("equal_count") >= settings.min_equal_members)
    odd = everywhere.filter(pl.col("all_count") * 100 <= settings.common_price_pct * total)
    table = counts.join(odd, on="amount_e4").join(sizes, on="cluster")
    # One more than the others have, of one more: an amount that nobody else paid is rare, not impossible.
    share = (table["all_count"] - table["equal_count"] + 1) / (total - table["size"] + 1)
    p = binomial_upper_tail(table["equal_count"], table["size"], share) * table["amount_count"].to_numpy()
    found = table.select("cluster", "equal_count", p_equal=pl.Series(np.minimum(p, 1.0)))
    return found.sort("cluster", "p_equal", "equal_count").unique("cluster", keep="first", maintain_order=True)


def _test_waking(
    members: pl.DataFrame, acts: pl.DataFrame, window: Window, settings: ClusterAmountSettings
) -> pl.DataFrame:
    """Return `cluster`, `woke_count` (the most members that wake within `waking_h`) and `p_wake`."""
    moment, who = pl.col("occurred_at"), pl.col("member")
    gap = moment - moment.shift(1).over("member")
    ordered = acts.sort("member", "occurred_at")
    woken = ordered.filter(gap >= pl.duration(hours=settings.sleep_days * 24), window.holds("occurred_at"))
    woken = woken.unique("member", keep="first", maintain_order=True)  # each wakes once in a window
    own = woken.join(members, on="member").sort("cluster", "occurred_at")
    spans = own.rolling("occurred_at", period=f"{round(settings.waking_h * 3600)}s", group_by="cluster").agg(
        count=pl.len()
    )
    most = spans.group_by("cluster").agg(woke_count=pl.col("count").max().cast(pl.Int64))
    sizes = members.join(acts.select(who.unique()), on="member").group_by("cluster").agg(size=pl.len())
    table = most.join(sizes, on="cluster").join(own.group_by("cluster").agg(own_woke=pl.len()), on="cluster")
    times = max(window.hours / settings.waking_h, 1.0)
    population = acts["member"].n_unique()
    share = (len(woken) - table["own_woke"] + 1) / (population - table["size"] + 1) / times
    # A time may begin anywhere: twice as many of them are tried as fit side by side.
    p = binomial_upper_tail(table["woke_count"], table["size"], np.minimum(2 * share, 1.0)) * times
    return table.select("cluster", "woke_count", p_wake=pl.Series(np.minimum(p, 1.0)))


def _signal_amounts(flagged: pl.DataFrame, window: Window, settings: ClusterAmountSettings) -> pl.DataFrame:
    # A test speaks where it would by itself.
    speaks = {
        code: pl.col(name) * len(_TESTS) <= pl.col("p_value").clip(lower_bound=1e-4) for code, name in _TESTS.items()
    }
    is_high = pl.col("adjusted") <= settings.high_p_value
    rows = flagged.with_columns(
        subject_kind=pl.lit("cluster"),
        subject="cluster",
        activity_kind=pl.lit("purchase"),
        observed=pl.col("sum_e4") / _E4,
        expected=pl.col("expected_e4") / _E4,
        risk_level=pl.when(is_high).then(pl.lit("high")).otherwise(pl.lit("monitor")),
        reasons=join_reasons(speaks),
        evidence=tell_evidence(
            payers="payer_count",
            equal_members=pl.col("equal_count").fill_null(0),
            woke_together=pl.col("woke_count").fill_null(0),
        ),
    )
    return build_signals(rows, CLUSTER_AMOUNTS, window)

"""Accounts that share devices, numbers or counterparties: rings, by connected components."""

from typing import Final, NamedTuple

import polars as pl

from phoneseg.risk.account_links import COUNTERPARTY, DEVICE, NUMBER, drop_hubs, pair_by_counterparties
from phoneseg.risk.components import connect
from phoneseg.risk.signal_rows import ANY_KIND, Window, build_signals, join_reasons, tell_evidence
from phoneseg.settings.risk_clusters import RingSettings

RING: Final = "ring"
_JOINING: Final = (DEVICE, NUMBER)
_HOURS: Final = 3600
_WIDE: Final = 16


class Rings(NamedTuple):
    """Rings of accounts.

    Attributes:
        signals: Rows of RISK_SIGNAL, one for each ring.
        members: `ring` (the smallest contact_id) and `contact_id`, of those rings.
        hubs: Rows of `drop_hubs`: what too many accounts share to say anything.
        unresolved: `ring` and `account_count` of components that stay too large whatever the bounds.
    """

    signals: pl.DataFrame
    members: pl.DataFrame
    hubs: pl.DataFrame
    unresolved: pl.DataFrame


def find_rings(links: pl.LazyFrame, accounts: pl.LazyFrame | None, window: Window, settings: RingSettings) -> Rings:
    """Find accounts that devices, numbers, or several counterparties join, through others or directly.

    What more accounts share than a bound allows is taken out first, and reported, unless most of them were made
    together: a public device is used by accounts of all ages, a farm's by new ones. Connected components of the rest
    (scipy.sparse.csgraph) are rings from `min_accounts` on. A component above `max_accounts` is taken apart: its
    bounds are lowered (halved, at last one by one) until it falls into parts, or nothing is left to be lowered.

    Numbers and devices that change hands, and families, make components, too; most of these are small trees. So a
    component is told only for a sign of one hand: links that are spare, one thing that a crowd shares, accounts made
    together, or very many of them.
    The score is the redundancy: how many links for each account there are more than are needed to connect the ring
    (the cyclomatic number of its graph over its accounts).

    Args:
        links: Rows of `link_accounts`: `contact_id`, `link_kind` and `link`.
        accounts: `contact_id` and `created_at` (nullable), to see which were made together; None if nobody knows.
        window: The time that the links are from.
        settings: When accounts are a ring.
    """
    shared, hubs = drop_hubs(links, settings)
    farms = _find_farms(links, hubs, accounts, settings)
    hubs = hubs.join(farms, on=["link_kind", "link"], how="anti", maintain_order="left")
    joining = shared.filter(pl.col("link_kind").is_in(_JOINING))
    edges = pl.concat([joining, pair_by_counterparties(shared, settings), farms])
    whole, unresolved = _connect_within_bounds(edges, settings)
    sizes = whole.select("ring", "contact_id").unique().group_by("ring").agg(account_count=pl.len())
    large = sizes.filter(pl.col("account_count") >= settings.min_accounts)
    kept = whole.join(large, on="ring", how="semi")
    members = kept.select("ring", "contact_id").unique().sort(pl.all())
    together = _count_created_together(members.lazy(), accounts, settings, ["ring"])
    described = _describe(kept).lazy().join(together, on="ring", how="left")
    signals = _signal_rings(described.collect(engine="streaming"), window, settings)
    told = members.join(signals.select(ring="subject"), on="ring", how="semi", maintain_order="left")
    return Rings(signals, told, hubs, unresolved)


def _connect_within_bounds(edges: pl.DataFrame, settings: RingSettings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the edges of components that are not too large, and `ring` and `account_count` of those that stay so."""
    done = []
    todo = connect(edges)
    sharers = pl.len().over("link_kind", "link")
    while True:
        accounts = pl.col("contact_id").n_unique().over("ring")
        sized = todo.with_columns(accounts=accounts, sharers=sharers)
        done.append(sized.filter(pl.col("accounts") <= settings.max_accounts).drop("accounts", "sharers"))
        large = sized.filter(pl.col("accounts") > settings.max_accounts)
        widest = large["sharers"].max()
        if not isinstance(widest, int) or widest <= 2:
            left = large.group_by("ring").agg(account_count=pl.col("contact_id").n_unique()).sort("ring")
            return pl.concat(done), left
        bound = widest // 2 if widest > _WIDE else widest - 1
        todo = connect(large.filter(pl.col("sharers") <= bound).drop("ring", "accounts", "sharers"))


def _describe(edges: pl.DataFrame) -> pl.DataFrame:
    """Return what is shared in each ring: one row for each `ring`."""
    shared = edges.with_columns(sharers=pl.len().over("link_kind", "link")).filter(pl.col("sharers") > 1)
    nodes = pl.col("contact_id").n_unique() + pl.struct("link_kind", "link").n_unique()
    of_kind = {
        f"{kind}_count": pl.col("link").filter(pl.col("link_kind") == kind).n_unique()
        for kind in (*_JOINING, COUNTERPARTY)
    }
    return shared.group_by("ring").agg(
        account_count=pl.col("contact_id").n_unique().cast(pl.Int64),
        spare_links=pl.len().cast(pl.Int64) - nodes.cast(pl.Int64) + 1,
        most_sharers=pl.col("sharers").max(),
        **of_kind,
    )


def _find_farms(
    links: pl.LazyFrame, hubs: pl.DataFrame, accounts: pl.LazyFrame | None, settings: RingSettings
) -> pl.DataFrame:
    """Return the links of devices and numbers that too many accounts share, but that were made together."""
    wide = hubs.lazy().filter(pl.col("link_kind").is_in(_JOINING)).select("link_kind", "link")
    held = links.join(wide, on=["link_kind", "link"], how="semi").select("contact_id", "link_kind", "link")
    together = _count_created_together(held.rename({"link": "ring"}), accounts, settings, ["link_kind", "ring"])
    sized = hubs.lazy().join(together, left_on=["link_kind", "link"], right_on=["link_kind", "ring"])
    is_farm = pl.col("together_count") * 100 >= settings.created_together_pct * pl.col("account_count")
    return held.join(sized.filter(is_farm), on=["link_kind", "link"], how="semi").collect(engine="streaming")


def _count_created_together(
    members: pl.LazyFrame,
    accounts: pl.LazyFrame | None,
    settings: RingSettings,
    groups: list[str],
) -> pl.LazyFrame:
    """Return the groups and `together_count`: the most accounts of each that were made within some hours."""
    if accounts is None:
        return members.select(*groups, together_count=pl.lit(None, pl.Int64)).clear()
    made = accounts.filter(pl.col("created_at").is_not_null()).select("contact_id", "created_at")
    dated = members.join(made, on="contact_id").sort(*groups, "created_at")
    spans = dated.rolling("created_at", period=f"{round(settings.created_together_h * _HOURS)}s", group_by=groups)
    counted = spans.agg(count=pl.len())
    return counted.group_by(groups).agg(together_count=pl.col("count").max().cast(pl.Int64))


def _signal_rings(rings: pl.DataFrame, window: Window, settings: RingSettings) -> pl.DataFrame:
    accounts, together = pl.col("account_count"), pl.col("together_count")
    redundancy = pl.col("spare_links") / accounts
    signs = {
        "spare_links": redundancy >= settings.min_redundancy,
        "crowd": pl.col("most_sharers") >= settings.crowd,
        "created_together": (together * 100 >= settings.created_together_pct * accounts).fill_null(False),
        "many_accounts": accounts >= settings.many_accounts,
    }
    sign_count = pl.sum_horizontal(*signs.values())
    is_high = sign_count >= settings.high_signs
    rows = rings.filter(sign_count >= settings.min_signs).with_columns(
        subject_kind=pl.lit("cluster"),
        subject="ring",
        activity_kind=pl.lit(ANY_KIND),
        observed=accounts,
        expected=pl.lit(None, pl.Float64),
        score=redundancy,
        p_value=pl.lit(None, pl.Float64),
        risk_level=pl.when(is_high).then(pl.lit("high")).otherwise(pl.lit("monitor")),
        reasons=join_reasons(
            {f"shared_{kind}": pl.col(f"{kind}_count") > 0 for kind in (*_JOINING, COUNTERPARTY)} | signs
        ),
        evidence=tell_evidence(
            accounts="account_count",
            devices=f"{DEVICE}_count",
            numbers=f"{NUMBER}_count",
            counterparties=f"{COUNTERPARTY}_count",
            spare_links="spare_links",
            created_together=together.fill_null(0),
        ),
    )
    return build_signals(rows, RING, window)

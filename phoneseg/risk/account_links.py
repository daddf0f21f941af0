"""What accounts have in common: devices, numbers and counterparties, and which of these say nothing."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from phoneseg.risk.components import connect
from phoneseg.settings.risk_clusters import RingSettings

DEVICE: Final = "device"
NUMBER: Final = "number"
COUNTERPARTY: Final = "counterparty"
LINK_KINDS: Final = (DEVICE, NUMBER, COUNTERPARTY)


def link_accounts(holders: pl.LazyFrame, parts: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """Tell which devices, numbers and counterparties each account uses.

    Args:
        holders: `contact_id` and `phone_token`, one row for each number of an account.
        parts: Rows of RISK_EVENT, all of a number in one part. An event counts for each account that has its number;
            those of other numbers cost little.

    Returns:
        `contact_id`, `link_kind` (of LINK_KINDS) and `link` (UInt64: the hash of a device or counterparty, or of a
        token), unique. Two tokens of fifty million have one hash in one of ten thousand runs.
    """
    held = holders.select("contact_id", "phone_token").unique()
    numbers = held.select(
        "contact_id",
        link_kind=pl.lit(NUMBER),
        link=pl.col("phone_token").str.head(16).str.to_integer(base=16, dtype=pl.UInt64),
    )
    used = [_list_used(held, part, kind) for part in parts for kind in (DEVICE, COUNTERPARTY)]
    return pl.concat([numbers, *(each.collect(engine="streaming").lazy() for each in used)]).unique()


def _list_used(held: pl.LazyFrame, events: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    own = events.filter(pl.col(kind).is_not_null()).join(held.select("phone_token"), on="phone_token", how="semi")
    return (
        own.select("phone_token", link=kind)
        .unique()
        .join(held, on="phone_token")
        .select("contact_id", link_kind=pl.lit(kind), link="link")
    )


def drop_hubs(links: pl.LazyFrame, settings: RingSettings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part links that two accounts or more share from those that too many do.

    Args:
        links: Rows of `link_accounts`.
        settings: Its bounds by kind.

    Returns:
        The links that at least two accounts share and not too many; and the hubs, `link_kind`, `link` and
        `account_count`, the widest first.
    """
    bounds = pl.LazyFrame(
        {"link_kind": LINK_KINDS, "bound": [getattr(settings, f"max_accounts_per_{kind}") for kind in LINK_KINDS]}
    )
    counts = links.group_by("link_kind", "link").agg(account_count=pl.len()).filter(pl.col("account_count") > 1)
    bounded = counts.join(bounds, on="link_kind").collect(engine="streaming")
    is_hub = pl.col("account_count") > pl.col("bound")
    shared = links.join(bounded.lazy().filter(~is_hub), on=["link_kind", "link"], how="semi")
    hubs = (
        bounded.filter(is_hub)
        .drop("bound")
        .sort(["account_count", "link_kind", "link"], descending=[True, False, False])
    )
    return shared.select("contact_id", "link_kind", "link").collect(engine="streaming"), hubs


def pair_by_counterparties(shared: pl.DataFrame, settings: RingSettings) -> pl.DataFrame:
    """Return the counterparties that two accounts share with others in common, as links of their pair.

    One counterparty in common joins nobody: strangers have a friend in common, and through such links all are joined.
    Two accounts that have `min_shared_counterparties` in common are joined, and each group of accounts that are joined
    has its own links: two pairs that one counterparty knows stay two.

    Args:
        shared: Links of `drop_hubs`.
        settings: How many counterparties join.

    Returns:
        `contact_id`, `link_kind` and `link` (a hash of the counterparty and the group), unique.
    """
    own = shared.lazy().filter(pl.col("link_kind") == COUNTERPARTY).select("contact_id", "link")
    pairs = own.join(own.rename({"contact_id": "other"}), on="link").filter(pl.col("contact_id") < pl.col("other"))
    sides = ["contact_id", "other"]
    joined = pairs.group_by(sides).agg("link").filter(pl.col("link").list.len() >= settings.min_shared_counterparties)
    linked = joined.collect(engine="streaming").with_row_index("pair")
    # Two ends of each pair: accounts that pairs connect are a group.
    ends = pl.concat(linked.select(contact_id=side, link_kind=pl.lit(""), link=pl.col("pair")) for side in sides)
    groups = connect(ends).select("contact_id", "ring").unique()
    told = linked.select(*sides, "link").explode("link", empty_as_null=False)
    both = pl.concat(told.select(contact_id=side, link="link") for side in sides).unique().join(groups, on="contact_id")
    return both.select("contact_id", link_kind=pl.lit(COUNTERPARTY), link=pl.struct("ring", "link").hash())

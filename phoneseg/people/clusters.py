"""Contacts that are one person: pairs with enough evidence, and nobody whom something speaks against."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Weigh = Callable[[pl.DataFrame], pl.DataFrame]
_LARGEST_COMPARED: Final = 60
_AGAINST_BITS: Final = -4.0


def cluster_pairs(weighed: pl.DataFrame, row_count: int, least_bits: float, weigh: Weigh) -> pl.DataFrame:
    """Return which contacts are one person.

    Those are connected by pairs of at least `least_bits`. Of a group of three and more, all pairs are compared: where
    something speaks against one, the pairs are joined one by one, the strongest first, as long as nothing speaks
    against any two that would come together.

    Args:
        weighed: The rows of `weigh_pairs`.
        row_count: How many contacts there are.
        least_bits: How much evidence joins.
        weigh: Weighs pairs that are no candidates.

    Returns:
        `row` and `first` (the smallest row of the person) of the contacts that are not alone.
    """
    joined = weighed.filter(pl.col("bits") >= least_bits, ~pl.col("is_against"))
    groups = _connect(joined, row_count)
    sizes = groups.group_by("first").agg(size=pl.len()).filter(pl.col("size") > 2)
    doubtful = groups.join(sizes, on="first", how="semi")
    compared = _compare_groups(doubtful, sizes, joined, weigh)
    against = compared.filter(pl.col("is_against") | (pl.col("bits") <= _AGAINST_BITS))
    torn = against.join(groups, left_on="a", right_on="row").select("first").unique()
    if torn.is_empty():
        return groups
    whole = groups.join(torn, on="first", how="anti")
    edges = joined.join(groups, left_on="a", right_on="row").join(torn, on="first", how="semi")
    parts = _join_one_by_one(
        edges.sort(["bits", "a", "b"], descending=[True, False, False]).select("a", "b").iter_rows(),
        set(against.select("a", "b").iter_rows()),
    )
    return pl.concat([whole, pl.DataFrame(parts, groups.schema, orient="row")]).sort("row")


def _connect(joined: pl.DataFrame, row_count: int) -> pl.DataFrame:
    """Return `row` and `first` of the rows that pairs connect."""
    a, b = (joined[side].to_numpy() for side in ("a", "b"))
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(row_count, row_count))
    _, labels = connected_components(graph, directed=False)
    rows = pl.concat([joined["a"], joined["b"]]).unique().sort()
    labelled = pl.DataFrame({"row": rows, "label": labels[rows.to_numpy()]})
    return labelled.select("row", first=pl.col("row").min().over("label"))


def _compare_groups(groups: pl.DataFrame, sizes: pl.DataFrame, joined: pl.DataFrame, weigh: Weigh) -> pl.DataFrame:
    """Weigh all pairs of each group, but those that are joined already; of a big group each with the first."""
    small = sizes.filter(pl.col("size") <= _LARGEST_COMPARED)
    held = groups.join(small, on="first", how="semi").select("first", "row")
    pairs = held.select("first", a="row").join(held.select("first", b="row"), on="first")
    pairs = pairs.filter(pl.col("a") < pl.col("b")).select("a", "b")
    big = groups.join(small, on="first", how="anti").select(a="first", b="row").filter(pl.col("a") != pl.col("b"))
    return weigh(pl.concat([pairs, big]).join(joined, on=["a", "b"], how="anti").sort("a", "b"))


def _join_one_by_one(edges: Iterable[tuple[int, int]], against: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return `row` and `first` of what edges join, in their order, without any two that are against each other."""
    members: dict[int, list[int]] = {}
    for a, b in edges:
        one, other = members.setdefault(a, [a]), members.setdefault(b, [b])
        if one is other or any((min(x, y), max(x, y)) in against for x in one for y in other):
            continue
        one.extend(other)
        members |= dict.fromkeys(other, one)
    return [(row, min(group)) for row, group in members.items() if len(group) > 1]

"""Which of several spikes is the one to report, where one lies within another: a block within its area."""

from typing import Final

import numpy as np
import polars as pl

from phoneseg.risk.baselines import find_tails
from phoneseg.risk.prefix_windows import SERIES
from phoneseg.settings.risk_spikes import SpikeSettings

_PARENTS: Final = {
    "number_block": ("area_code", "carrier", "country"),
    "area_code": ("country",),
    "carrier": ("country",),
}
"""Levels that a level lies within. An area code does not lie within a carrier, nor the other way round."""

_LEAST_SIBLINGS: Final = 0.1
"""Share of the outer prefix's expectation that has to be of others before they can tell what the rest did."""


def list_links(events: pl.LazyFrame) -> pl.DataFrame:
    """List which prefix lies within which; one that is in several, such as a block of two carriers, in the busiest.

    Args:
        events: Rows of RISK_EVENT of the window.

    Returns:
        `inner_level`, `inner`, `outer_level`, `outer` and `activity_kind`, each inner prefix once per outer level.
    """
    counted = events.group_by("activity_kind", "country", "area_code", "number_block", "carrier").agg(pl.len())
    pairs = pl.concat(
        counted.drop_nulls([inner, outer]).select(
            "activity_kind",
            "len",
            inner_level=pl.lit(inner),
            inner=inner,
            outer_level=pl.lit(outer),
            outer=outer,
        )
        for inner, outers in _PARENTS.items()
        for outer in outers
    )
    key = ("inner_level", "inner", "outer_level", "activity_kind")
    busiest = pairs.group_by(*key, "outer").agg(pl.col("len").sum()).sort("len", "outer", descending=[True, False])
    return busiest.unique(key, keep="first", maintain_order=True).drop("len").collect().sort(*key)


def explain_nested(spikes: pl.DataFrame, links: pl.DataFrame, settings: SpikeSettings) -> pl.DataFrame:
    """Tell which spikes others explain.

    The outer spike explains an inner one where the rest of the outer prefix grew as much: all of it grows, and the
    outer one is the one to report. Else the inner one is, and explains the outer spike where nothing unlikely is left
    of that without the excess of its inner ones.

    Args:
        spikes: Rows of `score_prefixes` that are spikes.
        links: Rows of `list_links`.
        settings: How unlikely what is left has to be.

    Returns:
        The spikes with `explained_by` (`level:prefix`; null for a spike that stands for itself) and `relation`
        (`outer` where that prefix is one around it, `inner` where it is one within it, null).
    """
    sides = [spikes.select(pl.all().name.prefix(f"{side}_")) for side in ("inner", "outer")]
    pairs = (
        links.rename({"inner": "inner_prefix", "outer": "outer_prefix"})
        .with_columns(inner_activity_kind="activity_kind", outer_activity_kind="activity_kind")
        .rename({"inner_level": "inner_prefix_level", "outer_level": "outer_prefix_level"})
        .join(sides[0], on=[f"inner_{name}" for name in SERIES])
        .join(sides[1], on=[f"outer_{name}" for name in SERIES])
        .with_columns(pl.col("inner_expected", "outer_expected").fill_null(0))
    )
    followed = pairs.with_columns(is_following=_is_following(pairs, settings.inside_p_value))
    told = pl.concat(
        [
            _name(followed.filter("is_following"), "inner", "outer", "outer"),
            _name(_find_explained(followed.filter(~pl.col("is_following")), settings), "outer", "inner", "inner"),
        ]
    )
    first = told.sort("relation", "excess", "explained_by", descending=[True, True, False])
    return spikes.join(
        first.drop("excess").unique(SERIES, keep="first", maintain_order=True),
        on=SERIES,
        how="left",
        maintain_order="left",
    )


def _is_following(pairs: pl.DataFrame, least_p_value: float) -> pl.Series:
    """Return whether the inner prefix did nothing that the rest of the outer one did not."""
    inner, outer = (pairs[f"{side}_expected"].to_numpy() for side in ("inner", "outer"))
    seen, seen_outer = (pairs[f"{side}_observed"].to_numpy() for side in ("inner", "outer"))
    rest = outer - inner
    growth = np.maximum((seen_outer - seen) / np.maximum(rest, 1e-9), 1)
    tails = find_tails(seen, np.maximum(inner * growth, 1e-9), pairs["inner_dispersion"].to_numpy())
    can_tell = rest >= np.maximum(_LEAST_SIBLINGS * outer, 1)
    return pl.Series("is_following", can_tell & (tails > least_p_value), dtype=pl.Boolean)


def _find_explained(pairs: pl.DataFrame, settings: SpikeSettings) -> pl.DataFrame:
    """Return the pairs whose outer spike is nothing unlikely without the excess of its inner ones of that level."""
    excess = pl.col("inner_observed") - pl.col("inner_expected")
    whole = excess.sum().over("outer_prefix_level", "outer_prefix", "activity_kind", "inner_prefix_level")
    left = pairs.with_columns(excess=excess, left=(pl.col("outer_observed") - whole).clip(0))
    expected = np.maximum(left["outer_expected"].to_numpy(), 1e-9)
    tails = find_tails(left["left"].to_numpy(), expected, left["outer_dispersion"].to_numpy())
    return left.filter(pl.Series(tails > settings.inside_p_value, dtype=pl.Boolean))


def _name(pairs: pl.DataFrame, explained: str, by: str, relation: str) -> pl.DataFrame:
    return pairs.select(
        *(pl.col(f"{explained}_{name}").alias(name) for name in SERIES),
        explained_by=pl.format("{}:{}", f"{by}_prefix_level", f"{by}_prefix"),
        relation=pl.lit(relation),
        excess=pl.col(f"{by}_observed") - pl.col(f"{by}_expected"),
    )

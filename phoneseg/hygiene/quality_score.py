"""How good the phones of a source are, out of counts of its contacts, numbers and issues."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import polars as pl

from phoneseg.contracts import QUALITY_PARTS, QUALITY_SCORE
from phoneseg.hygiene.examined import Examined
from phoneseg.settings import QualityWeights

CONTRADICTIONS: Final = (
    "mobile_field_fixed_line",
    "region_against_address",
    "region_against_language",
    "several_countries",
    "time_zone_against_address",
)
"""Kinds of issues that say that something contradicts something; such a warning counts, an info may be as it is."""

_SHARES: Final = {
    "completeness": ("filled_count", "contact_count"),
    "validity": ("valid_count", "number_count"),
    "consistency": ("consistent_count", "filled_count"),
    "uniqueness": ("unique_count", "phone_count"),
    "freshness": ("fresh_count", "known_count"),
}
"""Of each part, what is counted, and among how many."""


def count_quality(profiles: pl.DataFrame, examined: Examined, issues: pl.DataFrame) -> pl.DataFrame:
    """Count what the quality of sources is made of, in some of their contacts.

    Args:
        profiles: Rows of the contact profile.
        examined: Their phones and cells.
        issues: Rows of HYGIENE_ISSUE of those contacts.

    Returns:
        One row per source: `source` and the counts that the parts are shares of.
    """
    contradicted = issues.filter(pl.col("issue_kind").is_in(CONTRADICTIONS), pl.col("severity") != "info")
    is_filled = (pl.col("phone_count") > 0) | (pl.col("quarantined_count") > 0)
    is_contradicted = pl.col("contact_id").is_in(contradicted["contact_id"].unique().implode())
    contacts = profiles.group_by("source").agg(
        contact_count=pl.len(), filled_count=is_filled.sum(), consistent_count=(is_filled & ~is_contradicted).sum()
    )
    state = pl.col("number_state")
    phones = examined.phones.group_by("source").agg(
        phone_count=pl.len(),
        valid_count=pl.col("is_valid").sum(),
        unique_count=pl.col("is_unique").sum(),
        known_count=(state != "unknown").sum(),
        fresh_count=state.is_in(["active", "cooling"]).sum(),
    )
    cells = examined.quarantined.group_by("source").agg(quarantined_count=pl.len())
    joined = contacts.join(phones, on="source", how="left").join(cells, on="source", how="left").fill_null(0)
    return joined.with_columns(number_count=pl.col("phone_count") + pl.col("quarantined_count"))


def score_sources(
    counts: Iterable[pl.DataFrame], sources: Iterable[str], as_of: datetime, weights: QualityWeights
) -> pl.DataFrame:
    """Score sources: the mean of the parts that are known, by their weights, times 100.

    Args:
        counts: Rows of `count_quality`, of all contacts.
        sources: The sources to score.
        as_of: End of the data interval.
        weights: How much each part counts.

    Returns:
        Rows of QUALITY_SCORE, one per source.
    """
    columns = sorted({name for pair in _SHARES.values() for name in pair})
    none = pl.DataFrame(schema={"source": pl.String, **dict.fromkeys(columns, pl.Int64)})
    every = [each.select("source", pl.col(columns).cast(pl.Int64)) for each in counts]
    summed = pl.concat([none, *every]).group_by("source").sum()
    named = pl.DataFrame({"source": list(sources)}, schema={"source": pl.String})
    known = named.join(summed, on="source", how="left", maintain_order="left").with_columns(
        pl.col(columns).fill_null(0)
    )
    shares = {
        name: pl.when(pl.col(among) > 0).then((pl.col(count) / pl.col(among)).round(4))
        for name, (count, among) in _SHARES.items()
    }
    parts = [pl.col(name) * getattr(weights, name) for name in QUALITY_PARTS]
    used = [pl.when(pl.col(name).is_not_null()).then(getattr(weights, name)).otherwise(0.0) for name in QUALITY_PARTS]
    weight = pl.sum_horizontal(used)
    score = pl.when(weight > 0).then((100 * pl.sum_horizontal(parts) / weight).round(2))
    scored = known.lazy().with_columns(**shares, as_of=pl.lit(as_of)).with_columns(quality_score=score)
    return QUALITY_SCORE.conform(scored).collect()

"""Exact counts of contacts, which never leave the process that makes reports of them."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from phoneseg.contracts.report import ALL_SOURCES

COUNT: Final = "contact_count"
SEGMENT: Final = ("segment_kind", "segment_code")
OVERLAP: Final = (*SEGMENT, "other_kind", "other_code")
MEASURE: Final = ("contact_source", "measure")

_HOLDS: Final = {
    "contacts": pl.col("contact_id").is_not_null(),
    "valid_phone": pl.col("valid_phone_count") > 0,
    "quarantined_phone": pl.col("quarantined_count") > 0,
    "activity": pl.col("first_activity_at").is_not_null(),
}


def count_contacts(profiles: pl.DataFrame) -> pl.DataFrame:
    """Return how many contacts of each source, and of all together, each measure of CONTACT_REPORT holds for.

    Args:
        profiles: Rows of the contact profile.

    Returns:
        `contact_source`, `measure`, `contact_count`.
    """
    by_source = profiles.group_by(contact_source="source").agg(
        holds.sum().cast(pl.Int64).alias(measure) for measure, holds in _HOLDS.items()
    )
    of_all = by_source.select(pl.lit(ALL_SOURCES).alias("contact_source"), pl.col(list(_HOLDS)).sum())
    wide = pl.concat([by_source, of_all])
    return wide.unpivot(index="contact_source", variable_name="measure", value_name="contact_count")


def count_segments(members: pl.DataFrame) -> pl.DataFrame:
    """Return the sizes of segments.

    Args:
        members: `segment_kind`, `segment_code` and `segment_name` of each membership.

    Returns:
        Those columns once per segment, and `contact_count`.
    """
    return members.group_by(*SEGMENT, "segment_name").agg(contact_count=pl.len().cast(pl.Int64))


def count_overlaps(members: pl.DataFrame, kinds: Iterable[str]) -> pl.DataFrame:
    """Return how many contacts each two segments of some kinds share; a pair stands once, its first by name before.

    Args:
        members: `contact_id`, `segment_kind` and `segment_code` of each membership of some contacts.
        kinds: The kinds.

    Returns:
        `segment_kind`, `segment_code`, `other_kind`, `other_code`, `contact_count`.
    """
    crossed = members.filter(pl.col("segment_kind").is_in(list(kinds)))
    segments = crossed.select(SEGMENT).unique().sort(SEGMENT).with_row_index("segment")
    # Numbers for names: a contact's pairs are many, and texts are slow to group.
    numbered = crossed.lazy().join(segments.lazy(), on=SEGMENT).select("contact_id", "segment")
    pairs = numbered.join(numbered.rename({"segment": "other"}), on="contact_id").filter(
        pl.col("segment") < pl.col("other")
    )
    counted = pairs.group_by("segment", "other").agg(contact_count=pl.len().cast(pl.Int64))
    others = segments.rename({"segment": "other", "segment_kind": "other_kind", "segment_code": "other_code"})
    named = counted.join(segments.lazy(), on="segment").join(others.lazy(), on="other")
    return named.select(*OVERLAP, "contact_count").collect()


def in_both_orders(overlaps: pl.DataFrame) -> pl.DataFrame:
    """Return overlaps with each pair a second time, the other segment first."""
    turned = overlaps.with_columns(
        segment_kind="other_kind",
        segment_code="other_code",
        other_kind="segment_kind",
        other_code="segment_code",
    )
    return pl.concat([overlaps, turned])

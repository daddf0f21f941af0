"""All kinds applied to all profiles."""

from collections.abc import Sequence

import polars as pl

from phoneseg.contracts import SEGMENT, SEGMENT_MEMBERSHIP
from phoneseg.segments.kind import SegmentKind


def assign_segments(profile: pl.LazyFrame, kinds: Sequence[SegmentKind]) -> pl.LazyFrame:
    """Return the memberships of all kinds.

    Args:
        profile: Rows of CONTACT_PROFILE.
        kinds: The kinds to apply.

    Returns:
        Rows of SEGMENT_MEMBERSHIP.
    """
    return SEGMENT_MEMBERSHIP.conform(pl.concat([kind.assign(profile) for kind in kinds]))


def describe_segments(profile: pl.LazyFrame, kinds: Sequence[SegmentKind]) -> pl.LazyFrame:
    """Return the dictionary of the segments that have members.

    Args:
        profile: Rows of CONTACT_PROFILE.
        kinds: The kinds to describe.

    Returns:
        Rows of SEGMENT.
    """
    return SEGMENT.conform(pl.concat([_describe(profile, kind) for kind in kinds]))


def _describe(profile: pl.LazyFrame, kind: SegmentKind) -> pl.LazyFrame:
    named = kind.assign(profile).group_by("segment_kind", "segment_code").agg(pl.col("segment_name").min())
    return named.with_columns(
        segment_family=pl.lit(kind.family),
        description=pl.lit(kind.description),
        definition=pl.lit(kind.definition),
        definition_version=pl.lit(kind.definition_version),
        is_exclusive=pl.lit(kind.is_exclusive),
    )

"""Lists of prefixes and countries that are allowed, watched or blocked; the longest prefix has the last word."""

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from phoneseg.contracts.model import UTC_INSTANT

ALLOW, MONITOR, BLOCK = "allow", "monitor", "block"
LIST_LEVELS: Final = (ALLOW, MONITOR, BLOCK)

PREFIX_LIST_SCHEMA: Final = pl.Schema(
    [
        ("prefix", pl.String()),
        ("region_code", pl.String()),
        ("list_level", pl.String()),
        ("source", pl.String()),
        ("valid_from", UTC_INSTANT),
        ("valid_to", UTC_INSTANT),
        ("reason", pl.String()),
    ]
)
"""A row of a list: `prefix` (digits of E.164, without plus) or `region_code`, one of the two; its level; who says so;
from when (UTC) up to when, null for ever; and why, null where nobody says."""

_STRICTEST_FIRST: Final = {BLOCK: 0, MONITOR: 1, ALLOW: 2}
_SAID: Final = ("list_level", "source", "reason")


def valid_at(listed: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return the one row that counts for each prefix and country at an instant.

    Of a source that says two things of one prefix, the newer counts; of two sources, the stricter.

    Args:
        listed: Rows of PREFIX_LIST_SCHEMA.
        as_of: The instant (UTC).
    """
    is_valid = (pl.col("valid_from") <= as_of) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > as_of))
    strictness = pl.col("list_level").replace_strict(_STRICTEST_FIRST, return_dtype=pl.Int8)
    now = listed.filter(is_valid).with_columns(strictness=strictness)
    subject = ["prefix", "region_code"]
    newest = now.sort("valid_from", "strictness", descending=[True, False], maintain_order=True)
    by_source = newest.unique([*subject, "source"], keep="first", maintain_order=True)
    strictest = by_source.sort("strictness", "source", maintain_order=True)
    return strictest.unique(subject, keep="first", maintain_order=True).drop("strictness").sort(subject)


def valid_before(listed: pl.DataFrame, end: datetime) -> pl.DataFrame:
    """Return what counts at the last instant of an interval, which its end is no part of."""
    return valid_at(listed, end - timedelta.resolution)


def match_prefix_list(
    subjects: pl.LazyFrame, listed: pl.DataFrame, digits: str = "number_block", region: str = "country"
) -> pl.LazyFrame:
    """Tell what a list says of number blocks, or of numbers.

    The longest prefix that the digits begin with has the last word, whatever its level; without one, the country has;
    without that, nothing is said. A prefix that is longer than a block cannot be told from the block alone: such a
    block says so, and whoever holds the whole number matches that by its digits.

    Args:
        subjects: Has a column of digits of E.164 without plus, and one of regions, both nullable. A column of the same
            name as one that is added goes.
        listed: Rows of `valid_at`.
        digits: Name of the column of digits.
        region: Name of the column of regions.

    Returns:
        The rows of `subjects` with `list_level`, `source`, `reason`, `matched_prefix` (null where a country matched),
        all null where nothing matches, and `is_partly_listed`: a longer prefix than the digits begins with them.
    """
    by_prefix = listed.filter(pl.col("prefix").is_not_null())
    lengths = sorted(by_prefix["prefix"].str.len_bytes().unique(), reverse=True)
    own = [name for name in subjects.collect_schema().names() if name not in (*_SAID, "matched_prefix")]
    known = subjects.select(own).with_columns(_is_partly_listed(by_prefix, digits))
    for length in lengths:
        said = by_prefix.filter(pl.col("prefix").str.len_bytes() == length).select(
            pl.col("prefix").alias(f"_prefix_{length}"), pl.struct("prefix", *_SAID).alias(f"_said_{length}")
        )
        has_digits = pl.col(digits).str.len_bytes() >= length
        key = pl.when(has_digits).then(pl.col(digits).str.head(length)).alias(f"_prefix_{length}")
        known = known.with_columns(key).join(said.lazy(), on=f"_prefix_{length}", how="left", maintain_order="left")
    by_region = listed.filter(pl.col("prefix").is_null()).select(
        pl.col("region_code").alias(region),
        _said_region=pl.struct(pl.lit(None, pl.String).alias("prefix"), *_SAID),
    )
    known = known.join(by_region.lazy(), on=region, how="left", maintain_order="left")
    matched = pl.coalesce(*(f"_said_{length}" for length in lengths), "_said_region").struct
    return known.select(
        *own,
        *(matched.field(name).alias(name) for name in _SAID),
        matched.field("prefix").alias("matched_prefix"),
        "is_partly_listed",
    )


def leave_out_allowed(events: pl.LazyFrame, listed: pl.DataFrame) -> pl.LazyFrame:
    """Leave out the events of numbers that a list allows, before a detector sees them.

    Args:
        events: Rows of RISK_EVENT.
        listed: Rows of `valid_at`.

    Returns:
        The other rows. Those of a block of which only a part is allowed stay.
    """
    places = events.select("number_block", "country").unique()
    allowed = match_prefix_list(places, listed).filter(pl.col("list_level") == ALLOW, ~pl.col("is_partly_listed"))
    return events.join(allowed, on=["number_block", "country"], how="anti", nulls_equal=True)


def _is_partly_listed(by_prefix: pl.DataFrame, digits: str) -> pl.Expr:
    """Return whether longer prefixes begin with the digits, which then may hold several levels."""
    cut = {prefix[:length] for prefix in by_prefix["prefix"] for length in range(1, len(prefix))}
    return (
        pl.col(digits)
        .is_in(pl.Series(sorted(cut), dtype=pl.String).implode())
        .fill_null(False)
        .alias("is_partly_listed")
    )

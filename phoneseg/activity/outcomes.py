"""What became of the rows of activity."""

from datetime import datetime
from typing import Final

import polars as pl

from phoneseg.contracts import ACTIVITY_SIZE
from phoneseg.errors import ReconciliationError

MATCHED: Final = "matched"
UNKNOWN_CONTACT: Final = "unknown_contact"
UNREADABLE: Final = "unreadable"
SHARED_NUMBER: Final = "shared_number"
_OUTCOMES: Final = (MATCHED, UNKNOWN_CONTACT, UNREADABLE, SHARED_NUMBER)
OUTCOME: Final[pl.DataType] = pl.Enum(_OUTCOMES)
OUTCOME_COUNTS: Final = pl.Schema(
    {"activity_source": pl.String(), "outcome": OUTCOME, "rows": pl.Int64(), "unpriced": pl.Int64()}
)
"""Schema of the rows of `count_outcomes`."""


_COUNTS: Final = ("matched_count", "unknown_contact_count", "unreadable_count", "shared_number_count", "undated_count")


def count_outcomes(events: pl.DataFrame) -> pl.DataFrame:
    """Return how many rows of activity came to which outcome.

    Args:
        events: What `match_ids` or `match_numbers` says of a batch.

    Returns:
        `activity_source`, `outcome`, `rows`, `unpriced`: the rows that the contacts' money lacks.
    """
    is_first = pl.col("is_first")
    unpriced = is_first & pl.col("is_unpriced")
    return events.group_by("activity_source", "outcome").agg(
        rows=is_first.sum().cast(pl.Int64), unpriced=unpriced.sum().cast(pl.Int64)
    )


def describe_sizes(
    sources: list[str], raw_activity: pl.LazyFrame, outcomes: pl.DataFrame, as_of: datetime
) -> pl.DataFrame:
    """Describe the activity sources as of a run.

    Args:
        sources: Names of the activity sources that the run reads.
        raw_activity: Rows of RAW_ACTIVITY.
        outcomes: Rows of `count_outcomes`, of all batches.
        as_of: End of the data interval.

    Returns:
        Rows of ACTIVITY_SIZE, one per source, those without a row included.
    """
    is_undated = pl.col("occurred_at").is_null()
    has_no_key = pl.col("contact_id").is_null() & pl.col("phone_raw").is_null()
    read = (
        raw_activity.group_by("activity_source")
        .agg(
            row_count=pl.len(),
            undated_count=is_undated.sum(),
            keyless_count=(~is_undated & has_no_key).sum(),
            newest_occurred_at=pl.col("occurred_at").max(),
        )
        .collect(engine="streaming")
    )
    came_to = {f"{outcome}_count": pl.col("rows").filter(pl.col("outcome") == outcome).sum() for outcome in _OUTCOMES}
    unpriced = pl.col("unpriced").filter(pl.col("outcome") == MATCHED).sum()
    matched = outcomes.group_by("activity_source").agg(**came_to, unpriced_count=unpriced)
    named = pl.DataFrame({"activity_source": sources}, schema={"activity_source": pl.String})
    sizes = (
        named.join(read, on="activity_source", how="left", maintain_order="left")
        .join(matched, on="activity_source", how="left", maintain_order="left")
        .with_columns(pl.col("^.*_count$").fill_null(0))
        .with_columns(pl.col("unreadable_count") + pl.col("keyless_count"), as_of=pl.lit(as_of))
    )
    return ACTIVITY_SIZE.conform(sizes.lazy()).collect()


def check_outcomes(sizes: pl.DataFrame) -> None:
    """Check that every row of activity came to one outcome.

    Args:
        sizes: Rows of ACTIVITY_SIZE.

    Raises:
        ReconciliationError: Some came to none, or to several.
    """
    for source, row_count, told in sizes.select("activity_source", "row_count", pl.sum_horizontal(_COUNTS)).rows():
        if row_count != told:
            raise ReconciliationError(
                f"normalize: {row_count} rows of activity.{source} came in, but {told} were matched or counted as "
                "unmatched; nothing was published"
            )

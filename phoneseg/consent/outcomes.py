"""What became of the rows that say who may be contacted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import polars as pl

from phoneseg.contracts import PERMISSION_SIZE
from phoneseg.errors import ReconciliationError
from phoneseg.settings import PermissionSource

MATCHED: Final = "matched"
_OUTCOMES: Final = (MATCHED, "unknown_contact", "unreadable", "shared_number", "undated")
_SOURCE: Final = ("source_type", "permission_source")


def add_outcome(rows: pl.LazyFrame, max_contacts: int) -> pl.LazyFrame:
    """Add what became of each row, as `outcome`.

    A refusal always counts where it has a contact: without a time, and of a number that however many share.

    Args:
        rows: Rows of RAW_PERMISSION with `is_known` (null for an id that no contact has), `is_readable` (null without a
            number), `phone_token` and `holder_count` (null where no contact has the number).
        max_contacts: A number that more contacts hold speaks for none of them.
    """
    is_granted = pl.col("is_granted")
    has_no_key = pl.col("contact_id").is_null() & ~pl.col("is_readable").fill_null(False)
    is_known = pl.col("is_known").fill_null(False) | pl.col("holder_count").is_not_null()
    outcome = (
        pl.when(is_granted & pl.col("decided_at").is_null())
        .then(pl.lit("undated"))
        .when(has_no_key)
        .then(pl.lit("unreadable"))
        .when(~is_known)
        .then(pl.lit("unknown_contact"))
        .when(is_granted & (pl.col("holder_count") > max_contacts).fill_null(False))
        .then(pl.lit("shared_number"))
        .otherwise(pl.lit(MATCHED))
    )
    return rows.with_columns(outcome=outcome.cast(pl.Enum(_OUTCOMES)))


def describe_sizes(
    sources: Iterable[tuple[str, PermissionSource]], rows: pl.LazyFrame, as_of: datetime
) -> pl.DataFrame:
    """Describe the sources as of a run.

    Args:
        sources: Name and settings of each.
        rows: What `add_outcome` gives.
        as_of: End of the data interval.

    Returns:
        Rows of PERMISSION_SIZE, one per source, those without a row included.
    """
    came_to = {f"{outcome}_count": (pl.col("outcome") == outcome).sum() for outcome in _OUTCOMES}
    counted = (
        rows.group_by(_SOURCE)
        .agg(
            **came_to,
            row_count=pl.len(),
            unread_status_count=pl.col("is_status_unread").sum(),
            newest_decided_at=pl.col("decided_at").max(),
        )
        .collect(engine="streaming")
    )
    named = pl.DataFrame(
        [(source.section, name) for name, source in sources], dict.fromkeys(_SOURCE, pl.String), orient="row"
    )
    sizes = named.join(counted, on=_SOURCE, how="left", maintain_order="left")
    filled = sizes.with_columns(pl.col("^.*_count$").fill_null(0), as_of=pl.lit(as_of))
    return PERMISSION_SIZE.conform(filled.lazy()).collect()


def check_outcomes(sizes: pl.DataFrame) -> None:
    """Check that every row came to one outcome.

    Args:
        sizes: Rows of PERMISSION_SIZE.

    Raises:
        ReconciliationError: Some came to none.
    """
    told = pl.sum_horizontal(f"{outcome}_count" for outcome in _OUTCOMES)
    for kind, source, row_count, count in sizes.select(*_SOURCE, "row_count", told.alias("told")).iter_rows():
        if row_count != count:
            raise ReconciliationError(
                f"normalize: {row_count} rows of {kind}.{source} came in, but {count} were matched or counted as "
                "unmatched; nothing was published"
            )

"""One number twice in one contact."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind

KIND = IssueKind(
    name="listed_twice",
    subject="phone",
    description="The contact has the number in another cell, too, which stands before this one.",
    suggested_fix="Empty the cell that holds the number again.",
    is_issue=pl.col("is_repeated"),
    severity=pl.lit("info"),
    evidence=pl.lit(None, pl.String),
)

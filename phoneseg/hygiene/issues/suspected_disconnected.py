"""A number that nobody seems to have any more."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind

KIND = IssueKind(
    name="suspected_disconnected",
    subject="phone",
    description="It looks as if nobody had the number any more; the evidence is that of its state.",
    suggested_fix="Do not use the number; ask the contact for another by another channel.",
    is_issue=pl.col("is_valid") & (pl.col("number_state") == "suspected_disconnected"),
    severity=pl.lit("warning"),
    evidence=pl.col("evidence"),
)

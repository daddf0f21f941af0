"""A number that somebody else seems to have now."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind

KIND = IssueKind(
    name="suspected_reassigned",
    subject="phone",
    description="It looks as if somebody else had the number now; the evidence is that of its state.",
    suggested_fix="Do not call or write to the number before the contact has confirmed it: its consent went with it.",
    is_issue=pl.col("is_valid") & (pl.col("number_state") == "suspected_reassigned"),
    severity=pl.lit("error"),
    evidence=pl.col("evidence"),
)

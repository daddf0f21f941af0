"""A cell that was repaired: right here, and still wrong in its source."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind

KIND = IssueKind(
    name="repaired_number",
    subject="phone",
    description="The cell was repaired before it was read; the evidence is what was repaired.",
    suggested_fix="Write the repaired number back to the source.",
    is_issue=pl.col("repair").is_not_null(),
    severity=pl.lit("info"),
    evidence=pl.col("repair"),
)

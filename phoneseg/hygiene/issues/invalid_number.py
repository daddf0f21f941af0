"""A number that is in no range of its region that is in use."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind

KIND = IssueKind(
    name="invalid_number",
    subject="phone",
    description="The number has a possible length, but is in no range that is in use; the evidence is its region.",
    suggested_fix="Ask the contact for the number, or check the country that it is read in.",
    is_issue=~pl.col("is_valid"),
    severity=pl.lit("error"),
    evidence=pl.col("region_code"),
)

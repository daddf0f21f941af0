"""One contact with numbers of several countries."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind

KIND = IssueKind(
    name="several_countries",
    subject="contact",
    description="The contact's valid numbers are of several countries, which are the evidence; many people have such.",
    suggested_fix="See whether the cells mix up two people, or a number was read in a wrong country.",
    is_issue=pl.col("region_codes").list.len() > 1,
    severity=pl.when(pl.col("region_codes").list.len() > 2).then(pl.lit("warning")).otherwise(pl.lit("info")),
    evidence=pl.col("region_codes").list.join(","),
)

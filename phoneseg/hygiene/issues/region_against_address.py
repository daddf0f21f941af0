"""A number of another country than that of the address."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind

KIND = IssueKind(
    name="region_against_address",
    subject="phone",
    description=(
        "The number is of another country than the contact's country column says. People keep their mobile number "
        "where they go; a fixed line is where it is."
    ),
    suggested_fix="See which is right: the country of the contact, or the calling code of the number.",
    is_issue=pl.col("is_valid") & ~pl.col("is_of_address"),
    severity=pl.when(pl.col("number_type") == "FIXED_LINE").then(pl.lit("warning")).otherwise(pl.lit("info")),
    evidence=pl.concat_str("region_code", "address_region", separator=","),
)

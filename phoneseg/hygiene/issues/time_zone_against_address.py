"""A fixed line in another time zone than the city of the address."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind

_CLOCKS, _CITY_CLOCKS = pl.col("clocks"), pl.col("city_clocks")

KIND = IssueKind(
    name="time_zone_against_address",
    subject="phone",
    description=(
        "The number is of the country of the address, but its clock is another than that of all cities there that are "
        "called as the contact's; the evidence is the hours from UTC in winter and summer, of the number and the city."
    ),
    suggested_fix="See whether the contact has moved: the number or the city may be old.",
    is_issue=pl.col("is_valid")
    & pl.col("is_of_address")
    & (_CLOCKS.list.set_intersection(_CITY_CLOCKS).list.len() == 0),
    severity=pl.when(pl.col("number_type") == "FIXED_LINE").then(pl.lit("warning")).otherwise(pl.lit("info")),
    evidence=pl.format("{} against {}", _CLOCKS.list.join(","), _CITY_CLOCKS.list.join(",")),
)

"""A cell, or a part of one, that gave no possible number."""

from typing import Final

import polars as pl

from phoneseg.contracts import SHARED_BY_TOO_MANY
from phoneseg.hygiene.issue_kind import IssueKind

_FIXES: Final = {
    "NO_REGION": "Write the number with its calling code, or fill in the country.",
    "UNKNOWN_REGION_HINT": "Correct the country, or write the number with its calling code.",
    "INVALID_COUNTRY_CODE": "Ask the contact for the number: its calling code does not exist.",
    "NOT_A_NUMBER": "Empty the cell, or move what stands in it to where it belongs.",
    "PLACEHOLDER": "Empty the cell, and let the form do without a number.",
    SHARED_BY_TOO_MANY: "Empty the cell; a line that many do share needs their employer, or a higher bound.",
    "SPREADSHEET_NOTATION": "Import the source again with the column as text: the spreadsheet lost digits.",
}

KIND = IssueKind(
    name="quarantined",
    subject="quarantined",
    description="A cell, or a part of one, gave no possible number; the evidence is the quarantine reason.",
    suggested_fix="Ask the contact for the number: digits are missing, or there are too many.",
    is_issue=pl.lit(True),
    severity=pl.when(
        pl.col("quarantine_reason").is_in(["PLACEHOLDER", SHARED_BY_TOO_MANY, "NO_REGION", "UNKNOWN_REGION_HINT"])
    )
    .then(pl.lit("warning"))
    .otherwise(pl.lit("error")),
    evidence=pl.col("quarantine_reason"),
    fixes=_FIXES,
)

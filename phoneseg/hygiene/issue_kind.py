"""What a kind of issue is, and what the kinds look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from phoneseg.contracts import CONTACT_LEVEL, HYGIENE_ISSUE

Subject = Literal["phone", "quarantined", "contact"]


@dataclass(frozen=True)
class IssueKind:
    """One thing that may be wrong, as expressions over phones, quarantined cells or contacts.

    Attributes:
        name: The `issue_kind`.
        subject: What a row is that the expressions read: a row of `Examined.phones`, `.quarantined` or `.contacts`.
        description: What the issue says.
        suggested_fix: What to do.
        is_issue: Whether a row has the issue; null for no.
        severity: info, warning or error.
        evidence: Codes of what speaks for it, comma-separated; never a number or another value of the source.
        fixes: What to do instead, by evidence.
    """

    name: str
    subject: Subject
    description: str
    suggested_fix: str
    is_issue: pl.Expr
    severity: pl.Expr
    evidence: pl.Expr
    fixes: Mapping[str, str] = field(default_factory=dict)

    def find(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Return the issues of this kind.

        Args:
            rows: Those that `subject` names.

        Returns:
            Rows of HYGIENE_ISSUE.
        """
        where = {"phone_column": pl.lit(CONTACT_LEVEL), "position": pl.lit(0)} if self.subject == "contact" else {}
        told = rows.filter(self.is_issue).with_columns(severity=self.severity, evidence=self.evidence, **where)
        fix = pl.lit(self.suggested_fix)
        if self.fixes:
            fix = pl.col("evidence").replace_strict(
                [*self.fixes], [*self.fixes.values()], default=fix, return_dtype=pl.String
            )
        return HYGIENE_ISSUE.conform(told.with_columns(issue_kind=pl.lit(self.name), suggested_fix=fix))

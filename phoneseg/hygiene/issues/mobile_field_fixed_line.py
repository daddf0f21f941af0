"""A fixed line where a mobile number should be."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind
from phoneseg.settings import IssueSettings

_MOBILE_WORDS = r"(?i)mobil|cell|handy|gsm|movil|móvil|celular|portable|whatsapp|sms"


def build_kind(settings: IssueSettings) -> IssueKind:
    """Return the kind. Where the plan does not tell mobile numbers from fixed lines, as in the US, it finds nothing.

    Args:
        settings: The columns for mobile numbers.
    """
    column = pl.col("phone_column")
    named = column.is_in(settings.mobile_columns) if settings.mobile_columns else column.str.contains(_MOBILE_WORDS)
    return IssueKind(
        name="mobile_field_fixed_line",
        subject="phone",
        description="A column for mobile numbers holds a fixed line: it gets no messages.",
        suggested_fix="Move the number to the column for fixed lines, and ask the contact for a mobile number.",
        is_issue=pl.col("is_valid") & named & (pl.col("number_type") == "FIXED_LINE"),
        severity=pl.lit("warning"),
        evidence=pl.col("number_type"),
    )

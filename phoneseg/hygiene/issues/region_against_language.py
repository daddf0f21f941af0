"""A number of a country whose people do not speak the contact's language."""

import polars as pl

from phoneseg.hygiene.issue_kind import IssueKind
from phoneseg.hygiene.territory_languages import is_spoken
from phoneseg.settings import IssueSettings


def build_kind(settings: IssueSettings) -> IssueKind:
    """Return the kind. English says nothing, and so does a language where address and number agree on the country.

    Args:
        settings: From which share of the people on a language fits a region.
    """
    language, region = pl.col("language"), pl.col("region_code")
    is_foreign = ~is_spoken(region, language, settings.language_share_pct)
    return IssueKind(
        name="region_against_language",
        subject="phone",
        description=(
            "The number is of a country where hardly anybody speaks the contact's language, and the address is of "
            "another country, or of none."
        ),
        suggested_fix="See whether the calling code of the number is right; whoever moved keeps the language.",
        is_issue=pl.col("is_valid") & (language != "en") & is_foreign & ~pl.col("is_of_address").eq_missing(True),
        severity=pl.lit("info"),
        evidence=pl.concat_str(region, language, separator=","),
    )

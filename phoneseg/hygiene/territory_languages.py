"""Which languages are spoken where, by CLDR's population data as Babel ships it."""

from functools import cache
from typing import Final

import polars as pl
from babel.core import get_global

_SAME: Final = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "ji": "yi", "tl": "fil", "sh": "sr", "mo": "ro"}
"""Other codes of languages that CLDR has under one."""


def read_language(tag: pl.Expr) -> pl.Expr:
    """Return the language of tags such as `de`, `de-AT` and `pt_BR`; null for anything else."""
    code = tag.str.strip_chars().str.to_lowercase().str.extract(r"^([a-z]{2,3})(?:[-_].*)?$", 1)
    return code.replace(_SAME)


def is_spoken(region: pl.Expr, language: pl.Expr, share_pct: float) -> pl.Expr:
    """Return whether people of a region speak a language; true where CLDR knows neither, and null for null.

    Args:
        region: ISO 3166 alpha-2.
        language: What `read_language` gives.
        share_pct: Least percent of the people; an official language is spoken, whoever speaks it.
    """
    spoken = _list_spoken(share_pct)
    languages = sorted({pair.partition(":")[2] for pair in _list_spoken(0)})
    regions = sorted(get_global("territory_languages"))
    is_unknown = ~region.is_in(regions) | ~language.is_in(languages)
    return pl.concat_str(region, pl.lit(":"), language).is_in(spoken) | is_unknown


@cache
def _list_spoken(share_pct: float) -> list[str]:
    """Return region and language as `DE:de`, each once."""
    return sorted(
        {
            f"{region}:{_SAME.get(tag.partition('_')[0], tag.partition('_')[0])}"
            for region, languages in get_global("territory_languages").items()
            for tag, told in languages.items()
            if told["population_percent"] >= share_pct or told["official_status"]
        }
    )

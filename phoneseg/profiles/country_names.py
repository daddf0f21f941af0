"""English country names."""

from functools import cache
from typing import Final

import babel
import polars as pl

COUNTRY_NAMES: Final[dict[str, str]] = dict(babel.Locale("en").territories)


def country_name(region_code: pl.Expr) -> pl.Expr:
    """Return the English name of a region, else its code; null for null."""
    return region_code.replace_strict([*COUNTRY_NAMES], [*COUNTRY_NAMES.values()], default=region_code)


def is_country_name(name: pl.Expr, region_code: pl.Expr) -> pl.Expr:
    """Return whether a place is the region itself: where libphonenumber knows no place it answers with the country."""
    names = _libphonenumber_names()
    theirs = region_code.replace_strict([*names], [*names.values()], default=pl.lit(None), return_dtype=pl.String)
    return (name == country_name(region_code)) | (name == theirs).fill_null(False)


@cache
def _libphonenumber_names() -> dict[str, str]:
    """Return the names by region."""
    from phonenumbers.geodata.locale import LOCALE_DATA  # with all places of the world: half a second

    # "*aa" stands for: as in language aa.
    return {
        region: names.get(names["en"].removeprefix("*"), names["en"])
        for region, names in LOCALE_DATA.items()
        if "en" in names
    }

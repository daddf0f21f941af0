"""English country names of CLDR."""

from typing import Final

import babel
import polars as pl

COUNTRY_NAMES: Final[dict[str, str]] = dict(babel.Locale("en").territories)


def country_name(region_code: pl.Expr) -> pl.Expr:
    """Return the English name of a region, else its code; null for null."""
    return region_code.replace_strict([*COUNTRY_NAMES], [*COUNTRY_NAMES.values()], default=region_code)

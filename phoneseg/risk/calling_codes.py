"""Which country calling code a prefix has, whatever its level."""

from functools import cache
from typing import Final

import phonenumbers
import polars as pl

_LONGEST: Final = 3


def read_calling_code(prefix: pl.Expr, level: pl.Expr) -> pl.Expr:
    """Return the country calling code of prefixes, as text; null where there is none.

    Args:
        prefix: Prefixes, as PREFIX_ACTIVITY has them.
        level: Their levels.
    """
    known = list(_list_calling_codes())
    heads = [prefix.str.slice(0, length) for length in range(1, _LONGEST + 1)]
    of_block = pl.coalesce(pl.when(head.is_in(known)).then(head) for head in heads)  # no code begins another
    region = prefix.str.extract("^([^:]*)")
    return (
        pl.when(level == "number_block")
        .then(of_block)
        .when(level == "area_code")
        .then(prefix.str.extract("^([^-]*)-"))
        .otherwise(region.replace_strict(_map_regions(), default=None, return_dtype=pl.String))
    )


@cache
def _list_calling_codes() -> tuple[str, ...]:
    return tuple(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@cache
def _map_regions() -> dict[str, str]:
    return {
        region: str(code)
        for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        for region in regions
        if region != "001"
    }

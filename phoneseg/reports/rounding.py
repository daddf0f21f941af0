"""Random rounding whose draws stay: what a report says of a count.

A count c of a cell is shown as the multiple of a base b at or below c + r. The draw r, from 0 to b - 1, is a keyed hash
of the cell's name: nobody can compute it without the key. So a count is rounded up as often as its distance from the
multiple below asks for, and the expected value of what is shown is c: unbiased random rounding (Handbook on Statistical
Disclosure Control, 5.5, https://sdctools.github.io/HandbookSDC/05-frequency-tables.html).

Draws hang on the name of a cell, and not on who is in it, as the cell key method has it (Thompson, Broadfoot and Elazar
2013): a cell in which somebody comes and goes every day would get a new draw each time, and their mean would tell the
count. Here all days together tell c + r at best, and leave b values of c, each as likely as the others. Another name of
the same contacts does get another draw: from any number of them, b - 1 values remain possible.
"""

import json
from collections.abc import Sequence
from typing import Final

import polars as pl

from phoneseg.privacy import TokenKey

_COUNT: Final = "contact_count"


def round_counts(counts: pl.DataFrame, cell: Sequence[str], round_to: int, key: TokenKey, report: str) -> pl.DataFrame:
    """Return counts as a report may show them: multiples of `round_to` from twice it on; smaller ones have no row.

    A count up to `round_to` never has a row, one of twice as many always has. In between chance decides, as it does
    of the rounding: a row that comes or goes says as little as one that changes.

    Args:
        counts: A row for each cell, with the columns of `cell` and `contact_count`, a whole number.
        cell: Columns that name a cell: texts, not null, and the same names on each day.
        round_to: The base, in contacts.
        key: The key of the draws.
        report: Name of the report; the same cell in another has another draw.

    Returns:
        The rows that are shown, in their order, with `contact_count` rounded.
    """
    candidates = counts.filter(pl.col(_COUNT) > round_to)
    names = (json.dumps([report, *names]) for names in candidates.select(cell).iter_rows())
    draws = pl.Series([key.draw(name) % round_to for name in names], dtype=pl.Int64)
    rounded = (pl.col(_COUNT) + draws) // round_to * round_to
    return candidates.with_columns(rounded.cast(pl.Int64)).filter(pl.col(_COUNT) >= 2 * round_to)

"""A column of regions becomes indices of the tables' regions."""

from typing import Final

import numpy as np
import polars as pl

from phoneseg.numbers.columns import index_of
from phoneseg.numbers.engine.tape import Rows
from phoneseg.numbers.tables import Tables

_LONGEST_SPELLING: Final = 6
"""Bytes that can become two ASCII letters in upper case: the ligature st, the dotless i."""


class Regions:
    """Finds regions by their code, in any case.

    Args:
        tables: The tables.
    """

    def __init__(self, tables: Tables) -> None:
        self._codes = pl.Enum([region for region in tables.regions if region])
        self._is_supported = tables.is_supported_region
        self._at_of_letters = np.zeros(1 << 16, np.intp)
        for at, region in enumerate(tables.regions):
            if len(region) == 2 and tables.is_supported_region[at]:
                for letters in {first + second for first in _cases(region[0]) for second in _cases(region[1])}:
                    self._at_of_letters[int.from_bytes(letters.encode(), "little")] = at

    def find(self, codes: pl.Series) -> Rows:
        """Return the index of each region; 0 where there is none, or numbers cannot be dialled in it.

        Args:
            codes: ISO 3166 alpha-2 in any case; null is no region.
        """
        views = codes.to_arrow(compat_level=pl.CompatLevel.newest())
        words = np.frombuffer(views.buffers()[1], np.int32).reshape(-1, 4)[views.offset : views.offset + len(codes)]
        is_short = words[:, 0] == 2
        found = np.where(is_short, self._at_of_letters.take(words[:, 1] & 0xFFFF), 0)
        if codes.null_count():
            found[codes.is_null().to_numpy()] = 0
        odd = np.flatnonzero((found == 0) & (words[:, 0] > 1) & (words[:, 0] <= _LONGEST_SPELLING))
        if odd.size:
            found[odd] = self._find_odd(codes.gather(index_of(odd)))
        return found

    def _find_odd(self, codes: pl.Series) -> Rows:
        """Return the index of regions whose upper case is not plain."""
        found = codes.str.to_uppercase().cast(self._codes, strict=False).to_physical().cast(pl.Int64) + 1
        at = found.fill_null(0).to_numpy().astype(np.intp)
        return np.where(self._is_supported.take(at), at, 0)


def _cases(letter: str) -> tuple[str, str]:
    return letter.upper(), letter.lower()

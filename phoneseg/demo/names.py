"""First names and family names by culture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.countries import load_countries, read_data
from phoneseg.demo.draws import Booleans, Integers, draw_favourite, draw_index

FAMILY_NAME_FIRST: Final = ("chinese", "hungarian", "japanese", "korean", "vietnamese")
"""Cultures that write the family name first, at least among themselves."""

_FEMININE_ENDINGS: Final = {
    "russian": ((r"(ov|ev|in)$", "${1}a"),),
    "polish": ((r"(sk|ck)i$", "${1}a"),),
    "czech": ((r"ý$", "á"), (r"[aoe]$", "ová"), (r"([^áó])$", "${1}ová"), (r"ováová$", "ová")),
    "greek": ((r"poulos$", "poulou"), (r"idis$", "idou"), (r"akis$", "aki")),
}
"""How a woman's family name ends where it differs from a man's: (pattern, replacement) applied in order."""


@dataclass(frozen=True)
class NamePool:
    """All names of one kind in one list; a culture's names stand together from `start` for `size` places."""

    names: pl.Series
    start: Integers
    size: Integers

    def draw(self, rng: np.random.Generator, culture: Integers) -> pl.Series:
        """Draw one name for each culture, the first names of a culture more often."""
        place = self.start[culture] + draw_favourite(rng, self.size[culture])
        return self.names.gather(place)


@cache
def list_cultures() -> tuple[str, ...]:
    """List the cultures of `names.csv` in the file's order."""
    return tuple(read_data("names.csv")["culture"].unique(maintain_order=True))


def draw_cultures(rng: np.random.Generator, country: Integers) -> Integers:
    """Draw a culture for each country (positions in `load_countries()`), as positions in `list_cultures()`."""
    position = {name: place for place, name in enumerate(list_cultures())}
    drawn = np.zeros(len(country), dtype=np.int64)
    for place, entry in enumerate(load_countries()):
        rows = np.flatnonzero(country == place)
        cultures = np.array([position[name] for name, _ in entry.cultures])
        drawn[rows] = cultures[draw_index(rng, len(rows), [weight for _, weight in entry.cultures])]
    return drawn


def draw_first_names(rng: np.random.Generator, culture: Integers, is_female: Booleans) -> pl.Series:
    """Draw a first name for each person."""
    female = _pool("female").draw(rng, culture)
    male = _pool("male").draw(rng, culture)
    return male.zip_with(pl.Series(~is_female), female)


def draw_family_names(rng: np.random.Generator, culture: Integers) -> pl.Series:
    """Draw a family name for each household, in its masculine form."""
    return _pool("family").draw(rng, culture)


def inflect_family_name(family_name: pl.Expr, culture: pl.Expr, is_female: pl.Expr) -> pl.Expr:
    """Give women the feminine form of a family name where the language has one.

    Args:
        family_name: The masculine form.
        culture: Position in `list_cultures()`.
        is_female: Whether the form is wanted.

    Returns:
        The name as the person bears it.
    """
    inflected = family_name
    for name, endings in _FEMININE_ENDINGS.items():
        feminine = family_name
        for pattern, replacement in endings:
            feminine = feminine.str.replace(pattern, replacement)
        is_inflected = is_female & (culture == list_cultures().index(name))
        inflected = pl.when(is_inflected).then(feminine).otherwise(inflected)
    return inflected


@cache
def _pool(kind: str) -> NamePool:
    """Gather the names of one kind: female, male or family."""
    rows = read_data("names.csv").filter(pl.col("kind") == kind)
    by_culture = dict(zip(rows["culture"], rows["names"].str.split("|"), strict=True))
    lists = [by_culture[culture].to_list() for culture in list_cultures()]
    size = np.array([len(names) for names in lists], dtype=np.int64)
    names = pl.Series([name for names in lists for name in names], dtype=pl.String)
    return NamePool(names=names, start=np.cumsum(size) - size, size=size)

"""The people of the demo: households at one address, and the companies where some of them work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.countries import draw_countries, load_countries
from phoneseg.demo.draws import Floats, Integers, Moments, draw_chance, draw_index, open_generator
from phoneseg.demo.names import draw_cultures, draw_family_names, draw_first_names, inflect_family_name

_HOUSEHOLD_SIZE_WEIGHTS: Final = (62, 20, 9, 6, 3)
"""Of households of one to five persons."""

_EMPLOYEE_SHARE: Final = 0.1
"""Of persons whose company's line is one of their numbers."""

_LETTERS: Final = np.array(list("ABCDEFGHJKLMNPRSTUVWXYZ"))


@dataclass(frozen=True)
class Population:
    """The people, and how many companies employ them.

    Attributes:
        persons: One row per person in household order: person_id, household (position, never null), household_id (null
            for people who live alone), company (position, null for people without a company line), country (position
            in `load_countries()`), region_code, culture, first_name, last_name, is_female, city, postal_code (null
            where the country has none), birth_date, language, busyness (how active, 0 is never).
        household_count: Households, singles included.
        company_country: Country of each company, by position.
    """

    persons: pl.DataFrame
    household_count: int
    company_country: Integers


def draw_population(size: int, seed: int) -> Population:
    """Draw `size` persons, household by household.

    Args:
        size: Persons, at least one.
        seed: The demo's seed.

    Returns:
        The persons with everything that is true of them in every source.
    """
    rng = open_generator(seed, "population")
    household = _draw_households(rng, size)
    household_count = int(household[-1]) + 1
    homes = _draw_homes(rng, household_count)[household]
    culture, country = homes["culture"].to_numpy(), homes["country"].to_numpy()
    is_female = draw_chance(rng, size, 0.5)
    company, company_country = _draw_companies(rng, country)
    persons = homes.with_columns(
        pl.Series("person_id", np.arange(1, size + 1)),
        pl.Series("household", household),
        pl.Series("household_id", _name_households(household)),
        pl.Series("company", company).replace(-1, None),
        pl.Series("first_name", draw_first_names(rng, culture, is_female)),
        pl.Series("is_female", is_female),
        pl.Series("birth_date", _draw_birth_dates(rng, household)),
        pl.Series("busyness", _draw_busyness(rng, size)),
    ).with_columns(inflect_family_name(pl.col("last_name"), pl.col("culture"), pl.col("is_female")))
    return Population(persons, household_count, company_country)


def _draw_households(rng: np.random.Generator, size: int) -> Integers:
    """Number the households that `size` persons live in, 0, 0, 1, 2, 2, ... ; the last one may lose some."""
    sizes = draw_index(rng, size, _HOUSEHOLD_SIZE_WEIGHTS) + 1
    return np.repeat(np.arange(size), sizes)[:size]


def _draw_homes(rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Draw where each household lives, its family name and the language it speaks."""
    countries = load_countries()
    country = draw_countries(rng, count)
    culture = draw_cultures(rng, country)
    city_index = np.floor(rng.random(count) ** 1.4 * np.array([len(entry.cities) for entry in countries])[country])
    starts = np.cumsum([0] + [len(entry.cities) for entry in countries])[:-1]
    place = starts[country] + city_index.astype(np.int64)
    cities = [city for entry in countries for city in entry.cities]
    speaks_english = draw_chance(rng, count, 0.05)
    return pl.DataFrame(
        {
            "country": country,
            "region_code": pl.Series([entry.region_code for entry in countries]).gather(country),
            "culture": culture,
            "last_name": draw_family_names(rng, culture),
            "city": pl.Series([name for name, _ in cities]).gather(place),
            "postal_code": _draw_postal_codes(rng, place, [shape for _, shape in cities]),
            "language": pl.Series([entry.language for entry in countries])
            .gather(country)
            .zip_with(pl.Series(~speaks_english), pl.repeat("en", count, eager=True)),
        }
    )


def _draw_postal_codes(rng: np.random.Generator, place: Integers, shapes: list[str]) -> pl.Series:
    """Fill in the shape of each place's postal codes; null where the shape is empty."""
    codes = np.full(len(place), "", dtype=f"<U{max(map(len, shapes))}")
    for position, shape in enumerate(shapes):
        rows = np.flatnonzero(place == position)
        text = np.full(len(rows), "", dtype=codes.dtype)
        for mark in shape:
            if mark == "#":
                text = np.char.add(text, rng.integers(0, 10, len(rows)).astype(str))
            elif mark == "@":
                text = np.char.add(text, _LETTERS[rng.integers(0, len(_LETTERS), len(rows))])
            else:
                text = np.char.add(text, mark)
        codes[rows] = text
    return pl.Series(codes.tolist(), dtype=pl.String).replace("", None)


def _name_households(household: Integers) -> pl.Series:
    """Name each household `H0000001`; null for people who live alone."""
    is_alone = np.bincount(household)[household] == 1
    numbers = pl.Series(household + 1).cast(pl.String).str.zfill(7)
    return ("H" + numbers).set(pl.Series(is_alone), None)


def _draw_companies(rng: np.random.Generator, country: Integers) -> tuple[Integers, Integers]:
    """Employ some persons in companies of 5 to 60 of their own country.

    Returns:
        Each person's company (-1 for none) and each company's country.
    """
    company = np.full(len(country), -1, dtype=np.int64)
    employees = np.flatnonzero(draw_chance(rng, len(country), _EMPLOYEE_SHARE))
    countries_of_companies: list[int] = []
    for place in np.unique(country[employees]):
        staff = rng.permutation(employees[country[employees] == place])
        while len(staff) >= 5:  # a handful too small for a company goes without
            size = int(np.clip(rng.pareto(1.1) * 6 + 5, 5, 60))
            company[staff[:size]] = len(countries_of_companies)
            countries_of_companies.append(int(place))
            staff = staff[size:]
    return company, np.array(countries_of_companies, dtype=np.int64)


def _draw_birth_dates(rng: np.random.Generator, household: Integers) -> Moments:
    """Draw birth dates: two adults of about the same age first, then their grown children."""
    first = np.flatnonzero(np.diff(household, prepend=-1))
    place_in_household = np.arange(len(household)) - first[household]
    birth_year = (2026 - 24 - rng.beta(1.6, 2.2, len(first)) * 64)[household]
    partner = birth_year + rng.normal(0, 3, len(household))
    child = np.clip(birth_year + rng.uniform(22, 36, len(household)), None, 2008.4)
    year = np.choose(np.minimum(place_in_household, 2), [birth_year, np.clip(partner, 1930, 2008.4), child])
    days = ((year - 1970) * 365.2425 + rng.integers(0, 10, len(household))).astype(np.int64)
    dates: Moments = days.astype("datetime64[D]")
    return dates


def _draw_busyness(rng: np.random.Generator, size: int) -> Floats:
    """Draw how active each person is: one in eight never, most a little, a few very much."""
    busyness = np.minimum(rng.pareto(1.2, size) + 0.15, 120)
    busyness[draw_chance(rng, size, 0.12)] = 0
    return busyness

"""The countries where the demo's people live: weights, currencies, cities and how people write the country."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

from phoneseg.demo.draws import Floats, Integers, draw_index


@dataclass(frozen=True)
class Country:
    """One country of the demo.

    Attributes:
        region_code: ISO 3166 alpha-2.
        alpha3: ISO 3166 alpha-3.
        weight: Share of the population, relative to the others.
        currency: ISO 4217.
        units_per_usd: What a dollar costs, roughly; scales the prices.
        language: ISO 639-1.
        utc_offset_hours: Local time of the biggest city, without summer time.
        cultures: (culture of `names.csv`, weight) pairs.
        spellings: How people write the country, the usual one first.
        cities: (city, shape of its postal codes) pairs; `#` is a digit and `@` a letter, empty where there are none.
    """

    region_code: str
    alpha3: str
    weight: float
    currency: str
    units_per_usd: float
    language: str
    utc_offset_hours: float
    cultures: tuple[tuple[str, float], ...]
    spellings: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]


@cache
def load_countries() -> tuple[Country, ...]:
    """Load the countries, the most populous first."""
    cities: dict[str, list[tuple[str, str]]] = {}
    for region_code, city, shape in read_data("cities.csv").iter_rows():
        cities.setdefault(region_code, []).append((city, shape or ""))
    return tuple(
        Country(
            region_code=row["region_code"],
            alpha3=row["alpha3"],
            weight=float(row["weight"]),
            currency=row["currency"],
            units_per_usd=float(row["units_per_usd"]),
            language=row["language"],
            utc_offset_hours=float(row["utc_offset_hours"]),
            cultures=_read_weights(row["cultures"]),
            spellings=tuple(row["spellings"].split("|")),
            cities=tuple(cities[row["region_code"]]),
        )
        for row in read_data("countries.csv").iter_rows(named=True)
    )


def read_data(name: str) -> pl.DataFrame:
    """Read one of the CSV files in `phoneseg/demo/data`, every column as a string."""
    text = files("phoneseg.demo").joinpath("data", name).read_bytes()
    return pl.read_csv(text, infer_schema=False)


def draw_countries(rng: np.random.Generator, size: int) -> Integers:
    """Draw `size` countries by weight, as positions in `load_countries()`."""
    return draw_index(rng, size, [country.weight for country in load_countries()])


def utc_offsets_s() -> Floats:
    """Give the local time's distance from UTC in seconds, by position in `load_countries()`."""
    return np.array([country.utc_offset_hours * 3600 for country in load_countries()])


def _read_weights(text: str) -> tuple[tuple[str, float], ...]:
    pairs = (part.split(":") for part in text.split("|"))
    return tuple((name, float(weight)) for name, weight in pairs)

"""Who has which numbers: mobiles, household lines, company lines, and the strangers who only ever call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.countries import draw_countries, load_countries
from phoneseg.demo.draws import Booleans, draw_chance, open_generator
from phoneseg.demo.phone_numbers import KINDS, draw_numbers, find_main_region, has_kind, write_forms
from phoneseg.demo.population import Population

ROLES: Final = ("mobile", "second", "home", "business", "special")
"""What a number is to a person; `special` is toll-free, premium-rate, shared-cost or VoIP."""

_MOBILE_SHARE: Final = 0.95
_SECOND_SHARE: Final = 0.13
_FOREIGN_MOBILE_SHARE: Final = 0.03
_SPECIAL_SHARE: Final = 0.015
_SHARED_HOME_LINE_SHARE: Final = 0.72
_SINGLE_HOME_LINE_SHARE: Final = 0.3
_STRANGER_SHARE: Final = 0.02


@dataclass(frozen=True)
class NumberBook:
    """Every number of the demo and whose it is.

    Attributes:
        numbers: One row per distinct number: region_code, kind, role (of `ROLES`, or `stranger`), shared_kind
            (household, business_line or null), national_significant_number, calling_code, e164, international,
            national.
        of_person: One row per person in the population's order: one column per role with the row of `numbers`, null
            where the person has none.
        strangers: Rows of `numbers` that belong to nobody in the population.
    """

    numbers: pl.DataFrame
    of_person: pl.DataFrame
    strangers: pl.Series


def draw_number_book(population: Population, seed: int) -> NumberBook:
    """Draw the numbers of a population; none is drawn twice.

    Args:
        population: The people, households and companies.
        seed: The demo's seed.

    Returns:
        The numbers and their owners.
    """
    rng = open_generator(seed, "numbers")
    wanted = _list_wanted(rng, population)
    numbers = write_forms(_draw_wanted(rng, wanted))
    return NumberBook(
        numbers=numbers.drop("owner"),
        of_person=_look_up_owners(numbers, population.persons),
        strangers=_rows_of_role(numbers, "stranger")["number"],
    )


def _list_wanted(rng: np.random.Generator, population: Population) -> pl.DataFrame:
    """List the numbers to draw: region_code, kind, role, owner (person, household or company), shared_kind."""
    persons = population.persons
    regions = pl.Series([country.region_code for country in load_countries()])
    count = len(persons)
    person = persons.select("region_code", owner=pl.int_range(pl.len()))
    homes = persons.group_by("household", maintain_order=True).agg(pl.first("region_code"), members=pl.len())
    is_home_shared = (homes["members"] > 1).to_numpy()
    has_line = rng.random(len(homes)) < np.where(is_home_shared, _SHARED_HOME_LINE_SHARE, _SINGLE_HOME_LINE_SHARE)
    home = homes.select(
        "region_code",
        owner="household",
        shared_kind=pl.when(pl.col("members") > 1).then(pl.lit("household")),
    )
    business = pl.DataFrame({"region_code": regions.gather(population.company_country)}).select(
        "region_code", owner=pl.int_range(pl.len()), shared_kind=pl.lit("business_line")
    )
    strangers = int(count * _STRANGER_SHARE) + 1
    return pl.concat(
        [
            _want(_go_abroad(rng, person), "mobile", "mobile", draw_chance(rng, count, _MOBILE_SHARE)),
            _want(person, "second", "mobile", draw_chance(rng, count, _SECOND_SHARE)),
            _want(home, "home", "fixed_line", has_line),
            _want(business, "business", "fixed_line", np.ones(len(business), dtype=np.bool_)),
            _choose_special(rng, person.filter(draw_chance(rng, count, _SPECIAL_SHARE))),
            _want(
                pl.DataFrame({"region_code": regions.gather(draw_countries(rng, strangers))}).with_columns(owner=0),
                "stranger",
                "mobile",
                np.ones(strangers, dtype=np.bool_),
            ),
        ],
        how="diagonal_relaxed",
    )


def _want(owners: pl.DataFrame, role: str, kind: str, is_wanted: Booleans) -> pl.DataFrame:
    return owners.filter(is_wanted).with_columns(role=pl.lit(role), kind=pl.lit(kind))


def _go_abroad(rng: np.random.Generator, person: pl.DataFrame) -> pl.DataFrame:
    """Let some persons have the mobile of another country."""
    codes = pl.Series([country.region_code for country in load_countries()])
    elsewhere = codes.gather(draw_countries(rng, len(person)))
    is_abroad = pl.Series(draw_chance(rng, len(person), _FOREIGN_MOBILE_SHARE))
    return person.with_columns(region_code=elsewhere.zip_with(is_abroad, person["region_code"]))


def _choose_special(rng: np.random.Generator, person: pl.DataFrame) -> pl.DataFrame:
    """Choose a rarer type that the person's region has; regions that share a calling code share those numbers."""
    main_regions = [find_main_region(region) for region in person["region_code"]]
    kinds = [[kind for kind in KINDS[2:] if has_kind(region, kind)] or ["fixed_line"] for region in main_regions]
    return person.with_columns(
        region_code=pl.Series(main_regions, dtype=pl.String),
        role=pl.lit("special"),
        kind=pl.Series([choice[rng.integers(len(choice))] for choice in kinds], dtype=pl.String),
    )


def _draw_wanted(rng: np.random.Generator, wanted: pl.DataFrame) -> pl.DataFrame:
    """Draw a number for every row, region by region so that none comes twice."""
    parts = []
    for (region_code,), of_region in (
        wanted.sort("region_code", maintain_order=True).partition_by("region_code", as_dict=True).items()
    ):
        taken = pl.Series(dtype=pl.String)
        for (kind,), rows in of_region.partition_by("kind", as_dict=True).items():
            drawn = draw_numbers(rng, str(region_code), str(kind), len(rows), taken)
            taken = pl.concat([taken, drawn])
            parts.append(rows.with_columns(national_significant_number=drawn))
    return pl.concat(parts)


def _look_up_owners(numbers: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Find each person's numbers, by person, by household and by company."""
    found = persons.select("household", "company", person=pl.int_range(pl.len()))
    owner_columns = {"home": "household", "business": "company"}
    for role in ROLES:
        of_role = _rows_of_role(numbers, role).rename({"number": role})
        found = found.join(
            of_role, left_on=owner_columns.get(role, "person"), right_on="owner", how="left", maintain_order="left"
        )
    return found.select(ROLES)


def _rows_of_role(numbers: pl.DataFrame, role: str) -> pl.DataFrame:
    return numbers.select("owner", "role", number=pl.int_range(pl.len())).filter(role=role).drop("role")

"""The three contact tables of the demo, each with its own columns, habits and gaps."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.contact_rows import write_source_id
from phoneseg.demo.countries import draw_countries, load_countries
from phoneseg.demo.draws import draw_chance, draw_favourite, draw_index, open_generator
from phoneseg.demo.spelling import vary_emails

_WRONG_REGION_SHARE: Final = 0.008
_MISSING_REGION_SHARES: Final = {"crm": 0.04, "webshop": 0.03, "support": 0.15}


def build_contact_sources(rows: pl.DataFrame, cells: pl.DataFrame, seed: int) -> dict[str, pl.DataFrame]:
    """Build the tables of the three sources.

    Args:
        rows: One row per contact, ordered by source and id: what `draw_contact_rows` and `spell_names` give, joined
            with the person's country, city, postal_code, birth_date, is_female, language and email.
        cells: One row per phone cell, what `write_phone_cells` gives for the same rows.
        seed: The demo's seed.

    Returns:
        The tables by name (`crm.customer`, `webshop.account`, `support.requester`), ordered by id.
    """
    written = {str(name[0]): part for name, part in cells.partition_by("phone_column", as_dict=True).items()}

    def phones(column: str) -> pl.Series:
        part = written.get(column)
        return part["written"] if part is not None else pl.Series(dtype=pl.String)

    def of_source(source: str) -> pl.DataFrame:
        part = rows.filter(source=source)
        region = _write_region(part["country"], source, seed)
        missing_email = {"crm": 0.12, "webshop": 0.005, "support": 0.06}[source]
        email = vary_emails(part["email"], seed, source, missing_email)
        return part.with_columns(region=region, email=email, id=write_source_id())

    crm = of_source("crm").with_columns(mobile=phones("mobile"), home_phone=phones("home_phone"))
    webshop = of_source("webshop").with_columns(phone=phones("phone"))
    support = of_source("support").with_columns(callback_number=phones("callback_number"))
    return {
        "crm.customer": _shape_crm(crm, seed),
        "webshop.account": _shape_webshop(webshop, seed),
        "support.requester": _shape_support(support, seed),
    }


def _write_region(country: pl.Series, source: str, seed: int) -> pl.Series:
    """Write each contact's country as the source does; some are missing and some are another country."""
    rng = open_generator(seed, f"regions of {source}")
    size = len(country)
    is_wrong = draw_chance(rng, size, _WRONG_REGION_SHARE)
    place = np.where(is_wrong, draw_countries(rng, size), country.to_numpy())
    codes = pl.Series([entry.region_code for entry in load_countries()]).gather(place)
    alpha3 = pl.Series([entry.alpha3 for entry in load_countries()]).gather(place)
    if source == "support":
        written = alpha3
    elif source == "crm":
        habit = pl.Series(draw_index(rng, size, (91, 5, 4)))
        written = codes.zip_with(habit != 1, codes.str.to_lowercase()).zip_with(habit != 2, alpha3)
    else:
        sizes = np.array([len(entry.spellings) for entry in load_countries()])
        starts = np.cumsum(sizes) - sizes
        spellings = pl.Series([text for entry in load_countries() for text in entry.spellings])
        written = spellings.gather(starts[place] + draw_favourite(rng, sizes[place], bias=2.2))
    return _drop(rng, written, _MISSING_REGION_SHARES[source])


def _drop(rng: np.random.Generator, values: pl.Series, share: float) -> pl.Series:
    """Replace a share of the values by null."""
    return values.zip_with(pl.Series(~draw_chance(rng, len(values), share)), pl.Series([None], dtype=values.dtype))


def _mistake_dates(rng: np.random.Generator, dates: pl.Series, missing_share: float) -> pl.Series:
    """Swap day and month of a few birth dates, put a few on New Year's Day of 1900 or 1970, and drop some."""
    habit = pl.Series(draw_index(rng, len(dates), (975, 12, 4, 9)))
    date = pl.lit(dates)
    swapped = pl.date(date.dt.year(), pl.min_horizontal(date.dt.day(), pl.lit(12)), date.dt.month())
    written = pl.select(
        pl.when(habit == 1)
        .then(pl.when(date.dt.day() <= 12).then(swapped).otherwise(date))
        .when(habit == 2)
        .then(pl.date(1900, 1, 1))
        .when(habit == 3)
        .then(pl.date(1970, 1, 1))
        .otherwise(date)
        .alias("date")
    )["date"]
    return _drop(rng, written, missing_share)


def _write_cities(rng: np.random.Generator, cities: pl.Series) -> pl.Series:
    """Write most cities as they are, some in capitals or small letters."""
    habit = pl.Series(draw_index(rng, len(cities), (94, 4, 2)))
    return cities.zip_with(habit != 1, cities.str.to_uppercase()).zip_with(habit != 2, cities.str.to_lowercase())


def _shape_crm(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = open_generator(seed, "crm columns")
    gender = rows.select(pl.when("is_female").then(pl.lit("F")).otherwise(pl.lit("M")))["literal"]
    other = pl.Series(draw_chance(rng, len(rows), 0.01))
    return rows.select(
        customer_id="source_id",
        first_name="first_name",
        last_name="last_name",
        email="email",
        mobile="mobile",
        home_phone="home_phone",
        country="region",
        city=_drop(rng, _write_cities(rng, rows["city"]), 0.02),
        postal_code=_drop(rng, rows["postal_code"], 0.05),
        birth_date=_mistake_dates(rng, rows["birth_date"], 0.18),
        gender=_drop(rng, gender.zip_with(~other, pl.Series(["X"])), 0.07),
        language=_drop(rng, rows["language"], 0.06),
        created_at="created_at",
        updated_at="updated_at",
    )


def _shape_webshop(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = open_generator(seed, "webshop columns")
    return rows.select(
        account_id="id",
        full_name="full_name",
        email="email",
        phone="phone",
        billing_country="region",
        city=_drop(rng, _write_cities(rng, rows["city"]), 0.01),
        postal_code=_drop(rng, rows["postal_code"], 0.02),
        date_of_birth=_mistake_dates(rng, rows["birth_date"], 0.35),
        newsletter=pl.Series(draw_chance(rng, len(rows), 0.41)),
        registered_at="created_at",
        updated_at="updated_at",
    )


def _shape_support(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = open_generator(seed, "support columns")
    tag = pl.Series(draw_chance(rng, len(rows), 0.1))
    with_region = rows.select(pl.concat_str("language", pl.lit("-"), "region_code").alias("tag"))["tag"]
    return rows.select(
        requester_id="source_id",
        name="full_name",
        email="email",
        callback_number="callback_number",
        country_code="region",
        preferred_language=_drop(rng, rows["language"].zip_with(~tag, with_region), 0.1),
        first_seen_at="created_at",
        updated_at="updated_at",
    )

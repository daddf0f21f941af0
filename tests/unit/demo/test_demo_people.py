"""The people are believable: countries, households, names, addresses."""

import polars as pl
import pytest

from phoneseg.demo.countries import load_countries
from phoneseg.demo.names import inflect_family_name, list_cultures
from phoneseg.demo.population import Population, draw_population
from phoneseg.demo.spelling import remove_accents, write_emails


@pytest.fixture(scope="module")
def population() -> Population:
    return draw_population(85_000, seed=5)


def test_every_country_has_dozens_of_people(population: Population) -> None:
    counts = population.persons["region_code"].value_counts()
    assert len(counts) == len(load_countries()) >= 60
    assert counts["count"].min() >= 36


def test_every_country_is_complete() -> None:
    for country in load_countries():
        assert country.cities
        assert country.weight > 0
        assert {culture for culture, _ in country.cultures} <= set(list_cultures())


def test_a_household_shares_name_and_address(population: Population) -> None:
    homes = population.persons.filter(pl.col("household_id").is_not_null()).group_by("household_id")
    shared = homes.agg(pl.len(), pl.col("region_code", "city", "postal_code", "culture").n_unique())
    assert shared["len"].min() == 2
    assert shared["len"].max() == 5
    assert shared.select(pl.col("region_code", "city", "postal_code", "culture").max()).row(0) == (1, 1, 1, 1)


def test_companies_have_five_to_sixty_employees_of_one_country(population: Population) -> None:
    staff = population.persons.filter(pl.col("company").is_not_null()).group_by("company")
    sizes = staff.agg(pl.len(), pl.col("region_code").n_unique())
    assert 5 <= sizes["len"].min() <= sizes["len"].max() <= 60
    assert sizes["region_code"].max() == 1


def test_everybody_is_grown_up_and_nobody_ancient(population: Population) -> None:
    years = population.persons["birth_date"].dt.year()
    assert years.min() >= 1925
    assert years.max() <= 2008


@pytest.mark.parametrize(
    ("culture", "masculine", "feminine"),
    [
        ("russian", "Ivanov", "Ivanova"),
        ("russian", "Shevchenko", "Shevchenko"),
        ("polish", "Kowalski", "Kowalska"),
        ("czech", "Novák", "Nováková"),
        ("czech", "Svoboda", "Svobodová"),
        ("czech", "Novotný", "Novotná"),
        ("greek", "Papadopoulos", "Papadopoulou"),
        ("english", "Darwin", "Darwin"),
    ],
)
def test_women_bear_the_feminine_form(culture: str, masculine: str, feminine: str) -> None:
    row = pl.DataFrame({"name": masculine, "culture": list_cultures().index(culture)})
    inflected = row.select(
        inflect_family_name(pl.col("name"), pl.col("culture"), pl.lit(True)).alias("she"),
        inflect_family_name(pl.col("name"), pl.col("culture"), pl.lit(False)).alias("he"),
    )
    assert inflected.row(0) == (feminine, masculine)


def test_accents_are_removed_from_every_name(population: Population) -> None:
    plain = population.persons.select(remove_accents(pl.concat_str("first_name", "last_name")))["first_name"]
    assert plain.str.contains(r"^[A-Za-z' -]+$").all()


def test_nobody_can_receive_a_mail(population: Population, demo: dict[str, pl.DataFrame]) -> None:
    emails = [rows["email"] for rows in demo.values() if "email" in rows.columns]
    addresses = pl.concat([write_emails(population.persons, 5), *emails]).drop_nulls().str.to_lowercase()
    assert addresses.str.contains(r"^[a-z0-9._+]+@example\.(com|org|net)$").all()


def test_postal_codes_have_the_shape_of_their_city(population: Population) -> None:
    londoners = population.persons.filter(city="London")["postal_code"]
    assert londoners.str.contains(r"^SW\d \d[A-Z]{2}$").all()
    assert population.persons.filter(region_code="HK")["postal_code"].is_null().all()


def test_regions_are_written_as_each_source_does(demo: dict[str, pl.DataFrame]) -> None:
    crm = demo["crm.customer"]["country"]
    assert 0.02 < crm.is_null().mean() < 0.07
    assert crm.drop_nulls().str.contains(r"^([A-Z]{2}|[a-z]{2}|[A-Z]{3})$").all()
    support = demo["support.requester"]["country_code"]
    assert 0.1 < support.is_null().mean() < 0.2
    assert support.drop_nulls().str.contains(r"^[A-Z]{3}$").all()
    assert demo["webshop.account"]["billing_country"].n_unique() > 60


def test_ids_grow_with_time(demo: dict[str, pl.DataFrame]) -> None:
    columns = {
        "crm.customer": ("customer_id", "created_at"),
        "webshop.account": ("account_id", "registered_at"),
        "support.requester": ("requester_id", "first_seen_at"),
    }
    for table, (key, created_at) in columns.items():
        rows = demo[table]
        assert rows[key].is_unique().all()
        assert rows[key].is_sorted()
        assert rows[created_at].is_sorted()
        assert (rows["updated_at"] >= rows[created_at]).all()

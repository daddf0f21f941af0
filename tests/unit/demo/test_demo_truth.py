"""The truth files say what is in the warehouse, and libphonenumber agrees with them."""

import phonenumbers
import polars as pl
import pytest

from phoneseg.demo.countries import load_countries
from phoneseg.demo.damages import DAMAGES, NO_NUMBER

PHONE_COLUMNS = {
    "crm": ("crm.customer", "customer_id", "country", ["mobile", "home_phone"]),
    "webshop": ("webshop.account", "account_id", "billing_country", ["phone"]),
    "support": ("support.requester", "requester_id", "country_code", ["callback_number"]),
}
EMPTY = ("null", "empty_string", "blank")


def read_cells(demo: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Read every phone cell of the warehouse: contact_id, phone_column, cell, country (as written)."""
    return pl.concat(
        demo[table].select(
            pl.concat_str(pl.lit(f"{source}:"), pl.col(key).cast(pl.String)).alias("contact_id"),
            pl.lit(column).alias("phone_column"),
            pl.col(column).alias("cell"),
            pl.col(country).alias("country"),
        )
        for source, (table, key, country, columns) in PHONE_COLUMNS.items()
        for column in columns
    )


@pytest.fixture(scope="session")
def cells(demo: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Every phone cell with its truth and the person's true region."""
    keys = ["contact_id", "phone_column"]
    return (
        read_cells(demo)
        .join(demo["truth.phone_cell"], on=keys, validate="1:1")
        .join(demo["truth.person"].select("contact_id", "region_code"), on="contact_id", validate="m:1")
    )


def find_outcome(cell: str, region_code: str | None) -> str:
    try:
        number = phonenumbers.parse(cell, region_code)
    except phonenumbers.NumberParseException:
        return "unparseable"
    if phonenumbers.is_valid_number(number):
        return "valid"
    return "invalid" if phonenumbers.is_possible_number(number) else "impossible"


def finds_number(cell: str, region_code: str, phone_e164: str) -> bool:
    try:
        number = phonenumbers.parse(cell, region_code)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == phone_e164


def test_every_contact_has_a_truth_row(demo: dict[str, pl.DataFrame]) -> None:
    contact_ids = read_cells(demo)["contact_id"].unique()
    assert demo["truth.person"]["contact_id"].is_unique().all()
    assert set(demo["truth.person"]["contact_id"]) == set(contact_ids)
    nulls = demo["truth.person"].drop("household_id").null_count()
    assert set(nulls.row(0)) == {0}


def test_every_phone_cell_has_a_truth_row(demo: dict[str, pl.DataFrame], cells: pl.DataFrame) -> None:
    assert len(cells) == len(demo["truth.phone_cell"]) == len(read_cells(demo))


def test_empty_cells_are_declared_empty(cells: pl.DataFrame) -> None:
    is_empty = cells["cell"].fill_null("").str.strip_chars() == ""
    agrees = is_empty == cells["damage"].is_in(EMPTY)
    assert agrees.all()


def test_only_cells_that_mean_a_number_have_one(cells: pl.DataFrame) -> None:
    has_none = cells["damage"].is_in(list(NO_NUMBER))
    agrees = cells["phone_e164"].is_null() == has_none
    assert agrees.all()
    has_second = cells["second_phone_e164"].is_not_null()
    assert (has_second == (cells["damage"] == "two_numbers")).all()


def test_every_damage_is_declared(cells: pl.DataFrame) -> None:
    declared = {damage.name for damage in DAMAGES} | set(NO_NUMBER)
    assert len(declared) == len(DAMAGES) + len(NO_NUMBER)
    assert set(cells["damage"]) <= declared
    assert len(set(cells["damage"])) > 30


def test_about_nine_of_ten_cells_are_valid(cells: pl.DataFrame) -> None:
    regions = {
        text.lower(): country.region_code
        for country in load_countries()
        for text in (country.region_code, country.alpha3, *country.spellings)
    }
    filled = cells.filter(~pl.col("damage").is_in(EMPTY)).select("cell", "country")
    outcomes = pl.Series([find_outcome(cell, regions.get((country or "").lower())) for cell, country in filled.rows()])
    share = {outcome: (outcomes == outcome).mean() or 0.0 for outcome in set(outcomes)}
    assert 0.9 <= share["valid"] <= 0.945
    assert 0.03 <= share["unparseable"] + share["impossible"] <= 0.06
    assert 0.015 <= share["invalid"] <= 0.04


def test_libphonenumber_agrees_with_is_recoverable(cells: pl.DataFrame) -> None:
    numbered = cells.filter(pl.col("phone_e164").is_not_null())
    answers = [finds_number(*row) for row in numbered.select("cell", "region_code", "phone_e164").rows()]
    wrong = numbered.filter(pl.Series(answers) != pl.col("is_recoverable"))
    assert wrong["damage"].to_list() == []
    assert not cells.filter(pl.col("phone_e164").is_null())["is_recoverable"].any()


def test_true_numbers_are_valid(cells: pl.DataFrame) -> None:
    numbers = cells["phone_e164"].drop_nulls().unique()
    valid = [phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers]
    assert all(valid)


def test_placeholders_are_shared(cells: pl.DataFrame) -> None:
    placeholders = cells.filter(shared_kind="placeholder")
    are_known = placeholders["cell"].is_in(list(NO_NUMBER["placeholder"]))
    assert are_known.all()
    uses = placeholders["cell"].value_counts()["count"]
    assert uses.max() >= 3


def test_only_households_and_companies_share_numbers(demo: dict[str, pl.DataFrame], cells: pl.DataFrame) -> None:
    owners = (
        cells.filter(pl.col("phone_e164").is_not_null())
        .join(demo["truth.person"].select("contact_id", "person_id", "household_id"), on="contact_id")
        .group_by("phone_e164", "shared_kind")
        .agg(persons=pl.col("person_id").n_unique(), households=pl.col("household_id").n_unique())
    )
    is_of_one_kind = owners["phone_e164"].is_unique().all()
    assert is_of_one_kind
    assert owners.filter(pl.col("shared_kind").is_null())["persons"].max() == 1
    in_households = owners.filter(shared_kind="household")
    assert in_households["households"].max() == 1
    assert 2 <= in_households["persons"].max() <= 5
    assert owners.filter(shared_kind="business_line")["persons"].max() >= 5


def test_persons_stand_in_several_sources_and_a_few_twice_in_one(demo: dict[str, pl.DataFrame]) -> None:
    source = pl.col("contact_id").str.split(":").list.first()
    sources = demo["truth.person"].group_by("person_id").agg(source.n_unique())["contact_id"]
    assert set(sources) == {1, 2, 3}
    assert 0.005 <= demo["truth.person"]["duplicate_within_source"].mean() <= 0.025
    firsts = demo["truth.person"].filter(~pl.col("duplicate_within_source")).select("person_id", source.alias("source"))
    assert firsts.is_unique().all()

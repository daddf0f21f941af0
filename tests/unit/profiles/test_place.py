"""A contact's place is the size of the place that its address, else its fixed line, names."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts import CONTACT_BASE
from phoneseg.profiles.gazetteer import load_places, write_place_key
from phoneseg.profiles.place import add_place, classify_places
from phoneseg.settings.place import PlaceSettings

Place = tuple[str | None, str | None, float | None]
NOWHERE: Place = (None, None, None)
FIXED_LINE = {"is_valid": True, "is_geographic": True, "number_type": "FIXED_LINE"}
BERLIN_LINE = {**FIXED_LINE, "region_code": "DE", "location_name": "Berlin"}


def _place(contact: dict[str, object], **bounds: int) -> Place:
    base = pl.LazyFrame([{"contact_id": "crm:1", "source": "crm", **contact}], CONTACT_BASE.schema)
    placed = add_place(base, PlaceSettings(**bounds)).collect()
    (row,) = placed.select("place_type", "place_source", "place_confidence").rows()
    return row


@pytest.mark.parametrize(
    ("city", "country", "place_type"),
    [
        ("Berlin", "DE", "urban"),
        ("  BERLIN ", "DE", "urban"),
        ("münchen", "DE", "urban"),
        ("Muenchen", "DE", "urban"),
        ("Munich", "DE", "urban"),
        ("Roma", "IT", "urban"),
        ("Lodz", "PL", "urban"),
        ("Łódź", "PL", "urban"),
        ("東京", "JP", "urban"),
        ("Frankfurt (Oder)", "DE", "urban"),
        ("Aix-en-Provence", "FR", "urban"),
        ("aix en provence", "FR", "urban"),
        ("Füssen", "DE", "town"),
        ("Schiltach", "DE", "rural"),
    ],
)
def test_a_city_is_found_however_it_is_spelled(city: str, country: str, place_type: str) -> None:
    assert _place({"city": city, "region_hint": country}) == (place_type, "postal_address", 1.0)


@pytest.mark.parametrize(
    "contact",
    [
        {},
        {"city": "Berlin"},  # in which country?
        {"region_hint": "DE"},
        {"city": "", "region_hint": "DE"},
        {"city": "-", "region_hint": "DE"},
        {"city": "Berlin", "region_hint": "JP"},
        {"city": "Hinterdupfing am See", "region_hint": "DE"},
        {**BERLIN_LINE, "is_valid": False},
        {**BERLIN_LINE, "is_geographic": False},
        {**BERLIN_LINE, "number_type": "FIXED_LINE_OR_MOBILE"},
        {**BERLIN_LINE, "location_name": None},
        {**FIXED_LINE, "region_code": "CO", "location_name": "Colombia"},  # there is a town of that name
        {**FIXED_LINE, "region_code": "TH", "location_name": "Bangkok/Nonthaburi"},
    ],
)
def test_what_names_no_place_for_sure_is_unknown(contact: dict[str, object]) -> None:
    assert _place(contact) == NOWHERE


def test_the_postal_address_goes_before_the_area_of_the_phone_and_the_area_is_less_sure() -> None:
    address = {"city": "Schiltach", "region_hint": "DE"}
    assert _place({**address, **BERLIN_LINE}) == ("rural", "postal_address", 1.0)
    assert _place({"city": "Nowhere", "region_hint": "DE", **BERLIN_LINE}) == ("urban", "fixed_line_area", 0.7)
    assert _place(BERLIN_LINE) == ("urban", "fixed_line_area", 0.7)


def test_the_area_is_in_the_country_of_the_phone_and_the_city_in_that_of_the_address() -> None:
    contact = {"city": "London", "region_hint": "GB", **FIXED_LINE, "region_code": "FR", "location_name": "London"}
    assert _place(contact) == ("urban", "postal_address", 1.0)
    assert _place({**contact, "city": None}) == NOWHERE


def test_of_several_places_of_a_name_the_most_populous_counts_and_the_share_of_its_people_is_the_confidence() -> None:
    key = (pl.col("country") == "US") & (pl.col("key") == "springfield")
    population = load_places().filter(key)["population"]
    assert population.len() > 10
    urban = population.filter(population >= 50_000).sum() / population.sum()
    assert 0.5 < urban < 0.95
    assert _place({"city": "Springfield", "region_hint": "US"}) == ("urban", "postal_address", round(urban, 2))


@pytest.mark.parametrize(
    ("city", "place_type"), [("Springfield, IL", "urban"), ("Springfield, CO", "rural"), ("Springfield, vt", "rural")]
)
def test_a_state_tells_places_of_one_name_apart(city: str, place_type: str) -> None:
    assert _place({"city": city, "region_hint": "US"}) == (place_type, "postal_address", 1.0)


def test_a_rest_that_is_the_code_of_nothing_is_left_out() -> None:
    names = pl.DataFrame({"country": ["JP", "BR"], "name": ["Ito, Shizuoka", "Panambi - RS"]})
    assert classify_places(names, PlaceSettings()).sort("country")["place_type"].to_list() == ["town", "urban"]


def test_the_settings_say_how_many_people_make_a_town_and_a_city() -> None:
    fuessen = {"city": "Füssen", "region_hint": "DE"}  # some 15,000
    assert _place(fuessen)[0] == "town"
    assert _place(fuessen, urban_from_population=10_000)[0] == "urban"
    assert _place(fuessen, town_from_population=20_000)[0] == "rural"


def test_contacts_keep_their_order_their_number_and_their_columns() -> None:
    rows = [{"contact_id": f"crm:{n}", "source": "crm", "city": "Berlin", "region_hint": "DE"} for n in range(50)]
    rows += [{"contact_id": f"web:{n}", "source": "web", **BERLIN_LINE} for n in range(50)]
    base = pl.DataFrame(rows, CONTACT_BASE.schema).sample(fraction=1, shuffle=True, seed=1)
    placed = add_place(base.lazy(), PlaceSettings()).collect()
    assert_frame_equal(placed.drop("place_type", "place_source", "place_confidence"), base)
    assert placed["place_type"].unique().to_list() == ["urban"]


def test_no_contacts_and_contacts_of_no_place_give_the_same_columns() -> None:
    empty = add_place(CONTACT_BASE.schema.to_frame().lazy(), PlaceSettings()).collect()
    one = pl.LazyFrame(
        [{"contact_id": "crm:1", "source": "crm", "city": "Berlin", "region_hint": "DE"}], CONTACT_BASE.schema
    )
    assert empty.schema == add_place(one, PlaceSettings()).collect().schema
    assert len(empty) == 0


def test_the_gazetteer_has_no_gaps_and_every_name_of_a_place_once() -> None:
    places = load_places()
    assert len(places) > 500_000
    assert sum(places.null_count().row(0)) == 0
    assert places.select("place", "key").is_duplicated().sum() == 0
    assert places.select((pl.col("population") > 0).all(), (pl.col("key") != "").all()).row(0) == (True, True)
    assert places["country"].str.contains("^[A-Z]{2}$").all()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("  Zürich\t", "zurich"),
        ("İstanbul", "istanbul"),
        ("A\N{LATIN SMALL LETTER G WITH BREVE}r\N{LATIN SMALL LETTER DOTLESS I}", "agri"),
        ("Straße", "strasse"),
        ("København", "kobenhavn"),
        ("L'Aquila", "l aquila"),
        ("--", ""),
    ],
)
def test_a_key_is_letters_and_digits_without_accents(name: str, key: str) -> None:
    assert pl.select(write_place_key(pl.lit(name))).item() == key

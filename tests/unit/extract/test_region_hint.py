"""What people write in a country field, and the code it means."""

import babel
import phonenumbers
import pycountry
import pytest

from phoneseg.extract import resolve_region


@pytest.mark.parametrize(
    ("hint", "region"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        (" De\u00a0", "DE"),
        ("DEU", "DE"),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("U.S.", "US"),
        ("The United States", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("united kingdom", "GB"),
        ("Great Britain", "GB"),
        ("England", "GB"),
        ("Scotland", "GB"),
        ("Viet Nam", "VN"),
        ("Vietnam", "VN"),
        ("Deutschland", "DE"),
        ("\u00d6sterreich", "AT"),
        ("Espana", "ES"),
        ("T\u00dcRK\u0130YE", "TR"),
        ("Turkey", "TR"),
        ("C\u00f4te d\u2019Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("Trinidad & Tobago", "TT"),
        ("Trinidad and Tobago", "TT"),
        ("Guinea-Bissau", "GW"),
        ("\u65e5\u672c", "JP"),
        ("\u0420\u043e\u0441\u0441\u0438\u044f", "RU"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("Dominica", "DM"),
        ("Dominican Republic", "DO"),
        ("South Korea", "KR"),
        ("North Korea", "KP"),
        ("Sudan", "SD"),
        ("South Sudan", "SS"),
        ("XK", "XK"),
        ("AC", "AC"),
    ],
)
def test_a_hint_means_its_country(hint: str, region: str) -> None:
    assert resolve_region(hint) == region


@pytest.mark.parametrize("hint", [None, "", "  ", "\u00a0", "\t", "-", "?", "...", "1", "+1", "none", "unknown", "the"])
def test_nothing_in_particular_means_no_country(hint: str | None) -> None:
    assert resolve_region(hint) is None


@pytest.mark.parametrize("hint", ["Atlantis", "California", "Europe", "ENG", "Virgin Islands", "America"])
def test_a_name_that_no_country_has_alone_means_no_country(hint: str) -> None:
    assert resolve_region(hint) is None


def test_every_iso_code_and_name_means_its_country() -> None:
    wrong = [
        (written, country.alpha_2)
        for country in pycountry.countries
        for written in (country.alpha_2, country.alpha_2.lower(), country.alpha_3, country.name)
        if resolve_region(written) != country.alpha_2
    ]
    assert wrong == []


def test_every_english_name_of_cldr_means_its_country() -> None:
    english = babel.Locale("en").territories
    iso = {country.alpha_2 for country in pycountry.countries}
    wrong = [(name, code) for code, name in english.items() if code in iso and resolve_region(name) != code]
    assert wrong == []


def test_not_applicable_is_not_namibia() -> None:
    assert {hint: resolve_region(hint) for hint in ("N/A", "n/a", "N.A.", "n.a.")} == dict.fromkeys(
        ("N/A", "n/a", "N.A.", "n.a.")
    )


def test_a_german_state_is_not_another_country() -> None:
    states = [state.code for state in pycountry.subdivisions.get(country_code="DE")]
    assert {state: resolve_region(state) for state in states if resolve_region(state) not in {None, "DE"}} == {}


def test_a_single_letter_is_no_country() -> None:
    letters = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    assert {letter: resolve_region(letter) for letter in letters if resolve_region(letter)} == {}


def test_a_hint_means_a_country_of_iso_or_of_libphonenumber_or_none() -> None:
    known = {country.alpha_2 for country in pycountry.countries} | phonenumbers.SUPPORTED_REGIONS | {None}
    meant = {name: resolve_region(name) for name in babel.Locale("en").territories.values()}
    assert {name: region for name, region in meant.items() if region not in known} == {}

"""Countries as people write them: "US", "USA", "United Kingdom", "Viet Nam", "Deutschland"."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from functools import cache, lru_cache

import babel
import pycountry
from babel.localedata import locale_identifiers
from phonenumbers import SUPPORTED_REGIONS

_NOT_APPLICABLE = re.compile(r"n[./ ]+a\.?", re.IGNORECASE)  # NA alone is Namibia
# Parts of a country that write themselves in a country field; ISO 3166-2 lists them below GB.
_NATION_TYPES = {"Country", "Nation", "Province"}
# CLDR's short and variant names, which Babel does not read, and what ISO 3166 gives only in a longer form.
_FORMS_OF_STATE = {"and", "de", "of", "pr", "rep", "republic", "republica", "republik", "republique", "the"}
_NamedCode = tuple[str, str]
_ALIASES = {
    "UK": "GB",
    "Great Britain": "GB",
    "Turkey": "TR",
    "Holland": "NL",
    "Czech Republic": "CZ",
    "UAE": "AE",
    "KSA": "SA",
    "RSA": "ZA",
    "Republic of China": "TW",
    "P.R. China": "CN",
    "Palestine": "PS",
    "Macedonia": "MK",
}


@lru_cache(maxsize=100_000)
def resolve_region(hint: str | None) -> str | None:
    """Return the ISO 3166 alpha-2 code that a country hint means.

    Args:
        hint: An alpha-2 or alpha-3 code, or a name in any language of CLDR or of ISO 3166, in any case.

    Returns:
        The code in upper case; null for a null, a blank, an unknown name, and a name that several countries have.
    """
    if hint is None or not hint.strip() or _NOT_APPLICABLE.fullmatch(hint.strip()):
        return None
    for layer, fold in _LOOKUPS:
        if codes := _codes_by_name(layer, fold).get(fold(hint)):
            return next(iter(codes)) if len(codes) == 1 else None
    return None


@cache
def _codes_by_name(layer: Callable[[], list[_NamedCode]], fold: Callable[[str], str]) -> dict[str, set[str]]:
    """Map each folded name to the codes that bear it."""
    codes: dict[str, set[str]] = defaultdict(set)
    for name, code in layer():
        codes[fold(name)].add(code)
    return codes


def _codes() -> list[_NamedCode]:
    """Return the codes of ISO 3166, and those that libphonenumber knows besides: AC, TA, XK."""
    countries = list(pycountry.countries)
    iso = [pair for c in countries for pair in ((c.alpha_2, c.alpha_2), (c.alpha_3, c.alpha_2))]
    return iso + [(code, code) for code in sorted(SUPPORTED_REGIONS)]


def _iso_names() -> list[_NamedCode]:
    return [
        (getattr(country, attribute), country.alpha_2)
        for country in pycountry.countries
        for attribute in ("name", "official_name", "common_name")
        if hasattr(country, attribute)
    ]


def _cldr_names(languages: list[str]) -> list[_NamedCode]:
    countries = {code for _, code in _codes()}  # CLDR names regions, too, that are no country
    return [
        (name, code)
        for language in languages
        for code, name in babel.Locale.parse(language).territories.items()
        if code in countries
    ]


def _british_nations() -> list[_NamedCode]:
    return [
        (nation.name.split(" [")[0], "GB")
        for nation in pycountry.subdivisions.get(country_code="GB")  # type: ignore[no-untyped-call]  # pycountry has no hints here
        if nation.type in _NATION_TYPES
    ]


def _english_names() -> list[_NamedCode]:
    return _iso_names() + _cldr_names(["en"]) + _british_nations() + list(_ALIASES.items())


def _other_names() -> list[_NamedCode]:
    return _cldr_names([language for language in sorted(locale_identifiers()) if "_" not in language])


def _fold(name: str) -> str:
    """Return the name without case, accents, punctuation and a leading "the"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]", "", plain.replace("-", " ").replace("&", " and ")).split()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def _fold_further(name: str) -> str:
    """Return the folded name without "Republic of" and its like, umlauts written either way."""
    words = [word for word in _fold(name).split() if word not in _FORMS_OF_STATE]
    return re.sub(r"([aou])e", r"\1", " ".join(words))


# A code before a name, ISO and English before the other languages, which take a second or two to read; the nearest
# spelling before the one without the form of state.
_LOOKUPS = (
    (_codes, _fold),
    (_english_names, _fold),
    (_other_names, _fold),
    (_english_names, _fold_further),
    (_other_names, _fold_further),
)

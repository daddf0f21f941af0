"""Countries as people write them: "US", "USA", "United Kingdom", "Viet Nam", "Deutschland"."""

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache

import babel
import pycountry
from babel.localedata import locale_identifiers

_ALPHA_2 = re.compile(r"[A-Z]{2}")
# Parts of a country that write themselves in a country field; ISO 3166-2 lists them below GB.
_NATION_TYPES = {"Country", "Nation", "Province"}
# CLDR's short and variant names, which Babel does not read, and what ISO 3166 gives only in a longer form.
_ALIASES = {
    "UK": "GB",
    "Great Britain": "GB",
    "Turkey": "TR",
    "Holland": "NL",
    "Czech Republic": "CZ",
    "UAE": "AE",
    "KSA": "SA",
    "Palestine": "PS",
    "Macedonia": "MK",
    "Republic of Ireland": "IE",
}


@lru_cache(maxsize=100_000)
def resolve_region(hint: str | None) -> str | None:
    """Return the ISO 3166 alpha-2 code that a country hint means.

    Args:
        hint: An alpha-2 or alpha-3 code, or a name in any language of CLDR or of ISO 3166, in any case.

    Returns:
        The code in upper case; null for a null, a blank, an unknown name, and a name that several countries have.
    """
    if hint is None or not hint.strip():
        return None
    name = _fold(hint)
    for layer in _LAYERS:
        if codes := layer().get(name):
            return next(iter(codes)) if len(codes) == 1 else None
    code = hint.strip().upper()
    # libphonenumber knows codes that ISO only reserves (AC, TA, XK); an unknown one is no harm there.
    return code if _ALPHA_2.fullmatch(code) else None


def _by_name(pairs: list[tuple[str, str]]) -> dict[str, set[str]]:
    """Map each folded name to the codes that bear it."""
    codes: dict[str, set[str]] = defaultdict(set)
    for name, code in pairs:
        codes[_fold(name)].add(code)
    return codes


@cache
def _iso() -> dict[str, set[str]]:
    return _by_name(_iso_codes())


@cache
def _english() -> dict[str, set[str]]:
    aliases = list(_ALIASES.items())
    return _by_name(_british_nations() + _cldr_names(["en"]) + aliases) | _by_name(_iso_names())


@cache
def _other_languages() -> dict[str, set[str]]:
    return _by_name(_cldr_names([name for name in sorted(locale_identifiers()) if "_" not in name]))


# A code before a name, ISO and English before the other languages, which take a second or two to read.
_LAYERS = (_iso, _english, _other_languages)


def _iso_codes() -> list[tuple[str, str]]:
    countries = list(pycountry.countries)
    return [pair for c in countries for pair in ((c.alpha_2, c.alpha_2), (c.alpha_3, c.alpha_2))]


def _iso_names() -> list[tuple[str, str]]:
    return [
        (getattr(country, attribute), country.alpha_2)
        for country in pycountry.countries
        for attribute in ("name", "official_name", "common_name")
        if hasattr(country, attribute)
    ]


def _cldr_names(languages: list[str]) -> list[tuple[str, str]]:
    return [
        (name, code)
        for language in languages
        for code, name in babel.Locale.parse(language).territories.items()
        if _ALPHA_2.fullmatch(code)
    ]


def _british_nations() -> list[tuple[str, str]]:
    return [
        (nation.name.split(" [")[0], "GB")
        for nation in pycountry.subdivisions.get(country_code="GB")  # type: ignore[no-untyped-call]  # pycountry has no hints here
        if nation.type in _NATION_TYPES
    ]


def _fold(name: str) -> str:
    """Return the name without case, accents, punctuation and a leading "the"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]", "", plain.replace("-", " ").replace("&", " and ")).split()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)

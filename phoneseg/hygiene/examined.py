"""Phones, quarantined cells and contacts of a part, with all that issues are found by."""

from typing import Final, NamedTuple

import phonenumbers
import polars as pl

from phoneseg.hygiene.clocks import add_city_clocks, add_clocks
from phoneseg.hygiene.territory_languages import read_language
from phoneseg.settings import Settings

_INTERNATIONAL: Final = "001"
_OF_SEVERAL_COUNTRIES: Final = (1, 7)
"""Calling codes whose regions are countries that have nothing to do with each other's numbers."""


def _list_main_regions() -> dict[str, str]:
    """Return for regions that share a calling code with a bigger one, such as Guernsey, that one."""
    return {
        region: regions[0]
        for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        for region in regions[1:]
        if code not in _OF_SEVERAL_COUNTRIES
    }


_MAIN_REGIONS: Final = _list_main_regions()


class Examined(NamedTuple):
    """What the kinds of issues look at, of the contacts of one part.

    Attributes:
        phones: Rows of EXAMINED_PHONE, with `address_region` (null where the source has no country column), `city`,
            `language`, `is_of_address` (whether the number is of the country of the address; null where either is
            unknown), `is_repeated` (whether the contact has the number in a cell before), `clocks` and `city_clocks`.
        quarantined: Rows of EXAMINED_QUARANTINE.
        contacts: `contact_id`, `source` and `region_codes`: the countries of the valid numbers, in order.
    """

    phones: pl.DataFrame
    quarantined: pl.DataFrame
    contacts: pl.DataFrame


def examine(profiles: pl.DataFrame, phones: pl.LazyFrame, quarantined: pl.LazyFrame, settings: Settings) -> Examined:
    """Put together what the kinds of issues look at.

    Args:
        profiles: Rows of the contact profile, all of the part.
        phones: Rows of EXAMINED_PHONE of the part.
        quarantined: Rows of EXAMINED_QUARANTINE of the part.
        settings: Which sources have a country column, and which attributes hold a language.
    """
    with_address = [name for name, source in settings.contacts.items() if source.region_column is not None]
    language = (read_language(_attribute(name)) for name in settings.hygiene.issues.language_attributes)
    contacts = add_city_clocks(
        profiles.select(
            "contact_id",
            "city",
            address_region=pl.when(pl.col("source").is_in(with_address)).then("region_hint"),
            language=pl.coalesce(*language, pl.lit(None, pl.String)),
        )
    )
    region, address = (pl.col(name).replace(_MAIN_REGIONS) for name in ("region_code", "address_region"))
    is_of_address = pl.when(region != _INTERNATIONAL).then(region == address)
    known = (
        phones.join(contacts.lazy(), on="contact_id", how="inner")
        .sort("contact_id", ~pl.col("is_primary"), "phone_column", "position")
        .with_columns(
            is_of_address=is_of_address, is_repeated=~pl.struct("contact_id", "phone_token").is_first_distinct()
        )
        .collect()
    )
    of_contacts = known.filter(pl.col("is_valid"), pl.col("region_code") != _INTERNATIONAL)
    return Examined(
        add_clocks(known),
        quarantined.join(contacts.lazy(), on="contact_id", how="semi").collect(),
        of_contacts.group_by("contact_id", "source").agg(region_codes=region.unique().sort()),
    )


def _attribute(name: str) -> pl.Expr:
    return pl.col("attributes").str.json_path_match(f"$['{name}']")

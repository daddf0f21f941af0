"""Time zones by what their clocks show: Detroit and New York are one, whatever they are called."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl
import pytz

from phoneseg.profiles.gazetteer import load_places, write_place_key

_MOMENTS: Final = (datetime(2026, 1, 15, 12), datetime(2026, 7, 15, 12))
"""One in each half of the year, so that zones with another summer time are others."""
_SEVERAL_ZONES: Final = sorted(region for region, zones in pytz.country_timezones.items() if len(zones) > 1)


@cache
def clock_of(time_zone: str) -> str | None:
    """Return what tells the clock of a zone from others, such as `-6/-5`: hours from UTC in winter and summer."""
    if time_zone not in pytz.all_timezones_set or time_zone.startswith("Etc/"):
        return None
    offsets = (moment.replace(tzinfo=ZoneInfo(time_zone)).utcoffset() for moment in _MOMENTS)
    return "/".join(f"{offset.total_seconds() / 3600:+g}" for offset in offsets if offset is not None)


def list_clocks(time_zones: Iterable[str]) -> list[str]:
    """Return the clocks of zones, each once; those that are no place's have none."""
    return sorted({clock for zone in time_zones if (clock := clock_of(zone)) is not None})


def add_clocks(phones: pl.DataFrame) -> pl.DataFrame:
    """Add the clocks of each phone's time zones.

    Args:
        phones: `time_zones`, comma-separated; few are distinct.

    Returns:
        The rows in their order with `clocks`, a list; null without a zone of a place.
    """
    distinct = phones["time_zones"].drop_nulls().unique()
    clocks = [list_clocks(text.split(",")) or None for text in distinct]
    known = pl.DataFrame(
        {"time_zones": distinct, "clocks": clocks}, {"time_zones": pl.String, "clocks": pl.List(pl.String)}
    )
    return phones.join(known, on="time_zones", how="left", maintain_order="left")


def add_city_clocks(contacts: pl.DataFrame) -> pl.DataFrame:
    """Add the clocks of all cities of the contact's country that are called as the contact's.

    Args:
        contacts: `address_region` and `city`, both may be null. Only countries with several zones are looked up.

    Returns:
        The rows in their order with `city_clocks`, a list; null where no city is known.
    """
    clocks = pl.List(pl.String)
    keyed = contacts.with_columns(
        key=pl.when(pl.col("address_region").is_in(_SEVERAL_ZONES)).then(write_place_key(pl.col("city")))
    )
    asked = keyed.select("address_region", "key").drop_nulls().unique()
    if asked.is_empty():
        return contacts.with_columns(city_clocks=pl.lit(None, clocks))
    places = load_places().select("key", "time_zone", address_region="country")
    found = asked.join(places, on=["address_region", "key"]).group_by("address_region", "key").agg("time_zone")
    told = found.with_columns(
        city_clocks=pl.Series([list_clocks(zones) or None for zones in found["time_zone"]], dtype=clocks)
    ).drop("time_zone")
    return keyed.join(told, on=["address_region", "key"], how="left", maintain_order="left").drop("key")

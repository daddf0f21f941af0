"""The hour that it is where a contact lives."""

from typing import Final

import polars as pl
import pytz

from phoneseg.profiles.timeline import Timeline

_AT: Final = pl.col("at")
_ZONES: Final = pl.Series(pytz.all_timezones)
_SOLE_ZONES: Final = {region: zones[0] for region, zones in pytz.country_timezones.items() if len(zones) == 1}


def time_zone_of(time_zones: pl.Expr, *regions: pl.Expr) -> pl.Expr:
    """Return the IANA time zone that a contact surely lives in; nothing is guessed.

    That is the sole zone of its primary phone, else the zone of the first of `regions` that has exactly one; null
    where all have several. A mobile number of the United States has none, a landline in Chicago has one.

    Args:
        time_zones: IANA zones of the primary phone, comma-separated.
        regions: Regions, ISO 3166 alpha-2, the surest first.
    """
    of_regions = (region.replace_strict(_SOLE_ZONES, default=None, return_dtype=pl.String) for region in regions)
    return pl.coalesce(pl.when(time_zones.is_in(_ZONES.implode())).then(time_zones), *of_regions)


def read_local_times(timeline: Timeline, zones: pl.Series) -> pl.DataFrame:
    """Return hour and weekday of each event on the clock of its contact, daylight saving time and all.

    Args:
        timeline: The events.
        zones: IANA time zone of each contact or null, contacts of one zone next to each other.

    Returns:
        One row per event in order: `hour` (0 to 23) and `weekday` (1, Monday, to 7), Int8; null without a zone.
    """
    at = timeline.events.select(pl.col("at_us").cast(pl.Datetime("us", "UTC"))).to_series()
    of_zone = pl.DataFrame({"zone": zones, "until": timeline.rows["until"]}).group_by(
        pl.col("zone").rle_id().alias("run"), maintain_order=True
    )
    pieces, since = [pl.LazyFrame(schema={"hour": pl.Int8, "weekday": pl.Int8})], 0
    for zone, until in of_zone.agg(pl.col("zone", "until").last()).select("zone", "until").rows():
        utc = at[since:until]
        local = utc.dt.convert_time_zone(zone) if zone is not None else utc.clear(len(utc))
        pieces.append(pl.LazyFrame({"at": local}).select(hour=_AT.dt.hour(), weekday=_AT.dt.weekday()))
        since = until
    return pl.concat(pl.collect_all(pieces))

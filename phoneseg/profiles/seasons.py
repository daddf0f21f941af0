"""Which peak seasons of its region a contact buys in."""

from datetime import datetime
from typing import Final

import polars as pl

from phoneseg.profiles.season_calendar import list_seasons
from phoneseg.settings.seasons import SeasonSettings

_NO_ZONE: Final = "UTC"
_SOMEWHERE: Final = "001"
"""The region of international services: of no country."""


def summarize_seasons(
    activity: pl.LazyFrame, base: pl.LazyFrame, as_of: datetime, settings: SeasonSettings
) -> pl.LazyFrame:
    """Find the peak seasons that contacts buy in.

    Args:
        activity: Rows of ACTIVITY; only purchases count, of the years that `settings` looks back from `as_of`.
        base: Rows of CONTACT_BASE, and `time_zone` (IANA, null where nobody knows).
        as_of: End of those years, UTC.
        settings: The seasons, and how many purchases it takes.

    Returns:
        `contact_id` and `purchase_seasons`, names in alphabetical order and comma-separated: one row per contact that
        buys in a season of the region of its valid primary phone, else of its source row. The days of a season are
        those of the contact's time zone, of UTC where nobody knows it.

    Raises:
        SettingsError: A season of the settings is in no calendar.
    """
    first = pl.lit(as_of).dt.offset_by(f"-{settings.look_back_years}y")
    occurred_at = pl.col("occurred_at")
    purchases = activity.filter((pl.col("kind") == "purchase") & (occurred_at >= first) & (occurred_at < as_of)).select(
        "contact_id", "occurred_at"
    )
    if purchases.head(1).collect().is_empty():  # calendars take a second to load
        return purchases.select("contact_id", purchase_seasons=pl.lit(None, pl.String))
    contacts = base.select("contact_id", region=_region(), zone=pl.col("time_zone").fill_null(_NO_ZONE))
    clocks = contacts.select("region", "zone").unique().sort("region", "zone").with_row_index("clock").collect()
    seasons = _list_season_days(clocks, as_of, settings)
    in_season = (
        purchases.join(contacts.join(clocks.lazy(), on=["region", "zone"], nulls_equal=True), on="contact_id")
        .select("contact_id", "occurred_at", "clock", day=occurred_at.dt.date())
        .join(seasons.lazy(), on=["clock", "day"])
        .filter(occurred_at.is_between("from_at", "to_at", closed="left"))
    )
    enough = (pl.len() >= settings.min_purchases) & (pl.col("from_at").n_unique() >= settings.min_years)
    return (
        in_season.group_by("contact_id", "season")
        .agg(is_member=enough)
        .filter("is_member")
        .group_by("contact_id")
        .agg(purchase_seasons=pl.col("season").sort().str.join(","))
    )


def _region() -> pl.Expr:
    of_phone = pl.when(pl.col("is_valid") & (pl.col("region_code") != _SOMEWHERE)).then("region_code")
    return pl.coalesce(of_phone, "region_hint")


def _list_season_days(clocks: pl.DataFrame, as_of: datetime, settings: SeasonSettings) -> pl.DataFrame:
    """List the days of the seasons on the clocks of regions.

    Args:
        clocks: `clock` (a number), `region` (may be null) and `zone`, each pair once.
        as_of: End of the years that are looked back on, UTC.
        settings: The seasons.

    Returns:
        One row per clock, time that a season is, and day in UTC that it touches: `clock`, `season`, `from_at` and
        `to_at` (UTC, its end is not in it), `day` (a date).
    """
    regions = clocks["region"].unique().to_list()
    seasons = list_seasons(regions, as_of.year - settings.look_back_years, as_of.year, settings)
    of_clocks = clocks.join(seasons, on="region", nulls_equal=True)
    with_instants = [
        rows.with_columns(
            from_at=_start_of_day(pl.col("first_day"), str(zone)),
            to_at=_start_of_day(pl.col("last_day").dt.offset_by("1d"), str(zone)),
        )
        for (zone,), rows in of_clocks.group_by("zone", maintain_order=True)
    ]
    if not with_instants:
        return of_clocks.clear().select(
            "clock", "season", from_at=pl.lit(as_of), to_at=pl.lit(as_of), day=pl.lit(as_of.date())
        )
    return (
        pl.concat(with_instants)
        .with_columns(day=pl.date_ranges(pl.col("from_at").dt.date(), pl.col("to_at").dt.date()))
        .explode("day")
        .select("clock", "season", "from_at", "to_at", "day")
    )


def _start_of_day(day: pl.Expr, zone: str) -> pl.Expr:
    """Return when a local day begins, UTC; where the clocks leap over midnight, an hour later."""
    midnight = day.cast(pl.Datetime("us"))
    hours = (
        at.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
        for at in (midnight, midnight.dt.offset_by("1h"))
    )
    return pl.coalesce(*hours)

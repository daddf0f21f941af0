"""When the peak seasons of a region are, by the holiday calendars of the library `holidays`."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import polars as pl

from phoneseg.errors import SettingsError
from phoneseg.settings.seasons import Season, SeasonSettings

Days = tuple[date, date]
_LONGEST_HOLIDAY_GAP = timedelta(days=7)
"""Days of one holiday may have others between them, such as a day off for one on a Sunday; its next time is later."""

_ANYWHERE = ""


def list_seasons(regions: list[str | None], first_year: int, last_year: int, settings: SeasonSettings) -> pl.DataFrame:
    """List the seasons of regions.

    Args:
        regions: ISO 3166 alpha-2, each once; null for contacts of no known region, who have the seasons of all regions.
        first_year: The first year with a day in which a season may be.
        last_year: The last one.
        settings: The seasons.

    Returns:
        One row per region, season and time that the season is: `region` (null as given), `season`, `first_day` and
        `last_day`, dates of the local calendar.

    Raises:
        SettingsError: A season names a calendar that the library does not have, or a holiday that is not in it.
    """
    schema = {"region": pl.String, "season": pl.String, "first_day": pl.Date, "last_day": pl.Date}
    rows = [
        (region, name, *days)
        for region in sorted(regions, key=lambda region: region or _ANYWHERE)
        for name, season in settings.by_name.items()
        for days in _days_of(name, season, region or _ANYWHERE, first_year, last_year)
    ]
    return pl.DataFrame(rows, schema, orient="row")


def _days_of(name: str, season: Season, region: str, first_year: int, last_year: int) -> Iterator[Days]:
    """Yield first and last day of each time that a season is in a region; one around New Year is one of both years."""
    if season.regions and region not in season.regions:
        return
    if season.from_day and season.to_day:
        wraps = season.to_day < season.from_day
        for year in range(first_year - 1, last_year + 1):
            yield date.fromisoformat(f"{year}-{season.from_day}"), date.fromisoformat(f"{year + wraps}-{season.to_day}")
        return
    calendar = season.calendar_region or region
    times = _find_holiday(calendar, season.holidays, first_year - 1, last_year + 1)
    if season.calendar_region and not times:
        where = f"profile.seasons.calendar.{name}"
        raise SettingsError(
            f"{where}: the library `holidays` has no {' or '.join(season.holidays)} of {season.calendar_region}"
        )
    for first, last in times:
        yield first + timedelta(season.from_offset_days), last + timedelta(season.to_offset_days)


@cache
def _find_holiday(region: str, names: tuple[str, ...], first_year: int, last_year: int) -> tuple[Days, ...]:
    """Return first and last day of each time that a holiday is; none where the region has no such one."""
    days = sorted(day for day, name in _load_calendar(region, first_year, last_year) if any(n in name for n in names))
    if not days:
        return ()
    firsts = [days[0], *(later for day, later in pairwise(days) if later - day > _LONGEST_HOLIDAY_GAP)]
    lasts = [*(day for day, later in pairwise(days) if later - day > _LONGEST_HOLIDAY_GAP), days[-1]]
    return tuple(zip(firsts, lasts, strict=True))


@cache
def _load_calendar(region: str, first_year: int, last_year: int) -> tuple[tuple[date, str], ...]:
    """Return the days of a region's holidays of all kinds, with their names in English; none of an unknown region."""
    import holidays  # half a second, and nobody needs it who sells nothing

    try:
        known = holidays.country_holidays(region)
    except NotImplementedError:
        return ()
    calendar = holidays.country_holidays(
        region,
        years=range(first_year, last_year + 1),
        language="en_US",
        categories=known.supported_categories,
    )
    return tuple(calendar.items())

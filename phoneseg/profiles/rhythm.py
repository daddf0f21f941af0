"""When: how far events lie apart, and at which hours and weekdays they happen."""

from typing import Final

import polars as pl

from phoneseg.profiles.local_time import read_local_times
from phoneseg.profiles.shares import share
from phoneseg.profiles.timeline import Timeline
from phoneseg.settings import ProfileSettings

_SECOND_US: Final = 1_000_000
_HOUR_S: Final = 3600


def measure_gaps(timeline: Timeline) -> pl.DataFrame:
    """Measure the time between an event and the next, both in the window.

    Bandicoot's `interevent_time` (de Montjoye et al. 2016), its mean and its population standard deviation, of all
    kinds of events together. Times count in whole seconds, and their squares are summed as whole numbers: the variance
    of n gaps is `(n * sum of squares - square of sum) / n^2`, exact up to that division.

    Returns:
        One row per contact in order: `gap_mean_hours` and `gap_std_hours` by window; null with less than two events,
        and the deviation is 0 with two.
    """
    at_s = pl.col("at_us") // _SECOND_US
    gap_s = at_s - at_s.shift(1)
    square = gap_s.cast(pl.Int128) * gap_s
    sums = timeline.sum(skip_first=True, count=pl.col("at_us").is_not_null(), gap_s=gap_s, square=square)
    figures = []
    for window in timeline.windows:
        count, total, square = (pl.col(f"{name}_{window.suffix}") for name in ("count", "gap_s", "square"))
        spread = (count.cast(pl.Int128) * square - total.cast(pl.Int128) ** 2).cast(pl.Float64)
        has_gap = pl.when(count > 0)
        figures += [
            share(total, count * _HOUR_S).alias(f"gap_mean_hours_{window.suffix}"),
            has_gap.then(spread.sqrt() / (count * _HOUR_S)).round(6).alias(f"gap_std_hours_{window.suffix}"),
        ]
    return sums.select(figures)


def measure_clock(timeline: Timeline, zones: pl.Series, settings: ProfileSettings) -> pl.DataFrame:
    """Measure when on its own clock a contact is active.

    Bandicoot's `percent_nocturnal` (de Montjoye et al. 2016) as a share; the night is that of the settings, from its
    first hour until before its last, over midnight where it ends at an earlier hour than it begins.

    Args:
        timeline: The events.
        zones: IANA time zone of each contact or null, contacts of one zone next to each other.
        settings: When the night is.

    Returns:
        One row per contact in order: `night_share`, `busiest_hour` and `busiest_weekday` (the earliest of those with
        most events) by window; null without a zone or an event.
    """
    times = read_local_times(timeline, zones)
    hour = pl.lit(times["hour"])
    begins, ends = hour >= settings.night_from_hour, hour < settings.night_to_hour
    is_night = begins & ends if settings.night_from_hour <= settings.night_to_hour else begins | ends
    nights = timeline.sum(night=is_night, known=hour.is_not_null())
    night_share = nights.select(
        share(pl.col(f"night_{window.suffix}"), pl.col(f"known_{window.suffix}")).alias(f"night_share_{window.suffix}")
        for window in timeline.windows
    )
    busiest = (_find_busiest(timeline, times[unit], f"busiest_{unit}") for unit in ("hour", "weekday"))
    return pl.concat([night_share, *busiest], how="horizontal")


def _find_busiest(timeline: Timeline, code: pl.Series, name: str) -> pl.DataFrame:
    """Return the code with most events of each contact by window, the lowest of those."""
    counts = timeline.count_codes(code)
    last = 31  # an hour or a weekday: the count before it decides, then the lower code
    best = counts.group_by("contact").agg(
        (pl.col(f"count_{window.suffix}") * 32 + (last - pl.col("code").cast(pl.Int64))).max().alias(window.suffix)
        for window in timeline.windows
    )
    return timeline.spread(best).select(
        pl.when(pl.col(window.suffix) >= 32).then(last - pl.col(window.suffix) % 32).alias(f"{name}_{window.suffix}")
        for window in timeline.windows
    )

"""Histories of prefixes as matrices: one row per series, one column per day or hour of the week before a window."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from phoneseg.risk.baselines import Booleans, Floats, Integers
from phoneseg.risk.calendar import cover_windows
from phoneseg.risk.calling_codes import read_calling_code
from phoneseg.settings.risk_spikes import SpikeSettings

SERIES: Final = ("prefix_level", "prefix", "activity_kind")
DAY: Final = timedelta(days=1)
WEEK_DAYS: Final = 7


@dataclass(frozen=True)
class Histories:
    """What is known of each series before a window; entry i is row i of `series`.

    Attributes:
        series: `prefix_level`, `prefix`, `activity_kind`, sorted.
        groups: Series that may have their season in common have the same number.
        pools: Level and kind of each series, numbered.
        observed: Events in the window.
        is_known: Whether the window has a known cause.
        days: Events of the days before it, the last one first.
        place: Place of the window's day of the week among lags of `days`, from 0.
        is_day_used: Which of them count: since the first sight, not missing altogether, without a known cause.
        age_days: Days since the first sight; 0 where the prefix was never seen.
        hours: Events of the same hour in the weeks before, the last one first; no column where windows are days.
        is_hour_used: Which of them count.
    """

    series: pl.DataFrame
    groups: Integers
    pools: Integers
    observed: Floats
    is_known: Booleans
    days: Floats
    place: int
    is_day_used: Booleans
    age_days: Integers
    hours: Floats
    is_hour_used: Booleans


def read_histories(
    current: pl.DataFrame,
    history: pl.LazyFrame,
    as_of: datetime,
    window_h: int,
    causes: pl.DataFrame,
    settings: SpikeSettings,
) -> Histories:
    """Line the counts of every prefix up with its window.

    Args:
        current: Rows of PREFIX_ACTIVITY of the window.
        history: Rows of PREFIX_ACTIVITY: days that end where the window starts or sooner, each 24 h from the next;
            of an hourly window, also the hours a whole number of weeks before it. Others are left out.
        as_of: End of the window.
        window_h: 1 or 24.
        causes: Rows of KNOWN_CAUSE.
        settings: How far back.
    """
    start = as_of - timedelta(hours=window_h)
    read = _list_rows(history, as_of, window_h, settings)
    now = current.filter(pl.col("as_of") == as_of, pl.col("window_h") == window_h).select(*SERIES, "event_count")
    series = pl.concat([read.select(SERIES), now.select(SERIES)]).unique().sort(SERIES).with_row_index("row")
    days_read = read.filter(pl.col("window_h") == 24)
    last_day = days_read["as_of"].max() or start
    assert isinstance(last_day, datetime)
    day_ends = [last_day - DAY * lag for lag in range(WEEK_DAYS * settings.history_weeks)]
    days = _fill(series, days_read, day_ends)
    week = DAY * WEEK_DAYS
    hour_ends = [as_of - week * lag for lag in range(1, settings.history_weeks + 1)] if window_h == 1 else []
    hours = _fill(series, read.filter(pl.col("window_h") == 1), hour_ends)
    age_days = _find_age(days)
    causes_of_days = cover_windows(series, [(end - DAY, end) for end in day_ends], causes)
    causes_of_hours = cover_windows(series, [(end - timedelta(hours=1), end) for end in hour_ends], causes)
    lag_days = WEEK_DAYS * np.arange(1, len(hour_ends) + 1)
    return Histories(
        series.drop("row"),
        _number_groups(series, settings),
        _number(series, ["prefix_level", "activity_kind"]),
        _fill(series, now.with_columns(as_of=pl.lit(as_of)), [as_of])[:, 0],
        cover_windows(series, [(start, as_of)], causes)[:, 0],
        days,
        WEEK_DAYS - 1 - (start - last_day) // DAY % WEEK_DAYS,
        _is_counted(days, np.arange(days.shape[1]) < age_days[:, None], causes_of_days),
        age_days,
        hours,
        _is_counted(hours, lag_days <= age_days[:, None], causes_of_hours),
    )


def _list_rows(history: pl.LazyFrame, as_of: datetime, window_h: int, settings: SpikeSettings) -> pl.DataFrame:
    start, week = as_of - timedelta(hours=window_h), DAY * WEEK_DAYS
    end, window = pl.col("as_of"), pl.col("window_h")
    if window_h == 24:
        is_wanted = (window == 24) & (end <= start) & _is_whole(start - end, DAY)
    else:
        is_wanted = ((window == 24) & (end <= start)) | ((window == 1) & (end < as_of) & _is_whole(as_of - end, week))
    reach = start - week * settings.history_weeks
    return (
        history.filter(end > reach, is_wanted)
        .select(*SERIES, "as_of", "window_h", "event_count")
        .collect(engine="streaming")
    )


def _is_whole(span: pl.Expr, unit: timedelta) -> pl.Expr:
    return span.dt.total_microseconds() % (unit // timedelta(microseconds=1)) == 0


def _fill(series: pl.DataFrame, rows: pl.DataFrame, ends: list[datetime]) -> Floats:
    """Return the events of each series (row) in the window that ends at each of `ends` (column); 0 where none is."""
    filled = np.zeros((len(series), len(ends)))
    columns = pl.DataFrame({"as_of": ends}, {"as_of": rows.schema["as_of"]}).with_row_index("column")
    found = rows.join(columns, on="as_of").join(series, on=SERIES).select("row", "column", "event_count")
    filled[found["row"].to_numpy(), found["column"].to_numpy()] = found["event_count"].to_numpy()
    return filled


def _find_age(days: Floats) -> Integers:
    """Return how many days ago each series was first seen, 1 for the last one."""
    is_seen = days > 0
    first = days.shape[1] - np.argmax(is_seen[:, ::-1], axis=1)
    return np.where(is_seen.any(axis=1), first, 0).astype(np.int64)


def _is_counted(counts: Floats, is_after_sight: Booleans, is_known: Booleans) -> Booleans:
    """Leave out windows in which nothing at all was counted: that is an outage, and no zero."""
    counted: Booleans = is_after_sight & ~is_known & (counts.sum(axis=0) > 0)
    return counted


def _number(frame: pl.DataFrame, columns: list[str]) -> Integers:
    return frame.select(pl.struct(columns).rank("dense") - 1).to_series().to_numpy().astype(np.int64)


def _number_groups(series: pl.DataFrame, settings: SpikeSettings) -> Integers:
    """Number series of one level, kind and calling code; few of a calling code share with all of the level and kind."""
    code = read_calling_code(pl.col("prefix"), pl.col("prefix_level")).fill_null("")
    coded = series.with_columns(code=code)
    size = pl.len().over("prefix_level", "activity_kind", "code")
    coded = coded.with_columns(code=pl.when(size >= settings.min_group_size).then("code").otherwise(pl.lit("")))
    return _number(coded, ["prefix_level", "activity_kind", "code"])

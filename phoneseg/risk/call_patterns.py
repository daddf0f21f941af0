"""What a number's calls look like: indicators that tell SIM boxes from others, with unit and meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from phoneseg.contracts.model import UTC_INSTANT
from phoneseg.risk.call_counts import CallCounts, collect_counts, count_calls
from phoneseg.settings.risk_sim_box import SimBoxSettings

_NIGHT_ENDS_H: Final = 6
_EVENING_FROM_H: Final = 18
_SHORTEST_H: Final = 12.0  # a number seen for an hour has no calls by day yet
_ONE_WAY_PCT: Final = 10.0  # of incoming calls
_STAYS_PCT: Final = 70.0  # of calls in the main cell


@dataclass(frozen=True)
class Indicator:
    """One figure about a number.

    Attributes:
        name: Column.
        unit: Of its values.
        meaning: In words.
        expression: Of the columns that `describe_calls` gathers; null where nothing is known.
        is_count: Whether it goes over orders of magnitude, so that its logarithm says more.
    """

    name: str
    unit: str
    meaning: str
    expression: pl.Expr
    is_count: bool = False


def _pct(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(100 * pl.col(part) / pl.col(whole))


_DAYS: Final = pl.col("observed_h") / 24
_ALL_CALLS: Final = pl.col("outgoing_calls") + pl.col("incoming_calls")
# A source that logs no incoming calls, or no messages, says nothing of them: that is null, and not nought.
_HAS_INCOMING: Final = pl.col("incoming_calls").sum() > 0
_HAS_MESSAGES: Final = pl.col("outgoing_messages").sum() + pl.col("incoming_messages").sum() > 0
_SENT: Final = pl.col("outgoing_calls") + pl.col("outgoing_messages")
_RATES_OF_DAYS: Final = (pl.col("weekend_calls") / pl.col("weekend_h"), pl.col("working_calls") / pl.col("working_h"))

INDICATORS: Final = (
    Indicator(
        "outgoing_calls_per_day",
        "calls a day",
        "Outgoing calls, by day since the first event of the window.",
        pl.col("outgoing_calls") / _DAYS,
        True,
    ),
    Indicator("peak_hour_calls", "calls", "Outgoing calls of the busiest hour.", pl.col("peak_hour_calls"), True),
    Indicator(
        "active_hours_per_day",
        "hours a day",
        "Hours with an outgoing call, by day.",
        pl.col("active_hours") / _DAYS,
    ),
    Indicator(
        "hour_entropy",
        "0 to 1",
        "How evenly outgoing calls spread over the hours of the day: Shannon's entropy, over that of 24 equal hours.",
        pl.col("hour_entropy"),
    ),
    Indicator(
        "talk_pct",
        "percent",
        "Share of the hours with an outgoing call that was spent talking.",
        pl.when(pl.col("active_hours") > 0).then(100 * pl.col("talk_s") / (3_600 * pl.col("active_hours"))),
    ),
    Indicator("night_pct", "percent", "Outgoing calls from 0 to 6 o'clock.", _pct("night_calls", "outgoing_calls")),
    Indicator("evening_pct", "percent", "Outgoing calls from 18 o'clock.", _pct("evening_calls", "outgoing_calls")),
    Indicator(
        "weekend_ratio",
        "ratio",
        "Outgoing calls by hour of a weekend, for one by hour of a working day; null where a part was not seen.",
        pl.when((pl.col("weekend_h") >= 24) & (pl.col("working_h") >= 24) & (pl.col("working_calls") > 0)).then(
            _RATES_OF_DAYS[0] / _RATES_OF_DAYS[1]
        ),
        True,
    ),
    Indicator(
        "distinct_callee_pct",
        "percent",
        "Different callees, of the outgoing calls whose callee is known.",
        _pct("callee_count", "known_callees"),
    ),
    Indicator(
        "top_callee_pct", "percent", "Outgoing calls to the one called most.", _pct("top_callee_calls", "known_callees")
    ),
    Indicator(
        "reciprocal_pct",
        "percent",
        "Callees that called the number, too.",
        pl.when(_HAS_INCOMING).then(_pct("reciprocal_count", "callee_count")),
    ),
    Indicator(
        "callee_area_pct",
        "percent",
        "Different area codes, of the outgoing calls to geographic numbers.",
        _pct("area_count", "known_areas"),
    ),
    Indicator(
        "incoming_pct",
        "percent",
        "Incoming calls, of all calls.",
        pl.when(_HAS_INCOMING & (_ALL_CALLS > 0)).then(100 * pl.col("incoming_calls") / _ALL_CALLS),
    ),
    Indicator("answered_pct", "percent", "Outgoing calls picked up.", _pct("answered_calls", "known_answers")),
    Indicator(
        "mean_duration_s",
        "seconds",
        "Mean of the outgoing calls that were picked up.",
        pl.when(pl.col("timed_calls") > 0).then(pl.col("talk_s") / pl.col("timed_calls")),
        True,
    ),
    Indicator(
        "messages_pct",
        "percent",
        "Outgoing messages, of outgoing calls and messages.",
        pl.when(_HAS_MESSAGES & (_SENT > 0)).then(100 * pl.col("outgoing_messages") / _SENT),
    ),
    Indicator(
        "incoming_messages_per_day",
        "messages a day",
        "Incoming messages, by day.",
        pl.when(_HAS_MESSAGES).then(pl.col("incoming_messages") / _DAYS),
        True,
    ),
    Indicator("international_pct", "percent", "Outgoing calls abroad.", _pct("international_calls", "known_countries")),
    Indicator("cell_count", "cells", "Different cells of the outgoing calls.", pl.col("cell_count"), True),
    Indicator(
        "main_cell_pct",
        "percent",
        "Outgoing calls in the cell with most of them.",
        _pct("top_cell_calls", "known_cells"),
    ),
    Indicator("device_count", "devices", "Different devices that the number was in.", pl.col("device_count"), True),
    Indicator(
        "numbers_on_device",
        "numbers",
        "Numbers that were in the same device; of several devices, the one with most.",
        pl.col("numbers_on_device"),
        True,
    ),
    Indicator(
        "one_way_numbers_in_cell",
        "numbers",
        "Numbers with the same main cell that stay in it and hardly get calls, this one included if it does so.",
        pl.col("one_way_numbers_in_cell"),
        True,
    ),
)
"""Every indicator, in the order that models and documents have."""

INDICATOR_NAMES: Final = tuple(indicator.name for indicator in INDICATORS)


def describe_calls(
    counts: CallCounts, window_start: datetime, as_of: datetime, settings: SimBoxSettings
) -> pl.LazyFrame:
    """Describe the numbers that called enough to be judged.

    Args:
        counts: Of the events from `window_start` to `as_of`.
        window_start: Start of the window (UTC).
        as_of: Its end (UTC).
        settings: Time zone of nights and weekends, and how many calls are enough. Hours are those of UTC: where a
            zone is off by half an hour, so are nights and weekends.

    Returns:
        One row per number with `min_outgoing_calls` at least, in the order of the tokens: `phone_token`,
        `outgoing_calls`, `observed_h` (hours from its first event in the window, at least 12), and the INDICATORS, null
        where nothing is known: so for messages, and for incoming calls, where no number of the window has any.
    """
    described = _describe_numbers(counts, _count_numbers_on(counts.devices), window_start, as_of, settings)
    return _tell_indicators(described)


def describe_calls_in_parts(
    parts: Sequence[pl.LazyFrame], window_start: datetime, as_of: datetime, settings: SimBoxSettings
) -> pl.DataFrame:
    """Describe numbers as `describe_calls` does, in the memory that a part of them takes.

    Args:
        parts: Rows of RISK_EVENT of the window; all events of a number are in one part.
        window_start: Start of the window (UTC).
        as_of: Its end (UTC).
        settings: As for `describe_calls`.
    """
    used = [count_calls(part).devices.select("phone_token", "device").collect(engine="streaming") for part in parts]
    shared = _count_numbers_on(pl.concat(used).lazy()).collect().lazy()
    described = [
        _describe_numbers(collect_counts(count_calls(part)), shared, window_start, as_of, settings).collect()
        for part in parts
    ]
    return _tell_indicators(pl.concat(described).lazy()).collect()


def _describe_numbers(
    counts: CallCounts, shared: pl.LazyFrame, window_start: datetime, as_of: datetime, settings: SimBoxSettings
) -> pl.LazyFrame:
    """Return what indicators are made of, but what neighbours tell; `shared` has `numbers_on_device` of each device."""
    numbers = _sum_hours(counts.hours, window_start, as_of, settings)
    judged = numbers.filter(pl.col("outgoing_calls") >= settings.min_outgoing_calls)
    token = judged.select("phone_token")
    cells = _describe_cells(counts.cells.join(token, on="phone_token", how="semi"))
    return (
        judged.join(_describe_hours_of_day(counts.hours, token, settings), on="phone_token", how="left")
        .join(_describe_callees(counts, token), on="phone_token", how="left")
        .join(cells, on="phone_token", how="left")
        .join(_describe_devices(counts.devices, token, shared), on="phone_token", how="left")
    )


def _tell_indicators(described: pl.LazyFrame) -> pl.LazyFrame:
    return (
        _count_neighbours(described)
        .select(
            "phone_token",
            "outgoing_calls",
            "observed_h",
            *(indicator.expression.cast(pl.Float64).alias(indicator.name) for indicator in INDICATORS),
        )
        .sort("phone_token")
    )


def _sum_hours(hours: pl.LazyFrame, window_start: datetime, as_of: datetime, settings: SimBoxSettings) -> pl.LazyFrame:
    local = pl.col("hour").dt.convert_time_zone(settings.time_zone)
    is_weekend = local.dt.weekday() >= 6
    calls = pl.col("outgoing_calls")
    sums = hours.group_by("phone_token").agg(
        pl.exclude("phone_token", "hour").sum(),
        first_hour=pl.col("hour").min(),
        active_hours=(calls > 0).sum(),
        peak_hour_calls=calls.max(),
        night_calls=calls.filter(local.dt.hour() < _NIGHT_ENDS_H).sum(),
        evening_calls=calls.filter(local.dt.hour() >= _EVENING_FROM_H).sum(),
        weekend_calls=calls.filter(is_weekend).sum(),
        working_calls=calls.filter(~is_weekend).sum(),
    )
    observed_s = (pl.lit(as_of, UTC_INSTANT) - pl.col("first_hour")).dt.total_seconds()
    spans = _list_spans(window_start, as_of, settings.time_zone)
    return sums.with_columns(observed_h=pl.max_horizontal(observed_s / 3_600, pl.lit(_SHORTEST_H))).join(
        spans, on="first_hour", how="left"
    )


def _list_spans(window_start: datetime, as_of: datetime, time_zone: str) -> pl.LazyFrame:
    """Return for each first hour how many hours of weekends and of working days follow until `as_of`."""
    first = pl.datetime_range(window_start, as_of, "1h", closed="left", time_zone="UTC", eager=True)
    hours = pl.LazyFrame({"first_hour": first.dt.cast_time_unit("us").dt.truncate("1h")})
    is_weekend = pl.col("first_hour").dt.convert_time_zone(time_zone).dt.weekday() >= 6
    return hours.with_columns(
        weekend_h=is_weekend.cast(pl.Int64).cum_sum(reverse=True),
        working_h=(~is_weekend).cast(pl.Int64).cum_sum(reverse=True),
    )


def _describe_hours_of_day(hours: pl.LazyFrame, token: pl.LazyFrame, settings: SimBoxSettings) -> pl.LazyFrame:
    hour = pl.col("hour").dt.convert_time_zone(settings.time_zone).dt.hour()
    by_hour = (
        hours.join(token, on="phone_token", how="semi")
        .group_by("phone_token", hour_of_day=hour)
        .agg(pl.col("outgoing_calls").sum())
        .filter(pl.col("outgoing_calls") > 0)
    )
    share = pl.col("outgoing_calls") / pl.col("outgoing_calls").sum()
    even = pl.Series([24.0]).log()[0]
    # Threads add in any order: rounded, the same calls give the same figure.
    return by_hour.group_by("phone_token").agg(hour_entropy=((share * share.log()).sum() / even).abs().round(9))


def _describe_callees(counts: CallCounts, token: pl.LazyFrame) -> pl.LazyFrame:
    calls = pl.col("outgoing_calls")
    is_callee = calls > 0
    callees = (
        counts.counterparties.join(token, on="phone_token", how="semi")
        .group_by("phone_token")
        .agg(
            callee_count=is_callee.sum(),
            known_callees=calls.sum(),
            top_callee_calls=calls.max(),
            reciprocal_count=(is_callee & (pl.col("incoming_calls") > 0)).sum(),
        )
    )
    areas = (
        counts.areas.join(token, on="phone_token", how="semi")
        .group_by("phone_token")
        .agg(area_count=pl.len(), known_areas=calls.sum())
    )
    return callees.join(areas, on="phone_token", how="left")


def _describe_cells(cells: pl.LazyFrame) -> pl.LazyFrame:
    calls = pl.col("outgoing_calls")
    return cells.group_by("phone_token").agg(
        cell_count=pl.len(),
        known_cells=calls.sum(),
        top_cell_calls=calls.max(),
        main_cell=pl.col("cell").filter(calls == calls.max()).min(),  # of equals the smallest, for one answer
    )


def _count_numbers_on(devices: pl.LazyFrame) -> pl.LazyFrame:
    return devices.group_by("device").agg(numbers_on_device=pl.len())


def _describe_devices(devices: pl.LazyFrame, token: pl.LazyFrame, shared: pl.LazyFrame) -> pl.LazyFrame:
    return (
        devices.join(token, on="phone_token", how="semi")
        .join(shared, on="device")
        .group_by("phone_token")
        .agg(device_count=pl.len(), numbers_on_device=pl.col("numbers_on_device").max())
    )


def _count_neighbours(numbers: pl.LazyFrame) -> pl.LazyFrame:
    """Add how many numbers of the same main cell stay there and hardly get calls: SIMs of one box are neighbours."""
    is_one_way = 100 * pl.col("incoming_calls") <= _ONE_WAY_PCT * _ALL_CALLS
    stays = 100 * pl.col("top_cell_calls") >= _STAYS_PCT * pl.col("known_cells")
    alike = numbers.filter(is_one_way & stays).group_by("main_cell").agg(one_way_numbers_in_cell=pl.len())
    count = pl.when(_HAS_INCOMING & pl.col("main_cell").is_not_null()).then(
        pl.col("one_way_numbers_in_cell").fill_null(0)
    )
    return numbers.join(alike, on="main_cell", how="left").with_columns(one_way_numbers_in_cell=count)

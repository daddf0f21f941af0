"""Counts of calls and messages that add up: hours to days, days to windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

_IS_CALL: Final = pl.col("activity_kind") == "call"
_IS_MESSAGE: Final = pl.col("activity_kind") == "message"
_IS_OUT: Final = pl.col("is_outgoing")
_DIALLED: Final = _IS_CALL & _IS_OUT
_PICKED_UP: Final = _DIALLED & pl.col("is_answered")

_SUMS: Final = {
    "outgoing_calls": _DIALLED,
    "incoming_calls": _IS_CALL & ~_IS_OUT,
    "outgoing_messages": _IS_MESSAGE & _IS_OUT,
    "incoming_messages": _IS_MESSAGE & ~_IS_OUT,
    "known_answers": _DIALLED & pl.col("is_answered").is_not_null(),
    "answered_calls": _PICKED_UP,
    "timed_calls": _PICKED_UP & pl.col("duration_s").is_not_null(),
    "known_countries": _DIALLED & pl.col("counterparty_country").is_not_null(),
    "international_calls": _DIALLED & (pl.col("counterparty_country") != pl.col("country")),
}


@dataclass(frozen=True)
class CallCounts:
    """Counts of events by what has to be told apart later; each frame adds up over disjoint intervals.

    Distinct counts do not add up, so the distinct things are kept with their counts: `describe_calls` counts them when
    the window is complete.

    Attributes:
        hours: Per `phone_token` and `hour` (start, UTC): calls and messages each way, calls with a known answer, picked
            up, with a known duration, their `talk_s`, and those that go abroad.
        counterparties: Per `phone_token` and `counterparty`: `outgoing_calls` and `incoming_calls`.
        areas: Per `phone_token` and `counterparty_area_code`: `outgoing_calls`.
        cells: Per `phone_token` and `cell`: `outgoing_calls`.
        devices: Per `phone_token` and `device`: `event_count`.
    """

    hours: pl.LazyFrame
    counterparties: pl.LazyFrame
    areas: pl.LazyFrame
    cells: pl.LazyFrame
    devices: pl.LazyFrame


_KEYS: Final = {
    "hours": ("phone_token", "hour"),
    "counterparties": ("phone_token", "counterparty"),
    "areas": ("phone_token", "counterparty_area_code"),
    "cells": ("phone_token", "cell"),
    "devices": ("phone_token", "device"),
}


def count_calls(events: pl.LazyFrame) -> CallCounts:
    """Count calls and messages; other kinds, and events of unknown direction, stay out.

    Args:
        events: Rows of RISK_EVENT, in any order.

    Returns:
        Lazy counts, which a streaming engine makes group by group.
    """
    seen = events.filter(_IS_CALL | _IS_MESSAGE, _IS_OUT.is_not_null())
    calls = seen.filter(_IS_CALL)
    dialled = calls.filter(_IS_OUT)
    sums = {name: condition.fill_null(False).sum().cast(pl.Int64) for name, condition in _SUMS.items()}
    talk_s = pl.when(_PICKED_UP.fill_null(False)).then(pl.col("duration_s").cast(pl.Int64)).sum()
    hours = seen.group_by("phone_token", hour=pl.col("occurred_at").dt.truncate("1h")).agg(**sums, talk_s=talk_s)
    outgoing, incoming = _IS_OUT.sum().cast(pl.Int64), (~_IS_OUT).sum().cast(pl.Int64)
    return CallCounts(
        hours,
        _count_by(calls, "counterparties", outgoing_calls=outgoing, incoming_calls=incoming),
        _count_by(dialled, "areas", outgoing_calls=pl.len().cast(pl.Int64)),
        _count_by(dialled, "cells", outgoing_calls=pl.len().cast(pl.Int64)),
        _count_by(seen, "devices", event_count=pl.len().cast(pl.Int64)),
    )


def add_counts(parts: Sequence[CallCounts]) -> CallCounts:
    """Add counts of disjoint intervals up.

    Args:
        parts: At least one.

    Returns:
        The counts of all intervals together, as `count_calls` gives them of all events.
    """
    return CallCounts(**{name: _add([getattr(part, name) for part in parts], keys) for name, keys in _KEYS.items()})


def collect_counts(counts: CallCounts) -> CallCounts:
    """Compute counts once, so that what is made of them does not read the events again."""
    frames = pl.collect_all([getattr(counts, name) for name in _KEYS], engine="streaming")
    return CallCounts(*(frame.lazy() for frame in frames))


def _count_by(events: pl.LazyFrame, name: str, **counts: pl.Expr) -> pl.LazyFrame:
    keys = _KEYS[name]
    return events.filter(pl.col(keys[-1]).is_not_null()).group_by(keys).agg(**counts)


def _add(frames: Sequence[pl.LazyFrame], keys: tuple[str, ...]) -> pl.LazyFrame:
    return pl.concat(frames).group_by(keys).agg(pl.all().sum())

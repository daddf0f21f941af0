"""Rows of RISK_EVENT, a few at a time."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from phoneseg.contracts.risk import RISK_EVENT
from phoneseg.risk.call_counts import count_calls
from phoneseg.risk.call_patterns import describe_calls
from phoneseg.settings.risk_sim_box import SimBoxSettings

Row = dict[str, Any]
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
ALL = SimBoxSettings(min_outgoing_calls=1)


def event(number: str = "a", hours: float = 0, kind: str = "call", **more: object) -> Row:
    """An outgoing call of a number, so many hours after Monday, unless told otherwise."""
    plain: Row = dict.fromkeys(RISK_EVENT.column_names)
    return {
        **plain,
        "phone_token": number,
        "activity_source": "it",
        "activity_kind": kind,
        "occurred_at": MONDAY + timedelta(hours=hours),
        "is_outgoing": True,
        **more,
    }


def frame(rows: Iterable[Row]) -> pl.DataFrame:
    """Return rows as a frame of RISK_EVENT."""
    return pl.DataFrame(list(rows), RISK_EVENT.schema)


def describe(*rows: Row, days: float = 7, settings: SimBoxSettings = ALL) -> pl.DataFrame:
    """Describe the numbers of events in the days from Monday on."""
    counts = count_calls(frame(rows).lazy())
    return describe_calls(counts, MONDAY, MONDAY + timedelta(days=days), settings).collect()

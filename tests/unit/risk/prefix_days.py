"""Counts and events of prefixes, written down day by day."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from phoneseg.contracts.risk import PREFIX_ACTIVITY, RISK_EVENT
from phoneseg.risk.calendar import KNOWN_CAUSE

AS_OF = datetime(2026, 3, 5, tzinfo=UTC)
NO_CAUSES = pl.DataFrame(schema=KNOWN_CAUSE)
Key = tuple[str, str]


def list_days(counts: Mapping[Key, Iterable[int]], end: datetime = AS_OF, window_h: int = 24) -> pl.DataFrame:
    """Return rows of PREFIX_ACTIVITY of (level, prefix): its counts, of which the last one is of the window at `end`.

    As in the table, a window without an event has no row.
    """
    rows: list[dict[str, object]] = []
    for (level, prefix), told in counts.items():
        values = list(told)
        for lag, count in enumerate(reversed(values)):
            if count:
                as_of = end - timedelta(hours=window_h * lag)
                rows.append({"as_of": as_of, "prefix_level": level, "prefix": prefix, "event_count": count})
    made = pl.LazyFrame(
        rows,
        {
            "as_of": pl.Datetime("us", "UTC"),
            **dict.fromkeys(("prefix_level", "prefix"), pl.String),
            "event_count": pl.Int64,
        },
    )
    rest = {
        "number_count": 1,
        "answered_count": 0,
        "total_duration_s": 0,
        "window_h": window_h,
        "activity_kind": "call",
    }
    return PREFIX_ACTIVITY.conform(made.with_columns(**{name: pl.lit(value) for name, value in rest.items()})).collect()


def list_events(rows: Iterable[Mapping[str, Any]], at: datetime = AS_OF - timedelta(hours=1)) -> pl.LazyFrame:
    """Return rows of RISK_EVENT; `times` says how often, and what is not told is a call of one number of nowhere."""
    plain = {"phone_token": "t", "activity_kind": "call", "activity_source": "switch", "occurred_at": at}
    told = [
        {**plain, **{k: v for k, v in row.items() if k != "times"}} for row in rows for _ in range(row.get("times", 1))
    ]
    return pl.DataFrame(told, schema=RISK_EVENT.schema).lazy()

"""What the figures of activity mean, in plain Python: slow, one contact at a time, and independent of the package."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from phoneseg.settings import ProfileSettings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Event:
    """One row of ACTIVITY."""

    contact_id: str
    kind: str
    occurred_at: datetime
    is_inbound: bool | None = None
    is_answered: bool | None = None
    amount_e4: int | None = None
    channel: str | None = None
    counterparty: str | None = None

    @property
    def is_attempt(self) -> bool:
        """Whether we tried to reach the contact: a message, or a call that was not picked up."""
        return self.is_inbound is False and (
            self.kind == "message" or (self.kind == "call" and self.is_answered is False)
        )

    @property
    def is_reply(self) -> bool:
        """Whether the contact called or wrote."""
        return self.is_inbound is True and self.kind in {"call", "message"}


def describe(
    events: Sequence[Event], created_at: datetime | None, zone: str | None, as_of: datetime, settings: ProfileSettings
) -> dict[str, Any]:
    """Return all figures of one contact out of its events, in any order."""
    past = sorted((event for event in events if event.occurred_at < as_of), key=lambda event: event.occurred_at)
    figures = {"time_zone": zone, **_milestones(past, created_at), **_repeat_purchases(past)}
    longest = as_of - timedelta(days=max(settings.windows_days))
    figures["preferred_channel"] = _preferred_channel([event for event in past if event.occurred_at >= longest])
    for days in (*settings.windows_days, None):
        since = datetime.min.replace(tzinfo=UTC) if days is None else as_of - timedelta(days=days)
        inside = [event for event in past if event.occurred_at >= since]
        named = {
            **_counts(inside),
            **_money(inside),
            **_gaps(inside),
            **_counterparties(inside),
            **_clock(inside, zone, settings),
            **_responses(inside, past, settings),
        }
        if days is not None:
            earlier = [event for event in past if since - timedelta(days=days) <= event.occurred_at < since]
            named["trend"] = _share(len(inside) - len(earlier), len(inside) + len(earlier))
        figures |= {f"{name}_{'all' if days is None else f'{days}d'}": value for name, value in named.items()}
    return figures


def _share(part: int, whole: int) -> float | None:
    return _round(part / whole) if whole else None


def _round(value: float) -> float:
    return round(value * 1e6) / 1e6


def _milestones(events: Sequence[Event], created_at: datetime | None) -> dict[str, datetime | None]:
    times = [event.occurred_at for event in events]
    of_kind = {
        kind: [event.occurred_at for event in events if event.kind == kind]
        for kind in ("call", "message", "purchase", "visit")
    }
    return {
        "first_seen_at": min([*times, *([created_at] if created_at else [])], default=None),
        "first_activity_at": min(times, default=None),
        "last_activity_at": max(times, default=None),
        "last_engagement_at": max((event.occurred_at for event in events if _came_from_contact(event)), default=None),
        "first_purchase_at": min(of_kind["purchase"], default=None),
        **{f"last_{kind}_at": max(of_kind[kind], default=None) for kind in of_kind},
    }


def _repeat_purchases(events: Sequence[Event]) -> dict[str, Any]:
    days: dict[date, list[int]] = {}
    for event in events:
        if event.kind == "purchase":
            amounts = days.setdefault(event.occurred_at.date(), [])
            amounts += [] if event.amount_e4 is None else [event.amount_e4]
    first, last = min(days, default=None), max(days, default=None)
    later = [sum(amounts) for day, amounts in days.items() if day != first and amounts]
    return {
        "repeat_purchase_days": len(days) - 1 if days else None,
        "repeat_purchase_span_days": (last - first).days if first and last else None,
        "repeat_purchase_amount_mean": _share(sum(later), len(later) * 10_000),
    }


def _came_from_contact(event: Event) -> bool:
    return event.kind in {"purchase", "visit"} or bool(event.is_inbound)


def _preferred_channel(events: Sequence[Event]) -> str | None:
    uses: dict[str, list[datetime]] = {}
    for event in events:
        if _came_from_contact(event):
            named = (event.channel or "").lower() if event.kind in {"message", "purchase"} else None
            uses.setdefault(named or event.kind, []).append(event.occurred_at)
    return min(uses, key=lambda name: (-len(uses[name]), EPOCH - max(uses[name]), name), default=None)


def _counts(events: Sequence[Event]) -> dict[str, Any]:
    ours = [event for event in events if event.kind == "call" and event.is_inbound is False]
    known = [event.is_answered for event in ours if event.is_answered is not None]
    return {
        "event_count": len(events),
        "call_in_count": sum(event.kind == "call" and event.is_inbound is True for event in events),
        "call_out_count": len(ours),
        "message_in_count": sum(event.kind == "message" and event.is_inbound is True for event in events),
        "message_out_count": sum(event.kind == "message" and event.is_inbound is False for event in events),
        "purchase_count": sum(event.kind == "purchase" for event in events),
        "visit_count": sum(event.kind == "visit" for event in events),
        "active_days": len({event.occurred_at.date() for event in events}),
        "answered_share": _share(sum(known), len(known)),
    }


def _money(events: Sequence[Event]) -> dict[str, Any]:
    amounts = [event.amount_e4 for event in events if event.kind == "purchase" and event.amount_e4 is not None]
    return {
        "amount_sum": sum(amounts) / 10_000 if amounts else None,
        "amount_mean": _share(sum(amounts), len(amounts) * 10_000),
        "amount_max": max(amounts) / 10_000 if amounts else None,
    }


def _gaps(events: Sequence[Event]) -> dict[str, Any]:
    seconds = [(event.occurred_at - EPOCH) // timedelta(seconds=1) for event in events]
    gaps = [later - earlier for earlier, later in pairwise(seconds)]
    count = len(gaps)
    variance_n2 = count * sum(gap**2 for gap in gaps) - sum(gaps) ** 2
    return {
        "gap_mean_hours": _share(sum(gaps), count * 3600),
        "gap_std_hours": _round(math.sqrt(variance_n2) / (count * 3600)) if count else None,
    }


def _counterparties(events: Sequence[Event]) -> dict[str, Any]:
    counts = Counter(event.counterparty for event in events if event.counterparty is not None)
    shares = [count / counts.total() for count in counts.values()]
    entropy = -math.fsum(share * math.log(share) for share in shares)
    return {"counterparty_count": len(counts), "counterparty_entropy": abs(_round(entropy)) if counts else None}


def _clock(events: Sequence[Event], zone: str | None, settings: ProfileSettings) -> dict[str, Any]:
    if not events or zone is None:
        return {"night_share": None, "busiest_hour": None, "busiest_weekday": None}
    local = [event.occurred_at.astimezone(ZoneInfo(zone)) for event in events]
    night, hour = set(), settings.night_from_hour
    while hour != settings.night_to_hour:
        night.add(hour)
        hour = (hour + 1) % 24
    hours, weekdays = Counter(time.hour for time in local), Counter(time.isoweekday() for time in local)
    return {
        "night_share": _share(sum(time.hour in night for time in local), len(local)),
        "busiest_hour": min(hours, key=lambda hour: (-hours[hour], hour)),
        "busiest_weekday": min(weekdays, key=lambda weekday: (-weekdays[weekday], weekday)),
    }


def _responses(inside: Sequence[Event], past: Sequence[Event], settings: ProfileSettings) -> dict[str, Any]:
    attempts = [event.occurred_at for event in inside if event.is_attempt]
    replies = [event.occurred_at for event in past if event.is_reply]
    longest, microsecond = timedelta(hours=settings.response_within_hours), timedelta(microseconds=1)
    delays = []
    for attempt in attempts:
        reply = min((reply for reply in replies if reply > attempt), default=None)
        if reply is not None and reply - attempt <= longest:
            delays.append((reply - attempt) // microsecond)
    return {
        "response_rate": _share(len(delays), len(attempts)),
        "response_delay_median_s": _round(median(delays) / 1_000_000) if delays else None,
    }

"""All figures of activity are those of a plain implementation, however the work is cut."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from phoneseg.contracts.profile import ACTIVITY_COLUMNS, window_columns
from phoneseg.profiles import build_profiles
from phoneseg.profiles.rfm_scores import SCORES
from phoneseg.settings import ProfileSettings
from tests.unit.profiles.frames import activity, contact_base
from tests.unit.profiles.reference import Event, describe

AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
DEFAULTS = ProfileSettings()
OTHERS = ProfileSettings(windows_days=(3, 1), rfm_window_days=3, response_within_hours=1.5, night_from_hour=1)
ZONES = ("Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu", None)
CREATED = datetime(2026, 1, 15, 12, tzinfo=UTC)
CONTACTS = {f"c{number}": (zone, CREATED if number % 2 else None) for number, zone in enumerate(ZONES)}
BASE = contact_base(
    *({"contact_id": name, "time_zones": zone, "contact_created_at": at} for name, (zone, at) in CONTACTS.items())
)
FIGURES = [
    column.name
    for column in (*ACTIVITY_COLUMNS, *window_columns(DEFAULTS.windows_days))
    if column.name not in {*SCORES, "purchase_seasons"}
]

# Edges of windows and days, moments that fall together, parts of seconds, and both sides of as_of.
_moments = st.one_of(
    st.sampled_from([1, 3, 7, 14, 30, 90, 365, 730]).map(lambda days: timedelta(days=days)),
    st.integers(0, 400 * 24).map(lambda hours: timedelta(hours=hours)),
    st.integers(-10, 12).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(0, 40 * 86_400_000_000).map(lambda us: timedelta(microseconds=us)),
    st.integers(0, 60_000).map(lambda days: timedelta(days=days)),  # back to 1861
)
_events = st.builds(
    Event,
    contact_id=st.sampled_from([*CONTACTS, "stranger"]),
    kind=st.sampled_from(["call", "message", "purchase", "visit"]),
    occurred_at=_moments.map(lambda before: AS_OF - before),
    is_inbound=st.sampled_from([True, False, None]),
    is_answered=st.sampled_from([True, False, None]),
    amount_e4=st.one_of(st.none(), st.integers(-10_000, 10**10)),
    channel=st.sampled_from(["sms", "SMS", "email", "call", None]),
    counterparty=st.sampled_from(["agent 1", "agent 2", "shop", None]),
)


def _expect(events: list[Event], rules: ProfileSettings) -> dict[str, dict[str, Any]]:
    return {
        name: describe([event for event in events if event.contact_id == name], created_at, zone, AS_OF, rules)
        for name, (zone, created_at) in CONTACTS.items()
    }


def _draw_events(count: int) -> list[Event]:
    """Draw many events of few contacts, so that windows hold dozens of them."""
    rng = np.random.default_rng(7)
    kinds, truths = ("call", "message", "purchase", "visit"), (True, False, None)
    return [
        Event(
            contact_id=f"c{rng.integers(len(ZONES))}",
            kind=kinds[rng.choice(4, p=(0.35, 0.4, 0.15, 0.1))],
            occurred_at=AS_OF - timedelta(seconds=int(rng.exponential(40 * 86_400))),
            is_inbound=truths[rng.choice(3, p=(0.45, 0.45, 0.1))],
            is_answered=truths[rng.choice(3)],
            amount_e4=int(rng.integers(10**7)),
            channel=("sms", "SMS", "email", None)[rng.choice(4)],
            counterparty=f"agent {int(rng.exponential(20))}",
        )
        for _ in range(count)
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(_events, max_size=40), st.sampled_from([DEFAULTS, OTHERS]))
def test_figures_of_few_events_are_those_of_the_reference(events: list[Event], rules: ProfileSettings) -> None:
    profiles = build_profiles(BASE, activity(events), AS_OF, rules).collect()
    for name, expected in _expect(events, rules).items():
        found = profiles.filter(contact_id=name).select(*expected).row(0, named=True)
        assert found == expected


def test_figures_of_many_events_are_those_of_the_reference() -> None:
    events = _draw_events(4_000)
    profiles = build_profiles(BASE, activity(events), AS_OF, DEFAULTS).collect()
    for name, expected in _expect(events, DEFAULTS).items():
        assert set(expected) == set(FIGURES), "every figure is compared"
        assert profiles.filter(contact_id=name).select(*expected).row(0, named=True) == expected


def _one_by_one() -> pl.DataFrame:
    """Return the profiles made contact by contact, out of events in another order."""
    events = activity(_draw_events(4_000)).reverse()
    parts = (BASE.filter(contact_id=name) for name in CONTACTS)
    return pl.concat([build_profiles(part, events, AS_OF, DEFAULTS) for part in parts]).collect()


def test_the_order_and_the_parts_of_the_rows_do_not_matter() -> None:
    whole = build_profiles(BASE, activity(_draw_events(4_000)), AS_OF, DEFAULTS).collect()
    assert_frame_equal(_one_by_one().sort("contact_id"), whole.sort("contact_id"), check_exact=True)


def test_the_number_of_threads_does_not_matter() -> None:
    """In a program of its own: Polars reads the number once."""
    whole = build_profiles(BASE, activity(_draw_events(4_000)), AS_OF, DEFAULTS).collect().sort("contact_id")
    program = (
        "import sys, polars as pl\nfrom tests.unit.profiles import test_reference as t\n"
        "rows = t.build_profiles(t.BASE, t.activity(t._draw_events(4_000)), t.AS_OF, t.DEFAULTS).collect()\n"
        "print(pl.thread_pool_size(), *rows.sort('contact_id').hash_rows().to_list())"
    )
    for threads in (1, 5):
        environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == [str(value) for value in (threads, *whole.hash_rows())]

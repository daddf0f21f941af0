"""When things happen: the days of the week, the hours of the local day, and the seasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from phoneseg.demo.contact_rows import END_OF_DEMO
from phoneseg.demo.draws import Booleans, Floats, Integers, Moments, draw_chance, draw_index

FIRST_DAY: Final = datetime(2025, 6, 1)
"""Activity is kept since this day, a Sunday."""

DAYS: Final = (END_OF_DEMO - FIRST_DAY).days

# (name, first day, last day): messages are sent for them and purchases name them.
_CAMPAIGNS: Final = (
    ("summer_sale_2025", "2025-06-20", "2025-07-13"),
    ("back_to_school_2025", "2025-08-18", "2025-09-07"),
    ("autumn_news_2025", "2025-10-06", "2025-10-12"),
    ("black_friday_2025", "2025-11-21", "2025-12-01"),
    ("holidays_2025", "2025-12-04", "2025-12-23"),
    ("new_year_2026", "2026-01-02", "2026-01-11"),
    ("spring_news_2026", "2026-03-16", "2026-03-22"),
    ("mothers_day_2026", "2026-05-01", "2026-05-10"),
    ("summer_sale_2026", "2026-06-19", "2026-07-12"),
)


@dataclass(frozen=True)
class Rhythm:
    """How often something happens.

    Attributes:
        weekdays: Weights of Monday to Sunday.
        hours: Weights of the hours 0 to 23 of the contact's local day.
        peaks: (first day, last day, factor): days with more of it.
    """

    weekdays: tuple[float, ...]
    hours: tuple[float, ...]
    peaks: tuple[tuple[str, str, float], ...] = ()

    def weigh_days(self) -> Floats:
        """Give the weight of every day since `FIRST_DAY`."""
        first_weekday = FIRST_DAY.weekday()
        weights = np.array([self.weekdays[(first_weekday + day) % 7] for day in range(DAYS)], dtype=np.float64)
        for first, last, factor in self.peaks:
            weights[_day_of(first) : _day_of(last) + 1] *= factor
        return weights

    def add_up_days(self) -> Floats:
        """Give the weight of all days before each day, and of all days at the end."""
        return np.concatenate([[0.0], np.cumsum(self.weigh_days())])

    def weigh_remaining(self, first_day: Integers) -> Floats:
        """Give the share of the whole that lies on or after each first day; 0 for days after the last."""
        limits = self.add_up_days()
        remaining: Floats = 1 - limits[np.minimum(first_day, DAYS)] / limits[-1]
        return remaining


OFFICE: Final = Rhythm(
    weekdays=(11, 10, 10, 10, 9, 4, 2.5),
    hours=(0.1, 0, 0, 0, 0, 0, 0.2, 1, 5, 9, 10, 9, 6, 7, 8, 8, 7, 5, 3, 2, 1, 0.6, 0.3, 0.1),
    peaks=(("2025-12-24", "2025-12-26", 0.3), ("2026-01-01", "2026-01-01", 0.3), ("2025-12-01", "2025-12-20", 1.2)),
)
MESSAGING: Final = Rhythm(
    weekdays=(9, 10, 10, 10, 9, 6, 5),
    hours=(0.2, 0.1, 0, 0, 0, 0.1, 0.4, 2, 5, 8, 9, 8, 7, 6, 6, 7, 8, 8, 8, 6, 4, 2, 1, 0.4),
    peaks=(("2025-11-21", "2025-12-01", 1.8), ("2025-12-04", "2025-12-23", 1.4)),
)
SHOPPING: Final = Rhythm(
    weekdays=(8, 7, 7, 7, 8, 11, 12),
    hours=(1, 0.4, 0.2, 0.1, 0.1, 0.2, 0.6, 1.5, 2.5, 4, 5, 5, 6, 5, 4.5, 4.5, 5, 6, 7, 9, 10, 9, 6, 3),
    peaks=(
        ("2025-11-21", "2025-12-01", 2.2),
        ("2025-11-28", "2025-11-28", 2.0),
        ("2025-12-02", "2025-12-21", 1.7),
        ("2025-12-24", "2025-12-26", 0.5),
    ),
)


def draw_moments(rng: np.random.Generator, rhythm: Rhythm, first_day: Integers, utc_offset_s: Floats) -> Moments:
    """Draw one moment for each row.

    Args:
        rng: The step's generator.
        rhythm: The weights of days and hours.
        first_day: The first possible day of each row, counted from `FIRST_DAY` and before `DAYS`.
        utc_offset_s: How far the local time is ahead of UTC.

    Returns:
        UTC moments from `FIRST_DAY` to before `END_OF_DEMO`, in whole seconds.
    """
    limits = rhythm.add_up_days()
    start = limits[first_day]
    drawn = start + rng.random(len(first_day)) * (limits[-1] - start)
    day = np.clip(np.searchsorted(limits, drawn, side="right") - 1, first_day, DAYS - 1)
    second = draw_index(rng, len(day), rhythm.hours) * 3600 + rng.integers(0, 3600, len(day))
    utc_s = day * 86_400 + second - utc_offset_s.astype(np.int64)
    # Local days do not end with the UTC day: what falls out at one end is moved by a day.
    utc_s = np.where(utc_s < 0, utc_s + 86_400, np.where(utc_s >= DAYS * 86_400, utc_s - 86_400, utc_s))
    moments: Moments = np.datetime64(FIRST_DAY, "us") + utc_s.astype("timedelta64[s]")
    return moments


def count_days_until(moments: Moments) -> Integers:
    """Count the days from `FIRST_DAY` to each moment's day, 0 for earlier moments."""
    days = (moments.astype("datetime64[D]") - np.datetime64(FIRST_DAY, "D")).astype(np.int64)
    return np.maximum(days, 0)


def draw_campaigns(rng: np.random.Generator, moments: Moments, share: float, allowed: Booleans) -> Integers:
    """Give a share of the allowed rows the campaign of their day.

    Returns:
        Positions in `list_campaigns()`, -1 for none.
    """
    day = count_days_until(moments)
    campaign = np.full(len(day), -1, dtype=np.int64)
    for place, (_, first, last) in enumerate(_CAMPAIGNS):
        campaign[(day >= _day_of(first)) & (day <= _day_of(last))] = place
    campaign[~(draw_chance(rng, len(day), share) & allowed)] = -1
    return campaign


def list_campaigns() -> tuple[str, ...]:
    """List the names of the campaigns in the order of their first days."""
    return tuple(name for name, _, _ in _CAMPAIGNS)


def _day_of(date: str) -> int:
    return (datetime.fromisoformat(date) - FIRST_DAY).days

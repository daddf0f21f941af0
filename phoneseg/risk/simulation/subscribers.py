"""The numbers of a simulation: of what sort each is, and its own figures around those of the sort."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from phoneseg.contracts.model import UTC_INSTANT
from phoneseg.risk.draws import open_stream
from phoneseg.risk.simulation.call_draws import Integers, mix, vary, vary_share
from phoneseg.risk.simulation.habits import HONEST, SIM_BOXES, Habit

_NUMBERS_PER_CELL: Final = 60
_LARGEST_SHIFT_H: Final = 2
_RATES: Final = ("calls_per_day", "messages_per_day", "duration_s", "incoming_ratio", "message_ratio")
_SHARES: Final = ("stranger_share", "callback_share", "answered_share", "main_cell_share", "international_share")
_COUNTS: Final = ("contact_count", "cell_count")


@dataclass(frozen=True)
class CallPlan:
    """How much call traffic is simulated.

    Attributes:
        starts_at: First instant (UTC).
        history_days: Days before anybody looks, so that numbers that are not new have a history.
        watched_days: Days after that, in which detectors look.
        honest_count: Honest numbers.
        boxed_count: Numbers in SIM boxes of each level; 0.75 % of the honest ones unless told.
        numbers_per_box: Numbers of one SIM box.
    """

    starts_at: datetime
    history_days: int = 7
    watched_days: int = 7
    honest_count: int = 8_000
    boxed_count: int = 60
    numbers_per_box: int = 12

    @property
    def days(self) -> int:
        """Days in all."""
        return self.history_days + self.watched_days

    @property
    def watched_from(self) -> datetime:
        """First instant that detectors may look at (UTC)."""
        return self.starts_at + timedelta(days=self.history_days)

    @property
    def ends_at(self) -> datetime:
        """End of the last day (UTC)."""
        return self.starts_at + timedelta(days=self.days)


def draw_subscribers(plan: CallPlan, seed: int) -> pl.DataFrame:
    """Draw the numbers of a simulation.

    Args:
        plan: How many.
        seed: Not negative.

    Returns:
        One row per number: `phone_token`, `sort` (of the habits), `is_sim_box`, `box` (null for honest ones),
        `started_at` (null where it began before the first day), `device_group` (numbers that share their devices),
        `home` (its main cell), `shift_h` (hours that it calls later than its sort does), and the figures of `Habit`,
        drawn around their means.
    """
    rng = open_stream(seed, "subscribers")
    sorts = [*_draw_honest(rng, plan), *_list_boxed(plan)]
    frame = pl.concat(_draw_sort(rng, name, habit, count, plan) for name, habit, count in sorts)
    cell_count = max(plan.honest_count // _NUMBERS_PER_CELL, 3)
    tokens = mix(np.arange(len(frame)), seed), mix(np.arange(len(frame)), seed, 1)
    # A box stands in one place; so do the numbers of a firm that share a device.
    _, places = np.unique(frame["place"].to_numpy(), return_inverse=True)
    homes = np.floor(cell_count * rng.random(len(frame)) ** 1.5).astype(np.int64)[places]
    shifts_h = rng.integers(-_LARGEST_SHIFT_H, _LARGEST_SHIFT_H + 1, len(frame))[places]
    return frame.with_columns(
        phone_token=pl.Series([f"{a:016x}{b:016x}" for a, b in zip(*tokens, strict=True)], dtype=pl.String),
        home=pl.Series(homes),
        shift_h=pl.Series(shifts_h),
    ).drop("place")


def _draw_honest(rng: np.random.Generator, plan: CallPlan) -> Iterator[tuple[str, Habit, int]]:
    shares = np.array([habit.share for habit in HONEST.values()])
    counts = rng.multinomial(plan.honest_count, shares / shares.sum())
    yield from ((name, habit, int(count)) for (name, habit), count in zip(HONEST.items(), counts, strict=True))


def _list_boxed(plan: CallPlan) -> Iterator[tuple[str, Habit, int]]:
    yield from ((name, habit, plan.boxed_count) for name, habit in SIM_BOXES.items())


def _draw_sort(rng: np.random.Generator, sort: str, habit: Habit, count: int, plan: CallPlan) -> pl.DataFrame:
    index = np.arange(count)
    is_boxed = sort in SIM_BOXES
    boxes = [f"{sort}-{number // plan.numbers_per_box}" if is_boxed else None for number in index]
    sharers = _draw_device_groups(rng, habit, count)
    places = boxes if is_boxed else [f"{sort}-{group}" for group in sharers]
    return pl.DataFrame(
        {
            **_draw_figures(rng, habit, count),
            "sort": [sort] * count,
            "is_sim_box": [is_boxed] * count,
            "box": pl.Series(boxes, dtype=pl.String),
            "place": pl.Series(places, dtype=pl.String),
            "device_group": pl.Series(
                [f"{box or sort}-{group}" for box, group in zip(boxes, sharers, strict=True)], dtype=pl.String
            ),
            "started_at": pl.Series(_draw_starts(rng, habit, count, plan), dtype=UTC_INSTANT),
        }
    )


def _draw_device_groups(rng: np.random.Generator, habit: Habit, count: int) -> Integers:
    """Return for each number which group of sharers it is in, of one up to `numbers_per_device` numbers."""
    sizes = rng.integers(max(habit.numbers_per_device // 2, 1), habit.numbers_per_device + 1, count)
    return np.repeat(np.arange(count), sizes)[:count]


def _draw_figures(rng: np.random.Generator, habit: Habit, count: int) -> Mapping[str, object]:
    means: dict[str, float | int | str] = vars(habit)
    full = {name: np.full(count, float(means[name])) for name in (*_RATES, *_SHARES, *_COUNTS)}
    return {
        **{name: vary(rng, full[name], 0.5) for name in _RATES},
        **{name: vary_share(rng, full[name]) for name in _SHARES},
        **{name: np.maximum(np.rint(vary(rng, full[name], 0.4)), 1).astype(np.int64) for name in _COUNTS},
        "devices_per_number": 1 + rng.poisson(habit.devices_per_number - 1, count),
        "duty_days": np.full(count, habit.duty_days, dtype=np.int64),
        "weekend_factor": np.full(count, habit.weekend_factor),
        "hours": [habit.hours] * count,
    }


def _draw_starts(rng: np.random.Generator, habit: Habit, count: int, plan: CallPlan) -> list[datetime | None]:
    """Draw when numbers began: in the first 60 % of the watched days, or before all."""
    is_new = rng.random(count) < habit.new_share
    offsets_s = np.floor(rng.random(count) * 0.6 * plan.watched_days * 86_400)
    return [
        plan.watched_from + timedelta(seconds=float(offset)) if new else None
        for new, offset in zip(is_new, offsets_s, strict=True)
    ]

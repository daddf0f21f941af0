"""The events of some contacts in order, and sums over any window of them.

The events stand contact by contact, each contact's in order of time. So the events of a contact in a window that ends
at as_of are neighbours, and a sum over them is the running total at the last of them less the running total before the
first. That costs one pass over the events for a figure, whatever the number of windows. Running totals are whole
numbers, so they are exact, and the same in any order and on any number of threads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
import polars.selectors as cs

from phoneseg.contracts.activity import ACTIVITY_KINDS
from phoneseg.contracts.profile import ALL_TIME
from phoneseg.settings import ProfileSettings

DAY_US: Final = 24 * 60 * 60 * 1_000_000
_KIND: Final = pl.Enum(ACTIVITY_KINDS)
# An attempt to reach the contact: our message, or our call that was not picked up. Where nobody knows, it is none.
_IS_ATTEMPT: Final = ~pl.col("is_inbound") & (
    (pl.col("kind") == "message") | ((pl.col("kind") == "call") & ~pl.col("is_answered"))
)


def came_from_contact() -> pl.Expr:
    """Return whether an event came from the contact: its calls and messages, and all purchases and visits."""
    return pl.col("kind").is_in(["purchase", "visit"]) | pl.col("is_inbound")


@dataclass(frozen=True)
class Window:
    """A stretch of time that ends at as_of, which is not in it: `[as_of - days, as_of)`.

    Attributes:
        suffix: What its columns end in.
        days: How long it is; None for all time.
        position: Its place among the windows, the shortest first.
    """

    suffix: str
    days: int | None
    position: int


@dataclass(frozen=True)
class Timeline:
    """The events of some contacts before as_of, ordered by contact and time.

    Attributes:
        events: `contact` (its number, from 0), `at_us` (microseconds since 1970, UTC), `is_attempt` (of us to reach the
            contact), `kind`, `is_inbound`, `is_answered`, `amount_e4`, `channel`, `counterparty`, and `window`: the
            position of the shortest window that the event is in. Of events at one moment, attempts stand last.
        rows: One row per contact, in order of their numbers: `until` is the row after its last event,
            `since_<suffix>` that of its first event in the window.
        windows: The windows, the shortest first, all time last.
        as_of_us: End of the windows.
    """

    events: pl.DataFrame
    rows: pl.DataFrame
    windows: tuple[Window, ...]
    as_of_us: int

    def sum(self, *, skip_first: bool = False, **figures: pl.Expr) -> pl.DataFrame:
        """Sum figures of the events over each window.

        Args:
            skip_first: Whether to leave out the first event in each window, as for what lies between two events.
            figures: A boolean or whole number for each event; null counts as 0.

        Returns:
            One row per contact in order: `<name>_<suffix>`, Int64 (Int128 of an Int128), never null.
        """
        running = self._run_totals(figures)
        sums = []
        for window in self.windows:
            since = pl.col(f"since_{window.suffix}")
            first = pl.min_horizontal(since + 1, "until") if skip_first else since
            rows = self.rows.select("until", first=first)
            sums += [
                (total.gather(rows["until"]) - total.gather(rows["first"])).alias(f"{total.name}_{window.suffix}")
                for total in running
            ]
        return pl.DataFrame(sums)

    def sum_all(self, **figures: pl.Expr) -> pl.DataFrame:
        """Sum figures of all events of each contact; see `sum`. The columns have the names of the figures."""
        until, since = self.rows["until"], self.rows[f"since_{ALL_TIME}"]
        return pl.DataFrame([total.gather(until) - total.gather(since) for total in self._run_totals(figures)])

    def _run_totals(self, figures: Mapping[str, pl.Expr]) -> pl.DataFrame:
        """Return running totals of figures of the events: row n holds that of the n events before it."""
        values = self.events.select(figure.alias(name) for name, figure in figures.items())
        totals = values.cast({~cs.by_dtype(pl.Int128): pl.Int64}).select(pl.all().fill_null(0).cum_sum())
        return pl.concat([pl.DataFrame({name: [0] for name in figures}, totals.schema), totals], rechunk=True)

    def count_codes(self, code: pl.Series) -> pl.DataFrame:
        """Count the events of each contact and code in each window.

        Args:
            code: A whole number for each event, such as the hour; an event without one counts nowhere.

        Returns:
            One row per contact and code that it has, ordered by both: `contact`, `code` and `count_<suffix>` (Int64).
        """
        code_count = (code.to_physical().cast(pl.Int64).max() or 0) + 1  # type: ignore[operator]  # it is an integer
        # The window stands in the last bits, so that in order the events of a contact and code are.
        bits = (len(self.windows) - 1).bit_length()
        pair = pl.col("contact").cast(pl.UInt64) * code_count + pl.lit(code).cast(pl.UInt64)
        keys = self.events.select(key=pair * 2**bits + pl.col("window")).drop_nulls().sort("key")
        names = [f"count_{window.suffix}" for window in self.windows]
        is_within = ((pl.col("key") % 2**bits) <= window.position for window in self.windows)
        totals = keys.select(
            pl.col("key") // 2**bits,
            *(is_it.cum_sum().cast(pl.Int64).alias(name) for is_it, name in zip(is_within, names, strict=True)),
        ).filter(pl.col("key").ne_missing(pl.col("key").shift(-1)))
        return totals.select(
            (pl.col("key") // code_count).cast(pl.UInt32).alias("contact"),
            (pl.col("key") % code_count).cast(pl.UInt32).alias("code"),
            *(pl.col(name) - pl.col(name).shift(1, fill_value=0) for name in names),
        )

    def spread(self, some: pl.DataFrame) -> pl.DataFrame:
        """Return one row per contact in order out of rows of some of them; the others have nulls.

        Args:
            some: At most one row per contact, with its number as `contact`.
        """
        numbers = self.rows.select(contact=pl.int_range(pl.len(), dtype=pl.UInt32))
        return numbers.join(some, on="contact", how="left", maintain_order="left").drop("contact")


def order_events(
    activity: pl.LazyFrame, contact_ids: pl.Series, as_of: datetime, settings: ProfileSettings
) -> Timeline:
    """Put the events of some contacts in order; those at or after `as_of` do not exist.

    Args:
        activity: Rows of ACTIVITY.
        contact_ids: The contacts; an event of another one is left out.
        as_of: End of the windows, UTC.
        settings: Which windows there are.
    """
    windows = _list_windows(settings)
    as_of_us = pl.select(pl.lit(as_of).dt.epoch("us")).item()
    numbers = pl.LazyFrame({"contact_id": contact_ids}).with_row_index("contact")
    starts = [as_of_us - window.days * DAY_US for window in windows if window.days is not None]
    events = (
        activity.filter(pl.col("occurred_at") < as_of)
        .join(numbers, on="contact_id")
        .select(
            "contact",
            pl.col("occurred_at").dt.epoch("us").alias("at_us"),
            _IS_ATTEMPT.fill_null(value=False).alias("is_attempt"),
            pl.col("kind").cast(_KIND),
            "is_inbound",
            "is_answered",
            "amount_e4",
            pl.col("channel", "counterparty").cast(pl.Categorical),
        )
        .sort("contact", "at_us", "is_attempt")
        .with_columns(window=pl.sum_horizontal(pl.col("at_us") < start for start in starts).cast(pl.UInt8))
        .collect()
    )
    return Timeline(events, _find_rows(events, len(contact_ids), windows), windows, as_of_us)


def _list_windows(settings: ProfileSettings) -> tuple[Window, ...]:
    days = sorted(settings.windows_days)
    bounded = (Window(f"{length}d", length, position) for position, length in enumerate(days))
    return (*bounded, Window(ALL_TIME, None, len(days)))


def _find_rows(events: pl.DataFrame, contact_count: int, windows: tuple[Window, ...]) -> pl.DataFrame:
    """Return `until` and `since_<suffix>` of each contact."""
    counts = events.group_by("contact").agg(
        (pl.col("window") <= window.position).sum().cast(pl.Int64).alias(f"since_{window.suffix}") for window in windows
    )
    numbers = pl.DataFrame({"contact": pl.int_range(contact_count, dtype=pl.UInt32, eager=True)})
    rows = numbers.join(counts, on="contact", how="left", maintain_order="left").drop("contact").fill_null(0)
    until = pl.col(f"since_{ALL_TIME}").cum_sum()
    return rows.select(until.alias("until"), *((until - pl.col(name)).alias(name) for name in rows.columns))

"""What detectors look at: the events and counts of one hour or day, and what was known before it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, NamedTuple

import polars as pl

from phoneseg.contracts.risk import RISK_MEMBER, RISK_SIGNAL
from phoneseg.risk.account_links import link_accounts
from phoneseg.risk.block_density import expect_active_numbers, expect_new_numbers
from phoneseg.risk.call_patterns import describe_calls_in_parts
from phoneseg.risk.clusters import NumberClusters, collect_appearances, find_number_clusters
from phoneseg.risk.new_numbers import HISTORY_DAYS, count_new_numbers, list_known_numbers
from phoneseg.risk.rings import Rings, find_rings
from phoneseg.risk.signal_rows import Window
from phoneseg.risk.sim_box_model import SimBoxModel
from phoneseg.settings.risk import RiskSettings

HOUR_H: Final = 1
DAY_H: Final = 24


@dataclass(frozen=True)
class Scene:
    """All that detectors may ask for; what several of them need is computed once.

    Attributes:
        as_of: End of the data interval (UTC).
        counts: Rows of PREFIX_ACTIVITY of the windows that end at `as_of`.
        history: Rows of PREFIX_ACTIVITY before them.
        parts: Rows of STAGED_EVENT up to `as_of`, as far back as extract reads, without those of own campaigns and of
            numbers that a list allows; in parts that fit in memory, all events of a number in one of them.
        holders: Rows of NUMBER_HOLDER; none where no day ends.
        causes: Rows of KNOWN_CAUSE.
        listed: Rows of `prefix_lists.valid_at`.
        settings: Thresholds.
        model: The model of SIM boxes; None where there is none.
    """

    as_of: datetime
    counts: pl.DataFrame
    history: pl.LazyFrame
    parts: tuple[pl.LazyFrame, ...]
    holders: pl.LazyFrame
    causes: pl.DataFrame
    listed: pl.DataFrame
    settings: RiskSettings
    model: SimBoxModel | None = None

    def window(self, hours: float) -> Window:
        """Return the window of so many hours that ends at `as_of`."""
        return Window(self.as_of - timedelta(hours=hours), self.as_of)

    @property
    def events(self) -> pl.LazyFrame:
        """All events."""
        return pl.concat(self.parts)

    def parts_since(self, start: datetime) -> list[pl.LazyFrame]:
        """Return the parts of the events from an instant on."""
        return [part.filter(pl.col("occurred_at") >= start) for part in self.parts]

    def within(self, window: Window) -> pl.LazyFrame:
        """Return the events of a window."""
        return self.events.filter(window.holds("occurred_at"))

    @property
    def long_window(self) -> Window:
        """The days that SIM boxes and rings are looked for in."""
        return self.window(DAY_H * self.settings.sim_box.window_days)

    @cached_property
    def call_patterns(self) -> pl.DataFrame:
        """Rows of `describe_calls`, of the long window."""
        return describe_calls_in_parts(
            self.parts_since(self.long_window.start), *self.long_window, self.settings.sim_box
        )

    @cached_property
    def new_clusters(self) -> NumberClusters:
        """Clusters of numbers that nobody has seen before the last day."""
        day = self.window(DAY_H)
        appearances = collect_appearances(self.within(day), list_known_numbers(self.events, self.holders, day))
        density = expect_new_numbers(appearances, count_new_numbers(self.events, day), HISTORY_DAYS, day)
        return find_number_clusters(appearances, density, self.within(day), day, self.settings.clusters.number_cluster)

    @cached_property
    def acting_clusters(self) -> NumberClusters:
        """Clusters of numbers that act on the last day, new or not."""
        day, blocks = self.window(DAY_H), ("number_block", "carrier")
        appearances = collect_appearances(self.within(day))
        known = self.events.filter(pl.col("number_block").is_not_null()).select("phone_token", *blocks).unique()
        counted = known.group_by("number_block").agg(pl.col("carrier").max(), number_count=pl.len().cast(pl.Int64))
        density = expect_active_numbers(appearances, counted.collect(engine="streaming"))
        return find_number_clusters(appearances, density, self.within(day), day, self.settings.clusters.number_cluster)

    @cached_property
    def rings(self) -> Rings:
        """Rings of the accounts that hold numbers with events in the long window."""
        links = link_accounts(self.holders, self.parts_since(self.long_window.start)).collect(engine="streaming")
        accounts = self.holders.select("contact_id", "created_at").unique(
            "contact_id", keep="first", maintain_order=True
        )
        return find_rings(links.lazy(), accounts, self.long_window, self.settings.clusters.ring)


class Found(NamedTuple):
    """What a detector found.

    Attributes:
        signals: Rows of RISK_SIGNAL.
        members: Rows of RISK_MEMBER.
    """

    signals: pl.DataFrame
    members: pl.DataFrame


Finder = Callable[[Scene, Window], Found]


def tell(scene: Scene, signals: pl.DataFrame, members: pl.DataFrame | None = None) -> Found:
    """Return signals of a scene with their members; a signal about a number has that one.

    Args:
        scene: The scene: all its signals have its `as_of`, also those of a window that ended sooner.
        signals: Rows of RISK_SIGNAL.
        members: `subject`, `member_kind` and `member` of signals about more than a number.
    """
    dated = signals.with_columns(as_of=pl.lit(scene.as_of, pl.Datetime("us", "UTC")))
    is_number = pl.col("subject_kind") == "number"
    own = dated.filter(is_number).select("subject", member_kind=pl.lit("number"), member="subject")
    given = own if members is None else pl.concat([own, members.select(own.columns)])
    keys = ("as_of", "window_start", "signal_kind", "subject")
    told = dated.select(keys).unique().join(given.unique(), on="subject").lazy()
    return Found(
        RISK_SIGNAL.conform(dated.lazy()).sort(RISK_SIGNAL.key).collect(),
        RISK_MEMBER.conform(told).sort(RISK_MEMBER.key).collect(),
    )

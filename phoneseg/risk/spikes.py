"""Signals of spikes: prefixes with far more events in a window than their history makes likely."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.risk.prefix_windows import SERIES
from phoneseg.risk.spike_nesting import explain_nested, list_links
from phoneseg.risk.spike_scores import score_prefixes
from phoneseg.risk.standouts import count_members, find_standouts
from phoneseg.settings.risk_spikes import SpikeSettings

SIGNAL_KIND: Final = "spike"
_SCORE_DECIMALS: Final = 4


@dataclass(frozen=True)
class Activity:
    """What spikes are looked for in; events and counts both without those of named campaigns (`drop_campaigns`).

    Attributes:
        current: Rows of PREFIX_ACTIVITY of the window.
        history: Rows of PREFIX_ACTIVITY before it, see `prefix_windows.read_histories`.
        events: Rows of RISK_EVENT of the window.
        earlier_events: Rows of RISK_EVENT before it, for the shares of what stands out; None where nobody has them.
    """

    current: pl.DataFrame
    history: pl.LazyFrame
    events: pl.LazyFrame
    earlier_events: pl.LazyFrame | None = None


def find_spikes(
    activity: Activity, as_of: datetime, window_h: int, causes: pl.DataFrame, settings: SpikeSettings
) -> pl.DataFrame:
    """Find the prefixes with far more events in a window than their history makes likely.

    Args:
        activity: Counts and events of the window and before.
        as_of: End of the window.
        window_h: 1 or 24.
        causes: Rows of KNOWN_CAUSE.
        settings: Where the bounds are.

    Returns:
        Rows of RISK_SIGNAL, sorted by their key. A spike that another explains is of level monitor, and its reasons
        say so; others are high from `high_score` on. The evidence holds `q_value`, `is_new`, `explained_by`, and
        `standouts`: of each kind of member that stands out its name and shares.
    """
    scored = score_prefixes(activity.current, activity.history, as_of, window_h, causes, settings)
    spikes = scored.filter("is_spike")
    if spikes.is_empty():
        return RISK_SIGNAL.conform(pl.LazyFrame(schema=RISK_SIGNAL.schema)).collect()
    nested = explain_nested(spikes, list_links(activity.events), settings)
    window = count_members(activity.events, spikes)
    before = None if activity.earlier_events is None else count_members(activity.earlier_events, spikes)
    standouts = _gather(find_standouts(spikes, window, before, settings))
    told = nested.join(standouts, on=SERIES, how="left", maintain_order="left")
    told = told.with_columns(pl.col("standouts").fill_null([]))
    return _tell(told, as_of, window_h, settings)


def _gather(standouts: pl.DataFrame) -> pl.DataFrame:
    """Return `standouts` of each spike that has any: a list of members."""
    member = pl.struct("member_kind", "member", "share_pct", "baseline_share_pct", "excess_pct")
    return standouts.group_by(SERIES, maintain_order=True).agg(standouts=member)


def _tell(spikes: pl.DataFrame, as_of: datetime, window_h: int, settings: SpikeSettings) -> pl.DataFrame:
    is_high = pl.col("explained_by").is_null() & (pl.col("score") >= settings.high_score)
    kinds = pl.col("standouts").list.eval(pl.element().struct.field("member_kind"))
    reasons = pl.concat_list(
        pl.when(pl.col("is_new")).then(pl.lit("new_prefix_spike")).otherwise(pl.lit("spike")),
        pl.format("explained_by_{}", "relation"),
        kinds.list.eval(pl.format("{}_stands_out", pl.element())),
    )
    evidence = pl.struct("q_value", "is_new", "explained_by", "standouts")
    signals = spikes.with_columns(
        as_of=pl.lit(as_of),
        signal_kind=pl.lit(SIGNAL_KIND),
        subject_kind="prefix_level",
        subject="prefix",
        window_start=pl.lit(as_of - timedelta(hours=window_h)),
        score=pl.col("score").round(_SCORE_DECIMALS),
        risk_level=pl.when(is_high).then(pl.lit("high")).otherwise(pl.lit("monitor")),
        reasons=reasons.list.drop_nulls().list.join(","),
        evidence=evidence.struct.json_encode(),
    )
    return RISK_SIGNAL.conform(signals.lazy()).collect().sort(RISK_SIGNAL.key)

"""What stands out inside a spike: the carrier, block or source that carries most of the excess."""

from typing import Final

import polars as pl

from phoneseg.contracts.risk import PREFIX_LEVELS
from phoneseg.risk.prefix_windows import SERIES
from phoneseg.settings.risk_spikes import SpikeSettings

MEMBER_KINDS: Final = ("carrier", "area_code", "number_block", "activity_source", "counterparty_country")
"""What a prefix's events are taken apart by."""

_WITHIN: Final = {"number_block": ("area_code", "carrier", "number_block"), "area_code": ("area_code",)}
"""By what a level is not taken apart, for all of a prefix is of one."""

_MEMBER: Final = ("member_kind", "member")


def count_members(events: pl.LazyFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    """Count the events of prefixes by what they are taken apart by.

    Args:
        events: Rows of RISK_EVENT.
        subjects: `prefix_level`, `prefix` and `activity_kind` of the prefixes.

    Returns:
        `prefix_level`, `prefix`, `activity_kind`, `member_kind`, `member` and `event_count`, sorted; events without
        such a member stay out.
    """
    wanted = subjects.lazy().select(SERIES)
    parts = [
        events.drop_nulls([level, kind])
        .select("activity_kind", prefix_level=pl.lit(level), prefix=level, member_kind=pl.lit(kind), member=kind)
        .join(wanted, on=SERIES, how="semi")
        .group_by(*SERIES, *_MEMBER)
        .agg(event_count=pl.len().cast(pl.Int64))
        for level in PREFIX_LEVELS
        for kind in MEMBER_KINDS
        if kind not in (level, *_WITHIN.get(level, ()))
    ]
    return pl.concat(parts).collect(engine="streaming").sort(*SERIES, *_MEMBER)


def find_standouts(
    spikes: pl.DataFrame, window: pl.DataFrame, baseline: pl.DataFrame | None, settings: SpikeSettings
) -> pl.DataFrame:
    """Tell which member of each kind carries most of the excess of each spike.

    A member's excess is its events less what is expected of it: the expectation of the prefix, shared out as in the
    baseline. It stands out with much of the excess, and much more than its share of the baseline. Without a baseline,
    the expectation is shared out as in the window, so that only a member with most events stands out.

    Args:
        spikes: Rows of `score_prefixes` that are spikes.
        window: Rows of `count_members` of the window's events.
        baseline: Those of the time before, such as the last weeks; None where nobody has them.
        settings: What share of the excess stands out.

    Returns:
        `prefix_level`, `prefix`, `activity_kind`, `member_kind`, `member`, `share_pct`, `baseline_share_pct` (null
        without a baseline) and `excess_pct`, sorted; at most one row per spike and kind of member.
    """
    before = window.clear() if baseline is None else baseline
    seen = window.with_columns(share=_share())
    known = before.with_columns(before=_share()).drop("event_count")
    total = pl.col("before").is_not_null().any().over(*SERIES, "member_kind")
    members = (
        seen.join(known, on=[*SERIES, *_MEMBER], how="left")
        .with_columns(before=pl.when(total).then(pl.col("before").fill_null(0)))
        .join(spikes.select(*SERIES, "observed", pl.col("expected").fill_null(0)), on=SERIES)
    )
    rest = pl.col("event_count") - pl.col("expected") * pl.coalesce("before", "share")
    excess = (100 * rest / (pl.col("observed") - pl.col("expected"))).clip(0, 100)
    return (
        members.select(
            *SERIES,
            *_MEMBER,
            share_pct=(100 * pl.col("share")).round(1),
            baseline_share_pct=(100 * pl.col("before")).round(1),
            excess_pct=excess.round(1),
        )
        .filter(
            pl.col("excess_pct") >= settings.standout_pct,
            pl.col("excess_pct") - pl.col("baseline_share_pct").fill_null(0) >= settings.standout_gain_pct,
        )
        .sort("excess_pct", "member", descending=[True, False])
        .unique([*SERIES, "member_kind"], keep="first", maintain_order=True)
        .sort(*SERIES, "member_kind")
    )


def _share() -> pl.Expr:
    return pl.col("event_count") / pl.col("event_count").sum().over(*SERIES, "member_kind")

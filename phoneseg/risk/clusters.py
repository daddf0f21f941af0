"""Numbers of one block that appear, or act, together more than chance allows."""

from collections.abc import Iterable
from typing import Final, NamedTuple

import polars as pl

from phoneseg.risk.block_scans import scan_for_bursts, scan_for_runs
from phoneseg.risk.cluster_behaviour import DAMNING, behaviour_reasons, describe_behaviour
from phoneseg.risk.discoveries import adjust_p_values
from phoneseg.risk.signal_rows import ANY_KIND, Window, build_signals, join_reasons, tell_evidence
from phoneseg.risk.tails import minus_log10
from phoneseg.settings.risk_clusters import NumberClusterSettings

NUMBER_CLUSTER: Final = "number_cluster"
LINE_NUMBER: Final = "line_number"
"""Proposed column of the stage: the last four digits of a number (UInt16, restricted), which no signal holds."""

_SIGNS: Final = {"dense_block": "p_dense", "burst": "p_burst", "consecutive": "p_run"}


class NumberClusters(NamedTuple):
    """Clusters of numbers.

    Attributes:
        signals: Rows of RISK_SIGNAL, one for each cluster.
        members: `cluster` (the smallest token) and `phone_token`.
    """

    signals: pl.DataFrame
    members: pl.DataFrame


def collect_appearances(events: pl.LazyFrame, known: pl.LazyFrame | None = None) -> pl.DataFrame:
    """Return when each number is first seen.

    Args:
        events: Rows of RISK_EVENT of the window, with or without LINE_NUMBER.
        known: `phone_token` of numbers that were seen before, which are no news; without it, each number that acts
            is one.

    Returns:
        `phone_token`, `number_block`, `carrier` (nullable), `line_number` (null without such a column) and
        `appeared_at`, one row for each number that has a block.
    """
    has_lines = LINE_NUMBER in events.collect_schema().names()
    line = pl.col(LINE_NUMBER).max() if has_lines else pl.lit(None).alias(LINE_NUMBER)
    placed = events.filter(pl.col("number_block").is_not_null())
    if known is not None:
        placed = placed.join(known.select("phone_token"), on="phone_token", how="anti")
    numbers = placed.group_by("phone_token", "number_block").agg(
        pl.col("carrier").max(), line.cast(pl.UInt16), appeared_at=pl.col("occurred_at").min()
    )
    return numbers.collect(engine="streaming").sort("phone_token")


def keep_earliest(appearances: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return when each number appeared first, of several ways to appear: by an event, or with a new contact.

    Args:
        appearances: Frames with the columns of `collect_appearances`, such as that of events, and one of contacts that
            were created in the window, with their primary numbers.

    Returns:
        The same columns, one row for each number.
    """
    numbers = pl.concat(appearances).group_by("phone_token", "number_block")
    return numbers.agg(pl.col("carrier", LINE_NUMBER).max(), pl.col("appeared_at").min()).sort("phone_token")


def find_number_clusters(
    appearances: pl.DataFrame,
    density: pl.DataFrame,
    events: pl.LazyFrame,
    window: Window,
    settings: NumberClusterSettings,
) -> NumberClusters:
    """Find blocks whose numbers come together.

    Three signs: the block is denser than its past and its carrier's let expect; its numbers come within hours; they
    crowd in a stretch of lines. Each is tested over all blocks at once (Benjamini-Hochberg); `min_signs` of them make
    a cluster. Its members are those of the burst or the run, whichever is less likely, else all of the block. The risk
    is high where they also behave as no office does: on shared devices, or mostly with one counterparty.

    Args:
        appearances: Rows of `collect_appearances`; those outside the window do not count.
        density: Rows of `expect_new_numbers`, or of `expect_active_numbers` for numbers that act.
        events: Rows of RISK_EVENT of the window.
        window: The window.
        settings: When numbers are a cluster.
    """
    appearances = appearances.filter(window.holds("appeared_at"))
    tested = _test_blocks(appearances, density, window, settings)
    flagged = tested.filter(pl.col("sign_count") >= settings.min_signs)
    members = _choose_members(appearances, flagged)
    sizes = members.group_by("cluster", "number_block").agg(number_count=pl.len())
    sizes = sizes.filter(pl.col("number_count") >= settings.min_numbers)
    members = members.join(sizes, on="cluster", how="semi").select("cluster", "phone_token").sort(pl.all())
    behaviour = describe_behaviour(members, events)
    clusters = flagged.drop("number_count").join(sizes, on="number_block").join(behaviour, on="cluster", how="left")
    return NumberClusters(_signal_clusters(clusters, window, settings), members)


def _test_blocks(
    appearances: pl.DataFrame, density: pl.DataFrame, window: Window, settings: NumberClusterSettings
) -> pl.DataFrame:
    """Return each block that has numbers enough with its signs, `sign_count` and `p_value`."""
    enough = density.filter(pl.col("number_count") >= settings.min_numbers)
    placed = appearances.join(enough, on="number_block", how="semi")
    tested = (
        enough.join(scan_for_bursts(appearances, window, settings.burst_hours), on="number_block", how="left")
        .join(scan_for_runs(placed, settings.line_spans), on="number_block", how="left")
        .with_columns(pl.col(*_SIGNS.values()).fill_null(1.0))
    )
    signs = tested.with_columns(
        pl.Series(code, adjust_p_values(tested[name], test_count=len(density)) <= settings.max_false_discovery_rate)
        for code, name in _SIGNS.items()
    )
    place = settings.min_signs - 1  # of so many signs that all have to be there, the least sure one tells the chance
    return signs.with_columns(
        sign_count=pl.sum_horizontal(*_SIGNS),
        p_value=pl.concat_list(*_SIGNS.values()).list.sort().list.get(place),
    )


def _choose_members(appearances: pl.DataFrame, flagged: pl.DataFrame) -> pl.DataFrame:
    """Return `cluster`, `number_block` and `phone_token` of the numbers that make the flagged blocks stand out."""
    bounds = ("burst", "consecutive", "p_burst", "p_run", "burst_start", "burst_end", "run_start", "run_end")
    placed = appearances.join(flagged.select("number_block", *bounds), on="number_block")
    in_burst = pl.col("appeared_at").is_between("burst_start", "burst_end")
    in_run = pl.col("line_number").cast(pl.Int64).is_between("run_start", "run_end").fill_null(False)
    by_run = pl.col("consecutive") & (~pl.col("burst") | (pl.col("p_run") <= pl.col("p_burst")))
    is_member = pl.when(by_run).then(in_run).when("burst").then(in_burst).otherwise(True)
    return placed.filter(is_member).select(
        "number_block", "phone_token", cluster=pl.col("phone_token").min().over("number_block")
    )


def _signal_clusters(clusters: pl.DataFrame, window: Window, settings: NumberClusterSettings) -> pl.DataFrame:
    behaviour = behaviour_reasons(settings)
    is_high = pl.any_horizontal(behaviour[code].fill_null(False) for code in DAMNING)
    rows = clusters.with_columns(
        subject_kind=pl.lit("cluster"),
        subject="cluster",
        activity_kind=pl.lit(ANY_KIND),
        observed="number_count",
        score=pl.Series(minus_log10(clusters["p_value"])),
        risk_level=pl.when(is_high).then(pl.lit("high")).otherwise(pl.lit("monitor")),
        reasons=join_reasons({code: pl.col(code) for code in _SIGNS} | behaviour),
        evidence=tell_evidence(
            numbers="number_count",
            events=pl.col("event_count").fill_null(0),
            devices=pl.col("device_count").fill_null(0),
            outgoing_pct=pl.when(pl.col("directed_count") > 0).then(
                100 * pl.col("outgoing_count") / pl.col("directed_count")
            ),
            burst_h=pl.when("burst").then((pl.col("burst_end") - pl.col("burst_start")).dt.total_seconds() / 3600),
        ),
    )
    return build_signals(rows, NUMBER_CLUSTER, window)

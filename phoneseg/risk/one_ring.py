"""One-ring calls (wangiri): numbers and blocks that ring many people briefly, to be called back."""

from typing import Final

import polars as pl

from phoneseg.risk.discoveries import adjust_p_values
from phoneseg.risk.premium_ranges import mark_premium_ranges
from phoneseg.risk.signal_rows import Window, build_signals, join_reasons, tell_evidence
from phoneseg.risk.tails import binomial_lower_tail, minus_log10
from phoneseg.settings.risk_prefixes import OneRingSettings, PremiumRangeSettings

ONE_RING: Final = "one_ring"
_SUBJECTS: Final = {"number": "phone_token", "number_block": "number_block"}
_PLACE: Final = ("number_block", "number_type", "carrier", "country", "counterparty_country")


def find_one_ring_calls(
    events: pl.LazyFrame, window: Window, settings: OneRingSettings, premium: PremiumRangeSettings
) -> pl.DataFrame:
    """Find numbers, and number blocks, whose calls only want to be called back.

    What has to hold of the calls from a number, or from all numbers of a block: many callees, few calls to each, and
    hardly any answered (and fewer than chance allows, at the rate of all other callers; Benjamini-Hochberg); and either
    short rings, as far as those were timed, or callees that call back, or a callback that is dear. The last two make
    the risk high. A block is told if several of its numbers call: numbers that ring few people each do not hide.

    Args:
        events: Rows of RISK_EVENT, up to `callback_h` after the end of the window.
        window: When the calls were made.
        settings: When calls are one-ring calls.
        premium: What is dear to call.

    Returns:
        Rows of RISK_SIGNAL, activity_kind call: `observed` is the calls that were answered, `expected` those that would
        have been at the common rate, `score` -log10 of the adjusted p-value. Evidence has the callees, the callbacks
        and the seconds that they took.
    """
    is_outgoing = pl.col("is_outgoing")
    calls = events.filter(pl.col("activity_kind") == "call", pl.col("counterparty").is_not_null())
    made = calls.filter(is_outgoing, pl.col("is_answered").is_not_null(), window.holds("occurred_at"))
    suspects, subject_count = _screen(made, settings)
    callers = _choose_callers(made, suspects)
    suspected = made.join(callers, on="phone_token", how="semi").select(
        "phone_token", *_PLACE, "counterparty", "occurred_at", "is_answered", "duration_s"
    )
    rung = suspected.collect(engine="streaming")
    share = _share_answered(made.join(callers, on="phone_token", how="anti"))
    callbacks = _collect_callbacks(calls.filter(~is_outgoing), rung, settings)
    views = [_count(rung, callbacks, kind, suspects[kind], settings) for kind in _SUBJECTS]
    counted = pl.concat(views, how="diagonal")
    p = pl.Series(binomial_lower_tail(counted["answered_count"], counted["call_count"], share), dtype=pl.Float64)
    tests = counted.with_columns(
        p_value=p,
        adjusted=pl.Series(adjust_p_values(p, test_count=subject_count)),
        expected=pl.col("call_count") * share,
    )
    placed = mark_premium_ranges(tests.lazy(), premium).collect()
    flagged = placed.filter(_is_one_ring(settings), pl.col("adjusted") <= settings.max_false_discovery_rate)
    return _signal(flagged, window, settings)


def _screen(made: pl.LazyFrame, settings: OneRingSettings) -> tuple[dict[str, pl.DataFrame], int]:
    """Return the subjects of each kind that could be flagged, and how many there are of all kinds.

    The calls of the others need not be looked at one by one.
    """
    is_unanswered = pl.col("is_answered").mean() * 100 <= settings.max_answered_pct
    has_reach = pl.col("counterparty").n_unique() >= settings.min_callees
    suspects, subject_count = {}, 0
    for kind, subject in _SUBJECTS.items():
        placed = made.filter(pl.col(subject).is_not_null())
        judged = placed.group_by(subject).agg(keep=is_unanswered & has_reach).collect(engine="streaming")
        subject_count += len(judged)
        suspects[kind] = judged.filter("keep").select(subject)
    return suspects, subject_count


def _choose_callers(made: pl.LazyFrame, suspects: dict[str, pl.DataFrame]) -> pl.LazyFrame:
    """Return `phone_token` of the suspects, and of all callers of suspect blocks."""
    parts = [
        made.join(found.lazy(), on=_SUBJECTS[kind], how="semi").select("phone_token")
        for kind, found in suspects.items()
    ]
    return pl.concat(parts).unique().collect(engine="streaming").lazy()


def _share_answered(calls: pl.LazyFrame) -> float:
    """Return the share of calls that are answered; a half where there are none."""
    counts = calls.select(answered=pl.col("is_answered").sum(), calls=pl.len()).collect(engine="streaming")
    return float((counts.item(0, "answered") + 1) / (counts.item(0, "calls") + 2))


def _collect_callbacks(incoming: pl.LazyFrame, rung: pl.DataFrame, settings: OneRingSettings) -> pl.DataFrame:
    """Return `phone_token`, `counterparty` and `callback_s` of those who called back within `callback_h` of a call."""
    calls = rung.group_by("phone_token", "counterparty").agg(rung_at=pl.col("occurred_at").min())
    back = incoming.select("phone_token", "counterparty", "occurred_at", "duration_s").join(
        calls.lazy(), on=["phone_token", "counterparty"]
    )
    since = pl.col("occurred_at") - pl.col("rung_at")
    within = back.filter(since > pl.duration(), since <= pl.duration(seconds=settings.callback_h * 3600))
    return within.group_by("phone_token", "counterparty").agg(callback_s=pl.col("duration_s").sum()).collect()


def _count(
    rung: pl.DataFrame, callbacks: pl.DataFrame, kind: str, suspects: pl.DataFrame, settings: OneRingSettings
) -> pl.DataFrame:
    subject = _SUBJECTS[kind]
    is_answered = pl.col("is_answered")
    is_timed = ~is_answered & pl.col("duration_s").is_not_null()
    is_foreign = (pl.col("country") != pl.col("counterparty_country")).fill_null(False)
    counts = (
        rung.join(suspects, on=subject, how="semi")
        .group_by(subject)
        .agg(
            call_count=pl.len().cast(pl.Int64),
            caller_count=pl.col("phone_token").n_unique(),
            callee_count=pl.col("counterparty").n_unique(),
            answered_count=is_answered.sum(),
            timed_count=is_timed.sum(),
            short_count=(is_timed & (pl.col("duration_s") <= settings.short_ring_s)).sum(),
            foreign_count=is_foreign.sum(),
            block=pl.col("number_block").max(),
            **{name: pl.col(name).max() for name in ("number_type", "carrier")},
        )
    )
    placed = callbacks.join(rung.select("phone_token", "number_block").unique(), on="phone_token", how="left")
    back = placed.group_by(subject).agg(
        callback_count=pl.col("counterparty").n_unique(), callback_s=pl.col("callback_s").sum()
    )
    told = counts.join(back, on=subject, how="left").sort(subject)
    return told.select(
        pl.lit(kind).alias("subject_kind"),
        pl.col(subject).alias("subject"),
        pl.col("block").alias("number_block"),
        *(name for name in told.columns if name not in (subject, "block", "callback_count", "callback_s")),
        pl.col("callback_count", "callback_s").fill_null(0),
    )


def _is_one_ring(settings: OneRingSettings) -> pl.Expr:
    calls, callees = pl.col("call_count"), pl.col("callee_count")
    is_alone = (pl.col("subject_kind") == "number_block") & (pl.col("caller_count") < settings.min_callers_of_prefix)
    return (
        (callees >= settings.min_callees)
        & (calls <= callees * settings.max_calls_per_callee)
        & (pl.col("answered_count") * 100 <= settings.max_answered_pct * calls)
        & ~is_alone
        & pl.any_horizontal(*_signs(settings).values())
    )


def _signs(settings: OneRingSettings) -> dict[str, pl.Expr]:
    timed, back = pl.col("timed_count"), pl.col("callback_count")
    is_called_back = back * 100 >= settings.min_callback_pct * pl.col("callee_count")
    return {
        "short_rings": (timed > 0) & (pl.col("short_count") * 100 >= settings.min_short_pct * timed),
        "callbacks": is_called_back & (back >= settings.min_callbacks),
        "dear_callback": pl.col("range_kind").is_not_null(),
    }


def _signal(flagged: pl.DataFrame, window: Window, settings: OneRingSettings) -> pl.DataFrame:
    signs = _signs(settings)
    is_high = signs["callbacks"] | signs["dear_callback"]
    is_foreign = pl.col("foreign_count") * 2 > pl.col("call_count")
    rows = flagged.with_columns(
        activity_kind=pl.lit("call"),
        observed="answered_count",
        score=pl.Series(minus_log10(flagged["adjusted"])),
        risk_level=pl.when(is_high).then(pl.lit("high")).otherwise(pl.lit("monitor")),
        reasons=join_reasons({"unanswered_to_many": pl.lit(True), **signs, "foreign": is_foreign}),
        evidence=tell_evidence(
            calls="call_count",
            callers="caller_count",
            callees="callee_count",
            callbacks="callback_count",
            callback_s="callback_s",
        ),
    )
    return build_signals(rows, ONE_RING, window)

"""The state of a number as one contact's, out of its history and of lists.

A number of the North American plan rests for 45 days at least before another subscriber gets it (47 CFR
52.15(f)(1)(ii)), and a caller goes by the last day at which it knew that the number was the contact's (47 CFR
64.1200(m)). The Reassigned Numbers Database says yes where the number was disconnected on that day or later (FCC, DA
21-1649); so does this of any list.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from phoneseg.settings import NumberStateSettings

EVIDENCE: Final = {
    "listed_reassigned": (0.95, "A list says that somebody else has it."),
    "listed_disconnected": (0.9, "A list says that it was disconnected for good."),
    "permanent_failures": (0.8, "Messages failed for good, one after the other: nobody has the number."),
    "revived": (0.7, "It was dead, by messages or a list, and long enough after that somebody was reached by it."),
    "temporary_failures": (0.5, "Messages failed, one after the other, for a long time."),
    "new_holder": (0.5, "It was dead, by messages or a list, and long enough after that another contact came with it."),
    "unanswered": (0.2, "Calls were not picked up, three at least."),
    "engaged": (0.9, "Somebody called or wrote from it."),
    "reached": (0.7, "A message arrived, a call was picked up, or a list has it in use."),
}
"""Every code of evidence: how much it weighs for the states that it speaks for, and what it says."""

_SPEAKS_FOR: Final = {
    "suspected_reassigned": ("listed_reassigned", "listed_disconnected", "permanent_failures", "revived", "new_holder"),
    "suspected_disconnected": ("listed_disconnected", "permanent_failures", "temporary_failures", "unanswered"),
    "active": ("engaged", "reached"),
    "cooling": ("engaged", "reached"),
    "dormant": ("engaged", "reached"),
}
_FEWEST_UNANSWERED: Final = 3


def decide_states(phones: pl.LazyFrame, as_of: datetime, settings: NumberStateSettings) -> pl.LazyFrame:
    """Decide the state of each phone's number.

    Args:
        phones: Any columns, and `confirmed_at` (when the contact itself last showed that the number is its own), the
            columns of `summarize_signals` and `find_revivals`, `disconnected_at` and `reassigned_at` (the newest of the
            lists) and `renewed_at` (when the newest contact with the number came to be, null if it is this one).
        as_of: End of the data interval.
        settings: The bounds.

    Returns:
        The rows with `number_state`, `state_since_at`, `evidence` and `state_confidence`.
    """
    found = phones.with_columns(**_find_evidence(settings))
    weighed = found.with_columns(number_state=_state(as_of, settings))
    return weighed.with_columns(
        state_since_at=_since(settings), evidence=_codes(), state_confidence=_confidence()
    ).drop(*_flags(EVIDENCE), "has_moved", "is_gone")


def _find_evidence(settings: NumberStateSettings) -> dict[str, pl.Expr]:
    """Return a column for each code that may speak against the contact's having the number, or for it.

    Nothing that happened before the contact showed that the number is its own speaks against it.
    """
    aging = timedelta(days=settings.aging_days)
    alive, disconnected = pl.col("last_alive_at"), pl.col("disconnected_at")
    is_late_life = (alive >= disconnected + aging).fill_null(False)
    is_contradicted = (alive > disconnected).fill_null(False) & ~is_late_life
    is_listed = _is_after_confirmation("disconnected_at") & ~is_contradicted
    is_dead = (
        (pl.col("permanent_count") >= settings.permanent_failures)
        & (pl.col("last_permanent_at") - pl.col("first_permanent_at") >= _days(settings.permanent_failure_days))
        & _is_after_confirmation("last_permanent_at")
    ).fill_null(False)
    is_fading = (
        (pl.col("failure_count") >= settings.temporary_failures)
        & (pl.col("last_failed_at") - pl.col("first_failed_at") >= _days(settings.temporary_failure_days))
        & _is_after_confirmation("last_failed_at")
    ).fill_null(False)
    is_renewed = pl.any_horizontal(
        is_so & (pl.col("renewed_at") >= since + aging).fill_null(False)
        for is_so, since in ((is_dead, pl.col("first_permanent_at")), (is_listed, disconnected))
    )
    is_reassigned = _is_after_confirmation("reassigned_at")
    is_revived = _is_after_confirmation("died_at") | (is_listed & is_late_life)
    return {
        **_flagged(
            listed_reassigned=is_reassigned,
            listed_disconnected=is_listed,
            permanent_failures=is_dead,
            revived=is_revived,
            temporary_failures=is_fading & ~is_dead,
            new_holder=is_renewed,
            unanswered=pl.col("unanswered_count").fill_null(0) >= _FEWEST_UNANSWERED,
            engaged=pl.col("last_engaged_at").is_not_null(),
            reached=pl.col("last_reached_at").is_not_null(),
        ),
        "has_moved": is_reassigned | is_revived | is_renewed,
        "is_gone": is_listed | is_dead | is_fading,
    }


def _is_after_confirmation(name: str) -> pl.Expr:
    """Return whether something happened on the day of the contact's last confirmation or later."""
    at, confirmed = pl.col(name).dt.date(), pl.col("confirmed_at").dt.date()
    return (at.is_not_null() & (confirmed.is_null() | (at >= confirmed))).fill_null(False)


def _state(as_of: datetime, settings: NumberStateSettings) -> pl.Expr:
    alive = pl.col("last_alive_at")
    return (
        pl.when("has_moved")
        .then(pl.lit("suspected_reassigned"))
        .when("is_gone")
        .then(pl.lit("suspected_disconnected"))
        .when(alive >= as_of - timedelta(days=settings.active_days))
        .then(pl.lit("active"))
        .when(alive >= as_of - timedelta(days=settings.cooling_days))
        .then(pl.lit("cooling"))
        .when(alive.is_not_null())
        .then(pl.lit("dormant"))
        .otherwise(pl.lit("unknown"))
    )


def _since(settings: NumberStateSettings) -> pl.Expr:
    """Return since when the state holds: an instant that is the same in every run that finds the same evidence."""
    flag, state, alive = _flag, pl.col("number_state"), pl.col("last_alive_at")
    moved_at = pl.coalesce(
        pl.when(flag("listed_reassigned")).then("reassigned_at"),
        pl.when(flag("revived")).then(pl.coalesce("revived_at", "disconnected_at")),
        pl.when(flag("new_holder")).then("renewed_at"),
    )
    gone_at = pl.min_horizontal(
        pl.when(flag("listed_disconnected")).then("disconnected_at"),
        pl.when(flag("permanent_failures") | flag("temporary_failures")).then("first_failed_at"),
    )
    return (
        pl.when(state == "suspected_reassigned")
        .then(moved_at)
        .when(state == "suspected_disconnected")
        .then(gone_at)
        .when(state == "cooling")
        .then(alive + _days(settings.active_days))
        .when(state == "dormant")
        .then(alive + _days(settings.cooling_days))
    )


def _codes() -> pl.Expr:
    """Return the codes of what was found and speaks for the state, comma-separated; null for nothing."""
    named = []
    for code in EVIDENCE:
        states = [state for state, codes in _SPEAKS_FOR.items() if code in codes]
        named.append(pl.when(_flag(code) & pl.col("number_state").is_in(states)).then(pl.lit(code)))
    codes = pl.concat_str(*named, separator=",", ignore_nulls=True)
    return pl.when(codes != "").then(codes)


def _confidence() -> pl.Expr:
    """Return how sure the state is: one less the chance that all that speaks for it is wrong (noisy or)."""
    confidence = pl.lit(None, pl.Float64)
    for state, codes in _SPEAKS_FOR.items():
        doubt = pl.lit(1.0)
        for code in codes:
            doubt *= pl.when(_flag(code)).then(1 - EVIDENCE[code][0]).otherwise(1.0)
        confidence = pl.when(pl.col("number_state") == state).then((1 - doubt).round(2)).otherwise(confidence)
    return confidence


def _days(days: float) -> timedelta:
    return timedelta(days=days)


def _flag(code: str) -> pl.Expr:
    return pl.col(f"has_{code}")


def _flags(codes: Iterable[str]) -> list[str]:
    return [f"has_{code}" for code in codes]


def _flagged(**found: pl.Expr) -> dict[str, pl.Expr]:
    return {f"has_{code}": is_found for code, is_found in found.items()}

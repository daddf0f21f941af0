"""What all signals of a number say together: when somebody last had it, and what failed since."""

from typing import Final

import polars as pl

from phoneseg.contracts import UTC_INSTANT
from phoneseg.hygiene.number_state.signals import ENGAGED, PERMANENT, REACHED, TEMPORARY, UNANSWERED
from phoneseg.settings import NumberStateSettings

_AT: Final = pl.col("at")
_IS_ALIVE: Final = pl.col("signal").is_in([ENGAGED, REACHED])
_IS_PERMANENT: Final = pl.col("signal") == PERMANENT
_HAS_FAILED: Final = pl.col("signal").is_in([PERMANENT, TEMPORARY])
_DAY_US: Final = 86_400_000_000


def summarize_signals(signals: pl.LazyFrame) -> pl.LazyFrame:
    """Summarize the signals of each number.

    Args:
        signals: `phone_token`, `at`, `signal`; it is read twice.

    Returns:
        One row per number: `phone_token`; `last_engaged_at`, `last_reached_at`, `last_alive_at` (the later of them);
        and of what came after that: `failure_count`, `permanent_count`, `unanswered_count`, `first_failed_at`,
        `last_failed_at`, `first_permanent_at`, `last_permanent_at`.
    """
    ended = signals.group_by("phone_token").agg(
        last_engaged_at=_AT.filter(pl.col("signal") == ENGAGED).max(),
        last_reached_at=_AT.filter(pl.col("signal") == REACHED).max(),
    )
    ended = ended.with_columns(last_alive_at=pl.max_horizontal("last_engaged_at", "last_reached_at"))
    alive = ended.select("phone_token", "last_alive_at")
    failed = signals.filter(~_IS_ALIVE).join(alive, on="phone_token", how="inner")
    after = failed.filter(pl.col("last_alive_at").is_null() | (pl.col("last_alive_at") < _AT))
    since = after.group_by("phone_token").agg(
        failure_count=_HAS_FAILED.sum().cast(pl.Int32),
        permanent_count=_IS_PERMANENT.sum().cast(pl.Int32),
        unanswered_count=(pl.col("signal") == UNANSWERED).sum().cast(pl.Int32),
        first_failed_at=_AT.filter(_HAS_FAILED).min(),
        last_failed_at=_AT.filter(_HAS_FAILED).max(),
        first_permanent_at=_AT.filter(_IS_PERMANENT).min(),
        last_permanent_at=_AT.filter(_IS_PERMANENT).max(),
    )
    counts = pl.col("failure_count", "permanent_count", "unanswered_count").fill_null(0)
    return ended.join(since, on="phone_token", how="left").with_columns(counts)


def find_revivals(signals: pl.LazyFrame, settings: NumberStateSettings) -> pl.DataFrame:
    """Find numbers that were dead for as long as it takes to give them to somebody else, and then were alive.

    Args:
        signals: As for `summarize_signals`.
        settings: How many failures make a number look dead, and how long numbers rest before another gets them.

    Returns:
        `phone_token`; of the last such time `died_at`, the last failure in it, and `revived_at`, the first sign of life
        after it.
    """
    suspects = signals.filter(_IS_PERMANENT).select("phone_token").unique()
    few = signals.join(suspects, on="phone_token", how="semi").with_columns(is_alive=_IS_ALIVE)
    ordered = few.collect(engine="streaming").sort("phone_token", "at", "is_alive")
    runs = (
        ordered.with_columns(run=pl.col("is_alive").cum_sum().over("phone_token"))
        .group_by("phone_token", "run")
        .agg(
            began_at=_AT.filter("is_alive").min(),
            dead_at=_AT.filter(_IS_PERMANENT).min(),
            died_at=_AT.filter(_IS_PERMANENT).max(),
            permanent_count=_IS_PERMANENT.sum(),
        )
        .sort("phone_token", "run")
        .with_columns(revived_at=pl.col("began_at").shift(-1).over("phone_token"))
    )
    rested_us = (pl.col("revived_at") - pl.col("dead_at")).dt.total_microseconds()
    is_revival = (pl.col("permanent_count") >= settings.permanent_failures) & (
        rested_us >= settings.aging_days * _DAY_US
    )
    found = runs.filter(is_revival).group_by("phone_token").agg(pl.col("died_at", "revived_at").max())
    return found.cast({"phone_token": pl.String, "died_at": UTC_INSTANT, "revived_at": UTC_INSTANT})


def find_confirmations(signals: pl.LazyFrame) -> pl.LazyFrame:
    """Return when contacts last called or wrote as themselves, rather than by their number alone.

    Args:
        signals: The rows of `address_signals`.

    Returns:
        `contact_id`, `phone_token` and `engaged_by_id_at`.
    """
    by_id = signals.filter(pl.col("contact_id").is_not_null(), pl.col("signal") == ENGAGED)
    return by_id.group_by("contact_id", "phone_token").agg(engaged_by_id_at=_AT.max())

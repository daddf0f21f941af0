"""Whether and how fast a contact answers."""

from typing import Final

import polars as pl

from phoneseg.profiles.shares import in_units, share
from phoneseg.profiles.timeline import Timeline
from phoneseg.settings import ProfileSettings

_SECOND_US: Final = 1_000_000
_HOUR_US: Final = 3600 * _SECOND_US
_IS_REPLY: Final = pl.col("is_inbound") & pl.col("kind").is_in(["call", "message"])


def measure_responses(timeline: Timeline, settings: ProfileSettings) -> pl.DataFrame:
    """Measure the share of our attempts that the contact answers, and the median delay.

    An attempt is a message of ours, or a call of ours that was not picked up. It is answered where the contact's next
    call or message, later than the attempt, comes within `response_within_hours`; whether we picked that call up does
    not matter. After bandicoot's `response_rate_text` and `response_delay_text` (de Montjoye et al. 2016), with these
    differences: calls count, too; and bandicoot rates conversations, which end after an hour of silence, while here
    each attempt stands for itself. Of three messages before one answer, all three are answered, each with its own
    delay. An attempt belongs to the windows that its own time is in, wherever the answer is. What comes at or after
    as_of does not exist, so an attempt that nobody answered before as_of counts as not answered, a fresh one too.

    Returns:
        One row per contact in order: `response_rate` by window, 0 to 1, null without an attempt; and
        `response_delay_median_s`, null without an answer.
    """
    answers = timeline.events.select("contact", "window", "is_attempt", delay_us=_delay(settings))
    is_answered = pl.lit(answers["delay_us"]).is_not_null()
    sums = timeline.sum(attempts=pl.col("is_attempt"), answered=is_answered)
    rate = sums.select(
        share(pl.col(f"answered_{window.suffix}"), pl.col(f"attempts_{window.suffix}")).alias(
            f"response_rate_{window.suffix}"
        )
        for window in timeline.windows
    )
    delays = answers.drop_nulls("delay_us").sort("contact", "delay_us")
    medians = [
        _median_s(
            delays.filter(pl.col("window") <= window.position)["delay_us"], sums[f"answered_{window.suffix}"]
        ).alias(f"response_delay_median_s_{window.suffix}")
        for window in timeline.windows
    ]
    return rate.with_columns(medians)


def _delay(settings: ProfileSettings) -> pl.Expr:
    """Return the microseconds from an attempt to its answer; null for what is no attempt, or was not answered."""
    longest_us = round(settings.response_within_hours * _HOUR_US)
    reply_us = pl.when(_IS_REPLY).then("at_us").backward_fill()
    replier = pl.when(_IS_REPLY).then("contact").backward_fill()
    delay_us = reply_us - pl.col("at_us")
    return pl.when(pl.col("is_attempt") & (replier == pl.col("contact")) & (delay_us <= longest_us)).then(delay_us)


def _median_s(delays_us: pl.Series, counts: pl.Series) -> pl.Series:
    """Return the median of each contact in seconds, out of their sorted delays, one contact after the other."""
    count = pl.col("count")
    since = count.cum_sum() - count
    middle = pl.DataFrame({"count": counts}).select(
        pl.when(count > 0).then(since + (count - 1) // 2).alias("lower"),
        pl.when(count > 0).then(since + count // 2).alias("upper"),
    )
    twice_us = delays_us.gather(middle["lower"]) + delays_us.gather(middle["upper"])
    return pl.select(in_units(pl.lit(twice_us), 2 * _SECOND_US).round(6)).to_series()

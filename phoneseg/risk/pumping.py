"""Prefixes whose messages, or calls, lead to less than those of their country: artificially inflated traffic."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from phoneseg.contracts.risk import PREFIX_LEVELS
from phoneseg.risk.contact_outcomes import collect_completions, collect_conversions, count_by_prefix
from phoneseg.risk.discoveries import adjust_p_values
from phoneseg.risk.signal_rows import Window, build_signals, join_reasons, tell_evidence
from phoneseg.risk.tails import beta_binomial_lower_tail, minus_log10
from phoneseg.settings.risk_prefixes import ConversionSettings

LOW_CONVERSION: Final = "low_conversion"
LOW_COMPLETION: Final = "low_completion"
_MOST_CORRELATION: Final = 0.5
_LEAST_RATE: Final = 1e-6


def find_low_conversion(parts: Sequence[pl.LazyFrame], window: Window, settings: ConversionSettings) -> pl.DataFrame:
    """Find prefixes of all levels whose numbers do too little after messages to them.

    Args:
        parts: Events as `collect_conversions` takes them; all of a number are in one part.
        window: When the messages were sent.
        settings: When a rate is too low.

    Returns:
        Rows of RISK_SIGNAL, activity_kind message; see `judge_prefixes`.
    """
    outcomes = [collect_conversions(part, window, settings).collect(engine="streaming") for part in parts]
    return _find(pl.concat(outcomes), LOW_CONVERSION, "message", window, settings)


def find_low_completion(parts: Sequence[pl.LazyFrame], window: Window, settings: ConversionSettings) -> pl.DataFrame:
    """Find prefixes of all levels whose numbers answer calls too seldom.

    Args:
        parts: Events as `collect_completions` takes them; all of a number are in one part.
        window: When the calls were made.
        settings: When a rate is too low.

    Returns:
        Rows of RISK_SIGNAL, activity_kind call; see `judge_prefixes`.
    """
    outcomes = [collect_completions(part, window, settings).collect(engine="streaming") for part in parts]
    return _find(pl.concat(outcomes), LOW_COMPLETION, "call", window, settings)


def judge_prefixes(counts: pl.DataFrame, settings: ConversionSettings) -> pl.DataFrame:
    """Test each prefix's successes against those of the rest of its country, campaign by campaign.

    Expected are the prefix's contacts of each campaign at the rate that the other prefixes of the country have in the
    same campaign (indirect standardization; Breslow and Day, "Statistical Methods in Cancer Research" II, IARC 1987,
    chapter 2): a newsletter converts low everywhere, and accuses nobody. A campaign that hardly anybody else had says
    nothing. The tail is that of a beta-binomial, since prefixes differ for honest reasons, too: its intraclass
    correlation is that of the prefixes of the country by moments, and `default_overdispersion` at least. Only prefixes
    that do better than expected tell it: pumped ones would hide themselves behind their own spread.

    Args:
        counts: Rows of `count_by_prefix`; `country` is what prefixes are compared within.
        settings: How much there has to be.

    Returns:
        `prefix`, `country`, `contacted_count` and `success_count` (of what could be compared), `expected` and
        `p_value`: one row for each prefix with contacts enough.
    """
    compared = _standardize(counts, settings)
    least = settings.default_overdispersion
    above = compared.filter(pl.col("success_count") >= pl.col("expected"))
    fitted = above.group_by("country").agg(correlation=_fit_correlation().clip(least, _MOST_CORRELATION))
    joined = compared.join(fitted, on="country", how="left", maintain_order="left")
    return _with_p_value(joined.with_columns(pl.col("correlation").fill_null(least)))


def _standardize(counts: pl.DataFrame, settings: ConversionSettings) -> pl.DataFrame:
    n, x = pl.col("contacted_count"), pl.col("success_count")
    campaign = ["country", "campaign"]
    others, successes = n.sum().over(campaign) - n, x.sum().over(campaign) - x
    # Half a success more, of one contact more: a campaign in which nobody did anything expects little, not nothing.
    rated = counts.with_columns(others=others, rate=(successes + 0.5) / (others + 1))
    usable = rated.filter(pl.col("others") >= settings.min_compared_numbers)
    rate = pl.col("rate").clip(_LEAST_RATE, 1 - _LEAST_RATE)
    sums = usable.group_by("prefix", "country").agg(
        pl.col("contacted_count", "success_count").sum(),
        expected=(n * rate).sum(),
        within=(n * rate * (1 - rate)).sum(),
        between=(n * (n - 1) * rate * (1 - rate)).sum(),
    )
    return sums.filter(pl.col("contacted_count") >= settings.min_numbers).sort("country", "prefix")


def _fit_correlation() -> pl.Expr:
    """Return the intraclass correlation by moments: squared Pearson residuals against 1 (Kleinman 1973, weights 1).

    With it, the variance of a prefix's successes is `within`, that of binomials, and so many times `between`: honest
    prefixes differ in each campaign anew.
    """
    squared = (pl.col("success_count") - pl.col("expected")) ** 2 / pl.col("within")
    return ((squared - 1).sum() / (pl.col("between") / pl.col("within")).sum().clip(lower_bound=1)).fill_nan(0.0)


def _with_p_value(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the tail of the beta-binomial that has the mean and the variance of a prefix's successes."""
    n = pl.col("contacted_count")
    mean = pl.col("expected") / n
    variance = pl.col("within") + pl.col("correlation") * pl.col("between")
    correlation = (variance / (n * mean * (1 - mean)) - 1) / (n - 1).clip(lower_bound=1)
    told = rows.select(mean=mean, correlation=correlation.clip(_LEAST_RATE, _MOST_CORRELATION))
    tail = beta_binomial_lower_tail(rows["success_count"], rows["contacted_count"], told["mean"], told["correlation"])
    return rows.with_columns(p_value=pl.Series(tail, dtype=pl.Float64))


def _find(
    outcomes: pl.DataFrame, signal_kind: str, activity_kind: str, window: Window, settings: ConversionSettings
) -> pl.DataFrame:
    tested = []
    for level in PREFIX_LEVELS:
        counts = count_by_prefix(outcomes.lazy(), level)
        if level == "country":  # a country is compared with all others
            counts = counts.with_columns(country=pl.lit(""))
        tested.append(judge_prefixes(counts, settings).with_columns(subject_kind=pl.lit(level)))
    rows = pl.concat(tested)
    adjusted = pl.Series(adjust_p_values(rows["p_value"]))
    ratio = pl.col("success_count") / pl.col("expected").clip(lower_bound=1e-9)
    low = rows.with_columns(adjusted=adjusted, ratio=ratio).filter(
        pl.col("adjusted") <= settings.max_false_discovery_rate, pl.col("ratio") <= settings.max_rate_ratio
    )
    is_high = pl.col("ratio") <= settings.high_rate_ratio
    told = low.with_columns(
        subject="prefix",
        activity_kind=pl.lit(activity_kind),
        observed="success_count",
        score=pl.Series(minus_log10(low["adjusted"])),
        risk_level=pl.when(is_high).then(pl.lit("high")).otherwise(pl.lit("monitor")),
        reasons=join_reasons({signal_kind: pl.lit(True), "no_success": pl.col("success_count") == 0}),
        evidence=tell_evidence(
            numbers="contacted_count",
            rate_pct=100 * pl.col("success_count") / pl.col("contacted_count"),
            expected_pct=100 * pl.col("expected") / pl.col("contacted_count"),
        ),
    )
    return build_signals(told, signal_kind, window)

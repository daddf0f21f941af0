"""Known causes of activity: own campaigns, holidays, outages."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phoneseg.contracts import UTC_INSTANT
from phoneseg.risk.calling_codes import read_calling_code

KNOWN_CAUSE: Final = pl.Schema(
    {
        "starts_at": UTC_INSTANT,
        "ends_at": UTC_INSTANT,
        "cause": pl.String(),
        "prefix_level": pl.String(),
        "prefix": pl.String(),
        "activity_kind": pl.String(),
        "campaign": pl.String(),
        "region": pl.String(),
    }
)
"""One known cause: when (UTC, the end is not part of it), what, and whom it is about; null means all."""

Window = tuple[datetime, datetime]


def read_causes(causes: pl.DataFrame) -> pl.DataFrame:
    """Return rows of KNOWN_CAUSE; columns that may be null may be missing.

    Raises:
        ValueError: A row has no time or no cause, ends before it starts, or names a prefix without its level.
    """
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in KNOWN_CAUSE.items() if name not in causes.columns]
    rows = causes.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in KNOWN_CAUSE.items())
    is_right = (
        (pl.col("starts_at") < pl.col("ends_at"))
        & pl.col("cause").is_not_null()
        & (pl.col("prefix").is_null() | pl.col("prefix_level").is_not_null())
    )
    if not rows.select(is_right.fill_null(value=False).all()).item():
        raise ValueError("a known cause has a time that ends after it starts, a name, and a level with its prefix")
    return rows


def drop_campaigns(events: pl.LazyFrame, causes: pl.DataFrame) -> pl.LazyFrame:
    """Return the events that no cause with a campaign is about: they do not count, the others of the time do.

    Args:
        events: Rows of RISK_EVENT.
        causes: Rows of KNOWN_CAUSE; those without a campaign leave all events.
    """
    named = causes.filter(pl.col("campaign").is_not_null())
    is_own = pl.lit(value=False)
    for cause in named.iter_rows(named=True):
        is_of = pl.col("campaign").eq_missing(cause["campaign"])
        is_of &= (pl.col("occurred_at") >= cause["starts_at"]) & (pl.col("occurred_at") < cause["ends_at"])
        told = {"activity_kind": cause["activity_kind"], "country": cause["region"]}
        if cause["prefix"] is not None:
            told[cause["prefix_level"]] = cause["prefix"]
        for column, value in told.items():
            if value is not None:
                is_of &= pl.col(column).eq_missing(value)
        is_own |= is_of
    return events.filter(~is_own)


def cover_windows(series: pl.DataFrame, windows: Sequence[Window], causes: pl.DataFrame) -> NDArray[np.bool_]:
    """Tell which windows of which series have a known cause; one that it is only a part of has it, too.

    A cause with a campaign covers none: its events are dropped by name (`drop_campaigns`), so that a campaign does not
    blind the detector. A region covers its country, its carriers, and area codes and blocks of its calling code.

    Args:
        series: `prefix_level`, `prefix` and `activity_kind`, one row per series.
        windows: Start and end of each.
        causes: Rows of KNOWN_CAUSE.

    Returns:
        One row per series, one column per window.
    """
    covered = np.zeros((len(series), len(windows)), dtype=np.bool_)
    starts, ends = (np.array([_to_us(window[side]) for window in windows], dtype=np.int64) for side in (0, 1))
    for cause in causes.filter(pl.col("campaign").is_null()).iter_rows(named=True):
        overlaps = (starts < _to_us(cause["ends_at"])) & (ends > _to_us(cause["starts_at"]))
        if overlaps.any():
            rows = series.select(_is_about(cause).fill_null(value=False)).to_series().to_numpy()
            covered |= rows[:, None] & overlaps
    return covered


def _to_us(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _is_about(cause: dict[str, str | None]) -> pl.Expr:
    is_about = pl.col("prefix").is_not_null()
    for column in ("prefix_level", "prefix", "activity_kind"):
        if cause[column] is not None:
            is_about &= pl.col(column) == cause[column]
    if (region := cause["region"]) is not None:
        level, prefix = pl.col("prefix_level"), pl.col("prefix")
        code = read_calling_code(pl.lit(region), pl.lit("country"))
        is_about &= (
            pl.when(level.is_in(["country", "carrier"]))
            .then(prefix.str.extract("^([^:]*)") == region)
            .otherwise(read_calling_code(prefix, level) == code)
        )
    return is_about


def list_holidays(regions: Iterable[str], first_year: int, last_year: int) -> pl.DataFrame:
    """List the public holidays of regions, by the library `holidays`; none of a region that it does not know.

    Args:
        regions: ISO 3166 alpha-2.
        first_year: First year.
        last_year: Last year.

    Returns:
        Rows of KNOWN_CAUSE; a holiday is the day of that date in UTC.
    """
    import holidays  # half a second

    rows = []
    for region in sorted(set(regions)):
        try:
            days = holidays.country_holidays(region, years=range(first_year, last_year + 1), language="en_US")
        except NotImplementedError:
            continue
        for day, name in sorted(days.items()):
            start = datetime.combine(day, time(), UTC)
            rows.append({"starts_at": start, "ends_at": start + timedelta(days=1), "cause": name, "region": region})
    return pl.DataFrame(rows, KNOWN_CAUSE)

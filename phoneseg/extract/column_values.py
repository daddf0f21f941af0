"""The values of a source's column, whatever type its database gives them, as texts, dates or instants."""

from datetime import timedelta

import polars as pl

_EXACT_IN_A_FLOAT = 2**53
_MORE_THAN_A_GAP = timedelta(hours=25)


def as_text(values: pl.Series) -> pl.Series:
    """Return values as texts.

    A whole number has no decimals, be it a float (a nullable integer column becomes one on its way) or a decimal. NaN
    is null; of bytes, what is no UTF-8 shows as U+FFFD.
    """
    if values.dtype.is_float():
        return _float_as_text(values)
    if values.dtype.is_decimal():
        return values.cast(pl.String).str.replace(r"\.0+$", "")
    if values.dtype == pl.Binary:
        return pl.Series(
            values.name,
            [None if value is None else value.decode(errors="replace") for value in values],
            dtype=pl.String,
        )
    return values.cast(pl.String)


def _float_as_text(values: pl.Series) -> pl.Series:
    value = pl.col(values.name).fill_nan(None)
    is_whole = value.is_finite() & (value == value.round()) & (value.abs() < _EXACT_IN_A_FLOAT)
    whole = value.cast(pl.Int64, strict=False).cast(pl.String)
    return values.to_frame().select(pl.when(is_whole).then(whole).otherwise(value.cast(pl.String))).to_series()


def as_dates(texts: pl.Series) -> pl.Series:
    """Return texts that begin with an ISO date as dates; null for all others: who sends them knows no better."""
    return texts.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def as_instants(values: pl.Series, time_zone: str = "UTC") -> pl.Series | None:
    """Return dates, times, or ISO 8601 texts of them, as UTC instants; a naive one is of the time zone.

    A time that a clock shows twice is the first, and one that it skips is read as if nobody had changed the clock
    (PEP 495, fold 0). A blank text is null. None stands for a type that is no time, and for a text that is none.
    """
    if values.dtype == pl.String:
        texts = values.str.strip_chars().replace("", None)
        instants = _parsed(texts, time_zone)
        return instants if instants.null_count() == texts.null_count() else None
    if values.dtype not in (pl.Date, pl.Null) and not isinstance(values.dtype, pl.Datetime):
        return None
    instants = values.cast(pl.Datetime("us", getattr(values.dtype, "time_zone", None)))
    if instants.dtype == pl.Datetime("us", None):
        return instants.to_frame("time").select(_localized(pl.col("time"), time_zone)).to_series()
    return instants.dt.convert_time_zone("UTC")


def _localized(time: pl.Expr, time_zone: str) -> pl.Expr:
    """Return naive times of a zone as UTC instants."""
    if time_zone == "UTC":
        return time.dt.replace_time_zone("UTC")
    plain = time.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    day_before = (time - _MORE_THAN_A_GAP).dt.replace_time_zone(time_zone, ambiguous="latest", non_existent="null")
    # By the clock before the change: no zone ever skipped more than a day.
    skipped = day_before.dt.convert_time_zone("UTC") + _MORE_THAN_A_GAP
    return pl.coalesce(plain.dt.convert_time_zone("UTC"), skipped)


def _parsed(texts: pl.Series, time_zone: str) -> pl.Series:
    """Return ISO 8601 texts as UTC instants, those without an offset by the zone; null for any other text."""
    text = pl.col("text").str.replace(r"^(\d{4}-\d\d-\d\d)[Tt]", "$1 ").str.replace(r"[Zz]$", "+00:00")
    text = text.str.replace(r"(:\d\d(?:\.\d+)?) ?([+-]\d\d)(?::?(\d\d))?$", "$1$2:$3").str.replace(r":$", ":00")
    with_offset = [
        text.str.to_datetime(form, time_unit="us", strict=False)
        for form in ("%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%d %H:%M%:z")
    ]
    without = [
        text.str.to_datetime(form, time_unit="us", strict=False) for form in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
    ]
    date = text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
    naive = _localized(pl.coalesce(*without, date), time_zone)
    return texts.to_frame("text").select(pl.coalesce(*with_offset, naive)).to_series()

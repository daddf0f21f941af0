"""What became of messages, by the words of whoever sent them."""

from typing import Final

import polars as pl

from phoneseg.contracts import DELIVERIES
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.extract.source_rows import SourceRows
from phoneseg.settings import ActivitySource

_DELIVERED, _TEMPORARILY, _PERMANENTLY = DELIVERIES
_UNDER_WAY: Final = frozenset(
    ("sent", "queued", "accepted", "pending", "scheduled", "sending", "submitted", "enroute", "acceptd", "unknown")
)
"""Words of messages of which nobody knows yet."""


def read_deliveries(rows: SourceRows, source: ActivitySource, readings: ColumnReadings) -> pl.Series:
    """Return what became of each message: a value of DELIVERIES, or null where nobody knows.

    A message that arrived did, whatever its reason says. A failure passes unless one of the columns has a word for a
    number that is not in use. A reason alone is a failure, where the settings name no column with a status.

    Args:
        rows: The source's rows.
        source: Its settings.
        readings: Is told how many of the statuses could be read.
    """
    status, reason = (_words(rows.filled_text(each)) for each in (source.delivery_status, source.failure_reason))
    delivered, failed, permanent = (
        _words(pl.Series(each, dtype=pl.String)).to_list()
        for each in (source.delivered, source.failed, source.permanent_failures)
    )
    is_known = status.is_in([*delivered, *failed, *permanent, *_UNDER_WAY])
    if source.delivery_status is not None:
        readings.count("delivery_status", status, is_known.set(~is_known.fill_null(False), None))
    told = pl.DataFrame({"status": status, "reason": reason})
    is_permanent = pl.any_horizontal(pl.col("status", "reason").is_in(permanent).fill_null(False))
    has_failed = pl.col("status").is_in(failed).fill_null(False)
    if source.delivery_status is None:
        has_failed |= pl.col("reason").is_not_null()
    return told.select(
        delivery=pl.when(pl.col("status").is_in(delivered))
        .then(pl.lit(_DELIVERED))
        .when(is_permanent)
        .then(pl.lit(_PERMANENTLY))
        .when(has_failed)
        .then(pl.lit(_TEMPORARILY))
    ).to_series()


def _words(texts: pl.Series) -> pl.Series:
    """Return texts in small letters, with a blank between words, be it written as a line or a dash."""
    return texts.str.to_lowercase().str.replace_all(r"[\s_-]+", " ").str.strip_chars()

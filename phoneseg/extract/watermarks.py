"""Which sources can be read by what changed, and since when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from phoneseg.contracts import PIPELINE_RUN, SOURCE_WATERMARK
from phoneseg.run import Run, as_utc
from phoneseg.settings import ContactSource
from phoneseg.warehouse import Warehouse

_FIRST_INSTANT: Final = datetime.min.replace(tzinfo=UTC)
TIMES: Final = ("date", "timestamp", "timestamptz")


@dataclass(frozen=True)
class Watermark:
    """Up to where the published rows of a source go; the fields are those of SOURCE_WATERMARK."""

    source_as_of: datetime
    watermark_at: datetime | None
    fingerprint: str


def read_watermarks(warehouse: Warehouse, connection: sa.Connection, run: Run) -> dict[str, Watermark]:
    """Return the watermarks that the run may start from, by source.

    A backfill starts from none: what it is about lies before them. Nor does a run beside another that may move the
    current tables: who publishes first would take away what the other goes on from.
    """
    log, table = (warehouse.naming.published(each) for each in (PIPELINE_RUN, SOURCE_WATERMARK))
    newest = sa.select(sa.func.max(log.c.as_of)).where(log.c.is_current.is_(True))
    shown = connection.execute(newest).scalar_one()
    if run.full or not run.settings.extract.is_incremental or shown is None or as_utc(shown) > run.as_of:
        return {}
    others = sa.select(sa.func.count()).select_from(log)
    others = others.where(log.c.state == "running", log.c.run_id != run.run_id, log.c.as_of >= shown)
    others = others.where(log.c.pipeline == run.pipeline.value)
    if connection.execute(others).scalar_one():
        return {}
    return {
        row.source: Watermark(
            as_utc(row.source_as_of), row.watermark_at and as_utc(row.watermark_at), str(row.fingerprint)
        )
        for row in connection.execute(sa.select(table))
    }


def changed_since(
    source: ContactSource, watermark: Watermark, column_types: dict[str, str], overlap: timedelta
) -> sa.ColumnElement[bool] | None:
    """Return the condition on the source's rows that may have changed since the watermark.

    Those are the rows that were updated after it, less the overlap, for rows that were committed late; the rows that
    nobody can tell of; and the rows that did not exist yet at the as_of that was read.

    Args:
        source: The source.
        watermark: Up to where it was read.
        column_types: Families of the types of its columns.
        overlap: How far before the watermark to start.

    Returns:
        The condition; null where the database cannot compare the times, so that the source has to be read whole.
    """
    if source.updated_at is None or watermark.watermark_at is None:
        return None
    times = [name for name in (source.updated_at, source.created_at) if name is not None]
    if any(column_types.get(name) not in TIMES for name in times):
        return None
    updated: sa.ColumnElement[Any] = sa.column(source.updated_at)
    margin = min(overlap, watermark.watermark_at - _FIRST_INSTANT)  # a source may know nothing but the year 1
    since = literal_of(watermark.watermark_at - margin, column_types[source.updated_at])
    conditions = [updated >= since, updated.is_(None)]
    if source.created_at is not None:
        created: sa.ColumnElement[Any] = sa.column(source.created_at)
        conditions.append(created >= literal_of(watermark.source_as_of, column_types[source.created_at]))
    return sa.or_(*conditions)


def literal_of(instant: datetime, family: str) -> sa.ColumnElement[Any]:
    """Return an instant as a column of the family holds it: naive times and dates are UTC."""
    naive = instant.astimezone(UTC).replace(tzinfo=None)
    if family == "timestamptz":
        return sa.cast(sa.literal(f"{naive.isoformat(sep=' ')}+00:00"), sa.DateTime(timezone=True))
    if family == "date":
        return sa.cast(sa.literal(naive.date().isoformat()), sa.Date())
    return sa.cast(sa.literal(naive.isoformat(sep=" ")), sa.DateTime())

"""What the newest run published, for the person who started it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from phoneseg.contracts import CONTACT_QUARANTINE, PIPELINE_RUN, SEGMENT, SEGMENT_SIZE, Pipeline
from phoneseg.errors import StopError
from phoneseg.publish.signal_counts import SignalCounts, count_signals
from phoneseg.warehouse import Warehouse


@dataclass(frozen=True)
class RunSummary:
    """A published run.

    Attributes:
        run: Its row of PIPELINE_RUN.
        quarantined: Numbers by quarantine reason, most first; empty of a run that left the current tables alone.
        biggest_segments: Kind, code, name and size of each kind's biggest segment, in the order of the kinds.
        signals: Signals of risk of the newest monitored interval; None where nothing was monitored.
    """

    run: dict[str, object]
    quarantined: dict[str, int]
    biggest_segments: list[tuple[str, str, str, int]]
    signals: SignalCounts | None = None

    @property
    def as_of(self) -> datetime:
        """End of the run's data interval, UTC."""
        as_of = self.run["as_of"]
        assert isinstance(as_of, datetime)
        return as_of


def read_summary(warehouse: Warehouse, connection: sa.Connection, run_id: str | None = None) -> RunSummary:
    """Read one published run, or the newest.

    Raises:
        StopError: Nothing is published yet.
    """
    log = warehouse.naming.published(PIPELINE_RUN)
    published = sa.select(log).where(
        log.c.state == "published",
        log.c.pipeline == Pipeline.SEGMENT_CONTACTS.value,
        (log.c.run_id == run_id) | (run_id is None),
    )
    newest = published.order_by(log.c.as_of.desc(), log.c.finished_at.desc())
    exists = sa.inspect(connection).has_table(log.name, schema=log.schema)
    row = connection.execute(newest.limit(1)).mappings().first() if exists else None
    if row is None:
        raise StopError("nothing is published yet: `phoneseg run`")
    return RunSummary(
        dict(row),
        _quarantined(warehouse, connection) if row["is_current"] else {},
        _biggest(warehouse, connection, row["as_of"]),
        count_signals(warehouse, connection),
    )


def _quarantined(warehouse: Warehouse, connection: sa.Connection) -> dict[str, int]:
    quarantine = warehouse.naming.published(CONTACT_QUARANTINE)
    count = sa.func.count()
    reasons = (
        sa.select(quarantine.c.quarantine_reason, count)
        .group_by(quarantine.c.quarantine_reason)
        .order_by(count.desc(), quarantine.c.quarantine_reason)
    )
    return {reason: int(cells) for reason, cells in connection.execute(reasons)}


def _biggest(warehouse: Warehouse, connection: sa.Connection, as_of: datetime) -> list[tuple[str, str, str, int]]:
    size, segment = warehouse.naming.published(SEGMENT_SIZE), warehouse.naming.published(SEGMENT)
    rank = sa.func.row_number().over(
        partition_by=size.c.segment_kind, order_by=(size.c.contact_count.desc(), size.c.segment_code)
    )
    is_same = (size.c.segment_kind == segment.c.segment_kind) & (size.c.segment_code == segment.c.segment_code)
    ranked = (
        sa.select(
            segment.c.segment_family,
            size.c.segment_kind,
            size.c.segment_code,
            segment.c.segment_name,
            size.c.contact_count,
            rank.label("rank"),
        )
        .join(segment, is_same)
        .where(size.c.as_of == as_of)
        .subquery()
    )
    biggest = sa.select(ranked).where(ranked.c.rank == 1)
    rows = connection.execute(biggest.order_by(ranked.c.segment_family.desc(), ranked.c.segment_kind, ranked.c.rank))
    return [(row.segment_kind, row.segment_code, row.segment_name, int(row.contact_count)) for row in rows]

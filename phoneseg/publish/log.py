"""The log of runs, `pipeline_run`: who holds an interval, and what became of it."""

from collections.abc import Mapping, Set
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa

import phoneseg
from phoneseg.contracts import PIPELINE_RUN, Pipeline
from phoneseg.errors import IntervalBusyError, SupersededError
from phoneseg.numbers import metadata_version
from phoneseg.run import Run, as_utc
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.migrations import prepare_tables

_DEAD_AFTER: Final = timedelta(hours=24)
_LEASE: Final = timedelta(minutes=15)


def begin_run(warehouse: Warehouse, connection: sa.Connection, run: Run) -> list[str]:
    """Enter the run as running, and give up the runs that died.

    Dead are unfinished runs of the same interval, which this run takes over (a dry run takes over nothing), and those
    that began a day ago. The caller holds the interval, so that none of them is at work; an orchestrated one may be
    between two tasks, and keeps the interval until its lease ends.

    Args:
        warehouse: The warehouse; its tables are created where there are none.
        connection: A connection in a transaction.
        run: The run; one that is entered already (a retried task) begins anew.

    Returns:
        The ids of the other runs that are alive: their leftovers are no leftovers.

    Raises:
        IntervalBusyError: An orchestrated run holds the interval.
        OutdatedSchemaError: The tables are those of another version of phoneseg.
    """
    prepare_tables(warehouse, connection, run.settings)
    log = warehouse.naming.published(PIPELINE_RUN)
    now = datetime.now(UTC)
    is_ours = log.c.run_id == run.run_id
    is_dead = (log.c.started_at < now - _DEAD_AFTER) & ((log.c.lease_until < now) | log.c.lease_until.is_(None))
    if not run.dry_run:
        is_same = (log.c.as_of == run.as_of) & (log.c.pipeline == run.pipeline.value)
        leased = sa.select(log.c.run_id, log.c.lease_until).where(
            log.c.state == "running", is_same, ~is_ours, log.c.lease_until > now
        )
        if (holder := connection.execute(leased.limit(1)).first()) is not None:
            raise IntervalBusyError(
                f"run {holder.run_id} holds the interval that ends at {run.as_of:%Y-%m-%d %H:%M} UTC, between two of "
                f"its tasks: wait for it to end, or until {as_utc(holder.lease_until):%H:%M} UTC"
            )
        is_dead |= is_same
    connection.execute(log.update().where(log.c.state == "running", is_dead, ~is_ours).values(state="abandoned"))
    values = {
        "pipeline": run.pipeline.value,
        "as_of": run.as_of,
        "data_interval_start": run.data_interval_start,
        "data_interval_end": run.as_of,
        "state": "running",
        "started_at": now,
        "finished_at": None,
        "failure": None,
        "lease_until": now + _LEASE if run.has_lease else None,
        "sources": ",".join(run.sources),
        "phoneseg_version": phoneseg.__version__,
        "metadata_version": metadata_version(),
    }
    # A run that begins anew keeps its is_current: the tables may still show what it published before.
    if connection.execute(log.update().where(is_ours).values(values)).rowcount == 0:
        connection.execute(log.insert().values(run_id=run.run_id, **values))
    alive = sa.select(log.c.run_id).where(log.c.state == "running", log.c.run_id != run.run_id)
    return list(connection.execute(alive).scalars())


def end_run(
    warehouse: Warehouse,
    connection: sa.Connection,
    run: Run,
    state: str,
    counts: Mapping[str, object] | None = None,
) -> None:
    """Enter how the run ended: `published`, `dry_run` or `failed`.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
        run: The run.
        state: How it ended.
        counts: Columns of PIPELINE_RUN that the run has counted, or that are known at its end.

    Raises:
        SupersededError: Another run of the interval has taken over; a run that failed may still end otherwise.
    """
    log = warehouse.naming.published(PIPELINE_RUN)
    is_ours = (log.c.run_id == run.run_id) & log.c.state.in_(["running", "failed"])
    if connection.execute(sa.select(sa.func.count()).select_from(log).where(is_ours)).scalar_one() == 0:
        raise SupersededError(
            f"run {run.run_id} no longer holds the interval that ends at {run.as_of:%Y-%m-%d %H:%M} UTC: a later run "
            "has taken over, or this one has ended; start a new run"
        )
    now = datetime.now(UTC)
    values: dict[str, object] = {"state": state, "finished_at": now, "lease_until": None, "failure": None}
    values |= counts or {}
    connection.execute(log.update().where(is_ours).values(values))


def extend_lease(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Let an orchestrated run hold its interval for some more minutes.

    One that failed and goes on, as its task was cleared, is running again, so that no other takes it for dead.
    """
    log = warehouse.naming.published(PIPELINE_RUN)
    is_ours = (log.c.run_id == run.run_id) & log.c.state.in_(["running", "failed"])
    values = {"state": "running", "lease_until": datetime.now(UTC) + _LEASE, "failure": None, "finished_at": None}
    connection.execute(log.update().where(is_ours).values(values))


def last_published_us(warehouse: Warehouse, connection: sa.Connection) -> int:
    """Return when the current tables last changed, in microseconds since 1970 (UTC); 0 where they never did."""
    log = warehouse.naming.published(PIPELINE_RUN)
    newest = sa.select(sa.func.max(log.c.published_at)).where(log.c.is_current.is_(True))
    published_at = connection.execute(newest).scalar_one()
    return int(as_utc(published_at).timestamp() * 1_000_000) if published_at else 0


def run_state(warehouse: Warehouse, connection: sa.Connection, run: Run) -> str | None:
    """Return the run's state in the log; null for a run that never began."""
    log = warehouse.naming.published(PIPELINE_RUN)
    return connection.execute(sa.select(log.c.state).where(log.c.run_id == run.run_id)).scalar_one_or_none()


def read_changes(warehouse: Warehouse, connection: sa.Connection, run: Run) -> dict[str, int]:
    """Return what a published run changed: `deleted_rows`, `inserted_rows`, `is_current`."""
    log = warehouse.naming.published(PIPELINE_RUN)
    changes = sa.select(log.c.deleted_rows, log.c.inserted_rows, log.c.is_current).where(log.c.run_id == run.run_id)
    return dict(connection.execute(changes).mappings().one())


def published_as_ofs(
    warehouse: Warehouse,
    connection: sa.Connection,
    sources: Set[str],
    pipeline: Pipeline = Pipeline.SEGMENT_CONTACTS,
) -> set[datetime]:
    """Return the `as_of`s at which one run has published all of some sources; none where there are no tables yet."""
    log = warehouse.naming.published(PIPELINE_RUN)
    if not sa.inspect(connection).has_table(log.name, schema=log.schema):
        return set()
    published = sa.select(log.c.as_of, log.c.sources).where(
        log.c.state == "published", log.c.pipeline == pipeline.value
    )
    rows = connection.execute(published)
    return {as_utc(row.as_of) for row in rows if sources <= set(row.sources.split(","))}


def has_newer_published(warehouse: Warehouse, connection: sa.Connection, run: Run) -> bool:
    """Return whether the current tables show a later `as_of` than the run's; of `monitor_activity`, the dated ones."""
    log = warehouse.naming.published(PIPELINE_RUN)
    is_shown: sa.ColumnElement[bool] = log.c.is_current.is_(True)
    if run.pipeline is not Pipeline.SEGMENT_CONTACTS:  # which has no current tables
        is_shown = (log.c.pipeline == run.pipeline.value) & (log.c.state == "published")
    newer = sa.select(sa.func.count()).select_from(log).where(is_shown, log.c.as_of > run.as_of)
    return bool(connection.execute(newer).scalar_one())

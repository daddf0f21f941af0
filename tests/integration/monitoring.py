"""Runs `monitor_activity` for the tests, and reads what it published."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from phoneseg import monitor
from phoneseg.contracts import Pipeline, staged_tables
from phoneseg.contracts.risk import RISK_REVIEW
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

DAY_END = datetime(2026, 7, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SINCE = DAY_END - timedelta(days=22)
"""From when on tests count: three weeks and a day are history enough for spikes, and quick."""

Rows = dict[str, list[tuple[object, ...]]]


def run_monitor(settings: Settings, as_of: datetime = DAY_END, since: datetime | None = None) -> dict[str, int]:
    """Run all verbs over an hour, or from an instant on, in this process; return all their counts."""
    run = Run.open(settings, as_of=as_of, data_interval_start=since, pipeline=Pipeline.MONITOR_ACTIVITY)
    counts: dict[str, int] = {}
    for verb in monitor.VERBS:
        counts |= verb(run)
    return counts


def monitored_tables(settings: Settings) -> Rows:
    """Return the sorted rows of all tables of `monitor_activity`, but for what people wrote."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        found = {}
        for table in (*staged_tables(Pipeline.MONITOR_ACTIVITY), RISK_REVIEW):
            statement = sa.select(warehouse.naming.published(table))
            found[table.name] = sorted((tuple(row) for row in connection.execute(statement)), key=repr)
        return found

"""Rows of the monitored activity sources, from as far back as the run looks."""

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts.risk import MONITORED_ROW
from phoneseg.errors import SettingsError
from phoneseg.extract.activity import ActivityReader
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.extract.contacts import Statement, told_of_source
from phoneseg.risk.monitored_sizes import ROW_COUNTS, count_rows
from phoneseg.risk.number_events import hash_texts
from phoneseg.risk.read_times import list_starts
from phoneseg.run import Run, Stage
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse

_BATCH_ROWS: Final = 500_000
_PART_ROWS: Final = 2_000_000
_MOST_PARTS: Final = 64  # each is an open file
_HASHED: Final = ("cell", "device")
_UNREAD: Final = {"delivery_status": None, "failure_reason": None}  # of a message just sent, nobody knows yet
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MonitoredPlan:
    """How a run reads one monitored source: its reader, the SELECT of its columns, and since when."""

    reader: ActivityReader
    statement: Statement
    since: datetime


def plan_monitored(warehouse: Warehouse, connection: sa.Connection, run: Run) -> list[MonitoredPlan]:
    """Find the tables and columns of the monitored sources.

    Raises:
        SettingsError: There is no such source, or no country goes by a source's fixed region.
        SourceError: A table or a column is missing.
    """
    if not run.settings.activity_of(run.pipeline):  # publishing nothing would take away what is published
        name = run.settings.config_file.name
        raise SettingsError(f"{name}: nothing to monitor: no activity source has {run.pipeline.value} in `pipelines`")
    starts = list_starts(run.data_interval_start, run.as_of, run.settings.risk)
    plans = []
    for name in run.settings.activity_of(run.pipeline):
        reader = _open_reader(run.settings, name)
        since = starts[reader.source.kind]
        plans.append(MonitoredPlan(reader, reader.select(warehouse, connection, run.as_of, since), since))
    return plans


def read_rows(
    warehouse: Warehouse, connection: sa.Connection, run: Run, plans: list[MonitoredPlan], seed: int
) -> pl.DataFrame:
    """Read the rows of the monitored sources. Writes `monitored_row`.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: A run with a stage folder.
        plans: What to read; a source may be empty.
        seed: Of the hashes of cells and devices.

    Returns:
        Rows of `count_rows`.

    Raises:
        SourceError: A row cannot be read, or no value of a column can.
    """
    counts = [ROW_COUNTS.to_frame()]
    with run.stage.append(MONITORED_ROW) as append:
        for plan in plans:
            reader, row_count = plan.reader, 0
            readings = ColumnReadings(reader.where)
            for batch in told_of_source(reader.where, warehouse.read_batches(connection, plan.statement)):
                rows = reader.read(batch, run.as_of, readings, plan.since)
                append(rows.with_columns(hash_texts(pl.col(_HASHED), seed)))
                counts.append(count_rows(rows, run.data_interval_start))
                row_count += len(rows)
            readings.check()
            log.info("extract: %s read, %s rows since %s", reader.name, f"{row_count:,}", plan.since)
    return pl.concat(counts)


def split_rows(stage: Stage) -> list[pl.LazyFrame]:
    """Return the rows of `monitored_row` in parts that fit in memory with all that is known of their numbers.

    All rows of a number as written, or of a contact, are in one part, so that its token is made once.
    """
    rows = stage.scan(MONITORED_ROW.name)
    part_count = min(-(-stage.count(MONITORED_ROW.name) // _PART_ROWS), _MOST_PARTS)
    if part_count < 2:
        return [rows]
    part = pl.coalesce("phone_raw", "contact_id").fill_null("").hash(seed=7) % part_count
    with ExitStack() as stack:
        parts = [
            stack.enter_context(stage.append(MONITORED_ROW, f"{MONITORED_ROW.name}-{number:03}"))
            for number in range(part_count)
        ]
        for batch in rows.with_columns(part=part).collect_batches(chunk_size=_BATCH_ROWS):
            for (number,), some in batch.partition_by("part", as_dict=True, include_key=False).items():
                parts[number](some)
    return stage.scan_parts(MONITORED_ROW.name)


def remove_rows(stage: Stage) -> None:
    """Remove `monitored_row`: numbers in clear, which nobody reads again."""
    for file in stage.folder.glob(f"{MONITORED_ROW.name}*.parquet"):
        file.unlink()


def _open_reader(settings: Settings, name: str) -> ActivityReader:
    source = settings.activity[name].model_copy(update=_UNREAD)
    return ActivityReader.of(settings.model_copy(update={"activity": {name: source}}), name, _HASHED)

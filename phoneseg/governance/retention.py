"""Retention: rows of past days, and Data Docs, go after the days that the settings give their privacy class."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from phoneseg.contracts import (
    CANONICAL_CHANGE,
    CONTACT_UPDATE,
    ERASURE_RECEIPT,
    PIPELINE_RUN,
    PRIVACY_REQUEST,
    RND_ANSWER,
    SEGMENT_CHANGE,
    TABLES,
    TOMBSTONE,
    Keeping,
    Pipeline,
    PrivacyClass,
    Table,
)
from phoneseg.contracts.risk import PREFIX_ACTIVITY
from phoneseg.quality import data_docs_folder
from phoneseg.run import as_utc
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.migrations import prepare_tables

STAYING: Final = {
    CONTACT_UPDATE.name: "It has one row per contact, and goes with it.",
    PRIVACY_REQUEST.name: "A request goes when it is served.",
    TOMBSTONE.name: "Without it, the erased would come back.",
}
"""Tables of past days or events that no retention touches, and why."""

_OTHER_TIMES: Final = {ERASURE_RECEIPT.name: "served_at", RND_ANSWER.name: "answered_at"}
"""When a row came about, in tables that are of no day."""

_HISTORIES: Final = {SEGMENT_CHANGE.name: "definition_versions", CANONICAL_CHANGE.name: "person_count"}
"""The column of PIPELINE_RUN that tells from which as_of on a history is known."""

_DATA_DOCS: Final = "Data Docs"


def privacy_class(table: Table) -> PrivacyClass:
    """Return the class of a table's most private column."""
    order = list(PrivacyClass)
    return max((column.privacy for column in table.columns), key=order.index)


def retention_days(settings: Settings, table: Table) -> int | None:
    """Return after how many days the rows of a table go; null for never."""
    days = settings.privacy.retention
    if table.keeping is Keeping.CURRENT or table.name in STAYING:
        return None
    if table.name == ERASURE_RECEIPT.name:
        return days.receipt_days
    return days.public_days if privacy_class(table) is PrivacyClass.PUBLIC else days.personal_days


def apply_retention(settings: Settings, now: datetime, *, dry_run: bool) -> dict[str, int]:
    """Delete what is older than its days. What the newest published day or hour needs stays, however old it is.

    Args:
        settings: The settings.
        now: From when days are counted back.
        dry_run: Whether to delete nothing.

    Returns:
        Rows by table, and folders of Data Docs, that went or would go; without those of which nothing does.

    Raises:
        OutdatedSchemaError: The tables are those of another version of phoneseg.
        WarehouseBusyError: A run was publishing for longer than `lock_wait_s`.
    """
    warehouse, counts = open_warehouse(settings), dict[str, int]()
    with warehouse.transaction() as connection:
        prepare_tables(warehouse, connection, settings)
    with warehouse.transaction() as connection:
        warehouse.serialize_publishing(connection)
        needed = {pipeline: _newest_shown(warehouse, connection, pipeline) for pipeline in Pipeline}
        for table in TABLES:
            if (days := retention_days(settings, table)) is not None:
                cutoff = min(now - timedelta(days=days), needed[table.pipeline])
                if table.name == PREFIX_ACTIVITY.name:
                    cutoff = min(cutoff, _history_start(settings, needed[table.pipeline]))
                counts[table.name] = _expire(warehouse, connection, table, cutoff)
        if dry_run:
            connection.rollback()
    if (days := settings.privacy.retention.data_docs_days) is not None:
        folders = _expired_docs(settings, now - timedelta(days=days))
        counts[_DATA_DOCS] = len(folders)
        for folder in () if dry_run else folders:
            shutil.rmtree(folder)
    return {name: count for name, count in counts.items() if count}


def _newest_shown(warehouse: Warehouse, connection: sa.Connection, pipeline: Pipeline) -> datetime:
    """Return the newest as_of that a pipeline shows; the first of all instants where nothing is published."""
    log = warehouse.naming.published(PIPELINE_RUN)
    is_shown: sa.ColumnElement[bool] = log.c.is_current.is_(True)
    if pipeline is Pipeline.MONITOR_ACTIVITY:  # it keeps no current tables
        is_shown = (log.c.pipeline == pipeline.value) & (log.c.state == "published")
    shown = connection.execute(sa.select(sa.func.max(log.c.as_of)).where(is_shown)).scalar()
    return as_utc(shown) if shown else datetime.min.replace(tzinfo=UTC)


def _history_start(settings: Settings, newest: datetime) -> datetime:
    """Return from when on spikes compare the newest monitored hour and day with counts of prefixes."""
    reach = timedelta(weeks=settings.risk.spikes.history_weeks, days=1)
    return newest - min(reach, newest - datetime.min.replace(tzinfo=UTC))


def _expire(warehouse: Warehouse, connection: sa.Connection, table: Table, cutoff: datetime) -> int:
    """Delete the rows of a table from before an instant; return how many."""
    published = warehouse.naming.published(table)
    if (known := _HISTORIES.get(table.name)) is not None:
        return _expire_history(warehouse, connection, published, known, cutoff)
    at = published.c[_OTHER_TIMES.get(table.name, "as_of")]
    is_old: list[sa.ColumnElement[bool]] = [at < cutoff]
    if table.name == PIPELINE_RUN.name:
        is_old.append(published.c.state != "running")
    return int(connection.execute(published.delete().where(*is_old)).rowcount)


def _expire_history(
    warehouse: Warehouse, connection: sa.Connection, changes: sa.Table, known_by: str, cutoff: datetime
) -> int:
    """Let a history begin with the first published as_of from the cutoff on.

    Who was a member, or which person, before cannot be told without the changes, so that no run may go on from those
    days: they lose the column of PIPELINE_RUN that tells it, and count as never known.
    """
    log = warehouse.naming.published(PIPELINE_RUN)
    known = log.c[known_by].is_not(None)
    first = connection.execute(sa.select(sa.func.min(log.c.as_of)).where(known, log.c.as_of >= cutoff)).scalar()
    if first is None:
        return 0
    connection.execute(log.update().where(known, log.c.as_of < first).values({known_by: None}))
    return int(connection.execute(changes.delete().where(changes.c.as_of <= first)).rowcount)


def _expired_docs(settings: Settings, cutoff: datetime) -> list[Path]:
    """Return the folders of Data Docs of intervals that ended before an instant; what else lies there stays."""
    folders = [data_docs_folder(settings, pipeline) for pipeline in Pipeline]
    expired = []
    for each in sorted(each for folder in folders for each in folder.glob("????-??-??T????")):
        try:
            as_of = datetime.strptime(each.name, "%Y-%m-%dT%H%M").replace(tzinfo=UTC)
        except ValueError:
            continue
        if each.is_dir() and as_of < cutoff:
            expired.append(each)
    return expired

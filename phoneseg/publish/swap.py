"""The one transaction that makes a run visible."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from phoneseg.contracts import SEGMENT_RULE, SOURCE_WATERMARK, Keeping, staged_tables
from phoneseg.errors import SupersededError
from phoneseg.publish.canonical_history import CanonicalHistory
from phoneseg.publish.contact_updates import note_updates
from phoneseg.publish.differences import publish_differences
from phoneseg.publish.history import History
from phoneseg.publish.load import drop_staging
from phoneseg.publish.log import end_run, has_newer_published, last_published_us
from phoneseg.publish.overtaken import check_nobody_erased
from phoneseg.publish.taken_back import forget_taken_back
from phoneseg.publish.timeline import read_timeline
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.replacement import Replacement
from phoneseg.warehouse.views import keep_views


def swap_staging(
    warehouse: Warehouse, connection: sa.Connection, run: Run, counts: Mapping[str, int]
) -> dict[str, int]:
    """Make the run's staging tables visible: delete what differs, insert what is new, drop the staging tables.

    Current tables change only when the run is not older than what they show; dated tables replace exactly the run's
    `as_of`. Rows that are the same are not touched.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction, which the caller commits: until then readers see the old tables.
        run: A run whose staging tables passed their suites.
        counts: Columns of PIPELINE_RUN that the run has counted.

    Returns:
        `deleted_rows` and `inserted_rows` over all tables, `is_current`.

    Raises:
        SupersededError: Another run of the interval has taken over, or the tables that a partial run goes on from have
            changed since its extract, or somebody was erased since, or another key makes the tokens.
    """
    warehouse.serialize_publishing(connection)
    published_at = datetime.now(UTC)
    replacement = Replacement.of(warehouse, run)
    check_nobody_erased(warehouse, connection, run)
    _check_base(warehouse, connection, run, replacement)
    is_current = not has_newer_published(warehouse, connection, run)
    if is_current:
        forget_taken_back(warehouse, connection, run)
    timeline = read_timeline(warehouse, connection, run)
    history = History(connection, replacement, timeline)
    history.stage()
    persons = CanonicalHistory.of(warehouse, connection, run)
    persons.stage()
    if is_current:
        note_updates(connection, replacement, published_at)
    changes = [history.publish(), persons.publish()]
    for table in staged_tables():
        if table.keeping is Keeping.DATED or is_current:
            staging, published = replacement.staging(table), replacement.published(table)
            replaced = replacement.replaced(table, published)
            changes.append(publish_differences(connection, table, staging, published, replaced))
    if is_current:
        keep_views(warehouse, connection, _exclusive_by_kind(run))
    deleted, inserted = (sum(rows) for rows in zip(*changes, strict=True))
    changed = {"deleted_rows": deleted, "inserted_rows": inserted, "is_current": is_current}
    watermark = replacement.visible(SOURCE_WATERMARK).subquery()
    noted = {
        "published_at": published_at,
        "definition_versions": json.dumps(timeline.this.versions, sort_keys=True),
        "source_updated_at": sa.select(sa.func.max(watermark.c.watermark_at)).scalar_subquery(),
    }
    end_run(warehouse, connection, run, "published", {**counts, **changed, **noted})
    drop_staging(warehouse, connection, run)
    return changed


def _check_base(warehouse: Warehouse, connection: sa.Connection, run: Run, replacement: Replacement) -> None:
    base_us = run.stage.read_counts("extract")["base_us"]
    if replacement.is_partial and last_published_us(warehouse, connection) != base_us:
        raise SupersededError(
            f"run {run.run_id}: another run has published since this one read what changed; nothing was published, "
            "start a new run"
        )


def _exclusive_by_kind(run: Run) -> dict[str, bool]:
    """Return whether a contact is in at most one segment, by kind, by the rules that the run has applied.

    The files with definitions may have changed since.
    """
    rules = run.stage.scan(SEGMENT_RULE.name).collect()
    return {str(rule).partition(":")[0]: bool(flag) for rule, flag in rules.select("rule", "is_exclusive").iter_rows()}

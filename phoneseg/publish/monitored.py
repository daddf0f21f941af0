"""The one transaction that makes the signals of an hour visible."""

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from phoneseg.contracts import staged_tables
from phoneseg.contracts.risk import RISK_REVIEW, RISK_SIGNAL
from phoneseg.publish.differences import publish_differences
from phoneseg.publish.load import drop_staging
from phoneseg.publish.log import end_run, has_newer_published
from phoneseg.publish.overtaken import check_nobody_erased
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.replacement import Replacement

_REVIEWED_SUBJECTS = ("number", "cluster")


def swap_monitored(
    warehouse: Warehouse, connection: sa.Connection, run: Run, counts: Mapping[str, int]
) -> dict[str, int]:
    """Make the run's staging tables visible: of its interval, delete what differs and insert what is new.

    Numbers and clusters that have a signal for the first time get a row in RISK_REVIEW.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction, which the caller commits: until then readers see the old tables.
        run: A run of `monitor_activity` whose staging tables passed their suites.
        counts: Columns of PIPELINE_RUN that the run has counted.

    Returns:
        `deleted_rows` and `inserted_rows` over all tables; `is_current`: no later interval is published.

    Raises:
        SupersededError: Another run of the interval has taken over, somebody was erased since the run read the
            sources, or another key makes the tokens.
    """
    warehouse.serialize_publishing(connection)
    published_at = datetime.now(UTC)
    replacement = Replacement.of(warehouse, run)
    check_nobody_erased(warehouse, connection, run)
    changes = []
    for table in staged_tables(run.pipeline):
        staging, published = replacement.staging(table), replacement.published(table)
        replaced = replacement.replaced(table, published)
        changes.append(publish_differences(connection, table, staging, published, replaced))
    changes.append(_ask_for_reviews(connection, replacement))
    deleted, inserted = (sum(rows) for rows in zip(*changes, strict=True))
    changed = {"deleted_rows": deleted, "inserted_rows": inserted}
    end_run(warehouse, connection, run, "published", {**counts, **changed, "published_at": published_at})
    drop_staging(warehouse, connection, run)
    return {**changed, "is_current": not has_newer_published(warehouse, connection, run)}


def _ask_for_reviews(connection: sa.Connection, replacement: Replacement) -> tuple[int, int]:
    """Give each newly flagged number or cluster a row to be labelled; one that nothing flags any more loses its own.

    Whoever labels a row keeps it: of those without a label that this interval was the first to flag, and has no signal
    of any longer, nobody needs to know. Where hours come in another order than they happened, the first signal is the
    earliest.

    Returns:
        How many rows were deleted and inserted.
    """
    review, signal = (replacement.published(table) for table in (RISK_REVIEW, RISK_SIGNAL))
    as_of = replacement.run.as_of
    has_signal = sa.exists(sa.select(sa.literal(1)).where(*_is_same(signal, review)))
    stale = review.delete().where(review.c.label.is_(None), review.c.as_of == as_of, ~has_signal)
    deleted = connection.execute(stale).rowcount
    first = sa.select(sa.func.min(signal.c.as_of)).where(*_is_same(signal, review)).scalar_subquery()
    dated = review.update().where(review.c.as_of >= as_of, review.c.as_of != first).values(as_of=first)
    changed = connection.execute(dated).rowcount
    has_review = sa.exists(sa.select(sa.literal(1)).where(*_is_same(review, signal)))
    key = [signal.c[name] for name in ("signal_kind", "subject_kind", "subject")]
    flagged = sa.select(*key, sa.func.min(signal.c.as_of)).where(
        signal.c.as_of == as_of, signal.c.subject_kind.in_(_REVIEWED_SUBJECTS), ~has_review
    )
    insert = review.insert().from_select(["signal_kind", "subject_kind", "subject", "as_of"], flagged.group_by(*key))
    inserted = connection.execute(insert.execution_options(preserve_rowcount=True)).rowcount
    return deleted + changed, inserted + changed


def _is_same(one: sa.Table, other: sa.Table) -> list[sa.ColumnElement[bool]]:
    return [one.c[name] == other.c[name] for name in RISK_REVIEW.key]

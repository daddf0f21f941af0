"""Published signals of risk that count at as_of, with what people said of them."""

import logging
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from phoneseg.contracts.contact_risk import MEMBER_SIGNAL
from phoneseg.contracts.risk import (
    FRAUD,
    LEGITIMATE,
    MONITORED_SIZE,
    RISK_LABELS,
    RISK_MEMBER,
    RISK_REVIEW,
    RISK_SIGNAL,
)
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse

_SIGNAL: Final = ("as_of", "window_start", "signal_kind", "subject")
_REVIEW: Final = ("signal_kind", "subject")
_COUNTS: Final = "risk"
_WAS_MONITORED: Final = "monitored_intervals"

log = logging.getLogger(__name__)


def read_risk_signals(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Read the signals of the last `risk.valid_days` before `as_of` that have members; in shadow mode, none.

    Those of subjects that a person labelled as legitimate are left out, those of fraud are high. Labels are today's,
    whenever they were set. Writes `member_signal`, and whether anything was monitored.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: The run.
    """
    is_on = run.settings.risk.mode == "on"
    with run.stage.append(MEMBER_SIGNAL) as append:
        for batch in warehouse.read_batches(connection, _select_signals(warehouse, run)) if is_on else ():
            append(batch)
    count = _count_intervals(warehouse, connection, run) if is_on else 0
    run.stage.write_counts(_COUNTS, {_WAS_MONITORED: count})
    if is_on:
        _tell_wrong_labels(warehouse, connection)
        log.info("extract: %s rows of signals of risk", f"{run.stage.count(MEMBER_SIGNAL.name):,}")


def was_monitored(run: Run) -> bool:
    """Return whether monitoring had published something in the time whose signals count.

    Raises:
        StopError: `read_risk_signals` has not run.
    """
    return run.stage.read_counts(_COUNTS)[_WAS_MONITORED] > 0


def _select_signals(warehouse: Warehouse, run: Run) -> sa.Select[*tuple[object, ...]]:
    signal, member, review = (warehouse.naming.published(each) for each in (RISK_SIGNAL, RISK_MEMBER, RISK_REVIEW))
    is_fraud = review.c.label == FRAUD
    level = sa.case((is_fraud, sa.literal("high")), else_=signal.c.risk_level).label("risk_level")
    columns = {each.name: each for table in (signal, member) for each in table.c} | {level.name: level}
    return (
        sa.select(*(columns[name].label(name) for name in MEMBER_SIGNAL.column_names))
        .select_from(signal)
        .join(member, sa.and_(*(member.c[name] == signal.c[name] for name in _SIGNAL)))
        .join(review, sa.and_(*(review.c[name] == signal.c[name] for name in _REVIEW)), isouter=True)
        .where(_is_valid(signal, run), sa.or_(review.c.label.is_(None), review.c.label != LEGITIMATE))
    )


def _is_valid(table: sa.Table, run: Run) -> sa.ColumnElement[bool]:
    since = run.as_of - timedelta(days=run.settings.risk.valid_days)
    return sa.and_(table.c.as_of > since, table.c.as_of <= run.as_of)


def _count_intervals(warehouse: Warehouse, connection: sa.Connection, run: Run) -> int:
    """Return how many rows tell that something was monitored, as far as it matters whether there are any."""
    sized, signal = (warehouse.naming.published(each) for each in (MONITORED_SIZE, RISK_SIGNAL))
    there = (
        sa.select(sa.literal(1)).select_from(each).where(_is_valid(each, run)).limit(1) for each in (sized, signal)
    )
    return sum(len(connection.execute(each).all()) for each in there)


def _tell_wrong_labels(warehouse: Warehouse, connection: sa.Connection) -> None:
    label = warehouse.naming.published(RISK_REVIEW).c.label
    wrong = connection.execute(sa.select(sa.func.count()).where(label.is_not(None), label.not_in(RISK_LABELS))).scalar()
    if wrong:
        log.warning(
            "extract: %s rows of risk_review have a label that is neither %s: they count as not reviewed",
            f"{wrong:,}",
            " nor ".join(RISK_LABELS),
        )

"""What detectors have flagged for people to check, and what people made of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts.risk import RISK_LEVELS, RISK_REVIEW, RISK_SIGNAL
from phoneseg.errors import StopError
from phoneseg.warehouse import Warehouse

_REVIEW: Final = ("signal_kind", "subject")
_OF_SIGNALS: Final = ("as_of", "risk_level", "reasons")
_FLAGGED: Final = pl.Schema(
    {
        **RISK_REVIEW.schema,
        **{"last_as_of": RISK_SIGNAL.schema["as_of"], "risk_level": pl.String(), "reasons": pl.String()},
    }
)
_NOTHING: Final = "nothing is flagged yet: `phoneseg monitor` finds signals of risk"
_MOST_SHOWN: Final = 5


class Labelled(NamedTuple):
    """A review that got a label.

    Attributes:
        subject: Its whole subject.
        former: The label that it had; null for none.
    """

    subject: str
    former: str | None


def read_flagged(
    warehouse: Warehouse, connection: sa.Connection, *, signal_kind: str | None = None, is_open: bool = False
) -> pl.DataFrame:
    """Return what is flagged, the highest risk first, then the newest.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
        signal_kind: Of this detector alone.
        is_open: Without what has a label.

    Returns:
        The columns of RISK_REVIEW, `last_as_of`, `risk_level` and `reasons`: of the newest signals about the subject;
        null where no signal is left.

    Raises:
        StopError: Nothing is flagged, or nothing by that detector.
    """
    kinds = _list_kinds(warehouse, connection)
    if signal_kind is not None:
        _check_kind(signal_kind, kinds)
    review, signal = (warehouse.naming.published(table) for table in (RISK_REVIEW, RISK_SIGNAL))
    key, wanted = [signal.c[name] for name in _REVIEW], list[sa.ColumnElement[bool]]()
    if signal_kind is not None:
        wanted.append(review.c.signal_kind == signal_kind)
    if is_open:
        wanted.append(review.c.label.is_(None))
    last = sa.select(*key, sa.func.max(signal.c.as_of).label("last_as_of")).group_by(*key).subquery()
    newest = sa.select(*key, *(signal.c[name] for name in _OF_SIGNALS)).join(
        last, sa.and_(*(last.c[name] == signal.c[name] for name in _REVIEW), last.c.last_as_of == signal.c.as_of)
    )
    reviews = pl.concat(warehouse.read_batches(connection, sa.select(review).where(*wanted))).cast(RISK_REVIEW.schema)
    schema = pl.Schema({name: RISK_SIGNAL.schema[name] for name in (*_REVIEW, *_OF_SIGNALS)})
    signals = pl.concat(warehouse.read_batches(connection, newest)).cast(schema)
    return _add_signals(reviews, signals)


def _add_signals(reviews: pl.DataFrame, signals: pl.DataFrame) -> pl.DataFrame:
    """Add what the newest signals say; where there are several, of other kinds of activity, their highest level."""
    reasons = pl.col("reasons").str.split(",").explode().unique().sort().str.join(",")
    told = signals.group_by(_REVIEW).agg(
        pl.col("as_of").max().alias("last_as_of"), pl.col("risk_level").cast(pl.Enum(RISK_LEVELS)).max(), reasons
    )
    flagged = reviews.join(told, on=_REVIEW, how="left").sort(
        "risk_level", "last_as_of", *_REVIEW, descending=[True, True, False, False], nulls_last=True
    )
    return flagged.select(pl.col(name).cast(dtype) for name, dtype in _FLAGGED.items())


def write_label(
    warehouse: Warehouse,
    connection: sa.Connection,
    *,
    signal_kind: str,
    subject: str,
    label: str,
    note: str | None,
    labelled_at: datetime,
) -> Labelled:
    """Write what a person found of a subject that a detector flagged, in the place of what stood there.

    Args:
        warehouse: The warehouse.
        connection: A connection in a transaction.
        signal_kind: The detector.
        subject: The subject, or the beginning of its token where no other begins so; a contact id has to be whole.
        label: fraud or legitimate.
        note: What else the person found; null keeps the note that is there.
        labelled_at: When (UTC).

    Raises:
        StopError: There is no such detector or subject, or several subjects begin so.
    """
    _check_kind(signal_kind, _list_kinds(warehouse, connection))
    review = warehouse.naming.published(RISK_REVIEW)
    whole, former = _find(connection, review, signal_kind, subject)
    is_it = review.c.signal_kind == signal_kind, review.c.subject == whole
    values = {"label": label, "labelled_at": labelled_at} | ({} if note is None else {"note": note})
    connection.execute(review.update().where(*is_it).values(values))
    return Labelled(whole, former)


def _find(connection: sa.Connection, review: sa.Table, signal_kind: str, subject: str) -> Labelled:
    """Return the only subject that is meant, with its label."""
    begins = review.c.subject.startswith(subject, autoescape=True) & ~review.c.subject.contains(":")
    of_kind = sa.select(review.c.subject, review.c.label).where(review.c.signal_kind == signal_kind)
    found = connection.execute(of_kind.where(review.c.subject == subject)).all()
    if not found and subject:
        found = connection.execute(of_kind.where(begins).order_by(review.c.subject).limit(_MOST_SHOWN + 1)).all()
    if not found:
        raise StopError(
            f"{signal_kind} has flagged no subject that is, or begins with, what was given: "
            f"`phoneseg risk review --kind {signal_kind}`"
        )
    if len(found) > 1:
        shown = ", ".join(row.subject for row in found[:_MOST_SHOWN])
        more = " and others" if len(found) > _MOST_SHOWN else ""
        raise StopError(f"several subjects of {signal_kind} begin so, give more of one: {shown}{more}")
    return Labelled(found[0].subject, found[0].label)


def _list_kinds(warehouse: Warehouse, connection: sa.Connection) -> list[str]:
    """Return the detectors that have flagged something, in order.

    Raises:
        StopError: There are none.
    """
    review = warehouse.naming.published(RISK_REVIEW)
    kinds: list[str] = []
    if sa.inspect(connection).has_table(review.name, schema=review.schema):
        named = sa.select(review.c.signal_kind).distinct().order_by(review.c.signal_kind)
        kinds += connection.execute(named).scalars()
    if not kinds:
        raise StopError(_NOTHING)
    return kinds


def _check_kind(signal_kind: str, kinds: list[str]) -> None:
    if signal_kind not in kinds:
        raise StopError(f"no detector {signal_kind} has flagged anything; there is: {', '.join(kinds)}")


def read_reviews(warehouse: Warehouse, connection: sa.Connection, kinds: Collection[str]) -> pl.DataFrame:
    """Return the rows of RISK_REVIEW of some detectors, in the order of their key.

    Raises:
        StopError: No detector has flagged anything.
    """
    _list_kinds(warehouse, connection)
    review = warehouse.naming.published(RISK_REVIEW)
    rows = sa.select(review).where(review.c.signal_kind.in_(sorted(kinds)))
    return pl.concat(warehouse.read_batches(connection, rows)).cast(RISK_REVIEW.schema).sort(_REVIEW)


class Reviewed(NamedTuple):
    """What detectors flagged, and what people said of it.

    Attributes:
        flagged: `signal_kind`, `subject_kind`, `subject` and `label` (null without one), each number or cluster that a
            detector has flagged once.
        days: Days from the first as_of to the last of all signals and reviews, at least 1.
    """

    flagged: pl.DataFrame
    days: float


def read_reviewed(warehouse: Warehouse, connection: sa.Connection) -> Reviewed:
    """Return all numbers and clusters that are or were flagged, with their labels.

    Raises:
        StopError: Nothing is flagged.
    """
    _list_kinds(warehouse, connection)
    review, signal = (warehouse.naming.published(table) for table in (RISK_REVIEW, RISK_SIGNAL))
    names = ("signal_kind", "subject_kind", "subject")
    reviews, signals = ([table.c[name] for name in names] for table in (review, signal))
    is_reviewable = signal.c.subject_kind.in_(("number", "cluster"))
    found = [
        pl.concat(warehouse.read_batches(connection, statement)).cast(dict.fromkeys((*names, "label"), pl.String))
        for statement in (
            sa.select(*reviews, review.c.label),
            sa.select(*signals, sa.null().label("label")).where(is_reviewable).distinct(),
        )
    ]
    flagged = pl.concat(found).unique(names, keep="first", maintain_order=True).sort(names)
    return Reviewed(flagged, _count_days(warehouse, connection))


def _count_days(warehouse: Warehouse, connection: sa.Connection) -> float:
    tables = [warehouse.naming.published(each) for each in (RISK_REVIEW, RISK_SIGNAL)]
    bounds = [
        row
        for table in tables
        for row in connection.execute(sa.select(sa.func.min(table.c.as_of), sa.func.max(table.c.as_of)))
        if row[0] is not None
    ]
    first, last = min(row[0] for row in bounds), max(row[1] for row in bounds)
    return float(max((last - first).total_seconds() / 86_400, 1.0))

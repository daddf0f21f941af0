"""Which contacts came to be of another person: the differences between as_ofs that are published next to each other.

As in `history`, only the persons of the newest as_of are kept. Those of an older one, C(x), follow from them and the
log: of each contact, the first change after x tells of whom it was at x; without one it is as it is now. Publishing t
after p and before n makes C(t) known, so that p -> t and t -> n are written anew, and intervals that are published in
any order give the log that the right order gives. New and removed contacts stand in the log, too: otherwise nobody
would know who was there at x. What was published before phoneseg resolved people is not known, and has no changes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from phoneseg.contracts import CANONICAL_CHANGE, CONTACT_CANONICAL, PIPELINE_RUN, REGROUPED_CONTACT
from phoneseg.publish.differences import publish_differences
from phoneseg.run import Run, as_utc
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.replacement import Replacement

NEW, REMOVED, MERGED, SPLIT, MOVED, RENAMED = "new", "removed", "merged", "split", "moved", "renamed"
CHANGES: Final = (NEW, REMOVED, MERGED, SPLIT, MOVED, RENAMED)

Select = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class CanonicalHistory:
    """The log of merges and splits, and a run that changes it.

    Attributes:
        connection: A connection in the publishing transaction.
        replacement: The run, whose contact_canonical is staged.
        previous: The published as_of before it whose persons are known.
        next: The one after it.
    """

    connection: sa.Connection
    replacement: Replacement
    previous: datetime | None
    next: datetime | None

    @classmethod
    def of(cls, warehouse: Warehouse, connection: sa.Connection, run: Run) -> "CanonicalHistory":
        """Return where a run stands among the published as_ofs."""
        log = warehouse.naming.published(PIPELINE_RUN)
        known = sa.select(log.c.as_of).where(log.c.state == "published", log.c.person_count.is_not(None))
        published = sorted({as_utc(each) for each in connection.execute(known).scalars()})
        return cls(
            connection,
            Replacement.of(warehouse, run),
            previous=max((each for each in published if each < run.as_of), default=None),
            next=min((each for each in published if each > run.as_of), default=None),
        )

    def stage(self) -> None:
        """Fill the run's staging table of CANONICAL_CHANGE, before a current table changes."""
        this, now = self.replacement.run.as_of, self._persons_now()
        if self.previous is not None:
            self._stage_pair((self.previous, self._persons_at(self.previous)), (this, now))
        if self.next is not None:
            self._stage_pair((this, now), (self.next, self._persons_at(self.next)))

    def publish(self) -> tuple[int, int]:
        """Write the staged changes into the log; return how many rows were deleted and inserted."""
        staged, log = (table(CANONICAL_CHANGE) for table in (self.replacement.staging, self.replacement.published))
        this = self.replacement.run.as_of
        rewritten = [each for each in (this, self.next) if each is not None]
        replaced = [sa.and_(log.c.as_of.in_(rewritten), self._is_in_scope(log))]
        if self.next is None:  # after the newest there is nothing, unless later as_ofs were taken back
            replaced.append(log.c.as_of > this)
        return publish_differences(self.connection, CANONICAL_CHANGE, staged, log, replaced)

    def _is_in_scope(self, row: sa.FromClause) -> sa.ColumnElement[bool]:
        """Return the condition on a row that its contact is compared."""
        if not self.replacement.is_partial:
            return sa.true()
        return _exists(self.replacement.staging(REGROUPED_CONTACT), row)

    def _persons_now(self) -> Select:
        return sa.select(*_of_person(self.replacement.visible(CONTACT_CANONICAL).subquery()))

    def _persons_at(self, as_of: datetime) -> Select:
        """Return whose each contact was at a published as_of."""
        shown, log = self.replacement.published(CONTACT_CANONICAL), self.replacement.published(CANONICAL_CHANGE)
        is_later = log.c.as_of > as_of
        if not self.connection.execute(sa.select(sa.exists(sa.select(log.c.as_of).where(is_later)))).scalar_one():
            return sa.select(*_of_person(shown))
        nth = sa.func.row_number().over(partition_by=log.c.contact_id, order_by=log.c.as_of).label("nth")
        later = sa.select(log.c.contact_id, log.c.source, log.c.from_contact_id, nth).where(is_later).subquery()
        first = sa.select(later).where(later.c.nth == 1).cte(f"first_canonical_after_{as_of:%Y%m%d%H%M%S%f}")
        untouched = sa.select(*_of_person(shown)).where(~_exists(first, shown))
        changed = sa.select(first.c.contact_id, first.c.source, first.c.from_contact_id.label("canonical_contact_id"))
        there = changed.where(first.c.from_contact_id.is_not(None))
        return sa.select(sa.union_all(untouched, there).subquery())

    def _stage_pair(self, earlier: tuple[datetime, Select], later: tuple[datetime, Select]) -> None:
        """Stage the differences between two as_ofs next to each other."""
        staged = self.replacement.staging(CANONICAL_CHANGE)
        before, after = earlier[1].subquery("before"), later[1].subquery("after")
        at = [sa.literal(each, staged.c.as_of.type) for each in (later[0], earlier[0])]
        was, now = before.c.canonical_contact_id, after.c.canonical_contact_id
        came, left = _others_by(now, was, before, after, "came"), _others_by(was, now, before, after, "left")
        has_come, have_left = (
            (others.c.least != other) | (others.c.most != other) for others, other in ((came, was), (left, now))
        )
        change = sa.case((has_come & have_left, MOVED), (has_come, MERGED), (have_left, SPLIT), else_=RENAMED)
        nobody = sa.cast(sa.null(), sa.Text())
        both = (
            sa.join(before, after, before.c.contact_id == after.c.contact_id)
            .join(came, came.c.person == now)
            .join(left, left.c.person == was)
        )
        rows = sa.union_all(
            sa.select(*at, after.c.contact_id, after.c.source, nobody, now, sa.literal(NEW)).where(
                ~_exists(before, after), self._is_in_scope(after)
            ),
            sa.select(*at, before.c.contact_id, before.c.source, was, nobody, sa.literal(REMOVED)).where(
                ~_exists(after, before), self._is_in_scope(before)
            ),
            sa.select(*at, after.c.contact_id, after.c.source, was, now, change)
            .select_from(both)
            .where(was != now, self._is_in_scope(after)),
        )
        self.connection.execute(staged.insert().from_select(list(CANONICAL_CHANGE.column_names), rows))
        self.replacement.warehouse.analyze(self.connection, staged)


def _others_by(
    person: sa.ColumnElement[str], other: sa.ColumnElement[str], before: sa.Subquery, after: sa.Subquery, name: str
) -> sa.Subquery:
    """Return by person at one as_of the least and the most of the persons that its contacts were, or are, at the other.

    They differ from a person where there is another beside it. Asked row by row, a database would go through all
    contacts for each that changed.
    """
    at_both = sa.join(before, after, before.c.contact_id == after.c.contact_id)
    bounds = sa.select(person.label("person"), sa.func.min(other).label("least"), sa.func.max(other).label("most"))
    return bounds.select_from(at_both).group_by(person).subquery(name)


def _of_person(rows: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    return rows.c.contact_id, rows.c.source, rows.c.canonical_contact_id


def _exists(rows: sa.FromClause, row: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(sa.literal(1)).where(rows.c.contact_id == row.c.contact_id))

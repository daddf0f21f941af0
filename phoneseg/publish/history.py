"""Who entered and left which segment: the differences between as_ofs that are published next to each other.

Only the memberships of the newest as_of are kept. Those of an older one, M(x), follow from them and the log: of each
contact and segment, the first entry or exit after x tells what was there at x; without one it is as it is now.
Publishing t after p and before n makes M(t) known, so that p -> t and t -> n are written anew. Intervals that are
published in any order give the log that the right order gives.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from phoneseg.contracts import CONTACTABLE, OBJECTION, RESEGMENTED_CONTACT, SEGMENT_CHANGE, SEGMENT_MEMBERSHIP
from phoneseg.publish.differences import publish_differences
from phoneseg.publish.timeline import PublishedAsOf, Timeline
from phoneseg.warehouse.replacement import Replacement

ENTERED: Final = "entered"
EXITED: Final = "exited"

CONSENT: Final = "consent"

_SEGMENT: Final = ("contact_id", "segment_kind", "segment_code")
_MEMBER: Final = ("contact_id", "source", "segment_kind", "segment_code")

Select = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Causes:
    """What explains an entry or an exit, beside what the contact's own rows say.

    Attributes:
        changed: Rules that are not the same at both as_ofs.
        renumbered: Rules that are, but read numbers by another version of phonenumbers.
    """

    changed: frozenset[str]
    renumbered: frozenset[str]

    @classmethod
    def between(cls, timeline: Timeline, other: PublishedAsOf) -> "Causes":
        """Return what changed between the as_of of a run and one beside it."""
        is_same_metadata = timeline.this.metadata_version == other.metadata_version
        renumbered = frozenset() if is_same_metadata else frozenset(timeline.number_dependent)
        return cls(frozenset(timeline.this.rules_changed_since(other)), renumbered)

    def tell(self, member: sa.FromClause) -> sa.ColumnElement[str]:
        """Return the cause for a member that entered or left, and was a contact at both as_ofs."""
        told = [
            (_is_of(member, self.changed), "definition"),
            (_is_of(member, self.renumbered), "metadata"),
            (member.c.segment_kind.in_([CONTACTABLE, OBJECTION]), CONSENT),
        ]
        return sa.case(*((condition, sa.literal(cause)) for condition, cause in told), else_=sa.literal("data"))


@dataclass(frozen=True)
class History:
    """The log of entries and exits, and a run that changes it.

    Attributes:
        connection: A connection in the publishing transaction.
        replacement: The run, whose memberships are staged.
        timeline: Where it stands. A partial run is always the newest.
    """

    connection: sa.Connection
    replacement: Replacement
    timeline: Timeline

    def stage(self) -> None:
        """Fill the run's staging table of SEGMENT_CHANGE, before a current table changes.

        It takes the entries and exits at the run's as_of, and at the one after it; of a partial run those of the
        contacts that it replaces.
        """
        this, now = self.timeline.this, self._members_now()
        if (before := self.timeline.previous) is not None:
            then = self._members_at(before.as_of)
            self._stage_pair(Causes.between(self.timeline, before), (before.as_of, then), (this.as_of, now))
        if (after := self.timeline.next) is not None:
            later = self._members_at(after.as_of)
            self._stage_pair(Causes.between(self.timeline, after), (this.as_of, now), (after.as_of, later))

    def publish(self) -> tuple[int, int]:
        """Write the staged entries and exits into the log; return how many rows were deleted and inserted."""
        staged, log = self.replacement.staging(SEGMENT_CHANGE), self.replacement.published(SEGMENT_CHANGE)
        rewritten = [each.as_of for each in (self.timeline.this, self.timeline.next) if each is not None]
        is_rewritten = sa.and_(log.c.as_of.in_(rewritten), self._is_in_scope(log))
        # After the newest there is nothing, unless later as_ofs were taken back.
        replaced = [is_rewritten] if self.timeline.next else [is_rewritten, log.c.as_of > self.timeline.this.as_of]
        return publish_differences(self.connection, SEGMENT_CHANGE, staged, log, replaced)

    @property
    def _is_whole(self) -> bool:
        """Whether all contacts are compared: the run replaces all, or its rules change the causes of all."""
        return not self.replacement.is_partial or self.timeline.is_restated

    def _is_in_scope(self, row: sa.FromClause) -> sa.ColumnElement[bool]:
        """Return the condition on a row that its contact is compared."""
        if self._is_whole:
            return sa.true()
        return _exists(self.replacement.staging(RESEGMENTED_CONTACT), row, ("contact_id",))

    def _members_now(self) -> Select:
        if self._is_whole:
            return _columns(self.replacement.visible(SEGMENT_MEMBERSHIP).subquery())
        return _columns(self.replacement.staging(SEGMENT_MEMBERSHIP))

    def _members_at(self, as_of: datetime) -> Select:
        """Return the members at a published as_of."""
        log, shown = self.replacement.published(SEGMENT_CHANGE), self._members_shown()
        current = _columns(shown)
        is_later = log.c.as_of > as_of
        if not self.connection.execute(sa.select(_any(sa.select(log).where(is_later)))).scalar_one():
            return current  # what every night asks for; a join with nothing would hide the indexes from the planner
        self.replacement.warehouse.analyze(self.connection, log)
        nth = sa.func.row_number().over(partition_by=[log.c[name] for name in _SEGMENT], order_by=log.c.as_of)
        later = sa.select(*(log.c[name] for name in _MEMBER), log.c.change, nth.label("nth"))
        numbered = later.where(is_later, self._is_in_scope(log)).subquery()
        first = sa.select(numbered).where(numbered.c.nth == 1).cte(f"first_after_{as_of:%Y%m%d%H%M%S%f}")
        untouched = current.where(~_exists(first, shown, _SEGMENT))
        left_later = _columns(first).where(first.c.change == EXITED)
        return sa.select(sa.union_all(untouched, left_later).subquery())

    def _members_shown(self) -> sa.FromClause:
        """Return the published members that are compared.

        PostgreSQL finds those of the replaced contacts first: left to itself, it may look for the differences among all
        members, think that there is one, and go through the contacts for each of millions.
        """
        shown = self.replacement.published(SEGMENT_MEMBERSHIP)
        if self._is_whole:
            return shown
        compared = _columns(shown).where(self._is_in_scope(shown)).cte("compared_member")
        return compared.prefix_with("MATERIALIZED", dialect="postgresql")

    def _stage_pair(self, causes: Causes, earlier: tuple[datetime, Select], later: tuple[datetime, Select]) -> None:
        """Stage the differences between the members at two as_ofs next to each other."""
        staged = self.replacement.staging(SEGMENT_CHANGE)
        before, after = earlier[1].subquery("before"), later[1].subquery("after")
        instants = [sa.literal(at, staged.c.as_of.type) for at in (later[0], earlier[0])]
        differences = [
            sa.select(*instants, *(one.c[name] for name in _MEMBER), sa.literal(change), causes.tell(one)).where(
                ~_exists(other, one, _SEGMENT)
            )
            for one, other, change in ((after, before, ENTERED), (before, after, EXITED))
        ]
        rows = sa.union_all(*differences)
        self.connection.execute(staged.insert().from_select(list(SEGMENT_CHANGE.column_names), rows))
        self.replacement.warehouse.analyze(self.connection, staged)
        self._tell_objections(staged, later[0])
        for change, other, cause in ((ENTERED, before, "new contact"), (EXITED, after, "removed")):
            is_change = (staged.c.as_of == later[0]) & (staged.c.change == change)
            is_unknown = ~_exists(other, staged, ("contact_id",))  # every contact is in some segment
            self.connection.execute(staged.update().where(is_change, is_unknown).values(cause=cause))

    def _tell_objections(self, staged: sa.Table, as_of: datetime) -> None:
        """Say so where contacts entered or left segments at an as_of because an objection came or went."""
        objection = staged.alias("objection")
        came_or_went = _any(
            sa.select(objection).where(
                objection.c.as_of == as_of,
                objection.c.segment_kind == OBJECTION,
                objection.c.contact_id == staged.c.contact_id,
            )
        )
        is_moved = _is_of(staged, frozenset({*self.timeline.profiling, OBJECTION})) & came_or_went
        self.connection.execute(staged.update().where(staged.c.as_of == as_of, is_moved).values(cause=CONSENT))


def _columns(rows: sa.FromClause) -> Select:
    return sa.select(*(rows.c[name] for name in _MEMBER))


def _any(rows: Select) -> sa.ColumnElement[bool]:
    return sa.exists(rows.with_only_columns(sa.literal(1)))


def _exists(rows: sa.FromClause, row: sa.FromClause, key: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return _any(sa.select(rows).where(*(rows.c[name] == row.c[name] for name in key)))


def _is_of(member: sa.FromClause, rules: frozenset[str]) -> sa.ColumnElement[bool]:
    """Return the condition on a membership that one of the rules made it."""
    codes: dict[str, list[str]] = {}
    for rule in sorted(rules):
        kind, has_code, code = rule.partition(":")
        if has_code:
            codes.setdefault(kind, []).append(code)
    kinds = sorted(rule for rule in rules if ":" not in rule)
    is_of_definition = (
        (member.c.segment_kind == kind) & member.c.segment_code.in_(some) for kind, some in codes.items()
    )
    return sa.or_(sa.false(), member.c.segment_kind.in_(kinds), *is_of_definition)

"""A warehouse that knows memberships and their history alone, and a model of it in plain Python."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from phoneseg.contracts import PIPELINE_RUN, RESEGMENTED_CONTACT, SEGMENT_CHANGE, SEGMENT_MEMBERSHIP
from phoneseg.publish.differences import publish_differences
from phoneseg.publish.history import History
from phoneseg.publish.timeline import PublishedAsOf, Timeline, read_published
from phoneseg.run import Run, as_utc
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse
from phoneseg.warehouse.replacement import Replacement

Member = tuple[str, str, str]
"""A contact, a kind and a code."""
Change = tuple[int, int, str, str, str, str, str]
"""Day, day before, contact, kind, code, change, cause."""

FIRST = datetime(2026, 7, 1, tzinfo=UTC)
NUMBER_DEPENDENT = frozenset({"country"})
PROFILING = frozenset({"list"})


def day(number: int) -> datetime:
    """Return the as_of of a day."""
    return FIRST + timedelta(days=number)


@dataclass(frozen=True)
class Interval:
    """What a run makes of one day."""

    day: int
    members: frozenset[Member]
    versions: dict[str, str] = field(default_factory=lambda: {"country": "1", "list": "1"})
    metadata_version: str = "9"

    @property
    def contacts(self) -> set[str]:
        return {member[0] for member in self.members}

    @property
    def published(self) -> PublishedAsOf:
        return PublishedAsOf(day(self.day), self.versions, self.metadata_version)


@dataclass(frozen=True)
class Ledger:
    """The warehouse, on one connection whose transaction never ends."""

    warehouse: Warehouse
    connection: sa.Connection
    settings: Settings

    @classmethod
    @contextmanager
    def open(cls, warehouse: Warehouse, settings: Settings) -> Iterator["Ledger"]:
        """Yield a ledger with nothing in it."""
        with warehouse.transaction() as connection:
            ledger = cls(warehouse, connection, settings)
            warehouse.create_schemas(connection)
            for table in ledger._tables():
                table.create(connection)
            yield ledger
            connection.rollback()

    def clear(self) -> None:
        """Forget everything."""
        for table in self._tables():
            self.connection.execute(table.delete())

    def publish(self, interval: Interval, replaced: Collection[str] | None = None) -> None:
        """Publish a day as `swap` does; a partial run replaces some contacts of the newest."""
        replacement = Replacement(self.warehouse, self._run(interval.day), is_partial=replaced is not None)
        staged = {row for row in interval.members if replaced is None or row[0] in replaced}
        self._insert(replacement.staging(SEGMENT_MEMBERSHIP), [_membership(row, interval) for row in sorted(staged)])
        contacts = [{"contact_id": contact} for contact in sorted(replaced or ())]
        self._insert(replacement.staging(RESEGMENTED_CONTACT), contacts)
        published = read_published(self.warehouse, self.connection)
        timeline = Timeline.around(interval.published, NUMBER_DEPENDENT, published, PROFILING)
        history = History(self.connection, replacement, timeline)
        history.stage()
        history.publish()
        if timeline.next is None:
            self._publish_members(replacement)
        self._log(interval)
        for table in (SEGMENT_MEMBERSHIP, RESEGMENTED_CONTACT, SEGMENT_CHANGE):
            self.connection.execute(replacement.staging(table).delete())

    @property
    def members(self) -> set[Member]:
        """What readers see now."""
        table = self.warehouse.naming.published(SEGMENT_MEMBERSHIP)
        columns = (table.c.contact_id, table.c.segment_kind, table.c.segment_code)
        return {(row[0], row[1], row[2]) for row in self.connection.execute(sa.select(*columns))}

    @property
    def changes(self) -> list[Change]:
        """The log, sorted."""
        table = self.warehouse.naming.published(SEGMENT_CHANGE)
        found = []
        for at, before, contact, source, *rest in self.connection.execute(sa.select(table)):
            assert source == "crm"
            found.append(((as_utc(at) - FIRST).days, (as_utc(before) - FIRST).days, contact, *rest))
        return sorted(found)

    def _run(self, number: int) -> Run:
        return Run.open(self.settings, run_id="ledger", as_of=day(number))

    def _tables(self) -> list[sa.Table]:
        naming = self.warehouse.naming
        staged = [naming.staging(each, "ledger") for each in (SEGMENT_MEMBERSHIP, RESEGMENTED_CONTACT, SEGMENT_CHANGE)]
        return [*(naming.published(each) for each in (SEGMENT_MEMBERSHIP, SEGMENT_CHANGE, PIPELINE_RUN)), *staged]

    def _publish_members(self, replacement: Replacement) -> None:
        staging, published = replacement.staging(SEGMENT_MEMBERSHIP), replacement.published(SEGMENT_MEMBERSHIP)
        replaced = replacement.replaced(SEGMENT_MEMBERSHIP, published)
        publish_differences(self.connection, SEGMENT_MEMBERSHIP, staging, published, replaced)

    def _log(self, interval: Interval) -> None:
        log = self.warehouse.naming.published(PIPELINE_RUN)
        count = self.connection.execute(sa.select(sa.func.count()).select_from(log)).scalar_one()
        instants = ("as_of", "data_interval_start", "data_interval_end", "started_at")
        values = dict.fromkeys(instants, day(interval.day)) | {
            "run_id": f"run {count}",
            "published_at": FIRST + timedelta(days=100, seconds=count),
            "state": "published",
            "sources": "crm",
            "phoneseg_version": "0",
            "metadata_version": interval.metadata_version,
            "definition_versions": json.dumps(interval.versions),
        }
        self.connection.execute(log.insert().values(values))

    def _insert(self, table: sa.Table, rows: list[dict[str, str]]) -> None:
        if rows:
            self.connection.execute(table.insert(), rows)


def _membership(member: Member, interval: Interval) -> dict[str, str]:
    contact, kind, code = member
    version = interval.versions.get(f"{kind}:{code}", interval.versions.get(kind, "?"))
    columns = SEGMENT_MEMBERSHIP.column_names
    return dict(zip(columns, (contact, "crm", kind, code, version), strict=True))


def expected_changes(intervals: Collection[Interval]) -> list[Change]:
    """Return the log that the days give, told in plain Python."""
    days = sorted(intervals, key=lambda interval: interval.day)
    changes: list[Change] = []
    for before, after in pairwise(days):
        for change, some in (
            ("entered", after.members - before.members),
            ("exited", before.members - after.members),
        ):
            changes += [
                (after.day, before.day, *member, change, _cause(member, change, before, after)) for member in some
            ]
    return sorted(changes)


def _cause(member: Member, change: str, before: Interval, after: Interval) -> str:
    contact, kind, code = member
    if change == "exited" and contact not in after.contacts:
        return "removed"
    if change == "entered" and contact not in before.contacts:
        return "new contact"
    is_objecting = (contact, "objection", "profiling")
    if kind in {*PROFILING, "objection"} and (is_objecting in before.members) != (is_objecting in after.members):
        return "consent"
    if any(before.versions.get(rule) != after.versions.get(rule) for rule in (kind, f"{kind}:{code}")):
        return "definition"
    if kind in NUMBER_DEPENDENT and before.metadata_version != after.metadata_version:
        return "metadata"
    return "consent" if kind == "contactable" else "data"

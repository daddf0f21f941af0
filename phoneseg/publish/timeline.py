"""The published as_ofs that the history of segments goes through, and the rules that held at each."""

import json
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import sqlalchemy as sa

from phoneseg.contracts import PIPELINE_RUN, SEGMENT_RULE
from phoneseg.run import Run, as_utc
from phoneseg.warehouse import Warehouse


@dataclass(frozen=True)
class PublishedAsOf:
    """One published as_of, as the last run of it made it.

    Attributes:
        as_of: The end of its interval, UTC.
        versions: Version of each kind by name, and of each definition from a file by `kind:code`.
        metadata_version: Version of phonenumbers.
    """

    as_of: datetime
    versions: dict[str, str]
    metadata_version: str

    def rules_changed_since(self, other: "PublishedAsOf") -> set[str]:
        """Return the rules that have another version there, or are not there, or only there."""
        both = self.versions.keys() | other.versions.keys()
        return {rule for rule in both if self.versions.get(rule) != other.versions.get(rule)}


@dataclass(frozen=True)
class Timeline:
    """The as_of that a run is about to publish, among those that are published.

    Attributes:
        this: What the run makes of it.
        number_dependent: Its rules whose members another version of phonenumbers may change.
        former: The same as_of as it is published already.
        previous: The published as_of before it.
        next: The published as_of after it.
        profiling: Its rules that make no members of contacts that object to profiling.
    """

    this: PublishedAsOf
    number_dependent: Set[str]
    former: PublishedAsOf | None
    previous: PublishedAsOf | None
    next: PublishedAsOf | None
    profiling: Set[str] = frozenset()

    @classmethod
    def around(
        cls,
        this: PublishedAsOf,
        number_dependent: Set[str],
        published: Sequence[PublishedAsOf],
        profiling: Set[str] = frozenset(),
    ) -> Self:
        """Return where an as_of stands among those that are published, which are in order."""
        return cls(
            this,
            number_dependent,
            former=next((each for each in published if each.as_of == this.as_of), None),
            previous=next((each for each in reversed(published) if each.as_of < this.as_of), None),
            next=next((each for each in published if each.as_of > this.as_of), None),
            profiling=profiling,
        )

    @property
    def is_restated(self) -> bool:
        """Whether the as_of was published by other rules before, or by another version of phonenumbers."""
        return self.former not in (None, self.this)


def read_timeline(warehouse: Warehouse, connection: sa.Connection, run: Run) -> Timeline:
    """Read where a run stands that has made its memberships."""
    rules = run.stage.scan(SEGMENT_RULE.name).collect()
    log = warehouse.naming.published(PIPELINE_RUN)
    metadata_version = sa.select(log.c.metadata_version).where(log.c.run_id == run.run_id)
    versions = dict(rules.select("rule", "definition_version").iter_rows())
    this = PublishedAsOf(run.as_of, versions, connection.execute(metadata_version).scalar_one())
    number_dependent, profiling = (
        frozenset(rules.filter(flag)["rule"]) for flag in ("is_number_dependent", "is_profiling")
    )
    return Timeline.around(this, number_dependent, read_published(warehouse, connection), profiling)


def read_published(warehouse: Warehouse, connection: sa.Connection) -> list[PublishedAsOf]:
    """Return the published as_ofs whose memberships are known, in order.

    Known are those of runs that kept the versions of their rules, which they do when they are published. Those of an
    older phoneseg did not, but for the one that was shown when the tables were migrated.
    """
    log = warehouse.naming.published(PIPELINE_RUN)
    known = (
        sa.select(log.c.as_of, log.c.definition_versions, log.c.metadata_version)
        .where(log.c.definition_versions.is_not(None))
        .order_by(log.c.as_of, log.c.published_at)
    )
    last_of = {as_utc(row.as_of): row for row in connection.execute(known)}
    return [
        PublishedAsOf(as_of, json.loads(row.definition_versions), row.metadata_version)
        for as_of, row in last_of.items()
    ]

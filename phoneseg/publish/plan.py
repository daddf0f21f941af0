"""What the definitions of the files would change, against what is published; nothing is written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PROFILE, PIPELINE_RUN, SEGMENT, SEGMENT_MEMBERSHIP
from phoneseg.errors import StopError
from phoneseg.quality import EarlierSizes, find_jumps
from phoneseg.run import as_utc
from phoneseg.segments import SegmentRules
from phoneseg.segments.comparison import ChangedRule, MemberSets, compare_members, find_changed_rules
from phoneseg.settings import Settings
from phoneseg.settings.definition_files import CUSTOM
from phoneseg.warehouse import Warehouse

_NOTHING = "nothing is published yet: `phoneseg run`"


@dataclass(frozen=True)
class PlannedChange:
    """What becomes of a segment, or of all segments of a kind together, by its new rule alone.

    Attributes:
        rule: The rule, and why it changed.
        size_before: Published members.
        size_after: Members by the new rule, of the contacts as they are published.
        entered_count: Members by the new rule that are none today.
        exited_count: Members of today that are none by the new rule.
        overlap: Members by both rules by members by either, null where there are none.
        is_jump: Whether a run would stop at it, or at a segment of the kind, unless it accepts the sizes.
    """

    rule: ChangedRule
    size_before: int
    size_after: int
    entered_count: int
    exited_count: int
    overlap: float | None
    is_jump: bool


@dataclass(frozen=True)
class Plan:
    """What a change of rules would do.

    Attributes:
        as_of: The published `as_of`.
        changes: What becomes of each rule that changed.
        unchanged_count: How many rules stay.
        unseen: By key of the edited kinds whose figures come from settings, those settings: where they
            were edited, the published profiles do not show it, and a run moves other contacts than the plan says.
    """

    as_of: datetime
    changes: tuple[PlannedChange, ...]
    unchanged_count: int
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Published:
    """What the current tables say of the rules: their as_of, and versions and definitions by key."""

    as_of: datetime
    versions: dict[str, str]
    definitions: dict[str, str]


def plan_segments(warehouse: Warehouse, connection: sa.Connection, settings: Settings) -> Plan:
    """Evaluate the rules of the files on the published profiles, as of the published `as_of`.

    Only the members of rules that changed are compared. Profiles and memberships are read in batches, and of each only
    the columns that are needed.

    Args:
        warehouse: The warehouse.
        connection: A connection whose reads see the same moment.
        settings: The settings.

    Raises:
        SettingsError: A definition is wrong.
        StopError: Nothing is published yet, or the published profiles lack a column that a rule reads.
    """
    published = _read_published(warehouse, connection)
    rules = SegmentRules.at(settings, published.as_of)
    changed = find_changed_rules(rules, published.versions, published.definitions)
    keys = [each.key for each in changed]
    unchanged_count = len(rules.versions.keys() - set(keys))
    if not changed:
        return Plan(published.as_of, (), unchanged_count)
    before, after = MemberSets(set(keys)), MemberSets(set(keys))
    for members in _read_members(warehouse, connection, keys):
        before.add(members)
    evaluated = replace(rules, kinds=tuple(kind for kind in rules.kinds if kind.name in before.keys))
    for profiles in _read_profiles(warehouse, connection, evaluated.profile_columns):
        after.add(evaluated.assign(profiles))
    compared = compare_members(keys, before, after)
    jumps = _find_jumps(before, after, published, rules, settings)
    rows = compared.drop("key").iter_rows(named=True)
    changes = tuple(
        PlannedChange(rule, **row, is_jump=rule.key in jumps) for rule, row in zip(changed, rows, strict=True)
    )
    edited = {each.key for each in changed if each.change == "edited"}
    unseen = {kind.name: kind.profile_settings for kind in rules.kinds if kind.name in edited and kind.profile_settings}
    return Plan(published.as_of, changes, unchanged_count, unseen)


def _read_published(warehouse: Warehouse, connection: sa.Connection) -> _Published:
    log, segment = (warehouse.naming.published(table) for table in (PIPELINE_RUN, SEGMENT))
    if not sa.inspect(connection).has_table(log.name, schema=log.schema):
        raise StopError(_NOTHING)
    current = sa.select(log.c.as_of, log.c.definition_versions).where(log.c.is_current.is_(True))
    row = connection.execute(current.order_by(log.c.as_of.desc(), log.c.published_at.desc()).limit(1)).first()
    if row is None:
        raise StopError(_NOTHING)
    # The dictionary knows the rules that have members; the log knows all, unless an older phoneseg wrote it.
    segments = connection.execute(sa.select(segment)).all()
    keys = [_key(each) for each in segments]
    versions = {key: str(each.definition_version) for key, each in zip(keys, segments, strict=True)}
    if row.definition_versions is not None:
        versions = json.loads(row.definition_versions)
    definitions = {key: str(each.definition) for key, each in zip(keys, segments, strict=True) if ":" in key}
    return _Published(as_utc(row.as_of), versions, definitions)


def _key(segment: sa.Row[Any]) -> str:
    kind = str(segment.segment_kind)
    return f"{kind}:{segment.segment_code}" if segment.segment_family == CUSTOM else kind


def _read_members(warehouse: Warehouse, connection: sa.Connection, keys: list[str]) -> Iterator[pl.DataFrame]:
    member = warehouse.naming.published(SEGMENT_MEMBERSHIP)
    columns = ("contact_id", "segment_kind", "segment_code")
    statement = sa.select(*(member.c[name] for name in columns)).where(
        member.c.segment_kind.in_({key.partition(":")[0] for key in keys})
    )
    for batch in warehouse.read_batches(connection, statement):
        yield batch.cast({name: SEGMENT_MEMBERSHIP.schema[name] for name in columns})


def _read_profiles(warehouse: Warehouse, connection: sa.Connection, columns: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    profile = warehouse.naming.published(CONTACT_PROFILE)
    there = {each["name"] for each in sa.inspect(connection).get_columns(profile.name, schema=profile.schema)}
    if missing := sorted(set(columns) - there):
        raise StopError(f"the published contact_profile has no column {', '.join(missing)} yet: `phoneseg run` first")
    schema = warehouse.naming.contract(CONTACT_PROFILE).schema
    for batch in warehouse.read_batches(connection, sa.select(*(profile.c[name] for name in columns))):
        yield batch.cast({name: schema[name] for name in columns})


def _find_jumps(
    before: MemberSets, after: MemberSets, published: _Published, rules: SegmentRules, settings: Settings
) -> set[str]:
    """Return the keys of which a segment changes its size so much that a run would not publish it."""
    earlier = EarlierSizes(published.as_of, before.sizes, frozenset(published.versions))
    jumps = find_jumps(earlier, after.sizes, rules.versions, settings.segments)
    segments = jumps.select("segment_kind", "segment_code").rows()
    return {kind if kind in before.keys else f"{kind}:{code}" for kind, code in segments}

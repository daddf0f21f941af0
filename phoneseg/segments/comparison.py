"""What other rules change: which segments move, why, and by how much."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from phoneseg.segments.definitions.sql import WhereError, read_where
from phoneseg.segments.membership import SegmentRules

_SEED: Final = 11
_SEGMENT: Final = ("segment_kind", "segment_code")


@dataclass(frozen=True)
class ChangedRule:
    """A kind or a definition whose rule is not the published one.

    Attributes:
        key: `kind` or `kind:code`.
        change: `new`, `removed`, `edited`, or `downstream`: its own rule is the published one, but it depends on
            another that changed.
        version_before: The published version; null of a new one.
        version_after: The version of the files; null of a removed one.
        because_of: Keys of the changed rules that it depends on directly.
    """

    key: str
    change: str
    version_before: str | None
    version_after: str | None
    because_of: tuple[str, ...]


def find_changed_rules(
    rules: SegmentRules, versions: Mapping[str, str], definitions: Mapping[str, str]
) -> tuple[ChangedRule, ...]:
    """Return the rules that differ from the published ones: those that were changed first, then what depends on them.

    Args:
        rules: The rules of today's files and settings.
        versions: The published versions by key.
        definitions: The published `where` of each definition by key, as far as it is known.
    """
    now = rules.versions
    changed = {key for key in versions.keys() | now.keys() if versions.get(key) != now.get(key)}
    wheres = {each.key: each.where for each in rules.definitions.written.definitions}
    found = []
    for key in sorted(changed, key=[*now, *sorted(versions)].index):
        because_of = tuple(sorted(rules.upstream(key) & changed))
        is_same = _is_same(definitions.get(key), wheres.get(key))
        change = "new" if key not in versions else "removed" if key not in now else "edited"
        if change == "edited" and because_of and is_same:
            change = "downstream"
        found.append(ChangedRule(key, change, versions.get(key), now.get(key), because_of))
    return tuple(sorted(found, key=lambda each: each.change == "downstream"))


def _is_same(before: str | None, after: str | None) -> bool:
    """Return whether two rules say the same; one that nobody knows is taken for the same."""
    if before is None or after is None:
        return True
    try:
        return read_where(before).normalized == read_where(after).normalized
    except WhereError:  # an older phoneseg took it
        return before == after


@dataclass
class MemberSets:
    """Members by key, as hashes of their ids: 64 bits do not meet by chance among some millions.

    Attributes:
        keys: The keys that are kept; members of others are left out.
        hashes: The hashes of the members of each key, in pieces.
        counts: `segment_kind`, `segment_code` and `contact_count` of the segments of the keys, in pieces.
    """

    keys: Set[str]
    hashes: dict[str, list[pl.Series]] = field(default_factory=dict)
    counts: list[pl.DataFrame] = field(default_factory=list)

    def add(self, members: pl.DataFrame) -> None:
        """Add members.

        Args:
            members: `contact_id`, `segment_kind` and `segment_code`, one row per contact and segment.
        """
        kind, code, contact = pl.col("segment_kind"), pl.col("segment_code"), pl.col("contact_id")
        of_definition, keys = kind + ":" + code, sorted(self.keys)
        hashed = members.select(
            "segment_kind",
            "segment_code",
            key=pl.when(kind.is_in(keys)).then(kind).when(of_definition.is_in(keys)).then(of_definition),
            # A contact that goes from one segment of a kind to another leaves the one and enters the other.
            member=pl.struct(contact, code).hash(seed=_SEED),
        ).filter(pl.col("key").is_not_null())
        self.counts.append(hashed.group_by(_SEGMENT).agg(contact_count=pl.len().cast(pl.Int64)))
        for (key,), some in hashed.partition_by("key", as_dict=True).items():
            self.hashes.setdefault(str(key), []).append(some["member"])

    def of(self, key: str) -> pl.Series:
        """Return the hashes of the members of a key, each once."""
        return pl.concat(self.hashes.get(key, [pl.Series([], dtype=pl.UInt64)])).alias("member")

    @property
    def sizes(self) -> pl.DataFrame:
        """The segments of all keys that have members: `segment_kind`, `segment_code`, `contact_count`."""
        none = pl.DataFrame(schema=dict.fromkeys(_SEGMENT, pl.String) | {"contact_count": pl.Int64})
        return pl.concat([none, *self.counts]).group_by(_SEGMENT).agg(pl.col("contact_count").sum())


COMPARED: Final = {
    "key": pl.String,
    "size_before": pl.Int64,
    "size_after": pl.Int64,
    "entered_count": pl.Int64,
    "exited_count": pl.Int64,
    "overlap": pl.Float64,
}


def compare_members(keys: Iterable[str], before: MemberSets, after: MemberSets) -> pl.DataFrame:
    """Return how the members of each key differ.

    Returns:
        `key`, `size_before`, `size_after`, `entered_count`, `exited_count` and `overlap`: the members of both by the
        members of either (Jaccard's index), null where there are none; in the order of the keys.
    """
    return pl.DataFrame([_compare(key, before.of(key), after.of(key)) for key in keys], COMPARED, orient="row")


def _compare(key: str, before: pl.Series, after: pl.Series) -> tuple[object, ...]:
    kept = len(before.to_frame().join(after.to_frame(), on="member", how="semi"))
    either = len(before) + len(after) - kept
    overlap = kept / either if either else None
    return key, len(before), len(after), len(after) - kept, len(before) - kept, overlap

"""All segments applied to profiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from phoneseg.contracts import SEGMENT, SEGMENT_RULE
from phoneseg.run import Run
from phoneseg.segments.definitions import DefinitionRules, assign_definitions
from phoneseg.segments.kind import KindParameters, SegmentKind
from phoneseg.segments.number_columns import is_of_number
from phoneseg.segments.profiling import FAMILIES, is_of_person, without_objecting
from phoneseg.segments.registry import all_kinds
from phoneseg.settings import Settings, read_definitions
from phoneseg.settings.definition_files import CUSTOM, Definition

_KIND_COLUMNS = tuple(name for name in SEGMENT.column_names if name not in {"segment_code", "segment_name"})
_DEFINITION_COLUMNS = tuple(name for name in SEGMENT.column_names if name != "segment_name")


@dataclass(frozen=True)
class SegmentRules:
    """All rules that make contacts members of segments.

    Attributes:
        kinds: The segment kinds.
        definitions: The definitions of the files.
    """

    kinds: tuple[SegmentKind, ...]
    definitions: DefinitionRules

    @classmethod
    def of(cls, run: Run) -> "SegmentRules":
        """Return the rules of a run.

        Raises:
            SettingsError: A definition is wrong.
        """
        return cls.at(run.settings, run.as_of)

    @classmethod
    def at(cls, settings: Settings, as_of: datetime) -> "SegmentRules":
        """Return the rules for segments at `as_of`, UTC.

        Raises:
            SettingsError: A definition is wrong.
        """
        kinds = all_kinds(KindParameters.of(settings, as_of))
        written = read_definitions(settings)
        return cls(kinds, DefinitionRules.of(written, kinds, settings.profile.windows_days, as_of))

    @property
    def versions(self) -> dict[str, str]:
        """Version of each kind by name, and of each definition by `kind:code`."""
        return {kind.name: kind.definition_version for kind in self.kinds} | dict(self.definitions.versions)

    @property
    def number_dependent(self) -> frozenset[str]:
        """Keys of `versions` whose members may change with the version of phonenumbers."""
        kinds = frozenset(kind.name for kind in self.kinds if any(map(is_of_number, kind.inputs)))
        return kinds | self.definitions.number_dependent

    @property
    def profiling(self) -> frozenset[str]:
        """Keys of `versions` that make members by what contacts do or are: not of those that object to it."""
        kinds = (kind for kind in self.kinds if kind.family in FAMILIES or any(map(is_of_person, kind.inputs)))
        return frozenset(kind.name for kind in kinds) | self.definitions.profiling

    @property
    def exclusive_by_kind(self) -> dict[str, bool]:
        """Whether a contact is in at most one segment, by kind; the definitions make kinds of their own, too."""
        written = {each.kind: each.group is not None for each in self.definitions.written.definitions}
        return {kind.name: kind.is_exclusive for kind in self.kinds} | written

    def list_rules(self) -> pl.DataFrame:
        """Return the rules with their versions: rows of SEGMENT_RULE."""
        rules = pl.DataFrame(list(self.versions.items()), ("rule", "definition_version"), orient="row")
        kind = pl.col("rule").str.split(":").list.first()
        told = rules.lazy().with_columns(
            is_exclusive=kind.replace_strict(self.exclusive_by_kind, return_dtype=pl.Boolean),
            is_number_dependent=pl.col("rule").is_in(list(self.number_dependent)),
            is_profiling=pl.col("rule").is_in(list(self.profiling)),
        )
        return SEGMENT_RULE.conform(told).collect()

    @property
    def profile_columns(self) -> tuple[str, ...]:
        """The columns of the profile that `assign` needs, in order."""
        read = {"contact_id", "source", "has_objection"}.union(*(kind.inputs for kind in self.kinds))
        return tuple(sorted(read.union(*(each.reads for each in self.definitions.inputs.values()))))

    def upstream(self, key: str) -> frozenset[str]:
        """Return what a key of `versions` depends on directly, by key; nothing for a kind, or a key of other rules."""
        written = {each.key: each for each in self.definitions.written.definitions}
        return self.definitions.upstream(written[key]) if key in written else frozenset()

    def assign(self, profile: pl.DataFrame) -> pl.DataFrame:
        """Return the memberships of some contacts; who objects to profiling has none by rules that do that.

        Args:
            profile: Rows of CONTACT_PROFILE; `content_hash` may be missing.

        Returns:
            The columns of SEGMENT_MEMBERSHIP, and `segment_name`.
        """
        profiling, allowed = self.profiling, without_objecting(profile)
        members = [kind.assign((allowed if kind.name in profiling else profile).lazy()) for kind in self.kinds]
        return pl.concat([*pl.collect_all(members), assign_definitions(profile, self.definitions)])

    def describe(self, named: pl.DataFrame) -> pl.DataFrame:
        """Return the dictionary of the segments that have members.

        Args:
            named: `segment_kind`, `segment_code` and `segment_name` of each of them, once.

        Returns:
            Rows of SEGMENT.
        """
        kinds = _table([_describe_kind(kind) for kind in self.kinds], _KIND_COLUMNS)
        written = self.definitions.written.definitions
        definitions = _table([self._describe(each) for each in written], _DEFINITION_COLUMNS)
        key = ["segment_kind", "segment_code"]
        described = [named.join(kinds, on="segment_kind"), named.join(definitions, on=key)]
        return pl.concat(SEGMENT.conform(each.lazy()) for each in described).collect()

    def _describe(self, definition: Definition) -> Mapping[str, object]:
        return {
            "segment_kind": definition.kind,
            "segment_code": definition.code,
            "segment_family": CUSTOM,
            "description": definition.description,
            "owner": definition.owner,
            "definition": definition.where,
            "definition_version": self.definitions.versions[definition.key],
            "is_exclusive": definition.group is not None,
        }


def _describe_kind(kind: SegmentKind) -> Mapping[str, object]:
    return {
        "segment_kind": kind.name,
        "segment_family": kind.family,
        "description": kind.description,
        "owner": None,
        "definition": kind.definition,
        "definition_version": kind.definition_version,
        "is_exclusive": kind.is_exclusive,
    }


def _table(rows: list[Mapping[str, object]], columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, {name: SEGMENT.schema[name] for name in columns})

"""All segments applied to profiles."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from phoneseg.contracts import SEGMENT, SEGMENT_RULE
from phoneseg.run import Run
from phoneseg.segments.kind import KindParameters, SegmentKind
from phoneseg.segments.number_columns import is_of_number
from phoneseg.segments.registry import all_kinds


@dataclass(frozen=True)
class SegmentRules:
    """All rules that make contacts members of segments.

    Attributes:
        kinds: The segment kinds.
    """

    kinds: tuple[SegmentKind, ...]

    @classmethod
    def of(cls, run: Run) -> "SegmentRules":
        """Return the rules of a run.

        Raises:
            SettingsError: A definition is wrong.
        """
        return cls(all_kinds(KindParameters(run.as_of, run.settings.segments)))

    @property
    def versions(self) -> dict[str, str]:
        """Version of each kind by name, and of each definition by `kind:code`."""
        return {kind.name: kind.definition_version for kind in self.kinds}

    @property
    def number_dependent(self) -> frozenset[str]:
        """Keys of `versions` whose members may change with the version of phonenumbers."""
        return frozenset(kind.name for kind in self.kinds if any(map(is_of_number, kind.inputs)))

    def list_rules(self) -> pl.DataFrame:
        """Return the rules with their versions: rows of SEGMENT_RULE."""
        rules = pl.DataFrame(list(self.versions.items()), ("rule", "definition_version"), orient="row")
        is_number_dependent = pl.col("rule").is_in(list(self.number_dependent))
        return SEGMENT_RULE.conform(rules.lazy().with_columns(is_number_dependent=is_number_dependent)).collect()

    def assign(self, profile: pl.DataFrame) -> pl.DataFrame:
        """Return the memberships of some contacts.

        Args:
            profile: Rows of CONTACT_PROFILE; `content_hash` may be missing.

        Returns:
            The columns of SEGMENT_MEMBERSHIP, and `segment_name`.
        """
        members = pl.concat([kind.assign(profile.lazy()) for kind in self.kinds])
        return members.collect()

    def describe(self, named: pl.DataFrame) -> pl.DataFrame:
        """Return the dictionary of the segments that have members.

        Args:
            named: `segment_kind`, `segment_code` and `segment_name` of each of them, once.

        Returns:
            Rows of SEGMENT.
        """
        kinds = pl.DataFrame(
            [_describe(kind) for kind in self.kinds],
            {name: dtype for name, dtype in SEGMENT.schema.items() if name not in {"segment_code", "segment_name"}},
        )
        return SEGMENT.conform(named.lazy().join(kinds.lazy(), on="segment_kind")).collect()


def _describe(kind: SegmentKind) -> Mapping[str, object]:
    return {
        "segment_kind": kind.name,
        "segment_family": kind.family,
        "description": kind.description,
        "owner": None,
        "definition": kind.definition,
        "definition_version": kind.definition_version,
        "is_exclusive": kind.is_exclusive,
    }

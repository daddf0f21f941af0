"""All definitions, checked and ready to be evaluated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from phoneseg.segments.definitions.checks import check_names, check_where
from phoneseg.segments.definitions.columns import (
    Input,
    group_column,
    kind_inputs,
    member_column,
    profile_inputs,
    sample_profiles,
)
from phoneseg.segments.definitions.conditions import Conditions
from phoneseg.segments.definitions.dependencies import Dependencies
from phoneseg.segments.definitions.sql import Where
from phoneseg.segments.kind import SegmentKind
from phoneseg.segments.number_columns import is_of_number
from phoneseg.segments.profiling import is_of_person
from phoneseg.settings.definition_files import Definition, WrittenDefinitions


@dataclass(frozen=True)
class DefinitionRules:
    """All definitions of the files, checked.

    Attributes:
        written: The definitions as they are written.
        wheres: The rule of each, by code.
        dependencies: What they need of each other.
        inputs: The columns that they read of a profile, by name.
        conditions: The rules as they are evaluated.
        versions: The version of each, by `kind:code`; another one means that other contacts may be members.
        number_dependent: Those keys whose members may change with the version of phonenumbers.
        profiling: Those keys that read, directly or by another, what a contact does or is.
    """

    written: WrittenDefinitions
    wheres: Mapping[str, Where]
    dependencies: Dependencies
    inputs: Mapping[str, Input]
    conditions: Conditions
    versions: Mapping[str, str]
    number_dependent: frozenset[str]
    profiling: frozenset[str]

    @classmethod
    def of(
        cls,
        written: WrittenDefinitions,
        kinds: Iterable[SegmentKind],
        windows_days: tuple[int, ...],
        as_of: datetime,
    ) -> "DefinitionRules":
        """Check definitions.

        Args:
            written: The definitions.
            kinds: The segment kinds that they may refer to.
            windows_days: Windows of the profile.
            as_of: The instant that the segments are about, UTC.

        Raises:
            SettingsError: One is wrong; the message starts with its file and line.
        """
        by_name = {kind.name: kind for kind in kinds}
        inputs = profile_inputs(windows_days, as_of) | kind_inputs(by_name.values())
        check_names(written.definitions, by_name, inputs)
        wheres = _read_all(written, inputs)
        dependencies = Dependencies.of(written, wheres)
        read = frozenset[str]().union(*(where.columns for where in wheres.values()))
        versions = dependencies.versions(
            {
                code: [where.normalized, sorted((k, by_name[k].definition_version) for k in _kinds_read(where, inputs))]
                for code, where in wheres.items()
            }
        )
        of_number, of_person = (
            dependencies.with_dependents(
                code for code, where in wheres.items() if any(map(is_of, _columns_read(where, inputs)))
            )
            for is_of in (is_of_number, is_of_person)
        )
        return cls(
            written,
            wheres,
            dependencies,
            {name: each for name, each in inputs.items() if name in read},
            Conditions.of(
                {code: where.rule for code, where in wheres.items()},
                {name: each.dtype for name, each in inputs.items()},
            ),
            {each.key: versions[each.code] for each in written.definitions},
            *(
                frozenset(each.key for each in written.definitions if each.code in codes)
                for codes in (of_number, of_person)
            ),
        )

    def upstream(self, definition: Definition) -> frozenset[str]:
        """Return what a definition needs directly, by key of `versions`: kinds, and other definitions."""
        codes = self.dependencies.upstream(definition.code)
        keys = {each.key for each in self.written.definitions if each.code in codes}
        return frozenset(keys | _kinds_read(self.wheres[definition.code], self.inputs))


def _read_all(written: WrittenDefinitions, inputs: Mapping[str, Input]) -> dict[str, Where]:
    members = {member_column(each.code): pl.Boolean() for each in written.definitions}
    groups = {group_column(group): pl.String() for group in written.groups if written.members_of(group)}
    columns: dict[str, pl.DataType] = {name: each.dtype for name, each in inputs.items()} | members | groups
    sample = sample_profiles(inputs).with_columns(
        *(pl.Series(name, [False, True, False]) for name in members),
        *(pl.Series(name, [None, "x", "y"]) for name in groups),
    )
    return {each.code: check_where(each, columns, sample) for each in written.definitions}


def _kinds_read(where: Where, inputs: Mapping[str, Input]) -> set[str]:
    read = (inputs[name].kind for name in where.columns if name in inputs)
    return {kind for kind in read if kind is not None}


def _columns_read(where: Where, inputs: Mapping[str, Input]) -> set[str]:
    """Return the columns of the profile that a rule reads, those of the kinds that it refers to included."""
    return {column for name in where.columns if name in inputs for column in inputs[name].reads}

"""Which definitions need which, in what order they are evaluated, and the versions that follow from it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final, NamedTuple

from phoneseg.errors import SettingsError
from phoneseg.segments.definitions.columns import group_column, member_column
from phoneseg.segments.definitions.sql import Where
from phoneseg.settings.definition_files import Definition, WrittenDefinitions

_VERSION_DIGITS: Final = 8


class Step(NamedTuple):
    """A thing to find out about contacts: whether a rule is true, or who is a member.

    The two differ in a group, where a contact is a member of the first segment alone whose rule is true.
    """

    code: str
    is_member: bool


@dataclass(frozen=True)
class Dependencies:
    """What the definitions need of each other.

    Attributes:
        order: The steps, each after those that it needs.
        needs: The steps that each step needs, directly.
    """

    order: tuple[Step, ...]
    needs: Mapping[Step, tuple[Step, ...]]

    @classmethod
    def of(cls, written: WrittenDefinitions, wheres: Mapping[str, Where]) -> "Dependencies":
        """Return the dependencies.

        Args:
            written: The definitions.
            wheres: The rule of each, by code.

        Raises:
            SettingsError: Definitions need each other in a cycle.
        """
        needs: dict[Step, tuple[Step, ...]] = {}
        for each in written.definitions:
            needs[Step(each.code, is_member=False)] = tuple(_steps_read(written, wheres[each.code].columns))
            needs[Step(each.code, is_member=True)] = tuple(
                Step(rule.code, is_member=False) for rule in ranked_up_to(written, each)
            )
        try:
            return cls(tuple(TopologicalSorter(needs).static_order()), needs)
        except CycleError as error:
            raise SettingsError(_clear_cycle(written, error.args[1])) from None

    def versions(self, rules: Mapping[str, object]) -> dict[str, str]:
        """Return the version of each definition by code: a hash of all that decides who is a member.

        Args:
            rules: By code, all that its rule is besides the definitions that it needs.
        """
        found: dict[Step, str] = {}
        for step in self.order:
            needed = sorted((need.code, found[need]) for need in self.needs[step])
            own = [step.code, None] if step.is_member else [step.code, rules[step.code]]
            found[step] = hashlib.sha256(json.dumps([own, needed]).encode()).hexdigest()[:_VERSION_DIGITS]
        return {step.code: version for step, version in found.items() if step.is_member}

    def upstream(self, code: str) -> frozenset[str]:
        """Return the codes of the definitions that one needs directly: those it reads, and those that win over it."""
        steps = (*self.needs[Step(code, is_member=True)], *self.needs[Step(code, is_member=False)])
        return frozenset(step.code for step in steps) - {code}

    def with_dependents(self, codes: Iterable[str]) -> frozenset[str]:
        """Return the codes, and those of all definitions that need them, directly or not."""
        touched: set[Step] = {Step(code, is_member=False) for code in codes}
        for step in self.order:
            if touched.intersection(self.needs[step]):
                touched.add(step)
        return frozenset(step.code for step in touched)


def ranked_up_to(written: WrittenDefinitions, definition: Definition) -> list[Definition]:
    """Return the definitions of a group that a contact may be a member of instead, and the definition itself, last."""
    if definition.group is None:
        return [definition]
    ranked = written.members_of(definition.group)
    return ranked[: ranked.index(definition) + 1]


def _steps_read(written: WrittenDefinitions, columns: Iterable[str]) -> list[Step]:
    """Return the members that must be known before a rule that reads the columns."""
    columns = set(columns)
    return [
        Step(each.code, is_member=True)
        for each in written.definitions
        if member_column(each.code) in columns or (each.group is not None and group_column(each.group) in columns)
    ]


def _clear_cycle(written: WrittenDefinitions, steps: list[Step]) -> str:
    """Return `file:line: what needs what`, from the cycle that a sorter found: each step is needed by the next."""
    codes = [step.code for step in reversed(steps)]
    path = [codes[0], *(after for before, after in pairwise(codes) if after != before)]
    path = path if len(path) > 1 else path * 2
    by_code = {each.code: each for each in written.definitions}
    start = min(range(len(path) - 1), key=lambda place: list(by_code).index(path[place]))
    path = [*path[start:-1], *path[: start + 1]]
    groups = sorted({str(by_code[code].group) for code in path if by_code[code].group is not None})
    hint = f" (in group {', '.join(groups)} a segment needs those that win over it)" if groups else ""
    return f"{by_code[path[0]].at('where')}: segments need each other in a cycle: {' -> '.join(path)}{hint}"

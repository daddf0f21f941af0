"""Reads the files with definitions of segments, and says with file and line what is wrong with them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StrictInt, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from phoneseg.errors import SettingsError
from phoneseg.settings.model import Settings
from phoneseg.settings.section import Identifier, Section
from phoneseg.settings.toml_lines import find_lines, line_of

CUSTOM: Final = "custom"
"""The kind of a definition without a group, and the family of all."""

_LONGEST_GROUP_BYTES: Final = 55
"""PostgreSQL cuts names at 63 bytes, and a column of contact_360 is called `<group>_segment`."""


def _check_length(group: str) -> str:
    if len(group.encode()) > _LONGEST_GROUP_BYTES:
        raise ValueError(f"a column is called after the group: its name has at most {_LONGEST_GROUP_BYTES} letters")
    return group


GroupName = Annotated[Identifier, AfterValidator(_check_length)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Group(Section):
    """Segments that exclude each other."""

    name: _Text = Field(description="Name for people.")
    description: _Text = Field(description="What its segments say of a contact.")


class SegmentEntry(Section):
    """One `[[segment]]`."""

    code: Identifier = Field(description="The `segment_code`; no other definition has it.")
    name: _Text = Field(description="Name for people.")
    description: _Text = Field(description="What the segment says of a contact.")
    owner: _Text = Field(description="Who answers for it.")
    where: _Text = Field(description="The rule: SQL that is true for the members.")
    group: Identifier | None = Field(None, description="Group whose segments exclude each other.")
    priority: StrictInt | None = Field(None, description="Rank in the group; the lowest number wins.")


class DefinitionFile(Section):
    """What may stand in a file."""

    groups: dict[GroupName, Group] = Field({}, description="Groups by name.")
    segment: tuple[SegmentEntry, ...] = Field((), description="Definitions.")


@dataclass(frozen=True)
class Definition:
    """A definition of a segment as it is written.

    Attributes:
        code: The `segment_code`; no other definition has it.
        name: Name for people.
        description: What the segment says of a contact.
        owner: Who answers for it.
        where: The rule, in SQL.
        group: Group whose segments exclude each other; null without.
        priority: Rank in the group, the lowest number wins; null without a group.
        file: The file, as a person would name it.
        lines: Line by key of the definition; the key "" is its header.
    """

    code: str
    name: str
    description: str
    owner: str
    where: str
    group: str | None = None
    priority: int | None = None
    file: str = "segments.toml"
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def kind(self) -> str:
        """The `segment_kind`."""
        return self.group or CUSTOM

    @property
    def key(self) -> str:
        """The `kind:code` by which versions and plans name it."""
        return f"{self.kind}:{self.code}"

    def at(self, key: str) -> str:
        """Return `file:line` of one of its keys, else of its header."""
        return f"{self.file}:{self.lines.get(key, self.lines.get('', 1))}"


@dataclass(frozen=True)
class WrittenDefinitions:
    """All definitions of all files.

    Attributes:
        definitions: The definitions, in the order of the files' names and of their lines.
        groups: The groups by name.
    """

    definitions: tuple[Definition, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)

    def members_of(self, group: str) -> list[Definition]:
        """Return the definitions of a group, the one that wins first."""
        return sorted((each for each in self.definitions if each.group == group), key=lambda each: each.priority or 0)

    @property
    def rankings(self) -> list[list[Definition]]:
        """The definitions of each group, the one that wins first; one without a group is alone in its list."""
        alone = [[each] for each in self.definitions if each.group is None]
        return [*alone, *(self.members_of(group) for group in self.groups)]


def read_definitions(settings: Settings) -> WrittenDefinitions:
    """Read the files that `segments.definitions` names; without one there are no definitions.

    Raises:
        SettingsError: The settings name files and there are none, a file is no TOML or empty, a key is unknown or
            missing, a value is of the wrong type, a code or a group stands twice, a group is unknown, or two
            definitions of a group have the same priority.
    """
    groups: dict[str, Group] = {}
    places: dict[str, str] = {}
    definitions: list[Definition] = []
    for file, shown in _files(settings):
        content, lines = _read(file, shown)
        for group in content.groups:
            place = f"{shown}:{line_of(lines, ('groups', group))}"
            if group in groups:
                raise SettingsError(f"{place}: group `{group}` stands in {places[group]} already")
            groups[group], places[group] = content.groups[group], place
        definitions += _written(content, shown, lines)
    _check_codes(definitions)
    _check_groups(definitions, groups)
    return WrittenDefinitions(tuple(definitions), groups)


def _files(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Yield the files, in the order of their names, each with the name by which errors call it."""
    pattern = Path(settings.segments.definitions).expanduser()
    if not pattern.parts:  # the empty text: no definitions
        return
    folder = Path(pattern.anchor) if pattern.is_absolute() else settings.folder
    found = sorted(folder.glob(str(pattern.relative_to(pattern.anchor))))
    files = [file for file in found if file.is_file() and not file.name.startswith(".")]
    if not files and "definitions" in settings.segments.model_fields_set:
        raise SettingsError(
            f"{settings.config_file.name}: segments.definitions: no file is called {str(pattern)!r}; an empty text "
            "stands for no definitions"
        )
    for file in files:
        is_below = file.is_relative_to(settings.folder)
        yield file, (file.relative_to(settings.folder) if is_below else file).as_posix()


def _read(file: Path, shown: str) -> tuple[DefinitionFile, dict[Any, int]]:
    try:
        text = file.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{shown}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{shown}: not UTF-8: {error.reason} at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))  # else it is the end of the document
        number = line[1] if line else len(text.splitlines())
        raise SettingsError(f"{shown}:{number}: not valid TOML: {error}") from None
    lines = find_lines(text)
    if not values:
        raise SettingsError(f"{shown}:1: no definition: write a [[segment]], or remove the file")
    try:
        return DefinitionFile(**values), lines
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        errors.sort(key=lambda each: each["type"] != "extra_forbidden")  # a misspelt key also misses the right one
        raise SettingsError(_clear_line(shown, lines, errors[0])) from None


def _clear_line(shown: str, lines: dict[Any, int], error: ErrorDetails) -> str:
    """Return `file:line: key: what is wrong; what exists instead`, without the value."""
    path = tuple(part for part in error["loc"] if part != "[key]")  # which pydantic puts behind a wrong name
    place, key = f"{shown}:{line_of(lines, path)}", str(path[-1])
    if error["type"] == "extra_forbidden":
        models: dict[str, type[Section]] = {"segment": SegmentEntry, "groups": Group} if len(path) > 1 else {}
        known = list(models.get(str(path[0]), DefinitionFile).model_fields)
        nearest = get_close_matches(key, known, n=1)
        hint = f"did you mean `{nearest[0]}`? " if nearest else ""
        return f"{place}: `{key}`: unknown key; {hint}known keys: {', '.join(known)}"
    if error["type"] == "missing":
        return f"{place}: `{key}` is missing"
    message = error["msg"].removeprefix("Value error, ")
    return f"{place}: `{key}`: {message[0].lower()}{message[1:]}"


def _written(content: DefinitionFile, shown: str, lines: dict[Any, int]) -> Iterator[Definition]:
    for number, entry in enumerate(content.segment):
        keys = ("", *SegmentEntry.model_fields)
        paths = {key: ("segment", number, key) if key else ("segment", number) for key in keys}
        yield Definition(
            **entry.model_dump(), file=shown, lines={key: line_of(lines, path) for key, path in paths.items()}
        )


def _check_codes(definitions: list[Definition]) -> None:
    first: dict[str, Definition] = {}
    for each in definitions:
        if other := first.get(each.code):
            raise SettingsError(f"{each.at('code')}: code `{each.code}` stands in {other.at('code')} already")
        first[each.code] = each


def _check_groups(definitions: list[Definition], groups: Mapping[str, Group]) -> None:
    first: dict[tuple[str, int], Definition] = {}
    for each in definitions:
        if (each.group is None) != (each.priority is None):
            lacking, given = ("group", "priority") if each.group is None else ("priority", "group")
            raise SettingsError(f"{each.at(given)}: `{each.code}` has a {given}, but no {lacking}")
        if each.group is None or each.priority is None:
            continue
        if each.group not in groups:
            nearest = get_close_matches(each.group, groups, n=1)
            hint = f"did you mean `{nearest[0]}`? " if nearest else ""
            raise SettingsError(
                f"{each.at('group')}: no group `{each.group}`; {hint}write a section [groups.{each.group}] with its "
                "name and description"
            )
        if other := first.get((each.group, each.priority)):
            raise SettingsError(
                f"{each.at('priority')}: priority {each.priority} of group `{each.group}` is that of `{other.code}` in "
                f"{other.at('priority')}"
            )
        first[each.group, each.priority] = each

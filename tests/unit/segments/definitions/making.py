"""Definitions and profiles for the tests of definitions."""

from datetime import UTC, datetime

import polars as pl

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.segments import KindParameters, all_kinds
from phoneseg.segments.definitions import DefinitionRules
from phoneseg.settings import Definition, ProfileSettings, SegmentSettings, WrittenDefinitions
from phoneseg.settings.definition_files import Group
from phoneseg.settings.profile import DEFAULT_WINDOWS_DAYS

AS_OF = datetime(2026, 7, 1, 12, tzinfo=UTC)


def written(*definitions: Definition, **wheres: str) -> WrittenDefinitions:
    """Return the definitions given, and those without a group that are given by code and rule."""
    made = [*definitions, *(definition(code, where) for code, where in wheres.items())]
    groups = {each.group: Group(name="Group", description="A group.") for each in made if each.group}
    return WrittenDefinitions(tuple(made), groups)


def definition(code: str, where: str, group: str | None = None, priority: int | None = None) -> Definition:
    """Return a definition that stands in a file of its own."""
    lines = {"": 1, "code": 2, "where": 6, "group": 7}
    name = code.replace("_", " ").capitalize()
    return Definition(code, name, "A segment.", "crm-team", where, group, priority, f"segments/{code}.toml", lines)


def rules(*definitions: Definition, **wheres: str) -> DefinitionRules:
    """Return checked definitions."""
    return check(written(*definitions, **wheres))


def check(definitions: WrittenDefinitions) -> DefinitionRules:
    """Return definitions, checked."""
    kinds = all_kinds(KindParameters(AS_OF, SegmentSettings(), ProfileSettings()))
    return DefinitionRules.of(definitions, kinds, DEFAULT_WINDOWS_DAYS, AS_OF)


def profiles(*rows: dict[str, object]) -> pl.DataFrame:
    """Return profiles of contacts crm:0, crm:1 and so on."""
    named = [{"contact_id": f"crm:{number}", "source": "crm", **row} for number, row in enumerate(rows)]
    return pl.DataFrame(named, CONTACT_PROFILE.schema)

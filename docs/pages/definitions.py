"""docs/definitions.md: the format of files with definitions, what their rules can read, and what is checked."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo

from docs.pages.markdown import bullets, code, code_block, code_list, page, table
from phoneseg.segments import KindParameters, all_kinds
from phoneseg.segments.definitions.columns import HIDDEN, Input, kind_inputs, profile_inputs
from phoneseg.segments.definitions.sql import FUNCTIONS, OPERATORS
from phoneseg.settings import ProfileSettings, SegmentSettings
from phoneseg.settings.definition_files import Group, SegmentEntry
from phoneseg.settings.profile import DEFAULT_WINDOWS_DAYS

EXAMPLE: Final = Path(__file__).with_name("example_definitions.toml")
_AS_OF: Final = datetime(2026, 1, 1, tzinfo=UTC)  # no page shows it
_WORDS: Final = {"Boolean": "true or false", "Int64": "number", "String": "text", "Datetime": "instant"}


def render() -> str:
    """Return the page."""
    return page(
        "Definitions in files",
        "phoneseg/settings/definition_files.py and phoneseg/segments/definitions/",
        "Segments of your own need no Python. They stand in TOML files: `segments/*.toml` beside `phoneseg.toml`, or "
        "where [`segments.definitions`](settings.md#segments) says. The next run publishes them. Without a file there "
        "are none.",
        code_block("toml", EXAMPLE.read_text(encoding="utf-8")),
        _describe_keys(),
        _describe_columns(),
        _describe_sql(),
        _describe_versions(),
        _describe_plan(),
    )


def _describe_keys() -> str:
    rules = (
        "A definition without a group is a segment of kind `custom`: a contact can be in several. One with a group is "
        "a segment of the kind that has the group's name: a contact is in the one with the lowest priority of those "
        "whose rule is true for it.",
        "A code stands once in all files, and a priority once in its group. A group may have segments in several "
        "files. It may not be called as a [segment kind](segments.md).",
        "Files are read in the order of their names. The order of definitions does not matter.",
    )
    return "\n\n".join(
        (
            "## Format",
            "Keys of `[[segment]]`:",
            _key_table(SegmentEntry.model_fields),
            "Keys of `[groups.<name>]`:",
            _key_table(Group.model_fields),
            bullets(rules),
        )
    )


def _key_table(fields: dict[str, FieldInfo]) -> str:
    rows = [(code(key), "yes" if each.is_required() else "no", str(each.description)) for key, each in fields.items()]
    return table(("key", "required", "meaning"), rows)


def _describe_columns() -> str:
    inputs: dict[str, Any] = profile_inputs(DEFAULT_WINDOWS_DAYS, _AS_OF)
    derived = [each for name, each in inputs.items() if each.reads != (name,)]
    parameters = KindParameters(_AS_OF, SegmentSettings(), ProfileSettings())
    return "\n\n".join(
        (
            "## What a rule can read",
            "Every column of [`contact_profile`](tables.md#contact_profile) but "
            f"{code_list(HIDDEN)}. Figures of activity end in their window: `_7d`, `_30d` and so on, or `_all`. "
            "Instants are UTC. Beside them, figures that change from day to day, so that no table holds them:",
            _column_table(derived),
            "The other memberships of the contact, by kind:",
            _column_table(list(kind_inputs(all_kinds(parameters)).values())),
            "And by the other definitions:",
            table(
                ("column", "type", "meaning"),
                (
                    (code("<group>_segment"), "text", "Code of the segment of the group; null without one."),
                    (code("is_<code>"), "true or false", "Whether the contact is a member; never null."),
                ),
            ),
            "Definitions can need each other in any order of files, but not in a cycle. In a group, a segment needs "
            "those that win over it.",
        )
    )


def _column_table(inputs: list[Input]) -> str:
    rows = [(code(each.name), _type(each), each.meaning) for each in inputs]
    return table(("column", "type", "meaning"), rows)


def _type(each: Input) -> str:
    return _WORDS.get(str(each.dtype.base_type()), "list of text")


def _describe_sql() -> str:
    rules = (
        "A contact is a member if the rule is true. False makes no member, and null does not: a comparison with null "
        "is null, and so is NOT of it. `IS NULL` and `COALESCE` say what null means.",
        f"Operators: {code_list(OPERATORS)}; `AND`, `OR`, `NOT`, `IN`, `BETWEEN`, `LIKE`, `ILIKE`, `IS NULL`, `CASE`.",
        f"Functions: {code_list(sorted(FUNCTIONS))}. They look at one row, and none of them fails on a value: so "
        "the pattern of `REGEXP_LIKE` is a text, not a column.",
        "Text stands in single quotes. `DATE '2026-01-31'` and `TIMESTAMP '2026-01-31 12:00:00'` are literals, and "
        "`INTERVAL '3 days'` can be added to them.",
        "A divisor is a number, or `NULLIF(..., 0)`: 0 / 0 would make members by chance.",
        "The clock is `as_of`. A rule that asks for the day of today would give other members on a backfill.",
        "A list holds a text by `ARRAY_CONTAINS(time_zone_segments, 'Europe/Berlin')`.",
    )
    return "\n\n".join(
        (
            "## The SQL of a rule",
            "`where` is Polars' SQL, of which a rule can use what sees one contact. It looks at no other row: there "
            "are no aggregates, windows or subqueries.",
            bullets(rules),
            "A run checks all definitions before it reads anything, and stops with the file and the line: a key that "
            "is unknown or missing, a code that stands twice, a column that there is not (with the nearest name), "
            "types that do not compare, a cycle (by name).",
        )
    )


def _describe_versions() -> str:
    return "\n\n".join(
        (
            "## Versions",
            "`definition_version` of a definition is a short hash of all that decides who is a member: its rule, the "
            "rules that win over it in its group, and the versions of all kinds and definitions that it refers to, "
            "and those refer to. Spaces, comments, names, owners and the numbers of priorities do not count, but their "
            "order does. So an edit shows in the version of everything that depends on it, and "
            "[`segment_change`](tables.md#segment_change) names `definition` as the cause of all moves between two "
            "days whose versions differ, of those too that the data alone would have brought about.",
        )
    )


def _describe_plan() -> str:
    plan = """\
Against what is published as of 2026-07-01 00:00 UTC
segment               change      version               before  after  entered  exited  overlap  because of
custom:lapsed         edited      1911c4c7 -> aba55fef      77    176       99       0    43.8%
custom:win_back_call  downstream  8fc36133 -> 96c1f0a1      44     99       55       0    44.4%  custom:lapsed
22 rules stay as they are. Nothing was written.
"""
    return "\n\n".join(
        (
            "## Plan before you publish",
            "[`phoneseg plan`](cli.md#phoneseg-plan) evaluates the files on the published profiles, as of the "
            "published `as_of`, and compares the members with the published ones. It writes nothing.",
            code_block("text", plan),
            "`edited` is a definition, or a kind whose bounds in the settings were edited; `downstream` is one that "
            "refers to such a one. Overlap is the members by both rules by the members by either. `--format json` "
            "gives the same for programs.",
            "A plan does not make profiles. Where an edited kind reads what a setting of the profile makes, such as "
            "`place_type` by `profile.place`, it says so: a run may move other contacts then.",
            "A run stops where a segment grows or shrinks by more than "
            "[`segments.max_change_pct`](settings.md#segments), unless it is told to accept the sizes; see "
            "[operations](operations.md#when-segments-change-their-sizes).",
        )
    )

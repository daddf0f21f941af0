"""docs/tables.md: every table and column, out of the contracts."""

import inspect
import re
from typing import Final

from docs.pages.markdown import bullets, code, code_list, page, table
from docs.pages.segments import SHIPPED
from phoneseg.cli.dictionary import describe_column
from phoneseg.contracts import TABLES, Area, Keeping, PrivacyClass, Table
from phoneseg.contracts.views import View, all_views
from phoneseg.hygiene import QUARANTINE_REASONS, REPAIRS
from phoneseg.segments import all_kinds
from phoneseg.settings.model import WarehouseSettings
from phoneseg.warehouse.tables import TableNaming

_KEEPING: Final = {
    Keeping.CURRENT: "it shows the newest published `as_of`, and its rows carry no date.",
    Keeping.DATED: "its rows carry their `as_of`, and a run replaces exactly the rows of its own.",
    Keeping.LOG: "it has one row per event, and no run removes the rows of another.",
}
_AREAS: Final = {
    Area.PUBLISHED: "What analysts and BI tools read. It holds no phone number in clear.",
    Area.RESTRICTED: "Phone numbers in clear. Give access only to those who may see a number.",
    Area.REPORT: "Counts for a wider circle, rounded, and none of few: [reports.md](reports.md).",
}
_NAMING: Final = TableNaming(WarehouseSettings.model_fields["output_schema"].default, has_schemas=True, has_keys=True)


def render() -> str:
    """Return the page."""
    return page(
        "The tables",
        "phoneseg/contracts/",
        "This is the dictionary of all tables that phoneseg publishes. `phoneseg tables` shows the same in a terminal.",
        _schemas(),
        _time(),
        _privacy(),
        _types(),
        *(_describe(each) for each in TABLES),
        _views(),
        *(_describe_view(each) for each in all_views({kind.name: kind.is_exclusive for kind in all_kinds(SHIPPED)})),
        _reasons(),
        _repairs(),
    )


def _schemas() -> str:
    rows = [(code(_NAMING.schema(area)), meaning) for area, meaning in _AREAS.items()]
    staging = (
        "What runs have loaded and not published yet. Numbers in clear are among it: give access to phoneseg alone. "
        "A run drops its tables when it is published. What a failed run leaves, the next run drops."
    )
    rows.append((code(_NAMING.staging_schema), staging))
    return "\n\n".join(
        (
            "## Schemas",
            table(("schema", "what is in it"), rows),
            f"The names start with `warehouse.output_schema` of the [settings](settings.md#warehouse); this page takes "
            f"the default, {code(_NAMING.output_schema)}. A database without schemas (SQLite) has the schema in front "
            f"of the table's name: {code(f'{_NAMING.output_schema}_{TABLES[0].name}')}.",
        )
    )


def _time() -> str:
    return "\n\n".join(
        (
            "## Time",
            "`as_of` is the end of a run's data interval, in UTC. A table follows it in one of these ways:",
            bullets(f"**{keeping}**: {_KEEPING[keeping]}" for keeping in Keeping),
            f"All tables of a run change in one transaction. A reader sees the tables before the run or after it, "
            f"never a mix. The `as_of` of the current tables is the newest one that "
            f"{_link('pipeline_run')} has with state `published`.",
        )
    )


def _privacy() -> str:
    """Return the privacy classes with their meanings: the comments of the enum."""
    meanings = dict(re.findall(r'= "(\w+)"  # (.+)', inspect.getsource(PrivacyClass)))
    rows = [(str(each), _sentence(meanings[each])) for each in PrivacyClass]
    return f"## Privacy classes\n\n{table(('class', 'meaning'), rows)}"


def _types() -> str:
    """Return how the dictionary's types are called in SQL."""
    names: dict[str, str] = {}
    for each in TABLES:
        for column in each.columns:
            sql_type = _NAMING.published(each).c[column.name].type
            names[describe_column(each, column)[1]] = str(sql_type).lower()
    names = {ours: sql for ours, sql in names.items() if ours != sql and not ours.startswith("timestamp")}
    told = ", ".join(f"{code(ours)} is {code(sql)}" for ours, sql in sorted(names.items()))
    return (
        f"## Types and keys\n\nIn SQL, {told}. Timestamps have a time zone where the database has such a type. The key "
        "of a table is its primary key in the database. DuckDB is the exception: there the [checks](checks.md) alone "
        "guard the key."
    )


def _describe(each: Table) -> str:
    columns = [describe_column(each, column) for column in each.columns]
    return "\n\n".join(
        (
            f"## {each.name}",
            bullets(
                (
                    f"A row: {each.row_meaning}",
                    f"Schema: {code(_NAMING.schema(each.area))}",
                    f"Key: {code_list(each.key)}",
                    f"Kept **{each.keeping}**: {_KEEPING[each.keeping]}",
                )
            ),
            table(
                ("column", "type", "null", "privacy", "meaning"),
                ((code(name.rstrip("*")), *rest) for name, *rest in columns),
            ),
        )
    )


def _views() -> str:
    return (
        "## Views\n\nOn DuckDB and PostgreSQL, the views that follow stand beside the tables in schema "
        f"{code(_NAMING.output_schema)}. Every run keeps them up: one whose text has changed is made anew in the "
        "transaction that publishes. Other databases have none. Queries to start from: [questions.md](questions.md)."
    )


def _describe_view(each: View) -> str:
    columns = [describe_column(each, column) for column in each.columns]
    return "\n\n".join(
        (
            f"## {each.name}",
            bullets((f"A row: {each.row_meaning}", f"Told apart by: {code_list(each.key)}", "A view")),
            table(
                ("column", "type", "null", "privacy", "meaning"),
                ((code(name.rstrip("*")), *rest) for name, *rest in columns),
            ),
        )
    )


def _reasons() -> str:
    rows = [(code(reason), meaning) for reason, meaning in QUARANTINE_REASONS.items()]
    return "\n\n".join(
        (
            "## Quarantine reasons",
            f"A filled phone cell that gives no possible number is quarantined. {_link('contact_quarantine')} says "
            f"why, and {_link('quarantine_raw')} holds the cell. An empty cell is counted, not quarantined.",
            table(("reason", "meaning"), rows),
            f"{code('PLACEHOLDER')} goes by the digits: five and more that are the same throughout, or that rise or "
            "fall by one. A valid number is one only where it has seven digits and more, is written without a calling "
            "code, and is no service number. A few such numbers are in use, such as 22 22 22 22 in Denmark: "
            f"{code('hygiene.quarantine_placeholders')} switches the reason off.",
        )
    )


def _repairs() -> str:
    rows = [(code(name), meaning) for name, meaning in REPAIRS.items()]
    return "\n\n".join(
        (
            "## Repairs",
            "A cell without a valid number is repaired where that makes it one. The columns `repair` of "
            f"{_link('contact_phone')} and {_link('contact_quarantine')} say how, in order. A cell that holds one "
            "valid number is never changed. A cell with several becomes a row for each, and `position` counts them; "
            "the same number counts once, and parts that are no numbers are quarantined. Each repair has a switch in "
            "the [settings](settings.md#hygiene).",
            table(("repair", "meaning"), rows),
        )
    )


def _link(name: str) -> str:
    return f"[{code(name)}](#{name})"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."

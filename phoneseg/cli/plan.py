"""`phoneseg plan`: what edited definitions would change, before anything is published."""

import json
from enum import StrEnum
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from phoneseg.cli.options import Config
from phoneseg.publish import Plan, PlannedChange, plan_segments
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import check_tables

_LEAST_WIDTH: Final = 130  # so that no row of the table takes two lines
_HEADINGS: Final = ("segment", "change", "version", "before", "after", "entered", "exited", "overlap", "because of")
_NUMBERS: Final = ("before", "after", "entered", "exited", "overlap")


class PlanFormat(StrEnum):
    """How a plan is shown."""

    TABLE = "table"
    JSON = "json"


def plan(
    config: Config = None,
    output: Annotated[PlanFormat, typer.Option("--format", help="A table for people, or JSON.")] = PlanFormat.TABLE,
) -> None:
    """Show what the definitions and settings of segments would change, before anything is published.

    The rules of the files are evaluated on the published profiles, as of the published as_of, and their members are
    compared with the published ones. Nothing is written. Overlap is the members by both rules by the members by either.
    """
    settings = load_settings(config)
    warehouse = open_warehouse(settings)
    with warehouse.snapshot() as connection:
        check_tables(warehouse, connection, settings)
        planned = plan_segments(warehouse, connection, settings)
    if output is PlanFormat.JSON:
        typer.echo(json.dumps(plan_as_json(planned), indent=2))
    else:
        print_plan(planned)


def print_plan(planned: Plan) -> None:
    """Print a plan as a table for people."""
    console = Console(soft_wrap=True, highlight=False)
    console.width = max(console.width, _LEAST_WIDTH)
    console.print(f"[bold]Against what is published as of {planned.as_of:%Y-%m-%d %H:%M} UTC[/bold]")
    if not planned.changes:
        console.print(f"Nothing changes: all {planned.unchanged_count} rules are the published ones.")
        return
    grid = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        grid.add_column(heading, justify="right" if heading in _NUMBERS else "left", overflow="fold")
    for change in planned.changes:
        grid.add_row(*_row(change))
    console.print(grid)
    console.print(f"{planned.unchanged_count} rules stay as they are. Nothing was written.")
    for key, keys in planned.unseen.items():
        told = ", ".join(keys)
        console.print(f"{key} reads what {told} makes of a profile: if that was edited, a run moves others than these.")
    if jumps := [change.rule.key for change in planned.changes if change.is_jump]:
        console.print(f"A run stops at the sizes of {', '.join(jumps)}, unless it is given --accept-sizes.")


def _row(change: PlannedChange) -> tuple[str, ...]:
    rule = change.rule
    versions = (rule.version_before or "-", rule.version_after or "-")
    counts = (change.size_before, change.size_after, change.entered_count, change.exited_count)
    overlap = "-" if change.overlap is None else f"{change.overlap:.1%}"
    shown = (f"{count:,}" for count in counts)
    return rule.key, rule.change, " -> ".join(versions), *shown, overlap, ", ".join(rule.because_of)


def plan_as_json(planned: Plan) -> dict[str, object]:
    """Return a plan as JSON can hold it; `downstream` of a change names the changes that are because of it.

    `unseen` names edited kinds, and the settings of the profile whose edits a plan does not show in them.
    """
    return {
        "as_of": planned.as_of.isoformat(),
        "unchanged_count": planned.unchanged_count,
        "unseen": {key: list(keys) for key, keys in planned.unseen.items()},
        "changes": [_change_as_json(change, planned) for change in planned.changes],
    }


def _change_as_json(change: PlannedChange, planned: Plan) -> dict[str, object]:
    rule = change.rule
    return {
        "segment": rule.key,
        "change": rule.change,
        "version_before": rule.version_before,
        "version_after": rule.version_after,
        "size_before": change.size_before,
        "size_after": change.size_after,
        "entered_count": change.entered_count,
        "exited_count": change.exited_count,
        "overlap": change.overlap,
        "is_jump": change.is_jump,
        "because_of": list(rule.because_of),
        "downstream": [each.rule.key for each in planned.changes if rule.key in each.rule.because_of],
    }

"""The summary of the newest run, on one screen."""

import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Column, Table

from phoneseg.contracts import SEGMENT, SEGMENT_MEMBERSHIP
from phoneseg.publish import RunSummary, SignalCounts
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse

_COUNTS: Final = {
    "contact_count": "contacts",
    "person_count": "persons that they are",
    "changed_contact_count": "of which read by this run",
    "filled_cell_count": "phone cells with something in them",
    "number_count": "numbers in them",
    "phone_count": "phones published",
    "valid_phone_count": "of which valid",
    "quarantined_count": "numbers quarantined",
    "activity_count": "rows of activity",
    "matched_activity_count": "of which of a contact",
    "membership_count": "memberships in segments",
    "checks_passed": "checks passed",
}


def print_summary(summary: RunSummary, settings: Settings, warehouse: Warehouse) -> None:
    """Print rows in, published and quarantined, the biggest segments, and where to look next."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"\n[bold]phoneseg: published as of {summary.as_of:%Y-%m-%d %H:%M} UTC[/bold]")
    if not summary.run["is_current"]:
        console.print("Only dated tables changed: the current ones show a later day.")
    for name, meaning in _COUNTS.items():
        if (count := summary.run[name]) is not None:  # an older phoneseg did not count persons
            console.print(f"{count:>12,}  {meaning}")
    if summary.quarantined:
        reasons = ", ".join(f"{reason} {cells:,}" for reason, cells in summary.quarantined.items())
        console.print(f"Quarantined by reason: {reasons}")
    grid = Table("kind", "biggest segment", "code", Column("contacts", justify="right"), box=None, pad_edge=False)
    for kind, code, name, size in summary.biggest_segments:
        grid.add_row(kind, name, code, f"{size:,}")
    console.print(grid)
    if summary.signals is not None:
        print_signals(console, summary.signals)
    docs = settings.resolve(settings.quality.data_docs_folder) / f"{summary.as_of:%Y-%m-%dT%H%M}" / "index.html"
    console.print(f"Tables:    {warehouse.shown_url}, schema {settings.warehouse.output_schema}")
    console.print(f"Data Docs: {docs}")
    member, segment = (warehouse.naming.published(table).fullname for table in (SEGMENT_MEMBERSHIP, SEGMENT))
    sql = (
        f"SELECT segment_name, count(*) AS contacts FROM {member} JOIN {segment} "  # noqa: S608
        "USING (segment_kind, segment_code) WHERE segment_kind = 'country' GROUP BY 1 ORDER BY 2 DESC LIMIT 5"
    )
    console.print(f'Try:       {program()} query --config {as_typed(settings.config_file)} "{sql}"')


def print_signals(console: Console, signals: SignalCounts) -> None:
    """Print how many signals of risk there are, by kind and level."""
    console.print(f"[bold]Activity monitored up to {signals.as_of:%Y-%m-%d %H:%M} UTC[/bold]")
    if not signals.counts:
        console.print("No signal.")
        return
    grid = Table("signal", "risk", Column("signals", justify="right"), box=None, pad_edge=False)
    for kind, level, count in signals.counts:
        grid.add_row(kind, level, f"{count:,}")
    console.print(grid)


def program() -> str:
    """Return how this program was called."""
    called = Path(sys.argv[0])
    return "python -m phoneseg" if called.name == "__main__.py" else str(as_typed(called))


def as_typed(path: Path) -> Path:
    """Return the path as a person would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path

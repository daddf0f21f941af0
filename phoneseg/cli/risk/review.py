"""`phoneseg risk review` and `phoneseg risk label`."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.table import Table

from phoneseg.cli.options import Config
from phoneseg.errors import StopError
from phoneseg.publish import read_flagged, write_label
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import check_tables

_WIDEST_TABLE: Final = 10_000  # no subject is cut: a label needs it
_NOTHING: Final = "-"
# 2026-07-01 and 09:30 are no part of a number; blanks and the like between digits are.
_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}(:\d{2})?")
_NUMBER: Final = re.compile(r"\d(?:[\s().\-/]*\d){6}")


def review(
    config: Config = None,
    kind: Annotated[str | None, typer.Option(help="What this detector has flagged, and nothing else.")] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Only what nobody has labelled yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
) -> None:
    """List the numbers and clusters that detectors have flagged, the highest risk first; no number is shown.

    Level and reasons are those of the newest signals about it.
    """
    settings = load_settings(config)
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        flagged = read_flagged(warehouse, connection, signal_kind=kind, is_open=is_open)
    table = Table(box=None, pad_edge=False)
    for heading in ("detector", "about", "subject", "level", "label", "first", "last", "reasons"):
        table.add_column(heading, no_wrap=True)
    for row in flagged.head(limit).iter_rows(named=True):
        texts = (row[name] or _NOTHING for name in ("signal_kind", "subject_kind", "subject", "risk_level", "label"))
        days = (_day(row[name]) for name in ("as_of", "last_as_of"))
        table.add_row(*texts, *days, row["reasons"] or _NOTHING)
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = _WIDEST_TABLE
    console.print(table)
    if (more := len(flagged) - limit) > 0:
        console.print(f"{more:,} more: --limit {len(flagged)}")
    console.print(f"{len(flagged):,} flagged, {flagged['label'].null_count():,} without a label")


def label_subject(
    kind: Annotated[str, typer.Argument(help="Detector that flagged it.")],
    subject: Annotated[str, typer.Argument(help="Its subject, or the beginning of its token.")],
    label: Annotated[Literal["fraud", "legitimate"], typer.Argument(help="What it is.")],
    config: Config = None,
    note: Annotated[str | None, typer.Option(help="What else is to be said of it; no phone number.")] = None,
) -> None:
    """Write what a number or cluster that a detector has flagged turned out to be.

    The next daily run takes it for what it is labelled as; a label can be given again. Without a note, the one that is
    there stays.
    """
    if note is not None and _NUMBER.search(_TIME.sub(" ", note)):
        raise StopError("the note holds what may be a phone number (7 digits or more): nothing was written")
    settings = load_settings(config)
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        labelled = write_label(
            warehouse,
            connection,
            signal_kind=kind,
            subject=subject,
            label=label,
            note=note,
            labelled_at=datetime.now(UTC),
        )
    before = f" (was {labelled.former})" if labelled.former not in (None, label) else ""
    told = f"{kind} {labelled.subject}: {label}{before}; it counts from the next daily run on"
    Console(soft_wrap=True, highlight=False, markup=False).print(told)


def _day(instant: datetime | None) -> str:
    return _NOTHING if instant is None else f"{instant:%Y-%m-%d}"

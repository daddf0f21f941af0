"""`phoneseg erase`, `export-person` and `enforce-privacy`: what persons and their officers ask for."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from phoneseg.cli.options import Config
from phoneseg.errors import StopError
from phoneseg.governance import (
    Receipt,
    Request,
    RequestKind,
    apply_retention,
    erase,
    export_person,
    request_contact,
    request_number,
    serve_requests,
)
from phoneseg.settings import load_settings

_ONLY_ME: Final = 0o600

ContactId = Annotated[str | None, typer.Option("--contact-id", help="Contact, as `<source>:<id>`.")]
Number = Annotated[
    str | None,
    typer.Option(
        "--number",
        help="Only `-`: a number with its calling code, from standard input, since command lines are seen by others.",
    ),
]


def erase_person(
    config: Config = None,
    contact_id: ContactId = None,
    number: Number = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it, say what would be erased, and ask.")] = False,
) -> None:
    """Erase a contact with its cluster, or a number, from every table, and keep it away.

    Without `--yes` it shows how many rows of which table would go, and which contacts are taken for the same person;
    then it asks, on a terminal, or ends. The sources are not touched: what they still hold is left out of every later
    run.
    """
    settings, request = load_settings(config), _read_request(contact_id, number)
    if not yes:
        (shown,) = erase(settings, [request], dry_run=True)
        _print_rows(f"To be erased: {_what(shown)}", shown.erased.rows_by_table)
        _print_cluster(shown)
        if not (sys.stdin.isatty() and typer.confirm("Erase?")):
            typer.echo("Nothing was erased; --yes erases.")
            return
    (receipt,) = erase(settings, [request], dry_run=False)
    _print_rows(f"Erased: {_what(receipt)}. Receipt {receipt.receipt_id}", receipt.erased.rows_by_table)
    _print_cluster(receipt)


def export(
    config: Config = None,
    contact_id: ContactId = None,
    number: Number = None,
    out: Annotated[Path | None, typer.Option(help="File to write, for its owner alone; it must not exist.")] = None,
) -> None:
    """Write all that is held of a contact with its cluster, or of a number, as JSON.

    Without `--out` it goes to standard output, which must not be a terminal. Of a number that contacts of several
    persons hold, it tells of the number alone.
    """
    settings, request = load_settings(config), _read_request(contact_id, number)
    if out is None and sys.stdout.isatty():
        raise StopError("a terminal may keep what it shows: name a file with --out, or pipe the output on")
    text = json.dumps(export_person(settings, request), ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
        return
    _write(out, text + "\n")
    typer.echo(f"{out}: written; only its owner can read it", err=True)


def enforce(
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would be.")] = False,
) -> None:
    """Serve the open requests of table privacy_request, and apply the retention of the settings.

    The DAG `enforce_privacy` does the same every day.
    """
    settings = load_settings(config)
    receipts, refused = serve_requests(settings, dry_run=dry_run)
    rows: dict[str, int] = {}
    for name, count in (item for each in receipts for item in each.erased.rows_by_table.items()):
        rows[name] = rows.get(name, 0) + count
    would = "to be " if dry_run else ""
    _print_rows(f"Requests {would}served: {len(receipts):,}", rows)
    _print_rows(
        f"Older than the settings keep it, {would}deleted",
        apply_retention(settings, datetime.now(UTC), dry_run=dry_run),
    )
    if refused:
        told = "; ".join(f"{count:,}: {reason}" for reason, count in refused.items())
        raise StopError(
            f"some requests in privacy_request cannot be served, the others are: {told}. Correct or delete their rows"
        )


def _read_request(contact_id: str | None, number: str | None) -> Request:
    """Return whom the options name.

    Raises:
        StopError: They name nobody, two, or a number that stands on the command line.
    """
    if (contact_id is None) == (number is None):
        raise StopError("give either --contact-id ID, or --number - and the number on standard input")
    if contact_id is not None:
        return request_contact(contact_id)
    if number != "-":
        raise StopError(
            "a number on the command line can be seen by others: give --number - and write it to standard input"
        )
    if sys.stdin.isatty():
        return request_number(typer.prompt("Number", hide_input=True, err=True))
    return request_number(sys.stdin.readline())


def _what(receipt: Receipt) -> str:
    contacts = len(receipt.erased.contact_ids)
    return f"contacts concerned {contacts:,}, rows {receipt.row_count:,}"


def _print_cluster(receipt: Receipt) -> None:
    """Name the contacts that go with the one that was named; say where nothing is held, as of an id mistyped."""
    if not receipt.row_count:
        typer.echo("Nothing is held of it. Is it written rightly? An erasure keeps it away all the same.")
    others = [each for each in receipt.erased.contact_ids if each != receipt.request.subject]
    if others and receipt.request.kind is RequestKind.ERASE_CONTACT:
        typer.echo(f"The same person, and erased with it: {', '.join(others)}")


def _print_rows(title: str, rows: dict[str, int]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(title)
    for name, count in sorted(rows.items()):
        console.print(f"{count:>12,}  {name}")


def _write(file: Path, text: str) -> None:
    """Write a new file that only its owner can read.

    Raises:
        StopError: It is there already.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_ME)
    except FileExistsError:
        raise StopError(f"{file}: it is there already; name another file with --out") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)

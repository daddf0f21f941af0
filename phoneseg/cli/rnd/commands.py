"""`phoneseg rnd export` and `phoneseg rnd import`."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from phoneseg.cli.options import Config
from phoneseg.cli.rnd.answer_file import read_answer_file
from phoneseg.errors import SettingsError, StopError
from phoneseg.extract import check_token_key
from phoneseg.privacy import load_token_key
from phoneseg.publish import read_askable, write_answers
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import check_tables

app = typer.Typer(
    help="Questions to the Reassigned Numbers Database of the FCC, and its answers.", no_args_is_help=True
)


@app.command("export")
def export_numbers(
    out: Annotated[Path, typer.Argument(help="CSV file to write; one that is there is not replaced.")],
    config: Config = None,
    default_date: Annotated[
        str | None,
        typer.Option(help="Date for numbers of contacts of whom nobody knows since when; without one, they stay out."),
    ] = None,
) -> None:
    """Write the numbers of the United States with the day on which each contact last confirmed its own.

    A line is ten digits, a comma and a date, such as 2026-06-30: what callers upload as a query. The file holds numbers
    in clear, and only its owner can read it; remove it when the answers are there.
    """
    since = None if default_date is None else _day(default_date, "--default-date")
    settings = load_settings(config)
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        asked = pl.concat(read_askable(warehouse, connection))
    told = asked.with_columns(date=pl.col("confirmed_at").dt.date().fill_null(pl.lit(since, pl.Date)))
    lines = told.drop_nulls("date").unique(["national_significant_number", "date"])
    _write_private(
        out, lines.select("national_significant_number", "date").sort(pl.all()).write_csv(include_header=False)
    )
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"{len(lines):,} numbers with dates: {out} (numbers in clear; only its owner can read it)")
    if undated := told["date"].null_count():
        console.print(f"{undated:,} numbers have no date and stay out: --default-date gives them one.")


@app.command("import")
def import_answers(
    answers: Annotated[Path, typer.Argument(help="CSV file of the database: number, date, and yes, no or no_data.")],
    config: Config = None,
    answered_on: Annotated[
        str | None, typer.Option(help="Day on which the database answered, an ISO date in UTC (default: today).")
    ] = None,
) -> None:
    """Keep the answers of the database, as tokens: runs from then on know them.

    Nothing is imported of a file with a wrong line. Answers about the same numbers and dates are replaced; those about
    numbers that nobody has any more stay out.
    """
    today = datetime.now(UTC).date()
    day = today if answered_on is None else _day(answered_on, "--answered-on")
    if day > today:
        raise SettingsError(f"--answered-on {day}: that day is still to come; nothing was imported")
    settings = load_settings(config)
    key = load_token_key(settings)
    rows = read_answer_file(answers, key, day)
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        check_token_key(warehouse, connection, settings, key.key_id)
        kept, replaced = write_answers(warehouse, connection, rows)
    counts = dict(kept.group_by("answer").len().iter_rows())
    told = ", ".join(f"{answer} {counts.get(answer, 0):,}" for answer in ("yes", "no", "no_data"))
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"{len(kept):,} answers kept, {replaced:,} replaced: {told}")
    if unknown := len(rows) - len(kept):
        console.print(f"{unknown:,} answers are about numbers that nobody has any more, and stay out.")


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{where} {text}: not an ISO date, such as 2026-07-01") from None


def _write_private(path: Path, text: str) -> None:
    """Write a new file that is at no moment readable by others."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise StopError(f"{path}: is there already; remove it, or name another file") from None
    except OSError as error:
        raise StopError(f"{path}: cannot be written: {error.strerror}") from None

"""The commands of `phoneseg`."""

import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal, NoReturn

import polars as pl
import typer
from rich.console import Console

import phoneseg
from phoneseg import pipeline
from phoneseg.cli import INTERRUPTED, keys, metadata, risk, rnd
from phoneseg.cli.backfill import backfill
from phoneseg.cli.dictionary import print_tables
from phoneseg.cli.interruption import listen
from phoneseg.cli.log_format import LogFormat, start_logging, tell_error
from phoneseg.cli.migrate import migrate
from phoneseg.cli.monitor import monitor
from phoneseg.cli.normalize_file import normalize
from phoneseg.cli.one_run import run_once
from phoneseg.cli.options import AcceptDrift, AcceptSizes, AsOf, Config, Full, Sources
from phoneseg.cli.plan import plan
from phoneseg.cli.privacy import enforce, erase_person, export
from phoneseg.cli.summary import as_typed, print_summary
from phoneseg.demo import demo_server, is_demo_complete, write_demo
from phoneseg.errors import PhonesegError, RetryableError, told_without_values
from phoneseg.publish import read_summary
from phoneseg.run import Run, parse_instant
from phoneseg.settings import Settings, load_settings
from phoneseg.verb import Verb
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import check_tables

_EXIT_STOP: Final = 1
_WIDEST_TABLE: Final = 10_000  # columns are not cut: whoever has a narrow screen can pipe it through `less -S`
_EXIT_RETRY: Final = os.EX_TEMPFAIL

app = typer.Typer(
    help="Segments contacts by their phone numbers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and those hold phone numbers
)
verbs = typer.Typer(help="One step of a run, for orchestrators that call them one by one.", no_args_is_help=True)
app.add_typer(verbs, name="verb")
app.add_typer(metadata.app, name="metadata")
app.add_typer(rnd.app, name="rnd")
app.add_typer(keys.app, name="keys")
app.add_typer(risk.app, name="risk")


@app.callback()
def _common(
    log_format: Annotated[
        LogFormat,
        typer.Option(envvar="PHONESEG_LOG_FORMAT", help="Log lines for people, or one JSON object per line."),
    ] = LogFormat.TEXT,
) -> None:
    start_logging(log_format)


@app.command()
def run(
    config: Config = None,
    as_of: AsOf = None,
    source: Sources = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop after the audit; publish nothing.")] = False,
    full: Full = False,
    accept_drift: AcceptDrift = False,
    accept_sizes: AcceptSizes = False,
) -> None:
    """Run the pipeline once: extract, normalize, profile, segment, publish."""
    settings = load_settings(config)
    chosen = tuple(source or ())
    ended = run_once(
        settings,
        as_of=_instant(as_of),
        sources=chosen,
        dry_run=dry_run,
        full=full,
        accept_drift=accept_drift,
        accept_sizes=accept_sizes,
    )
    if dry_run:
        Console().print("Dry run: every step up to the audit went well, nothing was published.")
    else:
        _show_summary(settings, ended.run.run_id)


app.command()(monitor)
app.command()(backfill)
app.command()(plan)


def _add_verb(verb: Verb) -> None:
    """Add a command for one verb."""

    def command(
        run_id: Annotated[str, typer.Option(help="Id of the run, the same for all its verbs.")],
        as_of: Annotated[str, typer.Option(help="End of the data interval, the same for all its verbs.")],
        config: Config = None,
        source: Sources = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Publish nothing.")] = False,
        full: Full = False,
        accept_drift: AcceptDrift = False,
        accept_sizes: AcceptSizes = False,
    ) -> None:
        current = Run.open(
            load_settings(config),
            run_id=run_id,
            as_of=_instant(as_of),
            sources=tuple(source or ()),
            dry_run=dry_run,
            full=full,
            accept_drift=accept_drift,
            accept_sizes=accept_sizes,
            is_orchestrated=True,
        )
        verb(current)

    first_line = str(verb.__doc__).splitlines()[0]
    verbs.command(verb.__name__, help=first_line)(command)


for _each in pipeline.VERBS:
    _add_verb(_each)


app.command()(normalize)
app.command()(migrate)
app.command("erase")(erase_person)
app.command("export-person")(export)
app.command("enforce-privacy")(enforce)


@app.command()
def summary(config: Config = None) -> None:
    """Show what the newest run published."""
    _show_summary(load_settings(config))


def _show_summary(settings: Settings, run_id: str | None = None) -> None:
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        shown = read_summary(warehouse, connection, run_id)
    print_summary(shown, settings, warehouse)


@app.command(context_settings={"ignore_unknown_options": True})  # a file of SQL may begin with a comment
def query(
    sql: Annotated[str, typer.Argument(help="A SELECT statement.")],
    config: Config = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows to show at most.")] = 50,
) -> None:
    """Show the rows of a query on the warehouse."""
    warehouse = open_warehouse(load_settings(config))
    with warehouse.transaction() as connection:
        result = warehouse.read_query(connection, sql)
        connection.rollback()  # a query changes nothing, whatever it says
    with pl.Config(
        tbl_rows=rows,
        tbl_cols=-1,
        tbl_width_chars=_WIDEST_TABLE,
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        fmt_str_lengths=60,
    ):
        typer.echo(str(result.head(rows)))
    if len(result) > rows:
        typer.echo(f"{rows:,} of {len(result):,} rows are shown; --rows shows more", err=True)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder to write; it is made where it is missing.")],
    contacts: Annotated[int, typer.Option(min=1, help="Rows of the three contact sources together.")] = 120_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same rows.")] = 20260701,
    warehouse: Annotated[
        Literal["duckdb", "postgresql"],
        typer.Option(help="Where the tables go: a file, or a PostgreSQL server of the demo's own, which is started."),
    ] = "duckdb",
    if_missing: Annotated[bool, typer.Option("--if-missing", help="Keep a complete demo as it is.")] = False,
) -> None:
    """Write a synthetic warehouse and its settings."""
    server = demo_server(folder) if warehouse == "postgresql" else None
    console = Console(soft_wrap=True, highlight=False)
    if not (if_missing and is_demo_complete(folder, server)):
        report = logging.getLogger(__name__).info
        written = write_demo(folder, contacts=contacts, seed=seed, on_progress=report, server=server)
        for table, rows in written.rows.items():
            console.print(f"{rows:>12,}  {table}")
        if written.token_key not in written.kept:
            console.print(f"Token key: {written.token_key} was made for this demo alone; only its owner can read it.")
    if server:
        program = f"{as_typed(Path(sys.executable))} -m phoneseg.demo.postgresql"
        console.print(f"PostgreSQL runs, look with: {program} psql {as_typed(server.folder)}")
        console.print(f"                 stop with: {program} stop {as_typed(server.folder)}")
    console.print(f"Next: phoneseg run --config {folder / 'phoneseg.toml'} --as-of 2026-07-01")


@app.command()
def tables() -> None:
    """Show the data dictionary: every table and column that phoneseg publishes."""
    print_tables()


@app.command()
def version() -> None:
    """Show the version."""
    typer.echo(f"phoneseg {phoneseg.__version__}")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text, "--as-of")


def main() -> NoReturn:
    """Run the command line.

    It ends with 0, 1 (mend something), 2 (wrong usage), 75 (try again later) or 130 (interrupted).
    """
    listen()
    try:
        with told_without_values("command line"):
            app()
    except PhonesegError as error:
        tell_error(str(error), type(error).__name__)
        sys.exit(_EXIT_RETRY if isinstance(error, RetryableError) else _EXIT_STOP)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            tell_error("interrupted; nothing half-done is visible", "Interrupted")
        raise
    sys.exit(0)

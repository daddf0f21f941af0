"""`phoneseg monitor`: signals of risk of one hour, and of the day that it ends."""

from typing import Annotated

import sqlalchemy as sa
import typer
from rich.console import Console

from phoneseg.cli.one_run import Ended, run_once
from phoneseg.cli.options import Config
from phoneseg.cli.summary import as_typed, print_signals, program
from phoneseg.contracts import Pipeline
from phoneseg.contracts.risk import RISK_SIGNAL
from phoneseg.publish import count_signals
from phoneseg.run import parse_instant
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse


def monitor(
    config: Config = None,
    as_of: Annotated[
        str | None, typer.Option(help="End of the hour, an ISO date or time in UTC (default: the last full hour).")
    ] = None,
    counts_from: Annotated[
        str | None,
        typer.Option(help="Count the events of all hours and days since then, too: the history that spikes need."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop after the audit; publish nothing.")] = False,
) -> None:
    """Look for signals of risk in the activity of one hour, and of the day (UTC) that it ends.

    Spikes compare an hour, or a day, with the weeks before it. The first time, let `--counts-from` count those; then
    run each hour, or `phoneseg backfill --pipeline monitor_activity` for hours that were missed.
    """
    settings = load_settings(config)
    ended = run_once(
        settings,
        as_of=None if as_of is None else parse_instant(as_of, "--as-of"),
        data_interval_start=None if counts_from is None else parse_instant(counts_from, "--counts-from"),
        dry_run=dry_run,
        pipeline=Pipeline.MONITOR_ACTIVITY,
    )
    if dry_run:
        Console().print("Dry run: every step up to the audit went well, nothing was published.")
    else:
        _show(ended)


def _show(ended: Ended) -> None:
    """Print how many signals there are, by kind and level, and where to look."""
    run = ended.run
    console = Console(soft_wrap=True, highlight=False)
    console.print()
    for name, meaning in (("row_count", "rows of activity read"), ("event_count", "of which of a number, to judge")):
        console.print(f"{ended.counts.get(name, 0):>12,}  {meaning}")
    warehouse = open_warehouse(run.settings)
    with warehouse.transaction() as connection:
        signals = count_signals(warehouse, connection, run.as_of)
    if signals is not None:
        print_signals(console, signals)
    newest_first = sa.text("as_of DESC, risk_level, signal_kind")
    published = sa.text(warehouse.naming.published(RISK_SIGNAL).fullname)
    sql = " ".join(str(sa.select(sa.text("*")).select_from(published).order_by(newest_first)).split())
    console.print(f'Look:      {program()} query --config {as_typed(run.settings.config_file)} "{sql}"')

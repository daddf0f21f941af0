"""`phoneseg backfill`: one run for each of many intervals."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from phoneseg.cli.one_run import Ended, run_once
from phoneseg.cli.options import AcceptDrift, AcceptSizes, Config, Full
from phoneseg.cli.summary import as_typed, program
from phoneseg.contracts import Pipeline
from phoneseg.errors import OutdatedSchemaError, PhonesegError, RetryableError, SettingsError, StopError
from phoneseg.publish import published_as_ofs
from phoneseg.run import WIDTHS, Run, as_utc, parse_instant
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse

_MOST_INTERVALS: Final = 3660
_LEAST_WIDTH: Final = 110  # so that no row of the table takes two lines
_SHOWN_COUNTS: Final = {
    Pipeline.SEGMENT_CONTACTS: ("contact_count", "membership_count", "deleted_rows", "inserted_rows"),
    Pipeline.MONITOR_ACTIVITY: ("event_count", "signal_count", "deleted_rows", "inserted_rows"),
}
log = logging.getLogger(__name__)


@dataclass
class Interval:
    """A day, or an hour, to run.

    Attributes:
        as_of: End of the data interval, UTC.
        tries: How often it was run.
        seconds: How long the last run took.
        counts: What the last run counted, if it went well.
        error: Why the last run failed.
    """

    as_of: datetime
    tries: int = 0
    seconds: float = 0
    counts: dict[str, int] | None = None
    error: PhonesegError | None = None

    @property
    def state(self) -> str:
        """What became of it."""
        if self.counts is not None:
            return "published"
        return "not run" if self.error is None else "failed"


def backfill(
    start: Annotated[str, typer.Option("--from", help="The first as_of, an ISO date in UTC.")],
    end: Annotated[str, typer.Option("--to", help="The last as_of; one a day from the first up to this one is run.")],
    config: Config = None,
    pipeline: Annotated[
        Pipeline, typer.Option(help="What to run: segment_contacts for each day, or monitor_activity for each hour.")
    ] = Pipeline.SEGMENT_CONTACTS,
    missing: Annotated[bool, typer.Option("--missing", help="Leave out what is published already.")] = False,
    retries: Annotated[int, typer.Option(min=0, help="How often to run failed ones again, after all others.")] = 1,
    full: Full = False,
    accept_drift: AcceptDrift = False,
    accept_sizes: AcceptSizes = False,
) -> None:
    """Run the pipeline for each of many days, or hours, the oldest first.

    An interval that fails does not stop the others, and those that went well are not touched again. Dates name the ends
    of intervals: 2026-03-02 is the run over the first of March, or over its last hour.
    """
    settings = load_settings(config)
    intervals = _intervals(settings, start, end, pipeline)
    published = _published(settings, pipeline) if missing else set()
    todo = [each for each in intervals if each.as_of not in published]
    if skipped := len(intervals) - len(todo):
        log.info("backfill: %d of %d intervals are published already", skipped, len(intervals))
    run_interval = partial(
        run_once, settings, full=full, accept_drift=accept_drift, accept_sizes=accept_sizes, pipeline=pipeline
    )
    try:
        _run_all(todo, retries, lambda as_of: run_interval(as_of=as_of), _SHOWN_COUNTS[pipeline])
    finally:  # an interruption, too, should show how far it went
        _show(todo, settings, pipeline)
    _end(todo)


def _intervals(settings: Settings, start: str, end: str, pipeline: Pipeline) -> list[Interval]:
    """Return the intervals, or say what is wrong with the dates before any of them is run."""
    first, last = (as_utc(parse_instant(text, option)) for text, option in ((start, "--from"), (end, "--to")))
    if first > last:
        raise SettingsError(f"--from {start} is after --to {end}")
    width = WIDTHS[pipeline]
    count = (last - first) // width + 1
    if count > _MOST_INTERVALS:
        what = "days" if pipeline is Pipeline.SEGMENT_CONTACTS else "hours"
        raise SettingsError(f"--from {start} --to {end}: {count:,} {what}; at most {_MOST_INTERVALS:,} at once")
    intervals = [Interval(first + place * width) for place in range(count)]
    Run.open(settings, as_of=intervals[-1].as_of, pipeline=pipeline)  # an as_of too far ahead
    return intervals


def _published(settings: Settings, pipeline: Pipeline) -> set[datetime]:
    """Return the `as_of`s at which all the sources are published."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        return published_as_ofs(warehouse, connection, set(settings.contacts), pipeline)


def _run_all(
    intervals: list[Interval], retries: int, run_interval: Callable[[datetime], Ended], told: tuple[str, ...]
) -> None:
    for attempt in range(retries + 1):
        todo = [each for each in intervals if each.counts is None]
        if attempt and todo:
            log.info("backfill: running the %d that failed again", len(todo))
        for number, interval in enumerate(todo, start=1):
            _run(interval, run_interval)
            _tell(interval, f"{number} of {len(todo)}", told[:2])


def _run(interval: Interval, run_interval: Callable[[datetime], Ended]) -> None:
    """Run an interval; what would fail the others alike goes up.

    Raises:
        SettingsError: The settings are wrong.
        OutdatedSchemaError: The tables are those of another version.
    """
    began = perf_counter()
    interval.tries += 1
    try:
        interval.counts, interval.error = run_interval(interval.as_of).counts, None
    except PhonesegError as error:
        interval.error = error
        if isinstance(error, SettingsError | OutdatedSchemaError):
            raise
    finally:
        interval.seconds = perf_counter() - began


def _tell(interval: Interval, number: str, names: tuple[str, ...]) -> None:
    told = interval.error or ", ".join(f"{name} {(interval.counts or {}).get(name, 0):,}" for name in names)
    log.log(
        logging.ERROR if interval.error else logging.INFO,
        *("backfill: %s: as of %s %s in %.1f s: %s", number, f"{interval.as_of:%Y-%m-%d %H:%M}", interval.state),
        *(interval.seconds, told),
        extra={
            "as_of": interval.as_of,
            "state": interval.state,
            "counts": interval.counts or {},
            "duration_s": round(interval.seconds, 3),
        },
    )


def _show(intervals: list[Interval], settings: Settings, pipeline: Pipeline) -> None:
    console, names = Console(soft_wrap=True, highlight=False), _SHOWN_COUNTS[pipeline]
    console.width = max(console.width, _LEAST_WIDTH)
    grid = Table("as of", "state", "tries", "seconds", *names, box=None, pad_edge=False)
    for each in intervals:
        shown = [f"{each.counts[name]:,}" if each.counts and name in each.counts else "" for name in names]
        grid.add_row(f"{each.as_of:%Y-%m-%d %H:%M}", each.state, str(each.tries), f"{each.seconds:.1f}", *shown)
    console.print(grid)
    option = "" if pipeline is Pipeline.SEGMENT_CONTACTS else f" --pipeline {pipeline}"
    command = f"{program()} backfill{option} --config {as_typed(settings.config_file)}"
    commands = [
        f"{command} --from {_typed(first)} --to {_typed(last)}"
        for first, last in _stretches([each.as_of for each in intervals if each.counts is None], WIDTHS[pipeline])
    ]
    if commands:
        console.print("Run what is not published:", *commands, sep="\n  ")


def _stretches(ends: list[datetime], width: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Yield the first and last of each stretch of intervals that follow each other."""
    for index, end in enumerate(ends):
        if index == 0 or end - ends[index - 1] > width:
            first = end
        if index + 1 == len(ends) or ends[index + 1] - end > width:
            yield first, end


def _typed(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d}" if not (instant.hour or instant.minute) else f"{instant:%Y-%m-%dT%H:%M}"


def _end(intervals: list[Interval]) -> None:
    """End well if all are published.

    Raises:
        RetryableError: Time may heal all that failed.
        StopError: Somebody has to mend something.
    """
    failed = [each for each in intervals if each.error is not None]
    if not failed:
        return
    kind = RetryableError if all(isinstance(each.error, RetryableError) for each in failed) else StopError
    raise kind(f"{len(failed)} of {len(intervals)} intervals failed; the last said: {failed[-1].error}")

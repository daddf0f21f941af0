"""How far it is: a bar on a terminal, else a line every few seconds."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from phoneseg.cli.normalize_file.files import Report

_SECONDS_BETWEEN_LINES: Final = 5.0
log = logging.getLogger(__name__)


@contextmanager
def shown_progress() -> Iterator[Report]:
    """Yield the function that shows the rows done, how many that are a second, and how much of the file is read."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _in_lines()
        return
    rows = TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f} a second")
    with Progress(BarColumn(bar_width=20), TaskProgressColumn(), rows, TimeRemainingColumn(), console=console) as bar:
        began, task = perf_counter(), bar.add_task("normalize", total=1.0, rows=0, rate=0.0)
        yield lambda done, fraction: bar.update(task, completed=fraction, rows=done, rate=_rate(done, began))


def _in_lines() -> Report:
    began = told = perf_counter()

    def report(done: int, fraction: float) -> None:
        nonlocal told
        if perf_counter() - told >= _SECONDS_BETWEEN_LINES:
            told = perf_counter()
            rows, rate = f"{done:,}", f"{_rate(done, began):,.0f}"
            log.info("normalize: %s rows, %.0f %%, %s rows a second", rows, 100 * fraction, rate)

    return report


def _rate(rows: int, began: float) -> float:
    return rows / max(perf_counter() - began, 1e-9)

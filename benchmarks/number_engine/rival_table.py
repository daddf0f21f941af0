"""The table of rivals: their rates, how many times as fast the engine is, and whether the answers are the same."""

from pathlib import Path
from typing import Final

import polars as pl

from number_engine import engine_runs
from number_engine.engine_table import THREADS
from number_engine.processes import in_fresh_process
from number_engine.rivals import Rival, Skipped, run_rivals

_NOTES: Final = """\
engine: how many times as fast it is. rows: the first ones of the ordinary column, or of the column named.
does: how many of the ten things, and which are missing; the engine does all ten, but against goldenflow the same ones.
other E.164: rows where the rival finds another number than the engine, or none, of those where the engine finds one;
each has the metadata that it ships. assumed-us: all rows read in the United States; us-rows: only American rows."""


def print_rivals(column: Path, rows: int, full_job: dict[int, float]) -> None:
    """Print a row for each rival, those that are not installed, and the differences from phonenumbers.

    Args:
        column: The ordinary column's Parquet file.
        rows: How many of its first rows the rivals get.
        full_job: The engine's rows per second by threads.
    """
    engine = _Engine(column, full_job)
    print(f"{'rival':<50} {'does':<37} {'rows':>7} {'rows/s':>10}  engine, 1 thread  2 threads  other E.164")
    answers = column.with_name("phonenumbers.parquet")
    skipped = []
    for rival in run_rivals(column, rows, answers):
        if isinstance(rival, Skipped):
            skipped.append(rival)
            continue
        name = rival.name if rival.column is None else f"{rival.name}, {rival.column.stem}"
        rates = engine.rates(rival)
        ratios = [f"{rates[threads] / rival.rate:,.1f} x" if threads in rates else "" for threads in THREADS]
        line = f"{name:<50} {rival.does:<37} {rival.rows:>7,} {rival.rate:>10,.0f}  {ratios[0]:>16}  {ratios[1]:>9}"
        print(f"{line}  {engine.count_others(rival):>11}".rstrip(), flush=True)
    print(_NOTES)
    for rival in skipped:
        print(f"SKIPPED {rival.name}: {rival.reason}")
    own, theirs = engine.answers(column, rows), pl.read_parquet(answers)
    differing = {field: own[field].ne_missing(theirs[field]).sum() for field in theirs.columns}
    print(f"The engine's answers other than phonenumbers', of {rows:,}: ", end="")
    print(", ".join(f"{field} {count}" for field, count in differing.items()), end="\n\n")


class _Engine:
    """The engine at the rivals' jobs."""

    def __init__(self, column: Path, full_job: dict[int, float]) -> None:
        self._column = column
        self._rates: dict[tuple[Path, tuple[str, ...] | None], dict[int, float]] = {(column, None): full_job}
        self._answers: dict[tuple[Path, int], pl.DataFrame] = {}

    def rates(self, rival: Rival) -> dict[int, float]:
        """Return rows per second by threads, at this rival's job."""
        column = rival.column or self._column
        job = (column, rival.fields)
        if job not in self._rates:
            run = engine_runs.normalize_in_memory
            self._rates[job] = {
                threads: in_fresh_process(run, threads, column, rival.fields).rate for threads in THREADS
            }
        return self._rates[job]

    def answers(self, column: Path, rows: int) -> pl.DataFrame:
        """Return the nine fields of a column's first rows."""
        if (column, rows) not in self._answers:
            target = column.with_name("answers.parquet")
            in_fresh_process(engine_runs.write_answers, max(THREADS), column, rows, target)
            self._answers[column, rows] = pl.read_parquet(target, memory_map=False)
        return self._answers[column, rows]

    def count_others(self, rival: Rival) -> str:
        """Return on how many rows the rival's E.164 number is another one."""
        if rival.e164 is None:
            return ""
        own = self.answers(rival.column or self._column, rival.rows)["phone_e164"]
        return f"{(own.is_not_null() & own.ne_missing(rival.e164)).sum():,}"

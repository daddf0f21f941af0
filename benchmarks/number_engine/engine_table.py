"""The engine's own table: each column, size and number of threads, files to files, and time by stage."""

import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from number_engine import engine_runs
from number_engine.columns import KINDS
from number_engine.engine_runs import EngineRun
from number_engine.processes import in_fresh_process

THREADS: Final = (1, 2)
_NAMES: Final = {
    "ordinary": "ordinary (15 % irregular)",
    "crm": "CRM-like (30 % duplicates)",
    "dirty": "dirty (50 % irregular)",
}


def print_engine(folder: Path, sizes: list[int]) -> dict[int, float]:
    """Print a row for each size, column and number of threads.

    Args:
        folder: Where `write_columns` wrote.
        sizes: Rows of the columns.

    Returns:
        Rows per second by threads, on the smallest ordinary column.
    """
    print(
        f"{'engine, full job':<26} {'rows':>12} {'threads':>7} {'rows/s':>11} {'seconds':>8} {'to 1':>6} "
        f"{'peak MiB':>9} {'MiB before':>10}"
    )
    runs = {}
    for rows in sizes:
        for kind in KINDS:
            for threads in THREADS:
                column = folder / f"{kind}-{rows}.parquet"
                runs[rows, kind, threads] = run = _run_in_memory(column, threads)
                _print_run(_NAMES[kind], rows, threads, run, runs[rows, kind, 1])
    for threads in THREADS:
        column = folder / f"ordinary-{max(sizes)}.parquet"
        runs[0, "files", threads] = run = _run_files(column, threads)
        _print_run("Parquet to Parquet", max(sizes), threads, run, runs[0, "files", 1])
    ordinary = {threads: runs[min(sizes), "ordinary", threads] for threads in THREADS}
    rates = {threads: run.rate for threads, run in ordinary.items() if run}
    first_calls = [run.first_call_seconds for run in ordinary.values() if run]
    print("MiB before: with the column read and the tables built, where the job begins.")
    if first_calls:
        print(f"Not counted: importing the engine and its first call, on a thousand rows, {min(first_calls):.1f} s.")
    print()
    return rates


def _run_in_memory(column: Path, threads: int) -> EngineRun | None:
    print(f"... engine, {column.stem} rows, threads: {threads}", file=sys.stderr, flush=True)
    try:
        return in_fresh_process(engine_runs.normalize_in_memory, threads, column)
    except BrokenProcessPool:
        return None


def _run_files(column: Path, threads: int) -> EngineRun | None:
    print(f"... engine, {column.stem} rows, Parquet to Parquet, threads: {threads}", file=sys.stderr, flush=True)
    try:
        return in_fresh_process(engine_runs.normalize_files, threads, column, column.with_name("normalized.parquet"))
    except BrokenProcessPool:
        return None


def _print_run(name: str, rows: int, threads: int, run: EngineRun | None, single: EngineRun | None) -> None:
    head = f"{name:<26} {rows:>12,} {threads:>7}"
    if run is None:
        print(f"{head} FAILED: the process was killed; not enough memory?", flush=True)
        return
    ratio = f"{run.rate / single.rate:.2f} x" if threads > 1 and single else ""
    print(
        f"{head} {run.rate:>11,.0f} {run.seconds:>8.2f} {ratio:>6} {run.peak_mib:>9,.0f} {run.before_mib:>10,.0f}",
        flush=True,
    )


def print_stages(column: Path) -> None:
    """Print how one thread's time divides.

    Args:
        column: Parquet file with `raw` and `region`.
    """
    seconds = in_fresh_process(engine_runs.stages, 1, column)
    total = sum(seconds.values())
    print(f"{'stage, ordinary, 1 thread':<40} {'seconds':>8} {'share':>7}")
    for stage, taken in seconds.items():
        print(f"{stage:<40} {taken:>8.3f} {taken / total:>7.1%}")
    print(f"{'all stages':<40} {total:>8.3f}")

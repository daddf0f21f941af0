"""What the engine is compared with, on the first rows of the ordinary column."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Final, NamedTuple

import polars as pl

from number_engine import phonenumbers_runs
from number_engine.install import find_goldenflow_python, find_node_path
from number_engine.processes import in_fresh_process

_HERE: Final = Path(__file__).parent
_LIBRARIES: Final = ("-lphonenumber", "-lgeocoding", "-lprotobuf", "-licuuc", "-licui18n", "-pthread")
# Most of goldenflow's rows go through phonenumbers, four times over.
_ROWS_OF_GOLDENFLOW: Final = 20_000
_SHARED_FIELDS: Final = ("phone_e164", "phone_national", "is_possible", "country_calling_code")


class Rival(NamedTuple):
    """How something else did."""

    name: str
    does: str
    rows: int
    seconds: float
    e164: pl.Series | None = None  # what it found, where it is compared
    column: Path | None = None  # the column, where it is not the ordinary one
    fields: tuple[str, ...] | None = None  # of the engine's job that it is compared with; the full job when None

    @property
    def rate(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds


class Skipped(NamedTuple):
    """What was not measured, and why."""

    name: str
    reason: str


def run_rivals(column: Path, rows: int, answers: Path) -> Iterator[Rival | Skipped]:
    """Measure each rival that is installed.

    Args:
        column: The ordinary column's Parquet file; the columns for rivals that know one country are beside it.
        rows: How many of its first rows.
        answers: Parquet file to write the answers of phonenumbers to.
    """
    yield from _run_phonenumbers(column, rows, answers)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "column.tsv"
        cells = pl.read_parquet(column, n_rows=rows).select(
            pl.col("raw").fill_null(""), pl.col("region").fill_null("").str.to_uppercase()
        )
        cells.write_csv(table, separator="\t", quote_style="never", include_header=False)
        yield from _run_libphonenumber(table, rows)
        yield from _run_libphonenumber_js(table, rows)
    for name in ("assumed-us", "us-rows"):
        yield from _run_goldenflow(column.with_name(f"{name}.parquet"), min(rows, _ROWS_OF_GOLDENFLOW))


def _run_phonenumbers(column: Path, rows: int, answers: Path) -> Iterator[Rival]:
    runs = phonenumbers_runs
    off = in_fresh_process(runs.row_by_row, 1, column, rows, pattern_cache=False)
    yield Rival("phonenumbers, row by row, pattern cache off", "10", rows, off)
    on = in_fresh_process(runs.row_by_row, 1, column, rows, pattern_cache=True, target=answers)
    yield Rival("phonenumbers, row by row, pattern cache on", "10", rows, on)
    mapped = in_fresh_process(runs.map_elements, 1, column, rows, pattern_cache=False)
    yield Rival("phonenumbers, map_elements, pattern cache off", "10", rows, mapped)
    mapped = in_fresh_process(runs.map_elements, 1, column, rows, pattern_cache=True)
    yield Rival("phonenumbers, map_elements, pattern cache on", "10", rows, mapped)
    shared = in_fresh_process(runs.two_processes, 1, column, rows)
    yield Rival("phonenumbers, two processes, pattern cache on", "10", rows, shared)


def _run_libphonenumber(table: Path, rows: int) -> Iterator[Rival | Skipped]:
    program = table.with_name("libphonenumber")
    names = [f"C++ libphonenumber, {threads}" for threads in ("1 thread", "2 threads")]
    compiler = which("g++")
    if not compiler:
        yield from (Skipped(name, "no g++") for name in names)
        return
    source = [compiler, "-O2", "-std=c++17", str(_HERE / "libphonenumber.cpp")]
    built = subprocess.run([*source, "-o", str(program), *_LIBRARIES], capture_output=True, text=True, check=False)
    if built.returncode:
        missing = "No such file" in built.stderr or "cannot find -l" in built.stderr
        reason = "not installed; on Debian: apt install libphonenumber-dev" if missing else "it does not compile here"
        yield from (Skipped(name, reason) for name in names)
        return
    for threads, name in enumerate(names, start=1):
        yield _run_program(name, "8: no carrier, no time zones", [str(program), str(table), str(threads)], rows)


def _run_libphonenumber_js(table: Path, rows: int) -> Iterator[Rival | Skipped]:
    name, node = "libphonenumber-js/max", which("node")
    if not node:
        yield Skipped(name, "no node")
        return
    environment = {**os.environ, "NODE_PATH": find_node_path()}
    probe = [node, "-p", "require('libphonenumber-js/package.json').version"]
    probed = subprocess.run(probe, env=environment, capture_output=True, text=True, check=False)
    if probed.returncode:
        yield Skipped(name, "not installed; --install-rivals does, or BENCH_LIBPHONENUMBER_JS names its folder")
        return
    command = [node, str(_HERE / "libphonenumber_js.cjs"), str(table)]
    does = "7: no area, no carrier, no time zones"
    yield _run_program(f"{name} {probed.stdout.strip()}", does, command, rows, environment)


def _run_program(
    name: str, does: str, command: list[str], rows: int, environment: dict[str, str] | None = None
) -> Rival | Skipped:
    """Run a program that writes seconds and, line by line, E.164 numbers."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "answers.txt"
        # What it says is not shown: numbers could be in it.
        ended = subprocess.run([*command, str(target)], env=environment, capture_output=True, check=False)
        if ended.returncode:
            return Skipped(name, f"it failed with code {ended.returncode}")
        seconds, *numbers = target.read_text().splitlines()
    return Rival(name, does, rows, float(seconds), pl.Series(numbers).replace("", None))


def _run_goldenflow(column: Path, wanted: int) -> Iterator[Rival | Skipped]:
    rows = min(wanted, pl.scan_parquet(column).select(pl.len()).collect().item())
    python = find_goldenflow_python()
    if not python:
        reason = "not installed with its kernel; --install-rivals does, or BENCH_GOLDENFLOW_PYTHON names a Python"
        yield Skipped(f"goldenflow, {column.stem}", reason)
        return
    target = column.with_name("goldenflow.parquet")
    command = [python, str(_HERE / "goldenflow_run.py"), str(column), str(rows), str(target)]
    environment = {**os.environ, "GOLDENFLOW_NATIVE": "1", "POLARS_MAX_THREADS": "1"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        yield Skipped(f"goldenflow, {column.stem}", f"it failed with code {ended.returncode}")
        return
    told = json.loads(ended.stdout)
    seconds, numbers = told["seconds"], pl.read_parquet(target)
    name = f"goldenflow {told['version']}"
    yield Rival(
        f"{name} kernel alone", "E.164", rows, seconds["kernel_e164"], numbers["kernel_e164"],
        column, ("phone_e164",),
    )  # fmt: skip
    yield Rival(
        f"{name} with kernel", "E.164", rows, seconds["transform_e164"], numbers["transform_e164"],
        column, ("phone_e164",),
    )  # fmt: skip
    yield Rival(
        f"{name} with kernel", "E.164, NATIONAL, possible, code", rows, seconds["transform_all"], None,
        column, _SHARED_FIELDS,
    )  # fmt: skip

"""What came of a file, on one screen."""

import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from rich.console import Console

from phoneseg.cli.normalize_file.files import FileJob, FileResult
from phoneseg.cli.summary import as_typed
from phoneseg.errors import without_values
from phoneseg.numbers import QUARANTINE_REASONS

_TOP_REGIONS: Final = 10
_MEANINGS: Final = {
    **QUARANTINE_REASONS,
    "INVALID_COUNTRY_CODE": "No calling code that exists, or no plus and no country.",
    "IS_POSSIBLE": "Of a length that its country has, but in no range of numbers in use.",
    "IS_POSSIBLE_LOCAL_ONLY": "Can only be dialled within its area: its area code is missing.",
}


def print_file_summary(job: FileJob, result: FileResult) -> None:
    """Print what the rows were, why numbers are not valid, and where the result is."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    counts = result.counts
    console.print(f"phoneseg: normalized {job.source}, column {without_values(result.columns.phone)}", style="bold")
    for count, meaning in _count_lines(result):
        console.print(f"{count:>12,}  {meaning}")
    if counts.valid:
        console.print(f"Valid by type:   {_told(counts.number_types)}")
        console.print(f"Valid by region: {_told(counts.regions, _TOP_REGIONS)}")
    if counts.reasons:
        console.print("Not valid:")
        for reason, rows in _by_size(counts.reasons):
            console.print(f"{rows:>12,}  {reason:<22}  {_MEANINGS.get(reason, '')}")
    if not result.columns.has_region:
        console.print("No country was given: only numbers with a plus were read. See --region-column and --region.")
    console.print(f"Time:   {result.seconds:,.1f} s, {counts.rows / max(result.seconds, 1e-9):,.0f} rows a second")
    console.print(f"Result: {job.target}")
    console.print(f"Try:    {_how_to_look(job.target)}")


def _count_lines(result: FileResult) -> list[tuple[int, str]]:
    """Return counts and what they are; what is mostly zero only where it is not."""
    counts = result.counts

    def share(rows: int) -> str:
        return f"{rows / counts.filled:7.2%} of the filled" if counts.filled else ""

    always = [
        (counts.rows, "rows"),
        (counts.empty, "without a number: null or blank"),
        (counts.filled, "filled"),
        (counts.parsed, f"read as a number  {share(counts.parsed)}"),
        (counts.possible, f"of which possible {share(counts.possible)}"),
        (counts.valid, f"of which valid    {share(counts.valid)}"),
    ]
    mostly_zero = [
        (counts.without_region, "not readable for want of a country: no plus"),
        (counts.unknown_region, "with a country that is not known"),
        (result.fallback_rows, "read one by one by `phonenumbers`, which takes longer"),
    ]
    return always + [line for line in mostly_zero if line[0]]


def _told(counts: Counter[str], most: int | None = None) -> str:
    ordered = _by_size(counts)
    shown = [f"{name} {rows:,}" for name, rows in ordered[:most]]
    rest = ordered[len(shown) :]
    more = [f"{len(rest)} more {sum(rows for _, rows in rest):,}"] if rest else []
    return ", ".join([*shown, *more])


def _by_size(counts: Counter[str]) -> list[tuple[str, int]]:
    """Return the biggest first; of the same size, in alphabetical order."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _how_to_look(target: Path) -> str:
    if target.suffix.lower() != ".parquet":
        return f"head -5 {shlex.quote(str(target))}"
    code = f'import polars; print(polars.scan_parquet("{target}").head().collect())'
    return f"{as_typed(Path(sys.executable))} -c {shlex.quote(code)}"

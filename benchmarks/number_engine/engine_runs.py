"""The engine measured; each function is called in a fresh process."""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple, TypeVar

import polars as pl

from number_engine.processes import best_of_passes, peak_mib

T = TypeVar("T")
_BATCH_ROWS: Final = 1 << 16


class EngineRun(NamedTuple):
    """How the engine did on one column."""

    rows: int
    seconds: float  # of the fastest pass
    first_call_seconds: float  # the import and the tables that are built once
    before_mib: float  # peak memory with the column read and the tables built
    peak_mib: float

    @property
    def rate(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds


def _warm_up(frame: pl.DataFrame) -> float:
    began = perf_counter()
    from phoneseg.numbers import normalize

    normalize(frame)
    return perf_counter() - began


def normalize_in_memory(column: Path, fields: Sequence[str] | None = None) -> EngineRun:
    """Normalize a column that is in memory.

    Args:
        column: Parquet file with `raw` and `region`.
        fields: As `normalize` takes them.
    """
    frame = pl.read_parquet(column)
    first_call_seconds = _warm_up(frame.head(1_000))
    from phoneseg.numbers import normalize

    before = peak_mib()
    seconds = best_of_passes(lambda: normalize(frame, fields=fields))
    return EngineRun(frame.height, seconds, first_call_seconds, before, peak_mib())


def normalize_files(column: Path, target: Path) -> EngineRun:
    """Normalize from a Parquet file into another one, in a stream.

    Args:
        column: Parquet file with `raw` and `region`.
        target: File to write.
    """
    scan = pl.scan_parquet(column)
    rows = scan.select(pl.len()).collect().item()
    first_call_seconds = _warm_up(scan.head(1_000).collect())
    from phoneseg.numbers import normalize

    before = peak_mib()
    began = perf_counter()
    normalize(scan).sink_parquet(target)
    seconds = perf_counter() - began
    target.unlink()
    return EngineRun(rows, seconds, first_call_seconds, before, peak_mib())


def write_answers(column: Path, rows: int, target: Path) -> None:
    """Write the nine default fields of a column's first rows.

    Args:
        column: Parquet file with `raw` and `region`.
        rows: How many.
        target: Parquet file to write.
    """
    from phoneseg.numbers import DEFAULT_FIELDS, normalize

    normalize(pl.read_parquet(column, n_rows=rows)).select(DEFAULT_FIELDS).write_parquet(target)


def stages(column: Path) -> dict[str, float]:
    """Return seconds by stage of the full job on one thread: the engine's rooms, entered one after the other.

    Args:
        column: Parquet file with `raw` and `region`.
    """
    frame = pl.read_parquet(column)
    _time_stages(frame.head(_BATCH_ROWS))
    return _time_stages(frame)


def _time_stages(frame: pl.DataFrame) -> dict[str, float]:
    from phoneseg.numbers import DEFAULT_FIELDS
    from phoneseg.numbers.engine.answers import Answers
    from phoneseg.numbers.engine.cells import read_cells
    from phoneseg.numbers.engine.national import read_national
    from phoneseg.numbers.engine.regions import Regions
    from phoneseg.numbers.store import load_engine

    lookup = load_engine().lookup
    regions = Regions(lookup.tables)
    seconds: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], T]) -> T:
        began = perf_counter()
        result = work()
        seconds[stage] = seconds.get(stage, 0.0) + perf_counter() - began
        return result

    for batch in frame.iter_slices(_BATCH_ROWS):
        cells = timed("cells to digits", lambda batch=batch: read_cells(batch["raw"]))
        region_at = timed("regions", lambda batch=batch: regions.find(batch["region"]))
        national = timed(
            "parse: trie, national digits", lambda cells=cells, at=region_at: read_national(cells, at, lookup)
        )
        answers = Answers(cells, national, batch["raw"].is_null().to_numpy(), lookup)
        timed("classify: trie, and is_valid", lambda answers=answers: answers.column("is_valid"))
        for field in DEFAULT_FIELDS:
            if field != "is_valid":
                timed(field, lambda answers=answers, field=field: answers.column(field))
    return seconds

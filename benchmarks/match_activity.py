"""How fast activity is matched to contacts, by id and by number, and how much memory that takes.

    python benchmarks/match_activity.py id 50000000 5000000 FOLDER
    python benchmarks/match_activity.py number 10000000 1000000 FOLDER

Rows of activity over contacts, five in a hundred of nobody; FOLDER takes the stage, some gigabytes. Each contact has
one number, and activity writes it nationally. The first call writes the stage, the second one measures.
"""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import polars as pl
from activity_figures.stage import AS_OF, BY_ID, BY_NUMBER, KEY, fill, open_run, write_nothing_kept

from phoneseg.activity import match_activity
from phoneseg.contracts import PARSED_PHONE, PHONE_NUMBER, RAW_ACTIVITY, RAW_CONTACT
from phoneseg.privacy import add_tokens
from phoneseg.run import Run

STRANGERS = 1.05
BATCH_ROWS = 100_000
KEYS = {"id": BY_ID, "number": BY_NUMBER}


def write_stage(run: Run, key: str, row_count: int, contact_count: int) -> None:
    """Write what `extract` and the reading of phones leave."""
    stage = run.stage
    stage.create()
    contacts = pl.select(n=pl.int_range(contact_count)).select(_id(), phone_e164=pl.lit("+1650") + _digits())
    phones = add_tokens(contacts, KEY).lazy()
    stage.write(RAW_CONTACT.name, fill(RAW_CONTACT, contacts.lazy()))
    stage.write(PARSED_PHONE.name, fill(PARSED_PHONE, phones))
    stage.write(PHONE_NUMBER.name, fill(PHONE_NUMBER, phones))
    write_nothing_kept(stage)
    with stage.append(RAW_ACTIVITY) as append:
        for batch in _events(key, row_count, contact_count):
            append(fill(RAW_ACTIVITY, batch).collect())


def _events(key: str, row_count: int, contact_count: int) -> Iterator[pl.LazyFrame]:
    rng = np.random.default_rng(1)
    for begin in range(0, row_count, BATCH_ROWS):
        size = min(BATCH_ROWS, row_count - begin)
        seconds = rng.integers(1_600_000_000, int(AS_OF.timestamp()), size)
        yield pl.LazyFrame(
            {
                "n": rng.integers(0, int(contact_count * STRANGERS), size),
                "occurred_at": pl.from_epoch(pl.Series(seconds)).dt.cast_time_unit("us").dt.replace_time_zone("UTC"),
                "is_inbound": rng.random(size) < 0.5,
                "duration_s": rng.integers(0, 1000, size),
                "counterparty": pl.Series(rng.integers(0, 50, size)).cast(pl.String),
            }
        ).with_columns(
            _id() if key == "id" else (pl.lit("650 ") + _digits()).alias("phone_raw"),
            region_hint=pl.lit("US"),
            activity_source=pl.lit("calls"),
            kind=pl.lit("call"),
            is_unpriced=pl.lit(False),
        )


def _id() -> pl.Expr:
    return (pl.lit("crm:") + pl.col("n").cast(pl.String)).alias("contact_id")


def _digits() -> pl.Expr:
    return (pl.col("n") + 2_000_000).cast(pl.String)


def main(key: str, row_count: int, contact_count: int, folder: Path) -> None:
    """Print rows a second, by the clock and by the cores' time, and the peak of memory while matching."""
    run = open_run(folder, KEYS[key])
    if not run.stage.path(RAW_ACTIVITY.name).exists():  # in another process, as writing takes memory, too
        write_stage(run, key, row_count, contact_count)
        print("written; run it again to measure")
        return
    began, began_cpu = perf_counter(), process_time()
    counts = match_activity(run, KEY)
    wall_s, cpu_s = perf_counter() - began, process_time() - began_cpu
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{counts['matched_activity_count']:,} of {counts['activity_count']:,} rows matched in {wall_s:.1f} s:")
    print(f"{row_count / wall_s:,.0f} rows a second, {row_count / cpu_s:,.0f} for each core's second; {peak_gb:.1f} GB")
    run.stage.remove()


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in KEYS:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))

"""How fast activity is matched to contacts, by id and by number, and how much memory that takes.

    python benchmarks/match_activity.py id 50000000 5000000 FOLDER
    python benchmarks/match_activity.py number 10000000 1000000 FOLDER

Rows of activity over contacts, five in a hundred of nobody; FOLDER takes the stage, some gigabytes. Each contact has
one number, and activity writes it nationally. The first call writes the stage, the second one measures.
"""

import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import polars as pl

from phoneseg.activity import match_activity
from phoneseg.contracts import (
    CHANGED_CONTACT,
    KEPT_CONTACT,
    KEPT_PHONE,
    PARSED_PHONE,
    PHONE_NUMBER,
    RAW_ACTIVITY,
    RAW_CONTACT,
    Table,
)
from phoneseg.privacy import TokenKey, add_tokens
from phoneseg.run import Run
from phoneseg.settings import load_settings

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
KEY = TokenKey(b"a key for benchmarks alone")
STRANGERS = 1.05
BATCH_ROWS = 100_000
SETTINGS = """\
[warehouse]
url = "duckdb:///none.duckdb"

[contacts.crm]
table = "none"
id = "none"
phones = ["no_number"]

[activity.calls]
kind = "call"
table = "none"
occurred_at = "none"
"""
KEYS = {"id": 'contact_id = "none_id"\ncontacts = "crm"\n', "number": 'phone = "none_number"\n'}


def write_stage(run: Run, key: str, row_count: int, contact_count: int) -> None:
    """Write what `extract` and the reading of phones leave."""
    stage = run.stage
    stage.create()
    contacts = pl.select(n=pl.int_range(contact_count)).select(_id(), phone_e164=pl.lit("+1650") + _digits())
    phones = add_tokens(contacts, KEY).lazy()
    stage.write(RAW_CONTACT.name, _filled(RAW_CONTACT, contacts.lazy()))
    stage.write(PARSED_PHONE.name, _filled(PARSED_PHONE, phones))
    stage.write(PHONE_NUMBER.name, _filled(PHONE_NUMBER, phones))
    for table in (KEPT_CONTACT, KEPT_PHONE, CHANGED_CONTACT):
        stage.write(table.name, table.schema.to_frame().lazy())
    with stage.append(RAW_ACTIVITY) as append:
        for batch in _events(key, row_count, contact_count):
            append(_filled(RAW_ACTIVITY, batch).collect())


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


def _filled(table: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows of a table, null where they say nothing."""
    named = rows.collect_schema()
    return table.conform(rows.with_columns(pl.lit(None).alias(n) for n in table.column_names if n not in named))


def main(key: str, row_count: int, contact_count: int, folder: Path) -> None:
    """Print rows a second, by the clock and by the cores' time, and the peak of memory while matching."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "phoneseg.toml").write_text(SETTINGS + KEYS[key])
    run = Run.open(load_settings(folder / "phoneseg.toml"), as_of=AS_OF, run_id="benchmark")
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

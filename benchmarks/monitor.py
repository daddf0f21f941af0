"""What an hour of `monitor_activity` costs beside ten and a hundred times its rows of history.

    python benchmarks/monitor.py FOLDER [--postgresql] [MILLIONS]...

A million calls in the hour, of three million numbers with twenty million at the other end, after so many millions of
the hours before (10, 50 and 100 unless told), written in the order of time; on PostgreSQL the time has an index.
FOLDER takes the warehouse, 30 MB a million on DuckDB, and keeps it. Each figure is of a process of its own.
"""

import argparse
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import Pipeline
from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.monitor.extract import extract
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse

AS_OF = datetime(2026, 7, 1, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROWS_AN_HOUR = 1_000_000
NUMBERS = 3_000_000
OTHERS = 20_000_000
CELLS = 20_000
MIB_OF_KIB = 1024
SETTINGS = """
[warehouse]
url = "{url}"
[privacy]
token_key_file = "token.key"
[contacts.crm]
table = "customer"
id = "id"
phones = ["phone"]
[activity.calls]
kind = "call"
table = "call"
phone = "number"
region = "GH"
occurred_at = "started_at"
direction = "direction"
counterparty = "other"
duration_s = "duration_s"
is_answered = "is_answered"
cell = "cell"
device = "device"
pipelines = ["monitor_activity"]
"""
CALL = sa.Table(
    "call",
    sa.MetaData(),
    *(sa.Column(name, sa.Text()) for name in ("number", "other", "direction", "cell", "device")),
    sa.Column("started_at", sa.DateTime()),
    sa.Column("duration_s", sa.Integer()),
    sa.Column("is_answered", sa.Boolean()),
)
VERBS = {"extract": extract}


def draw_hour(ends_at: datetime, seed: int) -> pl.DataFrame:
    """Return the calls of one hour, the first one first."""
    rng = np.random.default_rng([7, seed])
    size, start = ROWS_AN_HOUR, (ends_at - HOUR).replace(tzinfo=None)
    number = rng.integers(0, NUMBERS, size)
    return pl.DataFrame(
        {
            "number": number + 240_000_000,
            "other": rng.integers(0, OTHERS, size) + 540_000_000,
            "direction": np.where(rng.random(size) < 0.5, "outbound", "inbound"),
            "cell": rng.integers(0, CELLS, size),
            "device": number * 7 + 350_000_000_000_000,
            "started_at": np.sort(rng.integers(0, int(HOUR.total_seconds() * 1e6), size)),
            "duration_s": rng.integers(0, 600, size).astype(np.int32),
            "is_answered": rng.random(size) < 0.7,
        }
    ).with_columns(
        number=pl.format("0{}", "number"),
        other=pl.format("0{}", "other"),
        cell=pl.col("cell").cast(pl.String),
        device=pl.col("device").cast(pl.String),
        started_at=pl.lit(start) + pl.duration(microseconds="started_at"),
    )


def write_warehouse(settings: Settings, hours: int) -> None:
    """Write calls of so many hours before the interval, and of the interval."""
    warehouse, file = open_warehouse(settings), settings.folder / "hour.parquet"
    with warehouse.transaction() as connection:
        CALL.create(connection)
    for hour in range(hours, -1, -1):
        draw_hour(AS_OF - hour * HOUR, hour).select(CALL.columns.keys()).write_parquet(file)
        warehouse.load(CALL, file)
    file.unlink()
    with warehouse.transaction() as connection:
        if connection.dialect.name == "postgresql":
            sa.Index("call_started_at_idx", CALL.c.started_at).create(connection)


def measure(settings: Settings) -> None:
    """Print seconds of each verb, and the peak of memory."""
    run = Run.open(settings, as_of=AS_OF, run_id="benchmark", pipeline=Pipeline.MONITOR_ACTIVITY)
    for name, verb in VERBS.items():
        began = perf_counter()
        counts = verb(run)
        seconds = perf_counter() - began
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB_OF_KIB
        print(f"{name:<8} {seconds:>7.1f} s {peak_mib:>8,.0f} MiB at most   {counts}")
    run.stage.remove()


@contextmanager
def open_settings(folder: Path, millions: int, *, is_postgresql: bool) -> Iterator[Settings]:
    """Yield settings on a warehouse with so many million rows of history; the first time, it is written."""
    place = folder / f"{'postgresql' if is_postgresql else 'duckdb'}_{millions}"
    is_new = not place.exists()
    place.mkdir(parents=True, exist_ok=True)
    server = PostgreSQLServer(place / "server", is_durable=False) if is_postgresql else None
    url = "duckdb:///warehouse.duckdb"
    if server is not None:
        server.start()
        if is_new:
            server.create_database("monitor")
        url = server.url("monitor")
    try:
        config, key = place / "phoneseg.toml", place / "token.key"
        key.touch(mode=0o600)
        key.write_text("a key for benchmarks alone")
        config.write_text(SETTINGS.format(url=url))
        settings = load_settings(config)
        if is_new:
            write_warehouse(settings, millions * 1_000_000 // ROWS_AN_HOUR)
        yield settings
    finally:
        if server is not None:
            server.stop()


def main() -> None:
    """Print the figures of each size, one below the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("millions", type=int, nargs="*", default=[10, 50, 100])
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--measure", action="store_true", help="measure the settings in FOLDER, in this process")
    arguments = parser.parse_args()
    if arguments.measure:
        measure(load_settings(arguments.folder / "phoneseg.toml"))
        return
    for millions in arguments.millions:
        with open_settings(arguments.folder.resolve(), millions, is_postgresql=arguments.postgresql) as settings:
            print(f"{millions} million rows of history:", flush=True)
            subprocess.run([sys.executable, __file__, str(settings.folder), "--measure"], check=True)


if __name__ == "__main__":
    main()

"""How fast PostgreSQL is loaded and published to, and what an incremental run saves.

    python benchmarks/warehouse.py load FOLDER      staging tables against a bare COPY of the same frame, in turns
    python benchmarks/warehouse.py runs FOLDER      a first run, then one with 1 % of the contacts changed, by task

FOLDER holds a demo (`phoneseg demo FOLDER --contacts 2000000 --warehouse postgresql`) that nothing is published of; its
warehouse may be DuckDB for `runs`. Times are of one machine and one moment: only their ratios mean something.
"""

import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import adbc_driver_postgresql.dbapi as adbc
import pyarrow.parquet
import sqlalchemy as sa

from phoneseg import pipeline
from phoneseg.contracts import staged_tables
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import Warehouse, open_warehouse

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
ROUNDS = 3
# Changed after every watermark of the demo; one contact in a hundred.
_AT = "updated_at = TIMESTAMP '2026-07-05 00:00:00'"
CHANGES = (
    f"UPDATE crm.customer SET mobile = home_phone, {_AT} WHERE customer_id % 100 = 0",
    f"UPDATE support.requester SET callback_number = NULL, {_AT} WHERE requester_id % 100 = 0",
    f"UPDATE webshop.account SET city = 'Elsewhere', {_AT} WHERE right(account_id, 2) = '00'",
)


def compare_loads(settings: Settings) -> None:
    """Print the seconds of both ways for each table of a run that is segmented, and their ratio."""
    run = Run.open(settings, as_of=AS_OF, run_id="benchmark_load")
    for verb in pipeline.VERBS[:4]:
        verb(run)
    warehouse = open_warehouse(settings)
    print(f"{'table':<20} {'rows':>11} {'bare COPY s':>12} {'phoneseg s':>11} {'phoneseg reaches':>17}")
    totals = [0.0, 0.0]
    for table in staged_tables():
        parquet = run.stage.path(table.name)
        if not parquet.exists() or run.stage.count(table.name) < 100_000:
            continue
        frame = pyarrow.parquet.read_table(parquet)
        staging = warehouse.naming.staging(table, run.run_id)
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(2 * ROUNDS):
            _recreate(warehouse, staging)
            began = perf_counter()
            if turn % 2:
                warehouse.load(staging, parquet)
            else:
                _copy(settings, staging, frame)
            times[turn % 2].append(perf_counter() - began)
        bare, ours = map(median, times)
        totals = [totals[0] + bare, totals[1] + ours]
        print(f"{table.name:<20} {len(frame):>11,} {bare:>12.2f} {ours:>11.2f} {bare / ours:>16.0%}")
    print(f"{'all':<20} {'':>11} {totals[0]:>12.2f} {totals[1]:>11.2f} {totals[0] / totals[1]:>16.0%}")
    pipeline.fail(run, None, keep_leftovers=False)


def _recreate(warehouse: Warehouse, staging: sa.Table) -> None:
    with warehouse.transaction() as connection:
        staging.drop(connection, checkfirst=True)
        staging.create(connection)


def _copy(settings: Settings, staging: sa.Table, frame: pyarrow.Table) -> None:
    """Load a frame that is in memory already, with nothing around it."""
    with adbc.connect(settings.warehouse.url.get_secret_value()) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest(staging.name, frame, mode="append", db_schema_name=staging.schema)
        connection.commit()


def compare_runs(settings: Settings) -> None:
    """Print the seconds of each verb of a first run and of an incremental one."""
    first, first_counts = _time_verbs(Run.open(settings, as_of=AS_OF))
    with open_warehouse(settings).transaction() as connection:
        for change in CHANGES:
            connection.execute(sa.text(change))
    second, second_counts = _time_verbs(Run.open(settings, as_of=AS_OF + timedelta(days=1)))
    print(f"{'verb':<10} {'first s':>9} {'increment s':>12} {'share':>7}")
    for verb, seconds in [*first.items(), ("all", sum(first.values()))]:
        later = second.get(verb, sum(second.values()))
        print(f"{verb:<10} {seconds:>9.1f} {later:>12.1f} {later / seconds:>7.0%}")
    for name in ("contact_count", "changed_contact_count", "membership_count", "deleted_rows", "inserted_rows"):
        print(f"{name:<22} {first_counts[name]:>12,} {second_counts[name]:>12,}")
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


def _time_verbs(run: Run) -> tuple[dict[str, float], dict[str, int]]:
    seconds, counts = {}, {}
    for verb in pipeline.VERBS:
        began = perf_counter()
        counts |= verb(run)
        seconds[verb.__name__] = perf_counter() - began
    return seconds, counts


if __name__ == "__main__":
    what, folder = sys.argv[1:]
    {"load": compare_loads, "runs": compare_runs}[what](load_settings(Path(folder) / "phoneseg.toml"))

"""A process of Airflow that runs the DAG over planted numbers: once well, and failing in every way.

Called with the folder of the warehouse. Faults are real where data can make them (a suite that fails, a cast in a
source's query, a file that another process holds); for the verbs that no data can break, a library's error is raised
that quotes rows.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import polars as pl

FOLDER = Path(sys.argv[1])
HOLD = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"


def quote_rows(*arguments: object, **_: object) -> object:
    """Raise what a library might, with all it knows of the rows that it was given."""
    rows = pl.read_ndjson(FOLDER / "planted.ndjson").rows()
    error = RuntimeError(f"cannot do this: {rows[0][0]} in {rows}", rows)
    error.add_note(f"while reading {rows}")
    raise error from KeyError(rows)


@contextmanager
def failing(name: str) -> Iterator[None]:
    with patch(name, quote_rows):
        yield


@contextmanager
def held() -> Iterator[None]:
    """Let another process hold the file, so that tasks are retried."""
    command = [sys.executable, "-c", HOLD, str(FOLDER / "warehouse.duckdb")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


def run(name: str, as_of: str) -> None:
    """Run the DAG, without a wait before retries."""
    from segment_contacts import dag

    for each in dag.tasks:
        each.retry_delay, each.retry_exponential_backoff = timedelta(seconds=0), 0
    done = dag.test(logical_date=None, run_conf={"as_of": as_of})
    states = {each.task_id: f"{each.state}, try {each.try_number}" for each in done.get_task_instances()}
    sys.stdout.write(f"SCENARIO {name}: {done.state} {states}\n")


def main() -> None:
    """Run all scenarios."""
    sys.path.insert(0, os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    run("well", "2026-07-01")
    faults = {
        "normalize": "phoneseg.pipeline.read_cells",
        "profile": "phoneseg.pipeline.build_contact_base",
        "segment": "phoneseg.segments.membership.SegmentRules.assign",
        "load": "phoneseg.publish.load_staging",
        "swap": "phoneseg.publish.swap_staging",
    }
    for day, (verb, function) in enumerate(faults.items(), start=2):
        with failing(function):
            run(verb, f"2026-07-{day:02}")
    query = "SELECT * EXCLUDE (rank), CAST(mobile AS INTEGER) AS rank FROM crm.customer"
    with patch.dict(os.environ, PHONESEG_CONTACTS__CRM__QUERY=query):
        run("extract", "2026-07-08")
    os.environ["PHONESEG_QUALITY__SUITES_FOLDER"] = str(FOLDER / "suites")
    run("audit", "2026-07-09")
    with held():
        run("retries", "2026-07-10")


main()

"""A process of Airflow that runs the DAG over planted numbers: once well, and failing in every way.

Called with the folder of the warehouse. Faults are real where data can make them: a cast in a source's query, a suite
that fails, a file that another process holds. For two of the verbs that no data can break, a library's error is raised
that quotes rows.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from tests.dags.canary.faults import BREAKS, DETECT_BREAKS, quote_rows

FOLDER = Path(sys.argv[1])
HOLD = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"


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


def run(name: str, as_of: str, dag_id: str = "segment_contacts") -> None:
    """Run a DAG, without a wait before retries."""
    import airflow.sdk.definitions.dag as definition

    dag = import_module(dag_id).dag
    definition.time = SimpleNamespace(sleep=lambda _: None)  # it waits a second after each task that cannot run
    for each in dag.tasks:
        each.retry_delay, each.retry_exponential_backoff = timedelta(seconds=0), 0
    done = dag.test(logical_date=None, run_conf={"as_of": as_of})
    states = {each.task_id: f"{each.state}, try {each.try_number}" for each in done.get_task_instances()}
    sys.stdout.write(f"SCENARIO {name}: {done.state} {states}\n")


def main() -> None:
    """Run all scenarios."""
    sys.path.insert(0, os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    run("well", "2026-07-01")
    run("monitored", "2026-06-02", "monitor_activity")
    with patch(DETECT_BREAKS, quote_rows):
        run("detect", "2026-06-01T11:00", "monitor_activity")
    query = "SELECT * EXCLUDE (rank), CAST(mobile AS INTEGER) AS rank FROM crm.customer"
    with patch.dict(os.environ, PHONESEG_CONTACTS__CRM__QUERY=query):
        run("extract", "2026-07-02")
    with patch(BREAKS["normalize"], quote_rows):
        run("normalize", "2026-07-03")
    os.environ["PHONESEG_QUALITY__SUITES_FOLDER"] = str(FOLDER / "few")
    with patch(BREAKS["swap"], quote_rows):
        run("swap", "2026-07-04")
    os.environ["PHONESEG_QUALITY__SUITES_FOLDER"] = str(FOLDER / "failing")
    run("audit", "2026-07-05")
    with held():
        run("retries", "2026-07-06")


main()

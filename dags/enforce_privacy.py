"""Erases whom requests name, and lets go what is older than the settings keep it, once a day.

Write requests into `phoneseg_restricted.privacy_request`: a `request_id` that names nobody, `request_kind`
(`erase_contact` or `erase_number`), `contact_id` (`<source>:<id>`) or `phone_e164` (with its calling code), and
`requested_at`. Each goes as it is served, and a row of `phoneseg_restricted.erasure_receipt` says what was erased. A
request that cannot be served stays, and the task fails when it has served the others.

A run of `segment_contacts` that is under way when somebody is erased will not be published, and has to be run again.
So this DAG runs two hours before that one. Trigger it by hand with **dry_run** to see in the log what would go.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import DAG, Param, task
from airflow.timetables.trigger import CronTriggerTimetable

sys.path.append(str(Path(__file__).parent))  # Airflow's bundles do it, a DagBag on its own does not
from privacy_wiring import expire_rows, serve_open_requests
from task_wiring import DEFAULT_ARGS, warehouse_pool

with DAG(
    dag_id="enforce_privacy",
    description="Requests to erase in, receipts out; retention",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 22 * * *", timezone="UTC"),
    start_date=datetime(2025, 6, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={**DEFAULT_ARGS, "on_failure_callback": None},
    tags=["phoneseg"],
    params={"dry_run": Param(False, type="boolean", description="Change nothing; the log says what would go.")},
) as dag:

    @task(pool=warehouse_pool())
    def serve_requests() -> dict[str, int]:
        """Erase whom the open requests name."""
        return serve_open_requests()

    @task(pool=warehouse_pool())
    def apply_retention() -> dict[str, int]:
        """Delete what is older than the settings keep it."""
        return expire_rows()

    serve_requests()
    apply_retention()

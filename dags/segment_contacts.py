"""Segments contacts by their phone numbers, once a day.

Reads the contact sources of `phoneseg.toml`, reads their phone cells as numbers, makes profiles and segments, loads
them into staging tables, checks those with Great Expectations, and makes all published tables change in one
transaction. A failed check leaves the published tables as they were.

The last task tells Airflow that the published tables changed, so that DAGs that wait for them run. It is skipped when
an older interval was run: the current tables did not change then.

Trigger it by hand with **as_of** (ISO date or time, UTC; the end of the data interval by default), **sources** (all by
default), **dry_run** (publish nothing), **full** (read the sources whole), **accept_drift** (a source shrank or changed
its types), **accept_sizes** (segments grew or shrank) or **announce_history** (announce an older interval, too).
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import DAG, Param, chain, task
from airflow.timetables.interval import CronDataIntervalTimetable

from phoneseg import pipeline
from phoneseg.contracts import Pipeline

sys.path.append(str(Path(__file__).parent))  # Airflow's bundles do it, a DagBag on its own does not
from failed_runs import give_up_killed_run
from published_assets import published_assets
from task_wiring import DEFAULT_ARGS, announce_change, open_run, run_verb, warehouse_pool

with DAG(
    dag_id="segment_contacts",
    description="Contact tables in, segment tables out",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2025, 6, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=give_up_killed_run,
    tags=["phoneseg"],
    params={
        "as_of": Param(None, type=["null", "string"], description="End of the interval, ISO 8601, UTC."),
        "sources": Param(None, type=["null", "array"], description="Names of contact sources; all when empty."),
        "dry_run": Param(False, type="boolean", description="Do everything but publish."),
        "full": Param(False, type="boolean", description="Read the sources whole, whatever the watermarks say."),
        "accept_drift": Param(False, type="boolean", description="Go on though a source shrank or changed its types."),
        "accept_sizes": Param(False, type="boolean", description="Go on though segments grew or shrank too much."),
        "announce_history": Param(False, type="boolean", description="Update the assets for an older interval, too."),
    },
) as dag:

    @task
    def plan() -> dict[str, object]:
        """Decide the interval and the sources of the run."""
        return open_run(Pipeline.SEGMENT_CONTACTS)

    @task(pool=warehouse_pool())
    def extract(run: dict[str, object]) -> dict[str, int]:
        """Read contacts and their phone cells."""
        return run_verb(pipeline.extract, run)

    @task(pool=warehouse_pool())  # it reads contacts again where what too many share has changed
    def normalize(run: dict[str, object]) -> dict[str, int]:
        """Read the cells as phone numbers, or quarantine them."""
        return run_verb(pipeline.normalize, run)

    @task
    def profile(run: dict[str, object]) -> dict[str, int]:
        """Make one row per contact."""
        return run_verb(pipeline.profile, run)

    @task
    def segment(run: dict[str, object]) -> dict[str, int]:
        """Make contacts members of segments."""
        return run_verb(pipeline.segment, run)

    @task(pool=warehouse_pool())
    def load(run: dict[str, object]) -> dict[str, int]:
        """Fill the staging tables."""
        return run_verb(pipeline.load, run)

    @task(pool=warehouse_pool())
    def audit(run: dict[str, object]) -> dict[str, int]:
        """Check the staging tables with Great Expectations."""
        return run_verb(pipeline.audit, run)

    @task(pool=warehouse_pool())
    def publish(run: dict[str, object]) -> dict[str, int]:
        """Make the staging tables visible in one transaction."""
        return run_verb(pipeline.swap, run)

    @task(outlets=published_assets(Pipeline.SEGMENT_CONTACTS))
    def announce(published: dict[str, int]) -> None:
        """Update the assets, unless the current tables show a later day."""
        announce_change(published)

    planned = plan()
    steps = [step(planned) for step in (extract, normalize, profile, segment, load, audit, publish)]
    chain(*steps)
    announce(steps[-1])

"""Looks for signals of risk in the activity of each hour, and of the day (UTC) that it ends.

Reads the events of the hour out of the activity sources, counts them by prefix, and tells spikes, calls of numbers that
a list watches, and one-ring calls; at midnight also SIM boxes, clusters of numbers, rings of accounts and prefixes that
messages to lead to nothing. The signals are checked with Great Expectations and published in one transaction, hour by
hour; no other table changes. What they mean is on the page risk.md; contacts get a segment of kind `risk` by the next
run of `segment_contacts`, where the settings say so.

Spikes compare an hour with the same hours of the weeks before it, as far as those were counted: trigger it once with
**counts_from** (ISO date or time, UTC) some weeks back. A missed hour leaves a gap in the counts; `airflow backfill
create` fills it, and gives what a run in time would have given.

Trigger it by hand with **as_of** (end of the hour), **counts_from**, **dry_run** (publish nothing) or
**announce_history** (announce an older hour, too).
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import DAG, Param, chain, task
from airflow.timetables.interval import CronDataIntervalTimetable

from phoneseg import monitor
from phoneseg.contracts import Pipeline

sys.path.append(str(Path(__file__).parent))  # Airflow's bundles do it, a DagBag on its own does not
from failed_runs import give_up_killed_run
from published_assets import published_assets
from task_wiring import DEFAULT_ARGS, announce_change, open_run, run_verb, warehouse_pool

with DAG(
    dag_id="monitor_activity",
    description="Activity in, signals of risk out",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 * * * *", timezone="UTC"),
    start_date=datetime(2025, 6, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=give_up_killed_run,
    tags=["phoneseg"],
    params={
        "as_of": Param(None, type=["null", "string"], description="End of the hour, ISO 8601, UTC."),
        "counts_from": Param(
            None, type=["null", "string"], description="Count all hours and days since then, too; ISO 8601, UTC."
        ),
        "dry_run": Param(False, type="boolean", description="Do everything but publish."),
        "announce_history": Param(False, type="boolean", description="Update the assets for an older hour, too."),
    },
) as dag:

    @task
    def plan() -> dict[str, object]:
        """Decide the interval of the run."""
        return open_run(Pipeline.MONITOR_ACTIVITY)

    @task(pool=warehouse_pool())
    def extract(run: dict[str, object]) -> dict[str, int]:
        """Read the events of the interval, and what was known before it."""
        return run_verb(monitor.extract, run)

    @task
    def detect(run: dict[str, object]) -> dict[str, int]:
        """Count events by prefix, and look for signals."""
        return run_verb(monitor.detect, run)

    @task(pool=warehouse_pool())
    def load(run: dict[str, object]) -> dict[str, int]:
        """Fill the staging tables."""
        return run_verb(monitor.load, run)

    @task(pool=warehouse_pool())
    def audit(run: dict[str, object]) -> dict[str, int]:
        """Check the staging tables with Great Expectations."""
        return run_verb(monitor.audit, run)

    @task(pool=warehouse_pool())
    def publish(run: dict[str, object]) -> dict[str, int]:
        """Make the staging tables visible in one transaction."""
        return run_verb(monitor.swap, run)

    @task(outlets=published_assets(Pipeline.MONITOR_ACTIVITY))
    def announce(published: dict[str, int]) -> None:
        """Update the assets, unless a later hour is published."""
        announce_change(published)

    planned = plan()
    steps = [step(planned) for step in (extract, detect, load, audit, publish)]
    chain(*steps)
    announce(steps[-1])

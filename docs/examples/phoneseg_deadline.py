"""An example: tells somebody when a run of `segment_contacts` is not done two hours after it was queued.

Put this file into Airflow's `plugins` folder, where the DAG processor and the triggerer find it, and give the deadline
to the DAG in `segment_contacts.py`:

    from phoneseg_deadline import DEADLINE

    with DAG(dag_id="segment_contacts", deadline=DEADLINE, ...

The deadline counts from the moment that a run is queued, so that backfills of old intervals are not late at once. This
file must not import phoneseg: what Polars starts does not outlive the fork of a task.
"""

import asyncio
import json
from datetime import timedelta
from typing import Any
from urllib.request import Request, urlopen

from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference


async def tell_late(url: str, context: dict[str, Any], **_: object) -> None:
    """Post one line to a web hook; for more than a line use a notifier of an Airflow provider."""
    run_id = context["dag_run"]["dag_run_id"]
    text = f"segment_contacts: run {run_id} is not done in time; the published tables show an older day"
    body = json.dumps({"text": text}).encode()
    request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310  # your own URL
    await asyncio.to_thread(urlopen, request, timeout=10)  # the triggerer has others to serve


DEADLINE = DeadlineAlert(
    reference=DeadlineReference.DAGRUN_QUEUED_AT,
    interval=timedelta(hours=2),
    callback=AsyncCallback(tell_late, kwargs={"url": "https://chat.example.com/hooks/data-team"}),
)

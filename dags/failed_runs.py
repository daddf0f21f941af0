"""What becomes of a run that failed for good: its interval is free again, and the failure hook is told."""

import logging
from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException
from airflow_settings import read_settings

from phoneseg import pipeline
from phoneseg.errors import PhonesegError
from phoneseg.run import Run

Context = Mapping[str, Any]
log = logging.getLogger(__name__)


def give_up_run(context: Context) -> None:
    """Enter the run of a task that failed for good as failed.

    What the run left stays, so that the task can be cleared once the cause is mended.
    """
    if run := _planned_run(context):
        error = context.get("exception")
        cause = error.__cause__ if isinstance(error, AirflowFailException) else error
        pipeline.fail(run, cause, keep_leftovers=True)


def give_up_killed_run(context: Context) -> None:
    """Do the same for a DAG run whose task failed without a word: its process was killed, and no callback ran."""
    if (run := _planned_run(context)) and pipeline.is_running(run):
        pipeline.fail(run, None, keep_leftovers=True)


def _planned_run(context: Context) -> Run | None:
    """Return what `plan` planned; null where it did not come to that."""
    task_instance = context.get("ti")
    planned = task_instance.xcom_pull(task_ids="plan") if task_instance else None
    try:
        return Run.from_dict(planned, read_settings()) if planned else None
    except PhonesegError as error:
        log.warning("the run cannot be entered as failed: %s", error)
        return None

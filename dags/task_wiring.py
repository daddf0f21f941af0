"""What the DAG files share: a run out of Airflow's context, errors as Airflow takes them, the pool."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow_settings import read_settings
from failed_runs import give_up_run

from phoneseg.contracts import Pipeline
from phoneseg.errors import PhonesegError, StopError
from phoneseg.run import Run, parse_instant
from phoneseg.settings import load_settings
from phoneseg.verb import Verb
from phoneseg.warehouse import is_duckdb

# For errors that time may heal; the others fail at once, see run_verb.
DEFAULT_ARGS = {
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=15),
    "on_failure_callback": give_up_run,
}

_DEFAULTS: Final = {
    "sources": None,
    "full": False,
    "accept_drift": False,
    "accept_sizes": False,
    "counts_from": None,
}
_LAST_VERB: Final = "swap"


def open_run(pipeline: Pipeline) -> dict[str, object]:
    """Return the run of the current DAG run, as XCom can hold it.

    The interval is that of the timetable; a run that was triggered by hand has none, and ends at the Param `as_of` or
    the last UTC midnight, or full hour. A DAG that has not all of the Params runs as their defaults say.
    """
    context: Mapping[str, Any] = get_current_context()
    params = {**_DEFAULTS, **context["params"]}
    run_id = context["run_id"]
    if pipeline is not Pipeline.SEGMENT_CONTACTS:  # Airflow gives runs of two DAGs the same id
        run_id = f"{pipeline}__{run_id}"
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    is_width_zero = start == end
    try:
        if params["as_of"]:
            start, end = None, parse_instant(params["as_of"], "Param as_of")
        if params["counts_from"]:
            start, is_width_zero = parse_instant(params["counts_from"], "Param counts_from"), False
        run = Run.open(
            read_settings(),
            run_id=run_id,
            as_of=end,
            data_interval_start=None if is_width_zero else start,
            sources=tuple(params["sources"] or ()),
            dry_run=params["dry_run"],
            full=params["full"],
            accept_drift=params["accept_drift"],
            accept_sizes=params["accept_sizes"],
            is_orchestrated=True,
            pipeline=pipeline,
        )
    except StopError as error:
        raise AirflowFailException(str(error)) from None
    return run.to_dict()


def run_verb(verb: Verb, planned: Mapping[str, object]) -> dict[str, int]:
    """Run one verb of the pipeline.

    Raises:
        AirflowFailException: Somebody has to mend something first, so Airflow should not retry.
        AirflowSkipException: A dry run has come to its end.
    """
    try:
        run = Run.from_dict(planned, read_settings())
        counts = verb(run)
    except StopError as error:
        raise AirflowFailException(str(error)) from error
    if verb.__name__ == _LAST_VERB and run.dry_run:
        raise AirflowSkipException("dry run: every step up to the audit went well, nothing was published")
    return counts


def announce_change(published: Mapping[str, int]) -> None:
    """End well if downstream DAGs should know what `publish` counted.

    Raises:
        AirflowSkipException: Only dated tables changed, so that no asset counts as updated.
    """
    if not (published.get("is_current", True) or get_current_context()["params"]["announce_history"]):
        raise AirflowSkipException(
            "history: the current tables show a later day and did not change; Param announce_history announces it"
        )


def warehouse_pool() -> str:
    """Return the pool of tasks that open the warehouse: one slot for DuckDB, whose file one process can hold."""
    try:
        return "warehouse" if is_duckdb(load_settings()) else "default_pool"
    except PhonesegError:  # the DAG should still show; its first task says what is wrong
        return "default_pool"

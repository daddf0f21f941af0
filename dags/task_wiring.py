"""What the DAG files share: a run out of Airflow's context, errors as Airflow takes them, the pool, the assets."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from phoneseg import pipeline
from phoneseg.contracts import TABLES, Area
from phoneseg.errors import PhonesegError, SettingsError, StopError
from phoneseg.run import Run, parse_instant
from phoneseg.settings import load_settings
from phoneseg.warehouse import is_duckdb

# For errors that time may heal; the others fail at once, see run_verb.
DEFAULT_ARGS = {
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=15),
}


def open_run() -> dict[str, object]:
    """Return the run of the current DAG run, as XCom can hold it.

    The interval is that of the timetable; a run that was triggered by hand has none, and ends at the Param `as_of` or
    the last UTC midnight.
    """
    context: Mapping[str, Any] = get_current_context()
    params = context["params"]
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    is_width_zero = start == end
    try:
        if params["as_of"]:
            start, end = None, parse_instant(params["as_of"], "Param as_of")
        run = Run.open(
            load_settings(),
            run_id=context["run_id"],
            as_of=end,
            data_interval_start=None if is_width_zero else start,
            sources=tuple(params["sources"] or ()),
            dry_run=params["dry_run"],
        )
    except StopError as error:
        raise AirflowFailException(str(error)) from None
    return run.to_dict()


def run_verb(verb: pipeline.Verb, planned: Mapping[str, object]) -> dict[str, int]:
    """Run one verb of the pipeline.

    Raises:
        AirflowFailException: Somebody has to mend something first, so Airflow should not retry.
        AirflowSkipException: A dry run has come to its end, so that no asset counts as changed.
    """
    try:
        run = Run.from_dict(planned, load_settings())
    except SettingsError as error:
        raise AirflowFailException(str(error)) from None
    try:
        counts = verb(run)
    except StopError as error:
        pipeline.fail(run, keep_leftovers=True)  # so that the failed task can be cleared once the cause is mended
        raise AirflowFailException(str(error)) from None
    if verb is pipeline.swap and run.dry_run:
        raise AirflowSkipException("dry run: every step up to the audit went well, nothing was published")
    return counts


def warehouse_pool() -> str:
    """Return the pool of tasks that open the warehouse: one slot for DuckDB, whose file one process can hold."""
    try:
        return "warehouse" if is_duckdb(load_settings()) else "default_pool"
    except PhonesegError:  # the DAG should still show; its first task says what is wrong
        return "default_pool"


def published_assets() -> list[Asset]:
    """Return the assets that a run changes: the published tables."""
    return [
        Asset(name=f"phoneseg.{table.name}", uri=f"phoneseg://warehouse/phoneseg/{table.name}", group="phoneseg")
        for table in TABLES
        if table.area is Area.PUBLISHED
    ]

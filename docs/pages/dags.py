"""docs/dags.md: every DAG as Airflow reads it, with an empty Airflow and the settings of an example."""

import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from docs.pages.markdown import bullets, code, code_list, page, table
from docs.pages.settings import EXAMPLE
from phoneseg.settings import CONFIG_VARIABLE

_FOLDER: Final = Path(__file__).parents[2] / "dags"
_POOL: Final = "warehouse"
_Dag = Any  # of Airflow, which only a function here imports
_Task = Any


def render() -> str:
    """Return the page; Airflow takes a few seconds to import."""
    with _empty_airflow():
        dags = _read_dags()
        described = [_describe(dag) for dag in dags]
    return page(
        "The DAGs",
        "dags/",
        f"Point Airflow's `dags_folder` at `dags/`, and `{CONFIG_VARIABLE}` at the [settings](settings.md).",
        f"DuckDB lets one process at a time open its file. So the tasks that open the warehouse take one slot of pool "
        f"{code(_POOL)} when the warehouse is DuckDB. Make that pool with one slot: "
        f'`airflow pools set {_POOL} 1 "DuckDB, one process at a time"`. With another database they run in the '
        "default pool.",
        *described,
    )


@contextmanager
def _empty_airflow() -> Iterator[None]:
    """Hide the caller's Airflow and settings: a home of its own, and the example settings with their DuckDB."""
    before = dict(os.environ)
    with TemporaryDirectory() as home, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Airflow's own code
        for name in [name for name in os.environ if name.startswith(("AIRFLOW", "PHONESEG_"))]:
            del os.environ[name]
        os.environ |= {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__DAGS_FOLDER": str(_FOLDER),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            CONFIG_VARIABLE: str(EXAMPLE),
        }
        sys.path.insert(0, str(_FOLDER))  # as Airflow does for a bundle of DAGs
        try:
            yield
        finally:
            sys.path.remove(str(_FOLDER))
            os.environ.clear()
            os.environ.update(before)


def _read_dags() -> list[_Dag]:
    """Return the DAGs in the order of their ids.

    Raises:
        ImportError: Airflow cannot import a file.
    """
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=_FOLDER)
    if bag.import_errors:
        raise ImportError("\n".join(bag.import_errors.values()))
    return [dag for _, dag in sorted(bag.dags.items())]


def _describe(dag: _Dag) -> str:
    """Return a DAG: what it does, when, with which params, its tasks and assets."""
    tasks = dag.topological_sort()
    parts = (
        f"## {dag.dag_id}",
        f"{dag.description}. File: `dags/{Path(dag.fileloc).name}`.",
        str(dag.doc_md).strip(),
        f"### When\n\n{bullets(_schedule(dag))}",
        _params(dag),
        f"### Tasks\n\n{table(('task', 'after', 'what it does', 'pool'), (_task(task) for task in tasks))}",
        *dict.fromkeys(_retries(task) for task in tasks),
        _assets(tasks),
    )
    return "\n\n".join(part for part in parts if part)


def _schedule(dag: _Dag) -> Iterator[str]:
    """Yield when the DAG runs, a sentence or two for each of its rules."""
    words = dag.timetable.serialize()
    if "expression" in words:
        yield f"Cron {code(words['expression'])}, {words['timezone']}."
    else:
        yield "By hand alone." if dag.schedule is None else f"{dag.timetable.summary}."
    if type(dag.timetable).__name__ == "CronDataIntervalTimetable":
        yield "A run starts when its data interval ends. The interval is the time between two ticks of the schedule."
    if dag.start_date is not None:
        yield f"The first interval starts at {dag.start_date:%Y-%m-%d %H:%M} UTC."
    if not dag.catchup:
        yield "Intervals that were missed are not made up for. `airflow backfill create` runs them."
    yield f"Runs at the same time: {dag.max_active_runs} at most."


def _params(dag: _Dag) -> str:
    """Return the params, with the JSON types that they take."""
    params = ((name, dag.params.get_param(name)) for name in dag.params)
    rows = [
        (code(name), _json_type(param.schema.get("type")), code(json.dumps(param.value)), str(param.description))
        for name, param in params
    ]
    if not rows:
        return ""
    by_hand = f"airflow dags trigger {dag.dag_id} --conf '{json.dumps(dag.params.dump())}'"
    return f"### Params\n\n{table(('param', 'type', 'default', 'meaning'), rows)}\n\nBy hand: {code(by_hand)}"


def _json_type(types: str | list[str] | None) -> str:
    return " or ".join([types] if isinstance(types, str) else sorted(types or ["any"], key="null".__eq__))


def _task(task: _Task) -> tuple[str, str, str, str]:
    """Return a task's row; of the tasks before it only those that no other task stands between."""
    before = {other.task_id: other for other in task.upstream_list}
    further = {task_id for other in before.values() for task_id in other.get_flat_relative_ids(upstream=True)}
    pool = f"{code(_POOL)}, with DuckDB" if task.pool == _POOL else "default"
    return code(task.task_id), code_list(sorted(set(before) - further)), str(task.doc_md), pool


def _retries(task: _Task) -> str:
    """Return when a task is tried again; the settings of Airflow's own do not count."""
    first, last = (int(delay.total_seconds() // 60) for delay in (task.retry_delay, task.max_retry_delay))
    return (
        f"An error that time may heal, such as a warehouse that does not answer: {task.retries} more tries, "
        f"{first} to {last} minutes apart. Any other error fails at once."
    )


def _assets(tasks: list[_Task]) -> str:
    """Return the assets that the tasks update."""
    rows = [(code(asset.name), code(asset.uri), code(task.task_id)) for task in tasks for asset in task.outlets]
    if not rows:
        return ""
    return (
        "### Assets\n\nA DAG of your own can run whenever one of them is updated. A dry run updates none, and "
        "neither does a run of an older interval. In PostgreSQL the URI is "
        "`postgres://host:port/database/schema/table`, as OpenLineage names tables.\n\n"
        + table(("asset", "URI", "updated by"), rows)
    )

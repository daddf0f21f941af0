"""The hourly DAG: its structure, and real runs of it through Airflow."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from phoneseg.demo import write_demo
from phoneseg.demo.dag_run import airflow_environment
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse

AIRFLOW = Path(sys.executable).with_name("airflow")
# In one process, as Airflow takes seconds to import: the DAG as Airflow reads it, and three runs by hand.
PROGRAM = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
folder, confs = sys.argv[1], json.loads(sys.argv[2])
sys.path.insert(0, folder)
dag = DagBag(folder).dags["monitor_activity"]
told = {
    "ancestors": {t.task_id: sorted(t.get_flat_relative_ids(upstream=True)) for t in dag.tasks},
    "pools": {t.task_id: t.pool for t in dag.tasks},
    "outlets": sorted(a.name for a in dag.get_task("announce").outlets),
    "timetable": dag.timetable.serialize(),
    "kind": type(dag.timetable).__name__,
    "at_once": dag.max_active_runs,
    "params": sorted(dag.params),
    "runs": [],
}
from monitor_activity import dag
for conf in confs:
    run = dag.test(logical_date=None, run_conf=conf)
    states = {t.task_id: str(t.state) for t in run.get_task_instances()}
    told["runs"].append({"state": str(run.state), "states": states})
print("TOLD " + json.dumps(told))
"""
CONFS = (
    {"as_of": "2026-07-01", "counts_from": "2026-06-01"},
    {"as_of": "2026-06-30T22:00"},
    {"as_of": "2026-07-01T01:00", "dry_run": True},
    {"as_of": "2026-07-01T00:30"},
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hourly")
    write_demo(folder, contacts=300)
    environment = airflow_environment(folder / "phoneseg.toml", folder / "airflow")
    subprocess.run([AIRFLOW, "db", "migrate"], env=environment, capture_output=True, timeout=300, check=True)
    return folder


@pytest.fixture(scope="module")
def told(home: Path) -> dict[str, Any]:
    environment = airflow_environment(home / "phoneseg.toml", home / "airflow")
    command = [sys.executable, "-c", PROGRAM, environment["AIRFLOW__CORE__DAGS_FOLDER"], json.dumps(CONFS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    assert lines, (done.stdout + done.stderr)[-3000:]
    return dict(json.loads(lines[-1].removeprefix("TOLD ")))


def query(home: Path, sql: str) -> list[tuple[Any, ...]]:
    warehouse = open_warehouse(load_settings(home / "phoneseg.toml"))
    with warehouse.transaction() as connection:
        return warehouse.read_query(connection, sql).rows()


pytestmark = pytest.mark.xdist_group("hourly")  # its runs are for all its tests


def test_it_runs_each_hour_one_after_the_other(told: dict[str, Any]) -> None:
    assert told["kind"] == "CronDataIntervalTimetable"
    assert told["timetable"]["expression"] == "0 * * * *"
    assert told["at_once"] == 1
    assert told["params"] == ["announce_history", "as_of", "counts_from", "dry_run"]


def test_nothing_is_published_before_the_audit_and_duckdb_is_opened_by_one_task_at_a_time(told: dict[str, Any]) -> None:
    assert told["ancestors"]["publish"] == ["audit", "detect", "extract", "load", "plan"]
    assert {task for task, pool in told["pools"].items() if pool == "warehouse"} == {
        *("extract", "load", "audit", "publish")
    }


def test_it_announces_its_own_tables_and_no_others(told: dict[str, Any]) -> None:
    assert "phoneseg.risk_signal" in told["outlets"]
    assert "phoneseg.segment_membership" not in told["outlets"]


def test_a_run_publishes_its_hour_and_what_it_counts_from(told: dict[str, Any], home: Path) -> None:
    assert told["runs"][0]["state"] == "success"
    assert set(told["runs"][0]["states"].values()) == {"success"}
    kinds = {kind for (kind,) in query(home, "SELECT signal_kind FROM phoneseg.risk_signal")}
    assert "sim_box" in kinds
    ((first, last),) = query(home, "SELECT min(as_of), max(as_of) FROM phoneseg.prefix_activity")
    assert first < datetime(2026, 6, 1, 6, tzinfo=UTC)
    assert last == datetime(2026, 7, 1, tzinfo=UTC)


def test_an_older_hour_is_published_and_not_announced(told: dict[str, Any], home: Path) -> None:
    states = told["runs"][1]["states"]
    assert (states["publish"], states["announce"]) == ("success", "skipped")
    runs = query(home, "SELECT run_id, state FROM phoneseg.pipeline_run WHERE pipeline = 'monitor_activity'")
    assert sorted(state for _, state in runs) == ["dry_run", "published", "published"]
    assert all(run_id.startswith("monitor_activity__") for run_id, _ in runs), "both DAGs have runs of one id"


def test_a_dry_run_ends_before_it_announces(told: dict[str, Any], home: Path) -> None:
    states = told["runs"][2]["states"]
    assert (states["audit"], states["publish"], states["announce"]) == ("success", "skipped", "skipped")
    assert query(home, "SELECT count(*) FROM phoneseg.prefix_activity WHERE as_of > '2026-07-01'") == [(0,)]


def test_half_an_hour_fails_in_plan(told: dict[str, Any]) -> None:
    states = told["runs"][3]["states"]
    assert states["plan"] == "failed"
    assert states["extract"] == "upstream_failed"


def test_no_number_is_in_airflows_database(told: dict[str, Any], home: Path) -> None:
    numbers = [number for (number,) in query(home, "SELECT DISTINCT phone_number FROM telephony.call_record")]
    said = json.dumps(told) + (home / "airflow" / "airflow.db").read_bytes().decode("latin-1")
    assert len(numbers) > 100
    assert not [number for number in numbers if number in said]

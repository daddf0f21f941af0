"""The DAG: its structure, and real runs of it through Airflow."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from phoneseg.demo import write_demo
from phoneseg.demo.dag_run import airflow_environment
from phoneseg.settings import Settings, load_settings

AIRFLOW = Path(sys.executable).with_name("airflow")
# Airflow and its plugins warn at import; a process of its own keeps that from this suite, where warnings are errors.
DESCRIBE = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
dag = bag.dags.get("segment_contacts")
described = {"errors": {k: str(v) for k, v in bag.import_errors.items()}}
if dag is not None:
    described |= {
        "dag_ids": sorted(bag.dags),
        "ancestors": {t.task_id: sorted(t.get_flat_relative_ids(upstream=True)) for t in dag.tasks},
        "pools": {t.task_id: t.pool for t in dag.tasks},
        "retries": {t.task_id: t.retries for t in dag.tasks},
        "outlets": {t.task_id: sorted(a.name for a in t.outlets) for t in dag.tasks if t.outlets},
        "params": sorted(dag.params),
        "doc_md": dag.doc_md,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timetable": type(dag.timetable).__name__,
        "seconds": max(stat.duration.total_seconds() for stat in bag.dagbag_stats),
    }
print("DESCRIBED " + json.dumps(described))
"""


def airflow(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an Airflow command."""
    command = [str(AIRFLOW), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo folder, and Airflow's own database in it."""
    folder = tmp_path_factory.mktemp("dag")
    write_demo(folder, contacts=300)
    environment = airflow_environment(folder / "phoneseg.toml", folder / "airflow")
    assert airflow(environment, "db", "migrate").returncode == 0
    return folder


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    return airflow_environment(home / "phoneseg.toml", home / "airflow")


@pytest.fixture(scope="module")
def described(environment: dict[str, str]) -> dict[str, Any]:
    folder = environment["AIRFLOW__CORE__DAGS_FOLDER"]
    command = [sys.executable, "-c", DESCRIBE, folder]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("DESCRIBED ")]
    return dict(json.loads(line.removeprefix("DESCRIBED ")))


def test_every_dag_file_imports(described: dict[str, Any]) -> None:
    assert described["errors"] == {}
    assert described["dag_ids"] == ["segment_contacts"]


def test_nothing_is_published_before_the_audit(described: dict[str, Any]) -> None:
    assert described["ancestors"]["publish"] == sorted(
        ["plan", "extract", "normalize", "profile", "segment", "load", "audit"]
    )


def test_tasks_that_open_the_duckdb_file_share_one_slot(described: dict[str, Any]) -> None:
    in_pool = {task for task, pool in described["pools"].items() if pool == "warehouse"}
    assert in_pool == {"extract", "load", "audit", "publish"}


def test_runs_follow_each_other_on_data_intervals(described: dict[str, Any]) -> None:
    assert described["timetable"] == "CronDataIntervalTimetable"
    assert described["max_active_runs"] == 1
    assert described["catchup"] is False
    assert set(described["retries"].values()) == {3}
    assert described["params"] == ["as_of", "dry_run", "sources"]
    assert described["doc_md"].startswith("Segments contacts")


def test_publishing_announces_every_published_table(described: dict[str, Any]) -> None:
    assert list(described["outlets"]) == ["publish"]
    assert "phoneseg.segment_membership" in described["outlets"]["publish"]
    assert not [name for name in described["outlets"]["publish"] if "phone_number" in name]


@pytest.mark.xdist_group("airflow")
def test_a_dag_run_publishes_its_interval_and_hands_no_number_on(home: Path, environment: dict[str, str]) -> None:
    done = airflow(environment, "dags", "test", "segment_contacts", "2026-07-01")
    assert done.returncode == 0, done.stdout[-3000:]
    settings = load_settings(home / "phoneseg.toml")
    (run,) = rows(settings, "SELECT * FROM phoneseg.pipeline_run")
    assert (str(run["as_of"])[:10], str(run["data_interval_start"])[:10]) == ("2026-07-01", "2026-06-30")
    assert run["state"] == "published"
    numbers = [row["phone_e164"] for row in rows(settings, "SELECT phone_e164 FROM phoneseg_restricted.phone_number")]
    database = (home / "airflow" / "airflow.db").read_bytes().decode("latin-1")
    said = done.stdout + done.stderr + database
    assert len(numbers) > 200
    assert not [number for number in numbers if number in said]


@pytest.mark.xdist_group("airflow")
def test_a_triggered_run_without_logical_date_takes_its_params(home: Path, environment: dict[str, str]) -> None:
    conf = json.dumps({"as_of": "2026-06-15T06:00", "sources": ["crm", "webshop", "support"], "dry_run": True})
    script = f"""
import sys
sys.path.insert(0, {environment["AIRFLOW__CORE__DAGS_FOLDER"]!r})
from segment_contacts import dag
run = dag.test(logical_date=None, run_conf={conf!r} and __import__("json").loads({conf!r}))
print("STATE", run.state, run.logical_date, {{t.task_id: str(t.state) for t in run.get_task_instances()}}["publish"])
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert "STATE success None skipped" in done.stdout, (done.stdout + done.stderr)[-3000:]
    settings = load_settings(home / "phoneseg.toml")
    (run,) = rows(settings, "SELECT * FROM phoneseg.pipeline_run WHERE state = 'dry_run'")
    assert str(run["as_of"])[:16] == "2026-06-15 06:00"


@pytest.mark.xdist_group("airflow")
def test_a_fault_that_somebody_must_mend_fails_without_a_retry(home: Path, environment: dict[str, str]) -> None:
    config = home / "broken.toml"
    config.write_text((home / "phoneseg.toml").read_text().replace('"mobile"', '"mobil"'))
    broken = {**environment, "PHONESEG_CONFIG": str(config)}
    done = airflow(broken, "dags", "test", "segment_contacts", "2026-06-20")
    assert done.returncode != 0
    assert "no column `mobil` in crm.customer; did you mean `mobile`?" in done.stdout
    assert "UP_FOR_RETRY" not in done.stdout.upper()


def rows(settings: Settings, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query on the warehouse."""
    from phoneseg.warehouse import open_warehouse

    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        return warehouse.read_query(connection, sql).to_dicts()

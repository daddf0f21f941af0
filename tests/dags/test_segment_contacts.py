"""The DAG: its structure, and real runs of it through Airflow."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
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
        "pools_of_privacy": {t.task_id: t.pool for t in bag.dags["enforce_privacy"].tasks},
        "retries": {t.task_id: t.retries for t in dag.tasks},
        "outlets": {t.task_id: sorted(a.name for a in t.outlets) for t in dag.tasks if t.outlets},
        "uris": sorted(a.uri for a in dag.get_task("announce").outlets),
        "callbacks": {t.task_id: [c.__name__ for c in t.on_failure_callback] for t in dag.tasks},
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


def describe(environment: dict[str, str]) -> dict[str, Any]:
    """Return the DAG as Airflow reads it."""
    folder = environment["AIRFLOW__CORE__DAGS_FOLDER"]
    command = [sys.executable, "-c", DESCRIBE, folder]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("DESCRIBED ")]
    return dict(json.loads(line.removeprefix("DESCRIBED ")))


@pytest.fixture(scope="module")
def described(environment: dict[str, str]) -> dict[str, Any]:
    return describe(environment)


def test_every_dag_file_imports(described: dict[str, Any]) -> None:
    assert described["errors"] == {}
    assert described["dag_ids"] == ["enforce_privacy", "monitor_activity", "segment_contacts"]


def test_nothing_is_published_before_the_audit(described: dict[str, Any]) -> None:
    assert described["ancestors"]["publish"] == sorted(
        ["plan", "extract", "normalize", "profile", "segment", "load", "audit"]
    )


def test_tasks_that_open_the_duckdb_file_share_one_slot(described: dict[str, Any]) -> None:
    in_pool = {task for task, pool in described["pools"].items() if pool == "warehouse"}
    assert in_pool == {"extract", "normalize", "load", "audit", "publish"}
    assert described["pools_of_privacy"] == {"serve_requests": "warehouse", "apply_retention": "warehouse"}


def test_runs_follow_each_other_on_data_intervals(described: dict[str, Any]) -> None:
    assert described["timetable"] == "CronDataIntervalTimetable"
    assert described["max_active_runs"] == 1
    assert described["catchup"] is False
    assert set(described["retries"].values()) == {3}
    assert described["params"] == [
        "accept_drift",
        "accept_sizes",
        "announce_history",
        "as_of",
        "dry_run",
        "full",
        "sources",
    ]
    assert {tuple(names) for names in described["callbacks"].values()} == {("give_up_run",)}
    assert described["doc_md"].startswith("Segments contacts")


def test_announcing_tells_of_every_published_table(described: dict[str, Any]) -> None:
    assert list(described["outlets"]) == ["announce"]
    assert "publish" in described["ancestors"]["announce"]
    assert "phoneseg.segment_membership" in described["outlets"]["announce"]
    assert not [name for name in described["outlets"]["announce"] if "phone_number" in name or "risk" in name]
    assert "phoneseg://warehouse/phoneseg/segment_membership" in described["uris"]


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("postgresql://etl:hunter2@db.example.com/crm", "postgres://db.example.com:5432/crm/phoneseg/segment"),
        ("postgresql+psycopg://etl@[::1]:6000/crm?sslmode=require", "postgres://[::1]:6000/crm/phoneseg/segment"),
        ("postgresql:///crm?host=/run/postgresql", "postgres://localhost:5432/crm/phoneseg/segment"),
        ("no url", "phoneseg://warehouse/phoneseg/segment"),
    ],
)
def test_assets_are_named_as_lineage_tools_name_tables_without_user_and_password(
    environment: dict[str, str], url: str, uri: str
) -> None:
    described = describe({**environment, "PHONESEG_WAREHOUSE__URL": url})
    assert described["errors"] == {}
    assert uri in described["uris"]
    assert "phoneseg.segment" in described["outlets"]["announce"]
    assert "hunter2" not in str(described)


@pytest.mark.xdist_group("airflow")
def test_a_dag_run_publishes_its_interval_and_hands_no_number_on(home: Path, environment: dict[str, str]) -> None:
    done = airflow(environment, "dags", "test", "segment_contacts", "2026-07-01")
    assert done.returncode == 0, done.stdout[-3000:]
    settings = load_settings(home / "phoneseg.toml")
    (run,) = rows(settings, "SELECT * FROM phoneseg.pipeline_run WHERE as_of = '2026-07-01'")
    assert (str(run["as_of"])[:10], str(run["data_interval_start"])[:10]) == ("2026-07-01", "2026-06-30")
    assert run["state"] == "published"
    numbers = [row["phone_e164"] for row in rows(settings, "SELECT phone_e164 FROM phoneseg_restricted.phone_number")]
    database = (home / "airflow" / "airflow.db").read_bytes().decode("latin-1")
    said = done.stdout + done.stderr + database
    assert len(numbers) > 200
    assert not [number for number in numbers if number in said]


def announced(home: Path, run_id: str) -> list[str]:
    """Return the names of the assets that Airflow's database says the run updated."""
    with closing(sqlite3.connect(home / "airflow" / "airflow.db")) as connection:
        events = "SELECT name FROM asset_event JOIN asset ON asset.id = asset_id WHERE source_run_id = ? ORDER BY name"
        return [name for (name,) in connection.execute(events, [run_id])]


def run_script(environment: dict[str, str], script: str) -> Any:
    """Run a script that imports from the folder of the DAGs; return the JSON that it says it told."""
    begin = f"import json, sys; sys.path.insert(0, {environment['AIRFLOW__CORE__DAGS_FOLDER']!r})\n"
    command = [sys.executable, "-c", begin + script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    told = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    assert told, (done.stdout + done.stderr)[-3000:]
    return json.loads(told[-1].removeprefix("TOLD "))


def run_by_hand(environment: dict[str, str], *confs: dict[str, Any]) -> list[dict[str, str]]:
    """Trigger the DAG without a logical date; return the states of the tasks of each run, and of the run."""
    script = f"""
from segment_contacts import dag
told = []
for conf in json.loads({json.dumps(confs)!r}):
    run = dag.test(logical_date=None, run_conf=conf)
    states = {{t.task_id: str(t.state) for t in run.get_task_instances()}}
    told.append(states | {{"run": str(run.state), "run_id": run.run_id, "logical_date": str(run.logical_date)}})
print("TOLD " + json.dumps(told))
"""
    return list(run_script(environment, script))


@pytest.mark.xdist_group("airflow")
def test_an_older_interval_is_published_but_announced_only_on_request(
    home: Path, environment: dict[str, str], described: dict[str, Any]
) -> None:
    older = {"as_of": "2026-06-10"}
    newest, history, requested = run_by_hand(
        environment, {"as_of": "2026-07-10"}, older, {**older, "announce_history": True}
    )
    assert (newest["publish"], newest["announce"]) == ("success", "success")
    assert announced(home, newest["run_id"]) == described["outlets"]["announce"]
    assert (history["publish"], history["announce"], history["run"]) == ("success", "skipped", "success")
    assert announced(home, history["run_id"]) == []
    assert announced(home, requested["run_id"]) == described["outlets"]["announce"]


@pytest.mark.xdist_group("airflow")
def test_a_triggered_run_without_logical_date_takes_its_params(home: Path, environment: dict[str, str]) -> None:
    conf = {"as_of": "2026-06-15T06:00", "sources": ["crm", "webshop", "support"], "dry_run": True}
    (states,) = run_by_hand(environment, conf)
    assert (states["run"], states["logical_date"]) == ("success", "None")
    assert (states["publish"], states["announce"]) == ("skipped", "skipped")
    assert announced(home, states["run_id"]) == []
    settings = load_settings(home / "phoneseg.toml")
    (run,) = rows(settings, "SELECT * FROM phoneseg.pipeline_run WHERE state = 'dry_run'")
    assert str(run["as_of"])[:16] == "2026-06-15 06:00"


HOOK = """
from pathlib import Path

def write(failure):
    with (failure.config_file.parent / "failures.txt").open("a") as file:
        file.write(f"{failure.as_of:%Y-%m-%d} {failure.verb} {failure.kind}: {failure.message}\\n")
"""


@pytest.fixture
def watched(home: Path, environment: dict[str, str]) -> dict[str, str]:
    """Return an environment whose settings name a failure hook, and a column that is not there."""
    (home / "watching.py").write_text(HOOK)
    (home / "failures.txt").unlink(missing_ok=True)
    config = home / "broken.toml"
    settings = (home / "phoneseg.toml").read_text() + '\n[operations]\non_failure = "watching:write"\n'
    config.write_text(settings.replace('"mobile"', '"mobil"'))
    path = os.pathsep.join(filter(None, (str(home), os.environ.get("PYTHONPATH"))))
    return {**environment, "PHONESEG_CONFIG": str(config), "PYTHONPATH": path}


@pytest.mark.xdist_group("airflow")
def test_a_fault_that_somebody_must_mend_fails_without_a_retry_and_tells_the_hook_once(
    home: Path, watched: dict[str, str]
) -> None:
    done = airflow(watched, "dags", "test", "segment_contacts", "2026-06-20")
    assert done.returncode != 0
    words = "no column `mobil` in crm.customer; did you mean `mobile`?"
    assert words in done.stdout
    assert "UP_FOR_RETRY" not in done.stdout.upper()
    (failure,) = (home / "failures.txt").read_text().splitlines()
    assert failure.startswith("2026-06-20 extract SourceError: ")
    assert words in failure
    (run,) = rows(
        load_settings(home / "phoneseg.toml"), "SELECT * FROM phoneseg.pipeline_run WHERE as_of = '2026-06-20'"
    )
    assert run["state"] == "failed"


@pytest.mark.xdist_group("airflow")
def test_a_run_whose_process_was_killed_frees_its_interval_and_tells_the_hook_once(
    home: Path, watched: dict[str, str]
) -> None:
    # What Airflow gives the callback of a DAG run in the DAG processor, where no task says why it failed.
    script = """
from failed_runs import give_up_killed_run
from phoneseg import publish
from phoneseg.run import Run, parse_instant
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse

run = Run.open(load_settings(), run_id="killed", as_of=parse_instant("2026-06-21", ""))
warehouse = open_warehouse(run.settings)
with warehouse.transaction() as connection:
    publish.begin_run(warehouse, connection, run)

class TaskInstance:
    def xcom_pull(self, task_ids):
        return run.to_dict()

for _ in range(2):
    give_up_killed_run({"ti": TaskInstance(), "run_id": "killed"})
give_up_killed_run({"run_id": "killed", "reason": "task_failure"})
with warehouse.transaction() as connection:
    print("TOLD " + json.dumps(publish.run_state(warehouse, connection, run)))
"""
    assert run_script(watched, script) == "failed"
    assert (home / "failures.txt").read_text() == "2026-06-21 None Killed: the process of the run was killed\n"


def test_a_connection_of_a_secrets_backend_gives_the_url_and_the_keys(
    environment: dict[str, str], tmp_path: Path
) -> None:
    connection = {
        "conn_type": "postgres",
        "host": "db.example.com",
        "login": "etl",
        "password": "p@ss/word",
        "schema": "crm",
        "extra": {
            "token_key": "a key for tests alone",
            "old_token_keys": ["the key that was before"],
            "sslmode": "require",
            "keepalives": 1,
        },
    }
    script = """
from airflow_settings import read_settings
settings = read_settings()
secrets = [settings.warehouse.url, settings.token_key, *settings.old_token_keys]
print("TOLD " + json.dumps([each.get_secret_value() for each in secrets]))
"""
    file = tmp_path / "connections.json"
    file.write_text(json.dumps({"warehouse": connection}))
    backend = {"BACKEND": "airflow.secrets.local_filesystem.LocalFilesystemBackend"}
    backend["BACKEND_KWARGS"] = json.dumps({"connections_file_path": str(file)})
    variables = {f"AIRFLOW__SECRETS__{name}": value for name, value in backend.items()}
    told = run_script({**environment, **variables, "PHONESEG_AIRFLOW_CONN_ID": "warehouse"}, script)
    url = "postgresql://etl:p%40ss%2Fword@db.example.com/crm?sslmode=require"
    assert told == [url, "a key for tests alone", "the key that was before"]


def rows(settings: Settings, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query on the warehouse."""
    from phoneseg.warehouse import open_warehouse

    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        return warehouse.read_query(connection, sql).to_dicts()

"""The DAG that erases whom requests name, in a real run of Airflow."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from phoneseg.contracts import CONTACT_PROFILE, PRIVACY_REQUEST, TOMBSTONE
from phoneseg.demo import write_demo
from phoneseg.demo.dag_run import airflow_environment
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import prepare_tables
from tests.unit.governance.conftest import Books

AIRFLOW = Path(sys.executable).with_name("airflow")
RUN = """
from enforce_privacy import dag
told = []
for conf in ({"dry_run": True}, {"dry_run": False}):
    run = dag.test(logical_date=None, run_conf=conf)
    told.append({t.task_id: [str(t.state), t.xcom_pull(task_ids=t.task_id)] for t in run.get_task_instances()})
print("TOLD " + json.dumps(told))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("privacy_dag")
    write_demo(folder, contacts=10)
    return airflow_environment(folder / "phoneseg.toml", folder / "airflow")


def run_script(environment: dict[str, str], script: str) -> tuple[Any, str]:
    """Run a script that imports from the folder of the DAGs; return the JSON that it told, and all that it said."""
    begin = f"import json, sys; sys.path.insert(0, {environment['AIRFLOW__CORE__DAGS_FOLDER']!r})\n"
    command = [sys.executable, "-c", begin + script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout + done.stderr
    told = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    assert told, said[-3000:]
    return json.loads(told[-1].removeprefix("TOLD ")), said


@pytest.mark.xdist_group("airflow")
def test_requests_go_in_and_receipts_come_out_and_nobody_is_named(environment: dict[str, str]) -> None:
    settings = load_settings(Path(environment["PHONESEG_CONFIG"]))
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        prepare_tables(warehouse, connection, settings)
    books = Books(settings, warehouse)
    books.write(CONTACT_PROFILE, contact_id="crm:100001")
    books.write(PRIVACY_REQUEST, request_id="T1", request_kind="erase_contact", contact_id="crm:100001")
    books.write(PRIVACY_REQUEST, request_id="T2", request_kind="erase_number", phone_e164="+4930901820")
    migrated = subprocess.run([str(AIRFLOW), "db", "migrate"], env=environment, capture_output=True, check=False)
    assert migrated.returncode == 0
    (shown, done), said = run_script(environment, RUN)
    assert shown == done
    assert done["serve_requests"] == ["success", {"request_count": 2, "row_count": 1}]
    assert done["apply_retention"] == ["success", {}]
    assert books.tables_with("crm:100001", "901820") == set()
    assert len(books.rows(TOMBSTONE)) == 4
    database = (Path(environment["AIRFLOW_HOME"]) / "airflow.db").read_bytes().decode("latin-1")
    assert "crm:100001" not in said + database
    assert "901820" not in said + database

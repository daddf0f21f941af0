"""docs/examples: what the pages show runs with the real Airflow."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from phoneseg.demo import write_demo
from phoneseg.demo.dag_run import airflow_environment

ROOT = Path(__file__).parents[2]
SCRIPT = """
import asyncio, json, sys
from airflow.api_fastapi.core_api.datamodels.dag_run import DAGRunResponse
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
import phoneseg_deadline

bag = DagBag(sys.argv[1])
dag = bag.dags["segment_contacts"]
assert "dag_run_id" in DAGRunResponse.model_fields
asyncio.run(phoneseg_deadline.tell_late(url=sys.argv[2], context={"dag_run": {"dag_run_id": "scheduled__1"}}))
deadline = json.dumps(DagSerialization.to_dict(dag)["dag"]["deadline"], default=str)
print("TOLD " + json.dumps([bag.import_errors, deadline]))
"""


@pytest.fixture
def web_hook() -> Iterator[tuple[str, list[str]]]:
    """A server that keeps what is posted to it."""
    posted: list[str] = []

    class Keeper(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("localhost", 0), Keeper) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/", posted
        server.shutdown()
        thread.join()


def test_the_deadline_of_the_example_is_part_of_the_dag_and_tells_of_a_late_run(
    tmp_path: Path, web_hook: tuple[str, list[str]]
) -> None:
    url, posted = web_hook
    dags = tmp_path / "dags"
    shutil.copytree(ROOT / "dags", dags)
    file = dags / "segment_contacts.py"
    code = file.read_text().replace(
        "with DAG(", "from phoneseg_deadline import DEADLINE\n\nwith DAG(\n    deadline=DEADLINE,"
    )
    file.write_text(code)
    write_demo(tmp_path, contacts=10)
    path = os.pathsep.join(filter(None, (str(ROOT / "docs" / "examples"), os.environ.get("PYTHONPATH"))))
    environment = airflow_environment(tmp_path / "phoneseg.toml", tmp_path / "airflow") | {"PYTHONPATH": path}
    command = [sys.executable, "-c", SCRIPT, str(dags), url]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")] or [done.stderr[-2000:]]
    errors, deadline = json.loads(told.removeprefix("TOLD "))
    assert errors == {}
    assert "phoneseg_deadline.tell_late" in deadline
    assert "segment_contacts: run scheduled__1 is not done in time" in posted[0]

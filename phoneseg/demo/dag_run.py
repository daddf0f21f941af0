"""`make run` and `make airflow`: the demo warehouse through the real DAG.

Airflow runs as a program of its own, as it does everywhere; this module only calls it and shows what it says.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Final, NoReturn

from phoneseg.demo.warehouse_database import demo_server

AS_OF: Final = date(2026, 7, 1)
_HISTORY: Final = timedelta(weeks=9)
_AIRFLOW_DATABASE: Final = "airflow"
_ROOT: Final = Path(__file__).parents[2]
_PROGRESS = re.compile(r"\]\s+(?P<message>.*?)\s+\[(?:phoneseg\.[a-z_.]+|task_wiring)\]")
_FAILURE = re.compile(r"(?:AirflowFailException|PhonesegError|[A-Z]\w+Error): (?P<message>.*)")


def airflow_environment(config: Path, airflow_home: Path) -> dict[str, str]:
    """Return the environment in which Airflow finds the DAGs and the settings, and nothing else.

    Args:
        config: The settings file.
        airflow_home: Folder of Airflow's own database and logs.
    """
    return {
        **os.environ,
        # `airflow standalone` starts its parts by the name `airflow`.
        "PATH": f"{Path(_airflow_program()).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(_ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "PHONESEG_CONFIG": str(config),
        "PYTHONWARNINGS": "ignore",  # of Airflow's own code
    }


def run_dag(folder: Path, as_of: date = AS_OF) -> None:
    """Run the DAGs on the demo warehouse: `segment_contacts` once, and `monitor_activity` for the last hour of its day.

    The weeks before are counted along: the demo has no hourly runs behind it.

    Args:
        folder: The demo's folder, with `phoneseg.toml`; Airflow's database and logs go there too.
        as_of: End of the data interval.

    Raises:
        SystemExit: Airflow or the DAG failed; what went wrong was printed.
    """
    environment = airflow_environment(folder / "phoneseg.toml", folder / "airflow")
    log = folder / "airflow.log"
    log.unlink(missing_ok=True)
    _migrate(environment, log)
    print(f"Airflow: running the DAG segment_contacts as of {as_of} ...", flush=True)
    _airflow(["dags", "test", "segment_contacts", as_of.isoformat()], environment, log)
    print(f"Airflow: running the DAG monitor_activity as of {as_of} ...", flush=True)
    conf = json.dumps({"counts_from": (as_of - _HISTORY).isoformat()})
    _airflow(["dags", "test", "monitor_activity", as_of.isoformat(), "--conf", conf], environment, log)


def run_standalone(folder: Path, port: int) -> NoReturn:
    """Become Airflow's scheduler, workers and web page on the demo warehouse, until interrupted.

    Args:
        folder: The demo's folder.
        port: Port of the web page, which is also that of the tasks' API.
    """
    environment = airflow_environment(folder / "phoneseg.toml", folder / "airflow") | {
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://localhost:{port}/execution/",
        **_airflow_database(folder),
    }
    log = folder / "airflow.log"
    _migrate(environment, log)
    _airflow(["pools", "set", "warehouse", "1", "One process at a time can open the DuckDB file"], environment, log)
    print(f"Airflow: http://localhost:{port} (user and password below); unpause a DAG to start it", flush=True)
    os.execve(_airflow_program(), ["airflow", "standalone"], environment)  # noqa: S606  # our own environment's airflow


def _airflow_database(folder: Path) -> dict[str, str]:
    """Return the variables that put Airflow's own database on the demo's server, if it has one.

    On SQLite, its default, `airflow backfill create` fails beside a scheduler that writes at the same time.
    """
    server = demo_server(folder)
    if not server.folder.exists():
        return {}
    server.start()
    if not server.has_database(_AIRFLOW_DATABASE):
        server.create_database(_AIRFLOW_DATABASE)
    url = server.url(_AIRFLOW_DATABASE).replace("postgresql://", "postgresql+psycopg://")
    return {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": url}


def _migrate(environment: Mapping[str, str], log: Path) -> None:
    print("Airflow: making its database ...", flush=True)
    _airflow(["db", "migrate"], environment, log)


def _airflow_program() -> str:
    return str(Path(sys.executable).with_name("airflow"))


def _airflow(arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
    """Run an Airflow command, all its words in the log, phoneseg's on the screen."""
    command = [_airflow_program(), *arguments]
    began, failures = perf_counter(), []
    with (
        log.open("a", encoding="utf-8") as kept,
        subprocess.Popen(  # noqa: S603  # our own environment's airflow
            command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process,
    ):
        for line in process.stdout or ():
            kept.write(line)
            if progress := _PROGRESS.search(line):
                print(f"  {perf_counter() - began:6.1f} s  {progress['message']}", flush=True)
            elif failure := _FAILURE.search(line):
                failures.append(failure["message"])
    if process.returncode:
        print(f"\nAirflow failed: {failures[-1] if failures else 'see its log'}\nIts log: {log}", file=sys.stderr)
        sys.exit(process.returncode)


if __name__ == "__main__":
    demo_folder = Path(sys.argv[1]).absolute()
    if sys.argv[2:3] == ["standalone"]:
        run_standalone(demo_folder, int(os.environ.get("PORT", "8080")))
    run_dag(demo_folder)

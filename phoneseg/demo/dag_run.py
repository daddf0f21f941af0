"""`make run`: the demo warehouse through the real DAG, its progress on one screen.

Airflow runs as a program of its own, as it does everywhere; this module only calls it and shows what it says.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Final

AS_OF: Final = date(2026, 7, 1)
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
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(_ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "PHONESEG_CONFIG": str(config),
        "PYTHONWARNINGS": "ignore",  # of Airflow's own code
    }


def run_dag(folder: Path, as_of: date = AS_OF) -> None:
    """Run the DAG `segment_contacts` once on the demo warehouse.

    Args:
        folder: The demo's folder, with `phoneseg.toml`; Airflow's database and logs go there too.
        as_of: End of the data interval.

    Raises:
        SystemExit: Airflow or the DAG failed; what went wrong was printed.
    """
    environment = airflow_environment(folder / "phoneseg.toml", folder / "airflow")
    log = folder / "airflow.log"
    log.unlink(missing_ok=True)
    print("Airflow: making its database ...", flush=True)
    _airflow(["db", "migrate"], environment, log)
    print(f"Airflow: running the DAG segment_contacts as of {as_of} ...", flush=True)
    _airflow(["dags", "test", "segment_contacts", as_of.isoformat()], environment, log)


def _airflow(arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
    """Run an Airflow command, all its words in the log, phoneseg's on the screen."""
    command = [str(Path(sys.executable).with_name("airflow")), *arguments]
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
    run_dag(Path(sys.argv[1]).absolute())

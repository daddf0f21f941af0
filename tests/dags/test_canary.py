"""Planted numbers go through whole runs of the DAG, good ones and failing ones, and turn up nowhere but in the open."""

import base64
import gzip
import hashlib
import json
import os
import pickle
import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from phoneseg.demo.dag_run import airflow_environment
from tests.dags.canary.planted import JUNK, NUMBERS, tokens
from tests.dags.canary.search import Search
from tests.dags.canary.sources import tables, write_folder

pytestmark = pytest.mark.xdist_group("canary")  # its runs are for all its tests
SCENARIO = Path(__file__).parent / "canary" / "scenario.py"
OPEN_SCHEMAS = ("phoneseg", "phoneseg_report")
AS_EXPECTED = {
    **dict.fromkeys(("well", "monitored"), ("success", "success, try 1")),
    **dict.fromkeys(("detect", "extract", "normalize", "audit", "swap"), ("failed", "failed, try 1")),
    "retries": ("failed", "failed, try 4"),
}


@dataclass(frozen=True)
class Told:
    """What the runs left.

    Attributes:
        folder: Everything that they wrote.
        output: What the process said.
        schema: SQL of tables and views of the warehouse, with their comments.
        rows: Rows of the tables and views that analysts and readers see, by name.
    """

    folder: Path
    output: str
    schema: str
    rows: dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Run the DAG in every way."""
    folder = tmp_path_factory.mktemp("canary")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("CREATE SCHEMA crm")
        for name, frame in tables().items():
            connection.register("frame", frame.to_arrow())
            connection.execute(f"CREATE TABLE crm.{name} AS SELECT * FROM frame")
            connection.unregister("frame")
    write_folder(folder, "duckdb:///warehouse.duckdb")
    environment = airflow_environment(folder / "phoneseg.toml", folder / "airflow")
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    migrate = [str(Path(sys.executable).with_name("airflow")), "db", "migrate"]
    subprocess.run(migrate, env=environment, capture_output=True, timeout=300, check=True)
    command = [sys.executable, str(SCENARIO), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, re.sub(r"\d", "#", done.stderr[-3000:])
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        return Told(folder, done.stdout + done.stderr, read_schema(connection), dict(read_open(connection)))


def read_schema(connection: duckdb.DuckDBPyConnection) -> str:
    sql = (
        "SELECT sql, comment FROM duckdb_tables() UNION ALL SELECT sql, comment FROM duckdb_views() WHERE NOT internal"
    )
    columns = connection.execute("SELECT column_name, comment FROM duckdb_columns()").fetchall()
    return str((connection.execute(sql).fetchall(), columns))


def read_open(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    for schema, name in connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall():
        if schema in OPEN_SCHEMAS:
            yield f"{schema}.{name}", connection.execute(f"SELECT * FROM {schema}.{name}").fetchall()


def test_every_run_ended_as_it_should(told: Told) -> None:
    ended = dict(re.findall(r"^SCENARIO (\w+): (.*)$", told.output, re.MULTILINE))
    assert set(ended) == set(AS_EXPECTED)
    for name, (run, task) in AS_EXPECTED.items():
        assert ended[name].startswith(run), f"{name}: {ended[name]}"
        assert task in ended[name], f"{name}: {ended[name]}"


def test_the_numbers_were_there_to_be_found(told: Told) -> None:
    with duckdb.connect(str(told.folder / "warehouse.duckdb"), read_only=True) as connection:
        found = {
            row[0] for row in connection.execute("SELECT phone_e164 FROM phoneseg_restricted.phone_number").fetchall()
        }
        cells = {
            row[0] for row in connection.execute("SELECT phone_raw FROM phoneseg_restricted.quarantine_raw").fetchall()
        }
    assert set(NUMBERS) <= found
    assert set(JUNK) & cells
    matched = {row[1]: row[3] for row in told.rows["phoneseg.activity_size"]}
    assert matched["calls"] > 0
    assert len(told.rows["phoneseg.pipeline_run"]) == len(AS_EXPECTED) - 1, "the retried run never began"
    assert told.rows["phoneseg.permission_size"]


def test_no_planted_number_is_anywhere_but_in_the_restricted_schema(told: Told) -> None:
    numbers, numbers_or_tokens = Search(), Search(*tokens())
    leaks = [*numbers_or_tokens.text("output of the process", told.output)]
    leaks += numbers_or_tokens.files("Airflow's folder", told.folder / "airflow")
    leaks += numbers_or_tokens.sqlite("Airflow's database", told.folder / "airflow" / "airflow.db")
    leaks += numbers_or_tokens.files("Data Docs", told.folder / ".phoneseg" / "data_docs")
    leaks += numbers_or_tokens.files("stage folders", told.folder / ".phoneseg" / "stage", names_only=True)
    leaks += numbers_or_tokens.text("failure hook", (told.folder / "hook.txt").read_text())
    leaks += numbers.text("tables, columns, views and comments", told.schema)
    for name, rows in told.rows.items():
        leaks += numbers.rows(name, rows)
    assert sorted(set(leaks)) == []
    searched = numbers.places | numbers_or_tokens.places
    assert set(PLACES) <= searched, "there was something to search"


PLACES = (
    "output of the process",
    "failure hook",
    "Airflow's database: xcom",
    "Airflow's database: task_instance",
    "Airflow's database: rendered_task_instance_fields",
    "Airflow's database: serialized_dag",
    "Airflow's database: asset_event",
    "Airflow's database: log",
    "Airflow's folder: file .db",
    "Data Docs: file .html",
    "Data Docs: names",
    "stage folders: names",
    "phoneseg.pipeline_run",
    "phoneseg.prefix_activity",
    "phoneseg.contact_360",
    "phoneseg_report.segment_report",
)

PLANTED = "+4915207938164"
PACKED: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "in a sentence": lambda number: f"a {number} b".encode(),
    "dotted": lambda _: b"0152.0793.8164",
    "its last seven digits": lambda _: b"call 793 8164",
    "JSON": lambda number: json.dumps({"a": [number]}).encode(),
    "UTF-16": lambda number: number.encode("utf-16-le"),
    "zlib": lambda number: zlib.compress(f"[{number}]".encode()),
    "gzip": lambda number: gzip.compress(number.encode()),
    "pickle": lambda number: pickle.dumps({"number": number}),
    "base64 of zlib": lambda number: base64.b64encode(zlib.compress(f"much ado about {number}, a number".encode())),
    "a plain hash": lambda number: hashlib.sha256(number.encode()).hexdigest().encode(),
}


@pytest.mark.parametrize("form", PACKED)
def test_the_search_finds_what_is_leaked_to_it_in_any_form(tmp_path: Path, form: str) -> None:
    leak = PACKED[form](PLANTED)
    search = Search()
    assert search.text("a text", b"nothing at 2026-07-01 16:26:32.123456, 1,234,567 rows") == []
    assert search.text("a text", leak) == ["a text"]
    (tmp_path / "task.log").write_bytes(leak)
    assert search.files("a folder", tmp_path) == ["a folder: file .log"]
    with closing(sqlite3.connect(tmp_path / "airflow.db")) as connection:
        connection.execute("CREATE TABLE xcom (key TEXT, value BLOB)")
        connection.execute("INSERT INTO xcom VALUES ('a', ?)", [leak])
        connection.commit()
    assert search.sqlite("a database", tmp_path / "airflow.db") == ["a database: xcom"]


def test_the_search_finds_a_number_in_the_name_of_a_file_and_in_a_row(tmp_path: Path) -> None:
    (tmp_path / f"run-{PLANTED}.parquet").touch()
    search = Search()
    assert search.files("a folder", tmp_path, names_only=True) == ["a folder: names"]
    assert search.rows("a table", [(1, None), (2, f"ends on {JUNK[0]}")]) == ["a table"]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_search_knows_every_handwriting(number: str) -> None:
    search = Search()
    assert all(search.text("a text", text) for text in (number, *NUMBERS[number]))

"""`--log-format json`: every line of standard error is a JSON object with its fields, and no value of a row."""

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from phoneseg.cli.log_format import JsonFormatter, is_told

TOML = """\
[warehouse]
url = "duckdb:///warehouse.duckdb"

[contacts.crm]
table = "contact"
id = "id"
phones = ["mobile"]
"""
SECRET = "a key for tests alone"


def phoneseg(folder: Path, *arguments: str, **variables: str) -> tuple[int, list[dict[str, Any]]]:
    """Run `phoneseg` as a program; return its exit code and its log, read as JSON."""
    environment = {**os.environ, "PHONESEG_TOKEN_KEY": SECRET, **variables}
    command = [sys.executable, "-m", "phoneseg", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with settings and a warehouse of one contact."""
    (tmp_path / "phoneseg.toml").write_text(TOML)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("CREATE TABLE contact AS SELECT 1 AS id, '+16502530000' AS mobile")
    return tmp_path


def test_a_run_tells_each_verb_with_its_run_counts_and_seconds(folder: Path) -> None:
    code, log = phoneseg(folder, "--log-format", "json", "run", "--as-of", "2026-07-01")
    assert code == 0
    verbs = {line["verb"]: line for line in log if "verb" in line}
    assert list(verbs) == ["extract", "normalize", "profile", "segment", "load", "audit", "swap"]
    extract = verbs["extract"]
    assert extract["counts"]["contact_count"] == 1
    assert extract["as_of"] == "2026-07-01T00:00:00+00:00"
    assert extract["duration_s"] > 0
    assert datetime.fromisoformat(extract["time"]).tzinfo == UTC
    assert {line["run_id"] for line in verbs.values()} == {extract["run_id"]}
    assert "6502530000" not in json.dumps(log)


def test_the_last_words_of_a_failed_command_are_json_too(folder: Path) -> None:
    code, log = phoneseg(folder, "run", "--source", "erp", PHONESEG_LOG_FORMAT="json")
    assert code == 1
    assert log[-1]["error"] == "SettingsError"
    assert "no contact source `erp`" in log[-1]["message"]


def test_an_exception_in_the_log_is_told_by_its_name_alone() -> None:
    broke = (ValueError, ValueError("+16502530000"), None)
    record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "it broke", (), broke)
    told = JsonFormatter().format(record)
    assert json.loads(told)["error"] == "ValueError"
    assert "6502530000" not in told


@pytest.mark.parametrize(("kind", "is_line"), [(KeyboardInterrupt, False), (OSError, True), (None, True)])
def test_an_interruption_that_meets_a_closing_connection_is_no_line(
    kind: type[BaseException] | None, is_line: bool
) -> None:
    error = None if kind is None else (kind, kind(), None)
    record = logging.makeLogRecord({"msg": "Exception closing connection", "exc_info": error})
    assert is_told(record) is is_line

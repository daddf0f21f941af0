"""Planted numbers stay out of all that a run on PostgreSQL says, where each verb fails once and the database, too."""

import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
from runs import AS_OF, execute, query

from phoneseg import pipeline
from phoneseg.errors import UnexpectedError
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from tests.dags.canary.faults import BREAKS, quote_rows
from tests.dags.canary.planted import JUNK, NUMBERS, tokens
from tests.dags.canary.search import Search
from tests.dags.canary.sources import tables, write_folder


@pytest.fixture
def canary_settings(postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a database with planted numbers."""
    write_folder(tmp_path, postgresql_url)
    monkeypatch.syspath_prepend(tmp_path)
    settings = load_settings(tmp_path / "phoneseg.toml")
    execute(settings, "CREATE SCHEMA crm")
    for name, frame in tables().items():
        frame.write_database(f"crm.{name}", postgresql_url, engine="adbc")
    return settings


def run_program(settings: Settings, **variables: str) -> str:
    """Run phoneseg as a program that must fail; return all that it says."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(settings.folder), *sys.path]), **variables}
    command = [sys.executable, "-m", "phoneseg", "--log-format", "json", "run", "--config", str(settings.config_file)]
    command += ["--as-of", "2026-07-01", "--full"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    return done.stdout + done.stderr


@pytest.mark.slow
def test_no_verb_and_no_error_of_the_database_tells_a_planted_number(
    canary_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings, search, told = canary_settings, Search(*tokens()), []
    caplog.set_level(logging.DEBUG)
    run = Run.open(settings, run_id="canary", as_of=AS_OF)
    for verb, breaks in zip(pipeline.VERBS, BREAKS.values(), strict=True):
        with patch(breaks, quote_rows), pytest.raises(UnexpectedError) as raised:
            verb(run)
        told += traceback.format_exception(raised.value)
        pipeline.fail(run, raised.value, keep_leftovers=True)
        verb(run)
    numbers = set(query(settings, "SELECT phone_e164 FROM phoneseg_restricted.phone_number")["phone_e164"])
    assert set(NUMBERS) <= numbers
    assert set(JUNK) & set(query(settings, "SELECT phone_raw FROM phoneseg_restricted.quarantine_raw")["phone_raw"])
    leaks = [*search.text("errors", "".join(told)), *search.text("log", caplog.text)]

    execute(
        settings,
        "DELETE FROM phoneseg_restricted.phone_number",
        "ALTER TABLE phoneseg_restricted.phone_number ADD CHECK (phone_e164 NOT LIKE '+49%')",
    )
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="Failing row contains"),
        psycopg.connect(settings.warehouse.url.get_secret_value().replace("+psycopg", "")) as connection,
    ):  # what the driver's error says, which no run may
        connection.execute("INSERT INTO phoneseg_restricted.phone_number VALUES ('a', 'b', '+4915', 'c', 'd', 'e')")
    violated = run_program(settings)
    assert "check" in violated.lower()
    casts = "SELECT id, mobile, home, country, created_at, CAST(mobile AS int) AS rank FROM crm.customer"
    cast = run_program(settings, PHONESEG_CONTACTS__CRM__QUERY=casts)
    assert "integer" in cast
    leaks += search.text("output of the program", violated + cast)
    leaks += search.text("failure hook", (settings.folder / "hook.txt").read_text())
    leaks += search.files("Data Docs", settings.folder / ".phoneseg" / "data_docs")
    leaks += search.files("stage folders", settings.folder / ".phoneseg", names_only=True)
    failures = query(settings, "SELECT * FROM phoneseg.pipeline_run")
    assert failures["failure"].is_not_null().sum() == 2
    leaks += search.rows("pipeline_run", failures.rows())
    leaks += search_open_tables(settings)
    assert leaks == []


def search_open_tables(settings: Settings) -> list[str]:
    """Search all tables and views that analysts and readers see; tokens may stand there."""
    names = query(
        settings,
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
        "WHERE table_schema IN ('phoneseg', 'phoneseg_report')",
    )["name"]
    assert len(names) > 20
    search = Search()
    return [leak for name in names for leak in search.rows(name, query(settings, f"SELECT * FROM {name}").rows())]

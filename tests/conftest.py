"""A real PostgreSQL for every test that asks for one: a server for each worker, a database for each test."""

import gc
import secrets
import subprocess
import sys
from collections.abc import Iterator

import pytest

from phoneseg.demo.postgresql import PostgreSQLServer

gc.set_threshold(100_000, 20, 100)  # else a tenth of the suite is spent on finding that modules are no garbage


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQLServer]:
    """The worker's server; a test may stop it, restart it and crash it, and leaves it running."""
    folder = tmp_path_factory.mktemp("postgresql") / "server"
    # Another process removes it, as soon as its input ends; so it goes even where this one is killed.
    remove = [sys.executable, "-m", "phoneseg.demo.postgresql", "remove", str(folder)]
    command = ["sh", "-c", 'cat > /dev/null; exec "$@"', "sh", *remove]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as remover:
        server = PostgreSQLServer(folder, is_durable=False)
        server.start()
        yield server
        remover.communicate()
    assert remover.returncode == 0


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQLServer) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    name = f"test_{secrets.token_hex(6)}"
    postgresql_server.create_database(name)
    yield postgresql_server.url(name)
    postgresql_server.drop_database(name)

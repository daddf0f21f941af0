"""Real warehouses for the tests: small, in files of their own."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from phoneseg.demo import write_demo
from phoneseg.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PHONESEG_CONFIG", "PHONESEG_TOKEN_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def _demo_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, contacts=600)
    return folder


@pytest.fixture
def demo(_demo_original: Path, tmp_path: Path) -> Path:
    """A demo folder of the test's own."""
    folder = tmp_path / "demo"
    shutil.copytree(_demo_original, folder)
    return folder


@pytest.fixture
def demo_settings(demo: Path) -> Settings:
    """Settings of the test's own demo."""
    return load_settings(demo / "phoneseg.toml")


@pytest.fixture
def make_warehouse(tmp_path: Path) -> Callable[..., Settings]:
    """Return a function that writes a warehouse with one source, `shop.customer`, and its settings."""

    def make(rows: str, backend: str = "duckdb", contacts: str = "", columns: str = "id, phone, country") -> Settings:
        file, table = tmp_path / f"warehouse.{backend}", "shop_customer" if backend == "sqlite" else "shop.customer"
        engine = sa.create_engine(f"{backend}:///{file}", poolclass=sa.NullPool)
        with engine.begin() as connection:
            if backend != "sqlite":
                connection.execute(sa.text("CREATE SCHEMA shop"))
            connection.execute(sa.text(f"CREATE TABLE {table} AS WITH v({columns}) AS (VALUES {rows}) SELECT * FROM v"))
        contacts = contacts or f'table = "{table}"\nid = "id"\nphones = ["phone"]\nregion_column = "country"'
        config = tmp_path / "phoneseg.toml"
        key = tmp_path / "token.key"
        key.write_text("a key for tests alone")
        key.chmod(0o600)
        config.write_text(
            f'[warehouse]\nurl = "{backend}:///{file.name}"\nlock_wait_s = 1\n'
            f'[privacy]\ntoken_key_file = "token.key"\n[contacts.shop]\n{contacts}\n'
        )
        return load_settings(config)

    return make


@pytest.fixture(scope="session")
def _postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """To be replaced by the server class of the shared fixtures."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    folder = Path("/tmp") / f"phoneseg-{uuid4().hex[:8]}"  # noqa: S108  # a socket's path has to be short
    folder.mkdir()
    shutil.chown(folder, "postgres")

    def call(*command: str | Path) -> None:
        subprocess.run(command, user="postgres", cwd=folder, check=True, stdout=subprocess.DEVNULL)

    (folder / "password").write_text("hunter2")
    call(
        programs / "initdb", "-D", folder / "data", "-A", "scram-sha-256", "--pwfile", folder / "password", "-E", "UTF8"
    )
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    call(programs / "pg_ctl", "start", "-w", "-D", folder / "data", "-l", folder / "log", "-o", options)
    yield f"postgresql://postgres:hunter2@/{{}}?host={folder}"
    call(programs / "pg_ctl", "stop", "-w", "-D", folder / "data", "-m", "immediate")
    shutil.rmtree(folder)


@pytest.fixture
def postgresql_url(_postgresql_server: str) -> Iterator[str]:
    """Return the URL of an empty database of the test's own."""
    name = f"test_{uuid4().hex[:12]}"
    engine = sa.create_engine(
        _postgresql_server.format("postgres"), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield _postgresql_server.format(name)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")

"""Real warehouses for the tests: small, in files of their own."""

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from monitored_calls import _duckdb_original, _postgresql_template, duckdb_published, postgresql_published, published

from phoneseg.demo import write_demo
from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.demo.warehouse_database import DATABASE
from phoneseg.quality.suites import shipped_suites_folder
from phoneseg.settings import Settings, load_settings

__all__ = ["_duckdb_original", "_postgresql_template", "duckdb_published", "postgresql_published", "published"]
"""Fixtures of other modules."""


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


@pytest.fixture(scope="session")
def _few_checks_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few_checks")
    for file in shipped_suites_folder().glob("*.json"):
        suite = json.loads(file.read_text(encoding="utf-8"))
        is_checked = file.stem in ("contact_phone", "contact_profile", "segment_membership")
        suite["expectations"] = suite["expectations"][:is_checked]  # its key
        (folder / file.name).write_text(json.dumps(suite), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _few_checks(request: pytest.FixtureRequest, _few_checks_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs check the keys of three tables, unless the test is about more: checks take most of a small run."""
    if request.node.get_closest_marker("all_checks") is None:
        monkeypatch.setenv("PHONESEG_QUALITY__SUITES_FOLDER", str(_few_checks_folder))


@pytest.fixture(params=["duckdb", "postgresql"])
def any_settings(request: pytest.FixtureRequest) -> Settings:
    """Settings of the test's own demo, on each of the two first-class warehouses."""
    name = "demo_settings" if request.param == "duckdb" else "postgresql_settings"
    settings: Settings = request.getfixturevalue(name)
    return settings


@pytest.fixture(scope="session")
def _postgresql_original(
    postgresql_server: PostgreSQLServer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path, str], None]:
    """Write the demo once, and return a function that copies its folder and database."""
    original = tmp_path_factory.mktemp("postgresql_demo")
    write_demo(original, contacts=600, server=postgresql_server)
    template = "demo_original"  # a test that writes a demo replaces the database of demos
    postgresql_server.rename_database(DATABASE, template)

    def copy(folder: Path, database: str) -> None:
        shutil.copytree(original, folder)
        postgresql_server.create_database(database, template=template)
        config = folder / "phoneseg.toml"
        config.write_text(config.read_text().replace(postgresql_server.url(DATABASE), postgresql_server.url(database)))

    return copy


@pytest.fixture
def postgresql_demo(
    _postgresql_original: Callable[[Path, str], None], postgresql_server: PostgreSQLServer, tmp_path: Path
) -> Iterator[Path]:
    """A demo folder of the test's own whose warehouse is on PostgreSQL: the same rows as in `demo`."""
    folder, database = tmp_path / "postgresql_demo", f"demo_{secrets.token_hex(6)}"
    _postgresql_original(folder, database)
    yield folder
    postgresql_server.drop_database(database)


@pytest.fixture
def postgresql_settings(postgresql_demo: Path) -> Settings:
    """Settings of the test's own demo on PostgreSQL."""
    return load_settings(postgresql_demo / "phoneseg.toml")


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

"""Warehouses to disturb runs on: empty ones, and published ones whose sources changed since."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from runs import AS_OF, execute, run_pipeline
from test_incremental import CHANGES, NEXT

from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.settings import load_settings

from .scenes import Scene, seen

MakeScene = Callable[[str, str], Scene]


@dataclass(frozen=True)
class Original:
    """A warehouse to copy."""

    folder: Path
    database: str | None

    def copy(self, folder: Path, server: PostgreSQLServer | None) -> "Original":
        """Copy the folder, and the database of one on PostgreSQL."""
        shutil.copytree(self.folder, folder)
        if self.database is None or server is None:
            return Original(folder, None)
        copy = Original(folder, f"fault_{secrets.token_hex(6)}")
        server.create_database(str(copy.database), template=self.database)
        config = folder / "phoneseg.toml"
        config.write_text(config.read_text().replace(server.url(self.database), server.url(str(copy.database))))
        return copy


class Originals:
    """What to copy, made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, str], tuple[Original, Scene]] = {}

    def get(self, backend: str, kind: str, empty: Original, server: PostgreSQLServer | None) -> tuple[Original, Scene]:
        """Return a warehouse before a `first` or an `incremental` run, and what the run makes of a copy."""
        if (backend, kind) not in self._known:
            first = self._folder / f"{backend}_first"
            published = empty.copy(first, server)
            self._known[backend, "first"] = (empty, self._run(first, AS_OF))
            execute(load_settings(first / "phoneseg.toml"), *CHANGES)
            second = self._folder / f"{backend}_incremental"
            published.copy(second, server)
            self._known[backend, "incremental"] = (published, self._run(second, NEXT))
        return self._known[backend, kind]

    def _run(self, folder: Path, as_of: datetime) -> Scene:
        settings = load_settings(folder / "phoneseg.toml")
        before = seen(settings)
        run_pipeline(settings, as_of)
        return Scene(settings, as_of, before, seen(settings))


@pytest.fixture(scope="session")
def _originals(tmp_path_factory: pytest.TempPathFactory) -> Originals:
    return Originals(tmp_path_factory.mktemp("faults"))


@pytest.fixture
def make_scene(
    request: pytest.FixtureRequest, _originals: Originals, _demo_original: Path, tmp_path: Path
) -> Iterator[MakeScene]:
    """Return a function that makes a scene on a warehouse, before its first or an incremental run."""
    with ExitStack() as drops:

        def make(backend: str, kind: str) -> Scene:
            server: PostgreSQLServer | None = None
            empty = Original(_demo_original, None)
            if backend == "postgresql":
                server = request.getfixturevalue("postgresql_server")
                empty = request.getfixturevalue("_empty_on_postgresql")
            original, played = _originals.get(backend, kind, empty, server)
            copy = original.copy(tmp_path / f"scene_{secrets.token_hex(4)}", server)
            if server and copy.database:
                drops.callback(server.drop_database, copy.database)
            return Scene(load_settings(copy.folder / "phoneseg.toml"), played.as_of, played.before, played.after)

        yield make


@pytest.fixture(scope="session")
def _empty_on_postgresql(
    _postgresql_original: Callable[[Path, str], None], tmp_path_factory: pytest.TempPathFactory
) -> Original:
    folder, database = tmp_path_factory.mktemp("faults") / "empty", "faults_empty"
    _postgresql_original(folder, database)
    return Original(folder, database)

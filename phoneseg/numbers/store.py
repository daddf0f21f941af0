"""Where the tables of a metadata version come from: the package, the user's cache, or the compiler."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Final

from phoneseg.numbers.engine import Engine
from phoneseg.numbers.languages import ENGLISH
from phoneseg.numbers.tables import FORMAT_VERSION, Tables

SHIPPED_FOLDER: Final = Path(__file__).parent / "shipped"
log = logging.getLogger(__name__)


def metadata_version() -> str:
    """Return the version of the installed `phonenumbers`, which its metadata carries."""
    return version("phonenumbers")


@cache
def load_engine() -> Engine:
    """Return the engine for the installed `phonenumbers`; its tables are loaded when it is first asked for.

    Raises:
        OSError: The cache cannot be written.
    """
    return Engine(load_tables())


def load_tables() -> Tables:
    """Return the tables of the installed `phonenumbers`: the shipped ones, those in the cache, or new ones.

    Compiling takes about a minute, once for a version; other processes wait for the one that does it.

    Raises:
        OSError: The cache cannot be written.
    """
    installed = metadata_version()
    shipped = SHIPPED_FOLDER / f"phonenumbers-{installed}.npz"
    if shipped.exists():
        return Tables.load(shipped)
    cached = cache_folder() / f"phonenumbers-{installed}-format{FORMAT_VERSION}.npz"
    with _locked(cached.with_suffix(".lock")):
        if not cached.exists():
            _compile(installed, cached)
    return Tables.load(cached)


def _compile(installed: str, path: Path) -> None:
    from phoneseg.numbers.compiler import compile_tables  # takes seconds to import what it needs

    log.warning("phonenumbers %s is not the version that phoneseg ships tables of: compiling them once", installed)
    began = perf_counter()
    compile_tables(installed, log.info).save(path)
    log.warning("compiled in %.0f s, kept in %s", perf_counter() - began, path)


def cache_folder() -> Path:
    """Return the folder of compiled tables: `phoneseg` in `$XDG_CACHE_HOME`, else in `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "phoneseg"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def languages() -> tuple[str, ...]:
    """Return the languages that names come in, English first."""
    tables = load_engine().lookup.tables
    named = {*tables.areas.languages, *tables.carriers.languages, *tables.countries.languages}
    return (ENGLISH, *sorted(named - {ENGLISH}))

"""Where the tables of a metadata version come from: the package, the user's cache, or the compiler."""

import fcntl
import hashlib
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Final, TextIO

import phonenumbers

from phoneseg.errors import StopError
from phoneseg.numbers.engine import Engine
from phoneseg.numbers.languages import ENGLISH
from phoneseg.numbers.tables import FORMAT_VERSION, Tables

SHIPPED_FOLDER: Final = Path(__file__).parent / "shipped"
log = logging.getLogger(__name__)
_loading = Lock()
_POLL_S: Final = 0.1
_ANOTHER_PLACE: Final = "XDG_CACHE_HOME names another place"


def metadata_version() -> str:
    """Return the version of the `phonenumbers` that is imported, which its metadata carries."""
    return str(phonenumbers.__version__)


def load_engine() -> Engine:
    """Return the engine for the installed `phonenumbers`; its tables are loaded when it is first asked for.

    Raises:
        StopError: The tables cannot be compiled.
    """
    with _loading:  # two threads that ask at once get one engine
        return _engine()


@cache
def _engine() -> Engine:
    return Engine(load_tables(metadata_version()))


def load_tables(name: str) -> Tables:
    """Return the tables of a metadata version, compiling them where nobody has yet.

    Args:
        name: A version of `phonenumbers`, which may be fetched with pip, or the path of its wheel or of the folder that
            the package stands in.

    Raises:
        StopError: There is no such version, or it cannot be compiled.
    """
    if name == metadata_version():
        return _load(name, lambda: _compile_installed(name))
    package = Path(name)
    if name and package.exists():
        return _load(f"{_version_of(package)}-{_digest(package)}", lambda: _compile_package(package))
    if not re.fullmatch(r"\d+(\.\d+)+", name):
        raise StopError(f"{name}: neither a version of phonenumbers nor the path of its wheel or folder")
    return _load(name, lambda: _fetch_and_compile(name))


def _load(key: str, compile_tables: Callable[[], Tables]) -> Tables:
    """Return the shipped tables, those in the cache, or new ones; other processes wait for them."""
    shipped = SHIPPED_FOLDER / f"phonenumbers-{key}.npz"
    if shipped.exists():
        return Tables.load(shipped)
    cached = cache_folder() / f"phonenumbers-{key}-format{FORMAT_VERSION}.npz"
    if (kept := _read_kept(cached)) is not None:
        return kept
    with _locked(cached.with_suffix(".lock")):
        if (kept := _read_kept(cached)) is not None:  # while we waited
            return kept
        began = perf_counter()
        tables = compile_tables()
        log.warning("compiled the tables of phonenumbers %s in %.0f s", tables.version, perf_counter() - began)
        _keep(tables, cached)
    return tables


def _read_kept(cached: Path) -> Tables | None:
    """Return the tables that a file keeps; None where there is no such file, or it is damaged."""
    try:
        return Tables.load(cached)
    except FileNotFoundError:
        return None
    except Exception:  # noqa: BLE001 -- a damaged archive fails in a dozen ways
        log.warning("%s is damaged", cached)
        return None


def _keep(tables: Tables, cached: Path) -> None:
    """Keep tables for the next time; where that cannot be, they serve this time."""
    try:
        tables.save(cached)
    except OSError as error:
        log.warning("%s: cannot be kept there: %s; %s", cached.parent, error.strerror, _ANOTHER_PLACE)


def _tell_compilation(version: str) -> None:
    log.warning("phoneseg ships no tables of phonenumbers %s: compiling them, once, for about a minute", version)


def _compile_installed(installed: str) -> Tables:
    from phoneseg.numbers.compiler import compile_tables  # nobody else needs it

    _tell_compilation(installed)
    return compile_tables(installed, log.info)


def _compile_package(package: Path) -> Tables:
    """Compile a `phonenumbers` that is not the installed one, in a process of its own."""
    _tell_compilation(str(package))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "tables.npz"
        _run_python(package, "-m", "phoneseg.numbers.compiler", str(target))
        return Tables.load(target)


def _version_of(package: Path) -> str:
    code = "import phonenumbers; print(phonenumbers.__version__, phonenumbers.__file__)"
    found, _, place = _run_python(package, "-c", code).strip().partition(" ")
    if not Path(place).is_relative_to(package.resolve()):
        raise StopError(f"{package}: no phonenumbers in it; name a wheel, or the folder that the package stands in")
    return found


def _digest(package: Path) -> str:
    """Return what tells two packages apart that call themselves by one version."""
    files = sorted((package / "phonenumbers").rglob("*.py")) if package.is_dir() else [package]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _run_python(package: Path, *arguments: str) -> str:
    """Run Python with a package before the installed ones, and return what it prints."""
    # Not only the wheel or folder, but also the place of phoneseg itself, which may be a checkout.
    path = os.pathsep.join([str(package.resolve()), *filter(None, sys.path)])
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            [sys.executable, "-P", *arguments],
            env={**os.environ, "PYTHONPATH": path},
            stdout=output,
            start_new_session=True,  # Ctrl-C reaches us alone, and we end it
        )
        try:
            while process.poll() is None:  # a wait in the system would not hear Ctrl-C
                time.sleep(_POLL_S)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            raise StopError(f"{package}: not a phonenumbers that can be compiled; what is wrong stands above")
        output.seek(0)
        return output.read()


def _fetch_and_compile(wanted: str) -> Tables:
    """Fetch the wheel of a version with pip and compile it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", f"phonenumbers=={wanted}"]
        command = [sys.executable, "-m", *command]
        subprocess.run(command, cwd=folder, check=False, capture_output=True)  # noqa: S603 -- pip; a version is digits
        wheels = list(Path(folder).glob("*.whl"))
        if not wheels:
            raise StopError(
                f"phonenumbers {wanted} cannot be fetched with pip: is there such a version, and can pip reach PyPI? "
                "The path of its wheel does as well"
            )
        return _compile_package(wheels[0])


def cache_folder() -> Path:
    """Return the folder of compiled tables: `phoneseg` in `$XDG_CACHE_HOME`, else in `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "phoneseg"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except (OSError, RuntimeError) as error:  # no home folder is a RuntimeError
        log.warning("%s: tables of phonenumbers cannot be kept there: %s; %s", path.parent, error, _ANOTHER_PLACE)
        yield
        return
    with file:
        _wait_for(file)
        yield


def _wait_for(file: TextIO) -> None:
    """Wait until a file is ours; asking again and again, as a wait in the system would not hear Ctrl-C."""
    is_told = False
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not is_told:
                log.warning("another process compiles the tables of phonenumbers: waiting for it")
            is_told = True
            time.sleep(_POLL_S)


def languages() -> tuple[str, ...]:
    """Return the languages that names come in, English first."""
    tables = load_engine().lookup.tables
    named = {*tables.areas.languages, *tables.carriers.languages, *tables.countries.languages}
    return (ENGLISH, *sorted(named - {ENGLISH}))

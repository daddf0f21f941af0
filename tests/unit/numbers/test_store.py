"""Tables come from the package, the cache or the compiler, and are those that the compiler makes today."""

import errno
import fcntl
import signal
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from phoneseg.errors import StopError
from phoneseg.numbers import metadata_version, store
from phoneseg.numbers.compiler import compile_tables
from phoneseg.numbers.tables import FORMAT_VERSION, Tables
from tests.unit.numbers.shipped_digest import FILE, SHIPPED, digest


def test_the_shipped_tables_were_made_by_this_compiler() -> None:
    assert FILE.read_text(encoding="utf-8").strip() == digest(), "the compiler or the tables changed: run `make tables`"


@pytest.mark.slow
def test_the_shipped_tables_are_what_the_compiler_makes_of_the_locked_version() -> None:
    told: list[str] = []
    compiled = compile_tables(metadata_version(), told.append).arrays()
    shipped = Tables.load(SHIPPED).arrays()
    assert shipped.keys() == compiled.keys()
    assert [name for name in shipped if not np.array_equal(shipped[name], compiled[name])] == []
    assert len(told) > 10


def test_only_the_locked_version_is_shipped_and_it_is_small() -> None:
    assert [file.name for file in store.SHIPPED_FOLDER.iterdir()] == [SHIPPED.name]
    assert SHIPPED.stat().st_size < 2_000_000


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(store, "SHIPPED_FOLDER", tmp_path / "nothing")
    return tmp_path / "phoneseg"


def test_tables_that_are_not_shipped_are_compiled_once_and_kept(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    def compile_fast(version: str, _told: object) -> Tables:
        calls.append(version)
        return Tables.load(SHIPPED)

    monkeypatch.setattr("phoneseg.numbers.compiler.compile_tables", compile_fast)
    for _ in range(2):
        assert store.load_tables(metadata_version()).version == metadata_version()
    assert calls == [metadata_version()]
    assert "compiling them, once" in caplog.text
    assert [file.suffix for file in cache.iterdir() if file.suffix not in {".lock", ".npz"}] == []


def test_a_damaged_cache_is_made_anew(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("phoneseg.numbers.compiler.compile_tables", lambda *_: Tables.load(SHIPPED))
    store.load_tables(metadata_version())
    (kept,) = cache.glob("*.npz")
    whole = kept.read_bytes()
    for damaged in (b"", whole[:1000], b"no tables at all", whole[:900_000] + b"\xff" * 100 + whole[900_100:]):
        kept.write_bytes(damaged)
        assert store.load_tables(metadata_version()).version == metadata_version()
        assert kept.read_bytes() == whole
    assert caplog.text.count("is damaged") == 4 * 2  # looked at again once the lock is held


def test_a_compilation_that_fails_leaves_nothing_behind(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Tables:
        raise KeyboardInterrupt

    monkeypatch.setattr("phoneseg.numbers.compiler.compile_tables", fail)
    with pytest.raises(KeyboardInterrupt):
        store.load_tables(metadata_version())
    assert [file.suffix for file in cache.iterdir()] == [".lock"]


WAITER = """
import sys, time
from pathlib import Path
from phoneseg.numbers import store
from phoneseg.numbers.tables import FORMAT_VERSION, Tables
import phoneseg.numbers.compiler as compiler
shipped = store.SHIPPED_FOLDER / f"phonenumbers-{store.metadata_version()}.npz"
store.SHIPPED_FOLDER = Path("/nonexistent")
def compile_slowly(version, told):
    print("compiling", flush=True)
    time.sleep(1)
    return Tables.load(shipped)
compiler.compile_tables = compile_slowly
print(store.load_tables(store.metadata_version()).version, flush=True)
"""


def test_of_two_processes_one_compiles_and_the_other_waits(cache: Path) -> None:
    command = [sys.executable, "-c", WAITER]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0].split() for process in both]
    assert sorted(map(len, outputs)) == [1, 2]
    assert {output[-1] for output in outputs} == {metadata_version()}


def test_where_nothing_can_be_kept_tables_are_compiled_for_this_time(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cache.parent.joinpath("file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent / "file"))
    monkeypatch.setattr("phoneseg.numbers.compiler.compile_tables", lambda *_: Tables.load(SHIPPED))
    assert store.load_tables(metadata_version()).version == metadata_version()
    assert "cannot be kept there" in caplog.text
    assert "XDG_CACHE_HOME names another place" in caplog.text


def test_a_full_disk_costs_the_cache_and_not_the_tables(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_self: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("phoneseg.numbers.compiler.compile_tables", lambda *_: Tables.load(SHIPPED))
    monkeypatch.setattr(Path, "write_bytes", fail)
    assert store.load_tables(metadata_version()).version == metadata_version()
    assert "No space left on device" in caplog.text
    assert [file.suffix for file in cache.iterdir()] == [".lock"]


def test_tables_in_a_cache_that_nobody_may_write_are_read(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.mkdir(parents=True)
    kept = cache / f"phonenumbers-{metadata_version()}-format{FORMAT_VERSION}.npz"
    kept.write_bytes(SHIPPED.read_bytes())
    monkeypatch.setattr(store, "_locked", lambda _: pytest.fail("a lock was asked for"))
    assert store.load_tables(metadata_version()).version == metadata_version()


def test_a_name_that_is_no_version_and_no_path_is_refused() -> None:
    with pytest.raises(StopError, match=r"^newest: neither a version of phonenumbers nor the path"):
        store.load_tables("newest")


def test_a_folder_without_phonenumbers_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "phonenumbers.py").write_text("raise SystemExit('no phonenumbers here')")
    with pytest.raises(StopError, match="not a phonenumbers that can be compiled"):
        store.load_tables(str(tmp_path))
    assert "no phonenumbers here" in capfd.readouterr().err


def test_a_path_without_phonenumbers_is_not_taken_for_the_installed_one(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("id")
    for path in (tmp_path, tmp_path / "contacts.csv"):
        with pytest.raises(StopError, match="no phonenumbers in it; name a wheel, or the folder"):
            store.load_tables(str(path))


def test_a_wheel_or_folder_is_read_as_the_version_that_it_is(tmp_path: Path) -> None:
    wheel = tmp_path / "phonenumbers-9.9.9-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("phonenumbers/__init__.py", "__version__ = '9.9.9'")
    assert store._version_of(wheel) == "9.9.9"
    ZipFile(wheel).extractall(tmp_path / "folder")
    assert store._version_of(tmp_path / "folder") == "9.9.9"


def test_two_packages_of_one_version_are_told_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "phonenumbers").mkdir(parents=True)
        (tmp_path / name / "phonenumbers" / "__init__.py").write_text(f"__version__ = '9.9.9'  # {name}")
    assert store._digest(tmp_path / "one") != store._digest(tmp_path / "two")


def test_a_package_in_the_working_directory_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "phonenumbers").mkdir()
    (tmp_path / "phonenumbers" / "__init__.py").write_text("__version__ = '1.1.1'")
    wheel = tmp_path / "phonenumbers-9.9.9-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("phonenumbers/__init__.py", "__version__ = '9.9.9'")
    monkeypatch.chdir(tmp_path)
    assert store._version_of(wheel) == "9.9.9"


def test_a_wait_for_another_process_can_be_interrupted(cache: Path) -> None:
    cache.mkdir(parents=True)
    lock = cache / f"phonenumbers-{metadata_version()}-format{FORMAT_VERSION}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with subprocess.Popen([sys.executable, "-c", WAITER], stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            assert "another process compiles the tables" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) != 0


def test_importing_phoneseg_loads_neither_tables_nor_names() -> None:
    code = (
        "import phoneseg.numbers, sys; from phoneseg.numbers import store;"
        "assert not store._engine.cache_info().currsize;"
        "assert not [module for module in sys.modules if module.startswith('phoneseg.numbers.compiler')];"
        "names = 'phonenumbers.geodata', 'phonenumbers.carrierdata';"
        "assert not [module for module in sys.modules if module.startswith(names)]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

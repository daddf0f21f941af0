"""Holds on an interval: one process at a time works on it, and the system lets go for a process that is killed."""

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from phoneseg.errors import IntervalBusyError

Release = Callable[[], None]

_POLL_S: Final = 0.25
_OFFSETS: Final = 2**62  # in a file, which may be past its end


@dataclass
class _Hold:
    release: Release
    count: int = 0


@dataclass
class _OpenFile:
    descriptor: int = -1
    count: int = 0


# One process may enter a hold again: a whole run holds its interval around verbs that hold it, too.
_holds: dict[tuple[int, str], _Hold] = {}
_files: dict[tuple[int, Path], _OpenFile] = {}
_guard = threading.RLock()


@contextmanager
def hold(key: str, as_of: datetime, wait_s: float, try_lock: Callable[[], Release | None]) -> Iterator[None]:
    """Hold an interval of a warehouse for as long as the block runs.

    Args:
        key: Names the warehouse and the interval.
        as_of: End of the interval.
        wait_s: Seconds to wait for another process.
        try_lock: Takes the lock and returns what gives it back, or None where another process has it.

    Raises:
        IntervalBusyError: Another process held it for longer than `wait_s`.
    """
    deadline = time.monotonic() + wait_s
    own = (os.getpid(), key)  # a forked process has its parent's dictionary and none of its locks
    while not _enter(own, try_lock):
        if time.monotonic() >= deadline:
            raise IntervalBusyError(
                f"another run of the interval that ends at {as_of:%Y-%m-%d %H:%M} UTC is at work, still after "
                f"{wait_s:g} s: try again when it has ended, or set warehouse.lock_wait_s higher"
            )
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        _leave(own)


def _enter(key: tuple[int, str], try_lock: Callable[[], Release | None]) -> bool:
    with _guard:
        if key not in _holds:
            release = try_lock()
            if release is None:
                return False
            _holds[key] = _Hold(release)
        _holds[key].count += 1
        return True


def _leave(key: tuple[int, str]) -> None:
    with _guard:
        _holds[key].count -= 1
        if _holds[key].count == 0:
            _holds.pop(key).release()


def lock_number(what: str) -> int:
    """Return the signed 64-bit number under which databases and files lock `what`."""
    return int.from_bytes(hashlib.sha256(f"phoneseg {what}".encode()).digest()[:8], signed=True)


def try_file_lock(file: Path, what: str) -> Release | None:
    """Lock the byte that stands for `what` in a file, which stays empty.

    Returns:
        What unlocks it; None where another process has it.

    Raises:
        OSError: The file cannot be made.
    """
    offset = lock_number(what) % _OFFSETS
    opened = _open(file)
    try:
        fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
    except (BlockingIOError, PermissionError):  # POSIX allows either
        _close(file)
        return None

    def release() -> None:
        fcntl.lockf(opened, fcntl.LOCK_UN, 1, offset)
        _close(file)

    return release


def _open(file: Path) -> int:
    """Return the one descriptor of the file: closing another would give back every lock of the process in it."""
    with _guard:
        opened = _files.setdefault((os.getpid(), file), _OpenFile())
        if opened.count == 0:
            opened.descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
        opened.count += 1
        return opened.descriptor


def _close(file: Path) -> None:
    with _guard:
        opened = _files[os.getpid(), file]
        opened.count -= 1
        if opened.count == 0:
            os.close(opened.descriptor)

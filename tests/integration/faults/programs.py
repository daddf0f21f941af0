"""`phoneseg` as a process of its own, to be disturbed at a moment that its words tell."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_LONGEST_S = 300.0
STOPPED = 1
TRY_AGAIN = 75
INTERRUPTED = 130

# What a run says when a verb begins; of extract, in its middle.
BEGINS = {
    "extract": "extract: crm read",
    "normalize": "extract: done",
    "profile": "normalize: done",
    "segment": "profile: done",
    "load": "segment: done",
    "audit": "load: done",
    "swap": "audit: done",
}
END = "swap: done"


class Program:
    """A command that runs; its lines on standard error are kept with the seconds after its start."""

    def __init__(
        self, *arguments: str | Path, before: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        """Start it.

        Args:
            arguments: Those of `phoneseg`.
            before: A command that runs it, with its arguments.
            environment: Variables besides our own.
        """
        command = [*before, sys.executable, "-m", "phoneseg", *map(str, arguments)]
        self.lines: list[tuple[float, str]] = []
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self._watchdog = threading.Timer(_LONGEST_S, self._process.kill)
        self._watchdog.start()

    @property
    def said(self) -> str:
        """Its words so far."""
        return "".join(line for _, line in self.lines)

    @property
    def last_words(self) -> str:
        """The last line."""
        return self.lines[-1][1].strip() if self.lines else ""

    def wait_for(self, words: str) -> None:
        """Read until it says the words, or ends."""
        while (line := self._read()) and words not in line:
            pass

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; one that has ended takes none."""
        self._process.send_signal(number)

    def finish(self) -> int:
        """Read all that is left to say, and return its exit code."""
        while self._read():
            pass
        code = self._process.wait()
        self._watchdog.cancel()
        assert self._process.stderr is not None
        self._process.stderr.close()
        return code

    def said_at(self, words: str) -> float:
        """Return when it said the words first."""
        return next(seconds for seconds, line in self.lines if words in line)

    def _read(self) -> str:
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        if line:
            self.lines.append((time.monotonic() - self._began, line))
        return line


def is_one_clear_line(program: Program) -> bool:
    """Return whether the program ended with one line for a person, after the lines of its log."""
    told = [line for _, line in program.lines if line.startswith("phoneseg: ")]
    return len(told) == 1 and told[0].strip() == program.last_words and "Traceback" not in program.said

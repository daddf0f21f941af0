"""A folder with contacts, and the command line called in it."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from phoneseg.cli import main
from tests.unit.cli.file_calls import CONTACTS, Call, Ended


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Call `phoneseg normalize` as the shell does, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

    def normalize_with(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["phoneseg", "normalize", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(end.value.code, *capsys.readouterr())

    yield normalize_with
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    """Write the contacts as CSV."""
    CONTACTS.write_csv(tmp_path / "in.csv")
    return tmp_path / "in.csv"

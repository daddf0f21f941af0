"""A signal interrupts a run, even where a library swallows what it raises."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from phoneseg import pipeline
from phoneseg.cli.interruption import check_interrupted, listen
from phoneseg.cli.one_run import run_once
from phoneseg.run import Run
from phoneseg.settings import load_settings

TOML = """\
[warehouse]
url = "duckdb:///warehouse.duckdb"

[contacts.crm]
table = "contact"
id = "id"
phones = ["mobile"]
"""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    listen()
    yield
    listen()  # what came is forgotten
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_interrupts_and_is_remembered_until_somebody_listens_anew(number: signal.Signals) -> None:
    check_interrupted()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    with pytest.raises(KeyboardInterrupt):
        check_interrupted()
    listen()
    check_interrupted()


def test_a_signal_that_somebody_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    listen()
    os.kill(os.getpid(), signal.SIGHUP)
    check_interrupted()


def test_a_run_ends_before_its_next_verb_where_an_interruption_was_swallowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "phoneseg.toml").write_text(TOML, encoding="utf-8")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("CREATE TABLE contact AS SELECT 1 AS id, '+16502530000' AS mobile")
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "a key for tests alone")

    def swallow(run: Run) -> dict[str, int]:
        counts = pipeline.extract(run)
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        return counts

    monkeypatch.setattr(pipeline, "VERBS", (swallow, *pipeline.VERBS[1:]))
    with pytest.raises(KeyboardInterrupt):
        run_once(load_settings(tmp_path / "phoneseg.toml"))
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert connection.execute("SELECT state FROM phoneseg.pipeline_run").fetchall() == [("failed",)]
        assert connection.execute("SELECT count(*) FROM phoneseg.contact_phone").fetchall() == [(0,)]

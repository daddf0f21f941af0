"""`phoneseg backfill`: many intervals, any order, and what becomes of those that fail."""

import logging
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from runs import execute, published_tables, query, run_pipeline

from phoneseg.cli import main
from phoneseg.cli.one_run import run_once
from phoneseg.demo import write_demo
from phoneseg.settings import Settings, load_settings

OK, MEND, RETRY, INTERRUPTED = 0, 1, 75, 130
FIRST = datetime(2026, 6, 1, tzinfo=UTC)
# A contact that stands twice, created on the first of June: every run from the second of June on refuses it.
DOUBLE = """
    INSERT INTO crm.customer BY NAME
    SELECT * REPLACE (999999 AS customer_id, TIMESTAMP '2026-06-01 12:00' AS created_at) FROM crm.customer LIMIT 1
"""
DROP_PRIMARY_KEY = (
    "CREATE TABLE crm.copy AS FROM crm.customer",
    "DROP TABLE crm.customer",
    "ALTER TABLE crm.copy RENAME TO customer",
)
HOOK = """
import duckdb
from pathlib import Path

def mend(failure):
    with Path("{told}").open("a") as told:
        told.write(f"{{failure.as_of:%Y-%m-%d}} {{failure.verb}} {{failure.kind}}\\n")
    with duckdb.connect("{warehouse}") as connection:
        connection.execute("DELETE FROM crm.customer WHERE customer_id = 999999")
"""


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Settings of a demo of few contacts."""
    write_demo(tmp_path / "small", contacts=150)
    return load_settings(tmp_path / "small" / "phoneseg.toml")


class Ended(NamedTuple):
    returncode: object
    stdout: str
    stderr: str
    log: str


Backfill = Callable[..., Ended]


@pytest.fixture
def backfill(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Iterator[Backfill]:
    """Call `phoneseg backfill` as the shell does, but in this process: Great Expectations takes seconds to load."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    caplog.set_level(logging.INFO)

    def call(settings: Settings, start: str, end: str, *more: str) -> Ended:
        arguments = ["--config", str(settings.config_file), "--from", start, "--to", end, *more]
        monkeypatch.setattr(sys, "argv", ["phoneseg", "backfill", *arguments])
        with pytest.raises(SystemExit) as end_of_program:
            main()
        return Ended(end_of_program.value.code, *capsys.readouterr(), "\n".join(caplog.messages))

    yield call
    for number, handler in before.items():
        signal.signal(number, handler)


def runs_of(settings: Settings) -> list[tuple[str, str]]:
    """Return the day and state of all runs, in the order in which they began."""
    rows = query(settings, "SELECT as_of, state FROM phoneseg.pipeline_run ORDER BY started_at").rows()
    return [(f"{as_of:%d}", state) for as_of, state in rows]


def days_in_any_order(settings: Settings, folder: Path, days: int, draws: int) -> None:
    """Run days in order, and on a copy in random order with repeats, and compare all tables."""
    copy = folder / "copy"
    shutil.copytree(settings.folder, copy)
    other = load_settings(copy / "phoneseg.toml")
    in_order = [FIRST + timedelta(days=day) for day in range(days)]
    for as_of in in_order:
        run_once(settings, as_of=as_of)
    draw = random.Random(days)
    shuffled = [*in_order, *draw.choices(in_order, k=draws)]
    draw.shuffle(shuffled)
    for as_of in shuffled:
        run_once(other, as_of=as_of)
    assert published_tables(other) == published_tables(settings)


@pytest.mark.slow
def test_intervals_in_random_order_with_repeats_equal_intervals_in_order(small: Settings, tmp_path: Path) -> None:
    days_in_any_order(small, tmp_path, days=3, draws=1)


@pytest.mark.slow
def test_thirty_intervals_in_random_order_with_repeats_equal_thirty_in_order(small: Settings, tmp_path: Path) -> None:
    days_in_any_order(small, tmp_path, days=30, draws=10)


def test_a_backfill_runs_each_day_once_the_oldest_first_and_tells_its_progress(
    small: Settings, backfill: Backfill
) -> None:
    run_pipeline(small, FIRST + timedelta(days=30))
    members = query(small, "SELECT * FROM phoneseg.segment_membership ORDER BY ALL")
    done = backfill(small, "2026-06-02", "2026-06-04")
    assert done.returncode == OK, done.stderr
    assert runs_of(small)[1:] == [("02", "published"), ("03", "published"), ("04", "published")]
    assert "backfill: 2 of 3: as of 2026-06-03 00:00 published in " in done.log
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == ["2026-06-02", "2026-06-03", "2026-06-04"]
    assert query(small, "SELECT * FROM phoneseg.segment_membership ORDER BY ALL").equals(members)


def test_a_failed_interval_is_run_again_without_touching_good_ones(
    small: Settings, backfill: Backfill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(small, *DROP_PRIMARY_KEY, DOUBLE, DOUBLE)
    told = tmp_path / "told.txt"
    (tmp_path / "mending.py").write_text(HOOK.format(told=told, warehouse=small.folder / "warehouse.duckdb"))
    small.config_file.write_text(small.config_file.read_text() + '\n[operations]\non_failure = "mending:mend"\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    done = backfill(small, "2026-06-01", "2026-06-03", "--retries", "1")
    assert done.returncode == OK, done.stderr
    assert told.read_text() == "2026-06-02 extract SourceError\n"
    assert runs_of(small) == [("01", "published"), ("02", "failed"), ("03", "published"), ("02", "published")]
    assert "running the 1 that failed again" in done.log


def test_intervals_that_stay_failed_end_with_1_and_the_command_to_run_them_again(
    small: Settings, backfill: Backfill
) -> None:
    execute(small, *DROP_PRIMARY_KEY, DOUBLE, DOUBLE)
    done = backfill(small, "2026-06-01", "2026-06-03", "--retries", "0")
    assert done.returncode == MEND
    assert runs_of(small) == [("01", "published"), ("02", "failed"), ("03", "failed")]
    assert "--from 2026-06-02 --to 2026-06-03" in done.stdout
    assert "phoneseg: 2 of 3 intervals failed; the last said: " in done.stderr


def test_a_backfill_can_accept_that_a_column_has_another_type_since(small: Settings, backfill: Backfill) -> None:
    run_pipeline(small, FIRST)
    execute(small, "ALTER TABLE crm.customer ALTER mobile TYPE BIGINT USING 16502530000")
    assert backfill(small, "2026-06-01", "2026-06-01", "--retries", "0").returncode == MEND
    done = backfill(small, "2026-06-01", "2026-06-01", "--accept-drift")
    assert done.returncode == OK, done.stderr


def test_missing_leaves_out_what_is_published(small: Settings, backfill: Backfill) -> None:
    run_pipeline(small, FIRST)
    run_pipeline(small, FIRST + timedelta(days=2), sources=("crm",))  # one of three: not the whole interval
    run_pipeline(small, FIRST + timedelta(days=3), dry_run=True)
    done = backfill(small, "2026-06-01", "2026-06-03", "--missing")
    assert done.returncode == OK, done.stderr
    assert "1 of 3 intervals are published already" in done.log
    assert runs_of(small)[3:] == [("02", "published"), ("03", "published")]


def test_a_busy_warehouse_ends_with_75_as_time_may_heal_it(small: Settings, backfill: Backfill) -> None:
    small.config_file.write_text(small.config_file.read_text().replace("[privacy]", "lock_wait_s = 0\n[privacy]"))
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(small.folder / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        done = backfill(small, "2026-06-01", "2026-06-02", "--retries", "0")
        holder.communicate()
    assert done.returncode == RETRY
    assert "2 of 2 intervals failed" in done.stderr


def test_what_would_fail_every_interval_alike_stops_at_once(small: Settings, backfill: Backfill) -> None:
    small.config_file.write_text(small.config_file.read_text().replace("token.key", "none.key"))
    done = backfill(small, "2026-06-01", "2026-06-30")
    assert done.returncode == MEND
    assert done.stderr.count("No such file") == 1


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-06-03", "2026-06-01", "--from 2026-06-03 is after --to 2026-06-01"),
        ("June", "2026-06-01", "--from June: not an ISO date"),
        ("2010-01-01", "2026-01-01", "days; at most 3,660 at once"),
        ("2030-01-01", "2036-01-01", "as_of 2036-01-01 is in the future"),
    ],
)
def test_dates_that_make_no_sense_are_told_before_any_run(
    small: Settings, backfill: Backfill, start: str, end: str, words: str
) -> None:
    done = backfill(small, start, end)
    assert (done.returncode, done.stdout) == (MEND, "")
    assert words in done.stderr


@pytest.mark.slow
def test_an_interrupted_backfill_shows_how_far_it_went_and_leaves_nothing_half_done(small: Settings) -> None:
    arguments = ["--config", str(small.config_file), "--from", "2026-06-01", "--to", "2026-06-03"]
    command = [sys.executable, "-m", "phoneseg", "backfill", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        is_second = False
        for line in process.stderr:
            is_second |= "1 of 3: as of" in line
            if is_second and "normalize: done" in line:
                process.send_signal(signal.SIGINT)
        shown = process.stdout.read()
    assert process.returncode == INTERRUPTED
    assert [line.split()[2:4] for line in shown.splitlines()[1:4]] == [
        ["published", "1"],
        ["not", "run"],
        ["not", "run"],
    ]
    assert "--from 2026-06-02 --to 2026-06-03" in shown
    assert runs_of(small) == [("01", "published"), ("02", "failed")]
    assert list(small.resolve(small.stage.folder).iterdir()) == []


def test_a_day_that_is_taken_back_leaves_no_trace_in_tables_and_history(small: Settings, tmp_path: Path) -> None:
    shutil.copytree(small.folder, tmp_path / "copy")
    other = load_settings(tmp_path / "copy" / "phoneseg.toml")
    days = [FIRST + timedelta(days=number) for number in range(3)]
    for as_of in days:
        run_once(small, as_of=as_of)
    run_once(other, as_of=days[0])
    run_once(other, as_of=days[2] + timedelta(days=9))
    execute(other, f"UPDATE phoneseg.pipeline_run SET is_current = false WHERE as_of > TIMESTAMPTZ '{days[2]}'")
    run_once(other, as_of=days[1], full=True)
    run_once(other, as_of=days[2])
    assert published_tables(other) == published_tables(small)
    for sql in (
        "SELECT * FROM phoneseg.segment_change ORDER BY ALL",
        "SELECT * FROM phoneseg.segment_interval ORDER BY ALL",
        "SELECT * FROM phoneseg.segment_trend ORDER BY ALL",
    ):
        assert query(other, sql).equals(query(small, sql)), sql
    assert ("12", "abandoned") in runs_of(other)

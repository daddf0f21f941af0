"""Readers who look while runs publish see all of the old or all of the new."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import psycopg
import pytest
from runs import AS_OF, execute

from phoneseg import pipeline
from phoneseg.run import Run
from phoneseg.settings import Settings

from .conftest import MakeScene

_A_POLL_S = 0.05
_PUBLISHES = 50
_LONGEST_POLL_S = 5.0

# What has to be equal in one look: what the newest run counted, what the tables hold, and the mark of all its rows.
LOOK = """
WITH newest AS (SELECT * FROM phoneseg.pipeline_run WHERE is_current ORDER BY published_at DESC LIMIT 1),
member AS (SELECT count(*) AS rows, count(DISTINCT contact_id) AS contacts FROM phoneseg.segment_membership),
size AS (SELECT sum(contact_count) AS rows FROM phoneseg.segment_size WHERE as_of = (SELECT as_of FROM newest)),
profile AS (SELECT count(*) AS rows, sum(phone_count) AS phones FROM phoneseg.contact_profile),
phone AS (SELECT count(*) AS rows FROM phoneseg.contact_phone),
cell AS (SELECT count(*) AS rows FROM phoneseg.contact_quarantine),
raw AS (SELECT count(*) AS rows FROM phoneseg_restricted.quarantine_raw),
known AS (SELECT count(*) AS rows FROM phoneseg_restricted.phone_number),
token AS (SELECT count(DISTINCT phone_token) AS rows FROM phoneseg.contact_phone),
mark AS (SELECT count(DISTINCT city) AS rows, min(city) AS mark FROM phoneseg.contact_profile
    WHERE source = 'crm')
SELECT mark.mark, newest.membership_count = member.rows AND member.rows = size.rows
    AND newest.contact_count = profile.rows AND newest.phone_count = phone.rows AND profile.phones = phone.rows
    AND newest.quarantined_count = cell.rows AND cell.rows = raw.rows AND known.rows = token.rows AND mark.rows = 1
FROM newest, member, size, profile, phone, cell, raw, known, token, mark
"""


@dataclass
class Reader:
    """Looks twenty times a second, each time in a transaction of its own."""

    url: str
    marks: list[str] = field(default_factory=list)
    mixed: int = 0
    looks: int = 0
    longest_s: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Look until it is told to end; each number comes in a statement of its own, with time between."""
        with psycopg.connect(self.url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not self.ended.is_set():
                began = time.monotonic()
                mark, is_whole = self._look(connection)
                took_s = time.monotonic() - began
                self.looks, self.mixed = self.looks + 1, self.mixed + (not is_whole)
                self.longest_s = max(self.longest_s, took_s)
                if self.marks[-1:] != [mark]:
                    self.marks.append(mark)
                time.sleep(max(0.0, _A_POLL_S - took_s))

    def _look(self, connection: psycopg.Connection) -> tuple[str, bool]:
        with connection.transaction():
            first = connection.execute("SELECT count(*) FROM phoneseg.contact_profile").fetchone()
            row = connection.execute(LOOK).fetchone()
            again = connection.execute("SELECT count(*) FROM phoneseg.contact_profile").fetchone()
        assert row is not None
        return str(row[0]), bool(row[1]) and first == again


def publish(settings: Settings, number: int) -> None:
    """Change the mark of all contacts of a source, and take away or give back the numbers of a part; then publish.

    The audit, which takes longer than all the rest, is left out: it makes nothing visible.
    """
    moment = f"TIMESTAMP '2026-07-20 10:00' + INTERVAL '{number}' MINUTE"
    part = f"customer_id % 5 = {number % 5}"
    execute(
        settings,
        f"UPDATE crm.customer SET city = 'mark {number:03}', postal_code = NULL, birth_date = NULL, gender = NULL, "
        f"language = NULL, updated_at = {moment}",
        f"UPDATE crm.customer SET mobile = CASE WHEN {part} THEN NULL ELSE '+49 1512 {number:03}' || customer_id END",
    )
    run = Run.open(settings, as_of=AS_OF)
    for verb in pipeline.VERBS:
        if verb is pipeline.audit:
            run.stage.write_counts("audit", {"checks_passed": 0})
        else:
            verb(run)


@pytest.mark.slow
def test_a_reader_on_postgresql_never_sees_a_mix(make_scene: MakeScene) -> None:
    settings = make_scene("postgresql", "first").settings
    publish(settings, 0)
    reader = Reader(settings.warehouse.url.get_secret_value())
    thread = threading.Thread(target=reader.read)
    thread.start()
    for number in range(1, _PUBLISHES + 1):
        publish(settings, number)
    time.sleep(2 * _A_POLL_S)
    reader.ended.set()
    thread.join(30)
    assert reader.mixed == 0
    assert len(reader.marks) == _PUBLISHES + 1  # every publish was seen, and none went back
    assert reader.marks == sorted(reader.marks)
    assert reader.looks > 5 * _PUBLISHES
    assert reader.longest_s < _LONGEST_POLL_S
    print(f"{reader.looks} looks, the longest took {reader.longest_s:.3f} s")  # noqa: T201  # a figure for the log


_READER_OF_A_FILE = """
import sys, time, threading, duckdb
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
whole = mixed = busy = 0
while not ended.is_set():
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as connection:
            is_whole = connection.execute(sys.argv[2]).fetchone()[1]
            whole, mixed = whole + bool(is_whole), mixed + (not is_whole)
    except duckdb.IOException as error:
        assert "lock" in str(error), error
        busy += 1
    time.sleep(0.05)
print(whole, mixed, busy)
"""


@pytest.mark.slow
def test_a_reader_of_a_duckdb_file_sees_a_whole_state_or_that_it_is_held(make_scene: MakeScene) -> None:
    settings = make_scene("duckdb", "first").settings
    publish(settings, 0)
    command = [sys.executable, "-c", _READER_OF_A_FILE, str(settings.folder / "warehouse.duckdb"), LOOK]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        for number in range(1, 11):
            publish(settings, number)
        told, _ = reader.communicate("")
    whole, mixed, busy = map(int, told.split())
    assert mixed == 0
    assert whole > 0
    assert busy > 0

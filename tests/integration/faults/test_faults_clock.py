"""Runs around the hours that a change of the clock skips or repeats publish what they publish in UTC."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
import sqlalchemy as sa
from runs import execute, run_pipeline

from phoneseg.settings import Settings

from .conftest import MakeScene
from .programs import Program
from .scenes import seen

# Zone, the day of its change, and the ends of two intervals: Europe changes at 01:00 UTC, New York at 07:00 and 06:00.
CHANGES = [
    ("Europe/Berlin", "2026-03-29", ("2026-03-29T00:30+00:00", "2026-03-29T03:30+02:00")),
    ("Europe/Berlin", "2026-10-25", ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00")),
    ("America/New_York", "2026-03-08", ("2026-03-08T01:30-05:00", "2026-03-08T03:30-04:00")),
    ("America/New_York", "2026-11-01", ("2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00")),
]
SOURCES = {"crm.customer": ("customer_id", "created_at"), "support.requester": ("requester_id", "first_seen_at")}
_QUARTERS = 32


def _spread_over_the_change(settings: Settings, day: str) -> None:
    """Let a contact come every quarter of an hour from midnight UTC; those of one source tell their zone, too."""
    for table, (key, created_at) in SOURCES.items():
        for quarter in range(_QUARTERS):
            moment = f"TIMESTAMP '{day} {quarter // 4:02}:{quarter % 4 * 15:02}:00'"
            nth = f"(SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {quarter})"
            execute(settings, f"UPDATE {table} SET {created_at} = {moment}, updated_at = {moment} WHERE {key} = {nth}")
    for column in ("created_at", "updated_at"):
        zoned = f"SET DATA TYPE TIMESTAMP WITH TIME ZONE USING {column} AT TIME ZONE 'UTC'"
        execute(settings, f"ALTER TABLE crm.customer ALTER COLUMN {column} {zoned}")


@pytest.fixture
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@contextmanager
def living_in(zone: str, settings: Settings) -> Iterator[None]:
    """Make the database and the role of a run on PostgreSQL live in a zone."""
    url = sa.make_url(settings.warehouse.url.get_secret_value())
    if url.get_backend_name() != "postgresql":
        yield
        return
    whom = (f"DATABASE {url.database}", f"ROLE {url.username}")
    execute(settings, *(f"ALTER {each} SET TimeZone = '{zone}'" for each in whom))
    yield
    execute(settings, *(f"ALTER {each} RESET TimeZone" for each in whom))


@pytest.mark.slow
@pytest.mark.usefixtures("_in_utc")
@pytest.mark.parametrize(("zone", "day", "ends"), CHANGES)
@pytest.mark.parametrize("warehouse", ["duckdb", "postgresql"])
def test_a_change_of_the_clock_changes_no_row(
    make_scene: MakeScene, warehouse: str, zone: str, day: str, ends: tuple[str, str]
) -> None:
    here, there = (make_scene(warehouse, "first").settings for _ in range(2))
    for settings in (here, there):
        _spread_over_the_change(settings, day)
    counts = []
    for end in ends:
        counts.append(run_pipeline(here, datetime.fromisoformat(end))["contact_count"])
        with living_in(zone, there):
            arguments = ("run", "--config", there.config_file, "--as-of", end)
            program = Program(*arguments, environment={"TZ": zone, "PGTZ": zone})
            assert program.finish() == 0, program.said
        assert seen(there) == seen(here)
    assert counts[1] - counts[0] == 2 * 4  # an hour of each source

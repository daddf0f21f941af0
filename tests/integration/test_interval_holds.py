"""One process at a time works on an interval, whatever becomes of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from runs import edit_settings, on_warehouses, query, staging_tables

from phoneseg import pipeline, publish
from phoneseg.contracts import Pipeline
from phoneseg.errors import AuditError, IntervalBusyError
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import Warehouse, open_warehouse

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
OTHER = AS_OF + timedelta(microseconds=1)

_PROGRAM = """
import sys
from datetime import datetime
from pathlib import Path
from phoneseg.settings import load_settings
from phoneseg.warehouse import open_warehouse
with open_warehouse(load_settings(Path(sys.argv[1]))).hold_interval(datetime.fromisoformat(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Settings]:
    """Return a function that gives settings on one warehouse."""
    backend = request.param
    url = request.getfixturevalue("postgresql_url") if backend == "postgresql" else f"{backend}:///warehouse.{backend}"

    def make(lock_wait_s: float = 0.2, output_schema: str = "phoneseg") -> Settings:
        config = tmp_path / f"{output_schema}.toml"
        config.write_text(
            f'[warehouse]\nurl = "{url}"\nlock_wait_s = {lock_wait_s}\noutput_schema = "{output_schema}"\n'
            '[contacts.crm]\ntable = "customer"\nid = "id"\nphones = ["phone"]\n'
        )
        return load_settings(config)

    return make


@pytest.fixture
def warehouse(make: Callable[..., Settings]) -> Warehouse:
    return open_warehouse(make())


@contextmanager
def held_by_another_process(settings: Settings, as_of: datetime = AS_OF) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _PROGRAM, str(settings.config_file), as_of.isoformat()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.communicate("\n")


def is_free(settings: Settings, as_of: datetime = AS_OF) -> bool:
    """Return whether another process can hold the interval."""
    command = [sys.executable, "-c", _PROGRAM, str(settings.config_file), as_of.isoformat()]
    done = subprocess.run(command, input="\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "IntervalBusyError" in done.stderr, done.stderr
    return done.returncode == 0


def test_an_interval_that_another_process_holds_is_told_after_the_wait(make: Callable[..., Settings]) -> None:
    settings = make()
    with held_by_another_process(settings):
        began = time.monotonic()
        with (
            pytest.raises(IntervalBusyError, match=r"interval that ends at 2026-07-01 00:00 UTC is at work") as told,
            open_warehouse(settings).hold_interval(AS_OF),
        ):
            pass
        assert time.monotonic() - began >= 0.2
    assert "warehouse.lock_wait_s" in str(told.value)
    with open_warehouse(settings).hold_interval(AS_OF):
        pass


def test_other_intervals_and_other_output_schemas_are_free(make: Callable[..., Settings]) -> None:
    with held_by_another_process(make()):
        with open_warehouse(make()).hold_interval(OTHER):
            pass
        with open_warehouse(make(output_schema="other")).hold_interval(AS_OF):
            pass


def test_another_pipeline_may_work_on_the_same_interval(make: Callable[..., Settings]) -> None:
    with held_by_another_process(make()), open_warehouse(make()).hold_interval(AS_OF, Pipeline.MONITOR_ACTIVITY):
        pass


def test_a_killed_process_gives_its_hold_back(make: Callable[..., Settings]) -> None:
    settings = make(lock_wait_s=10)
    with held_by_another_process(settings) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with open_warehouse(settings).hold_interval(AS_OF):
            pass


def test_who_waits_gets_the_hold_when_the_other_ends(make: Callable[..., Settings]) -> None:
    settings = make(lock_wait_s=10)
    with held_by_another_process(settings) as process:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        with open_warehouse(settings).hold_interval(AS_OF):
            pass


def test_a_process_may_enter_its_own_hold_again_and_keeps_it_to_the_end(make: Callable[..., Settings]) -> None:
    settings = make()
    with open_warehouse(settings).hold_interval(AS_OF):
        with open_warehouse(settings).hold_interval(AS_OF), open_warehouse(settings).hold_interval(OTHER):
            assert not is_free(settings, OTHER)
        assert is_free(settings, OTHER)
        assert not is_free(settings)
    assert is_free(settings)


def test_a_hold_ends_with_the_error_that_ended_the_block(warehouse: Warehouse, make: Callable[..., Settings]) -> None:
    with pytest.raises(ZeroDivisionError), warehouse.hold_interval(AS_OF):
        raise ZeroDivisionError
    assert is_free(make())


def test_working_on_the_warehouse_does_not_end_the_hold(warehouse: Warehouse, make: Callable[..., Settings]) -> None:
    with warehouse.hold_interval(AS_OF):
        with warehouse.transaction() as connection:
            warehouse.create_tables(connection)
        assert not is_free(make())


def test_a_forked_process_does_not_share_the_hold(warehouse: Warehouse) -> None:
    with warehouse.hold_interval(AS_OF):
        child = os.fork()
        if child == 0:
            try:
                with warehouse.hold_interval(AS_OF):
                    os._exit(1)
            except IntervalBusyError:
                os._exit(0)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_of_runs_that_begin_together_one_after_the_other_cleans_up(postgresql_settings: Settings) -> None:
    dead, first, second = (Run.open(postgresql_settings, as_of=AS_OF - timedelta(days=days)) for days in (2, 1, 0))
    for verb in pipeline.VERBS[:5]:
        verb(dead)
    pipeline.fail(dead, None, keep_leftovers=True)
    warehouse = open_warehouse(postgresql_settings)
    with ThreadPoolExecutor() as pool:
        with warehouse.transaction() as connection:
            warehouse.serialize_beginning(connection)
            publish.remove_leftovers(warehouse, connection, first, publish.begin_run(warehouse, connection, first))
            began = pool.submit(pipeline.extract, second)
            while not query(postgresql_settings, "SELECT 1 FROM pg_locks WHERE NOT granted").height:
                assert not began.done(), began.exception()
                time.sleep(0.05)
        assert began.result(timeout=60)["contact_count"]
    assert staging_tables(postgresql_settings) == []


def test_a_run_of_another_pipeline_takes_no_run_of_the_interval_over(demo_settings: Settings) -> None:
    daily = Run.open(demo_settings, as_of=AS_OF, run_id="daily")
    pipeline.extract(daily)
    hourly = Run.open(demo_settings, as_of=AS_OF, run_id="hourly", pipeline=Pipeline.MONITOR_ACTIVITY)
    again = Run.open(demo_settings, as_of=AS_OF, run_id="again")
    warehouse = open_warehouse(demo_settings)
    with warehouse.transaction() as connection:
        assert publish.begin_run(warehouse, connection, hourly) == ["daily"]
        assert publish.begin_run(warehouse, connection, again) == ["hourly"]
    log = query(demo_settings, "SELECT run_id, pipeline, state FROM phoneseg.pipeline_run ORDER BY run_id")
    assert log.rows() == [
        ("again", "segment_contacts", "running"),
        ("daily", "segment_contacts", "abandoned"),
        ("hourly", "monitor_activity", "running"),
    ]


@on_warehouses("postgresql", "duckdb")
def test_a_failed_run_that_goes_on_is_running_again_and_keeps_what_it_made(any_settings: Settings) -> None:
    run = Run.open(any_settings, as_of=AS_OF, run_id="cleared", is_orchestrated=True)
    for verb in pipeline.VERBS[:5]:
        verb(run)
    pipeline.fail(run, AuditError("a suite is wrong"), keep_leftovers=True)
    pipeline.audit(run)  # somebody mended the suite and cleared the task
    log = "SELECT state, failure, lease_until FROM phoneseg.pipeline_run WHERE run_id = 'cleared'"
    ((state, failure, lease_until),) = query(any_settings, log).rows()
    assert (state, failure) == ("running", None)
    assert lease_until > datetime.now(UTC) + timedelta(minutes=14, seconds=59)  # it begins when the audit has ended
    pipeline.extract(Run.open(any_settings, as_of=AS_OF - timedelta(days=1)))
    assert pipeline.swap(run)["is_current"]
    assert query(any_settings, log).rows() == [("published", None, None)]


def test_a_dry_run_is_in_nobodys_way(demo_settings: Settings) -> None:
    pipeline.extract(Run.open(demo_settings, as_of=AS_OF, dry_run=True, is_orchestrated=True))
    settings = edit_settings(demo_settings, "[privacy]", "lock_wait_s = 0\n[privacy]")
    assert pipeline.extract(Run.open(settings, as_of=AS_OF))["contact_count"]

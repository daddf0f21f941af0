"""Migrating loses nothing, happens once, wholly or not at all; and a run works on tables of its own version only."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from phoneseg.contracts import PIPELINE_RUN
from phoneseg.errors import OutdatedSchemaError, PhonesegError, RetryableError
from phoneseg.settings import Settings
from phoneseg.warehouse.migrations import (
    NEWEST_REVISION,
    Migration,
    Target,
    check_tables,
    migrate_tables,
    plan_migration,
    prepare_tables,
)
from tests.unit.warehouse.migrations.house import House

MakeSettings = Callable[..., Settings]


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, make_settings: MakeSettings) -> House:
    """An empty warehouse that several processes can open at once."""
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if is_server else "sqlite:///warehouse.file"
    return House.open(make_settings(url=url))


@pytest.fixture
def server(postgresql_url: str, make_settings: MakeSettings) -> House:
    """A warehouse on a server, with the tables of the first release."""
    house = House.open(make_settings(url=postgresql_url))
    house.build_first_release()
    return house


def name_of(house: House, table: str) -> str:
    target = Target(house.warehouse.naming)
    return ".".join(filter(None, (target.schema(), target.name(table))))


def test_the_first_run_creates_the_tables_at_the_newest_revision(empty: House) -> None:
    assert empty.revision is None
    empty.call(check_tables)  # nothing published is no old version
    empty.call(prepare_tables)
    assert empty.revision == NEWEST_REVISION
    shape = empty.shape()
    empty.call(prepare_tables)
    empty.call(check_tables)
    assert empty.shape() == shape


def test_migrating_an_empty_warehouse_creates_the_tables(empty: House) -> None:
    assert empty.call(migrate_tables) == Migration(None, {})
    assert empty.call(migrate_tables) == Migration(NEWEST_REVISION, {})


@pytest.mark.parametrize("function", [prepare_tables, check_tables])
def test_tables_of_an_older_version_stop_whoever_needs_them_and_stay_as_they_are(
    old: House, function: Callable[..., None]
) -> None:
    shape = old.shape()
    command = f"phoneseg migrate --config {old.settings.config_file}"
    with pytest.raises(OutdatedSchemaError, match=f"0001.*{NEWEST_REVISION}.*{re.escape(command)}"):
        old.call(function)
    assert old.shape() == shape


@pytest.mark.parametrize("function", [prepare_tables, check_tables, migrate_tables, plan_migration])
def test_tables_of_a_newer_version_stop_everybody(empty: House, function: Callable[..., object]) -> None:
    empty.call(prepare_tables)
    empty.execute(f"UPDATE {name_of(empty, 'schema_version')} SET version_num = '9999'")
    with pytest.raises(OutdatedSchemaError, match=f"9999.*{NEWEST_REVISION}.*newer phoneseg"):
        empty.call(function)


def test_rows_survive(old: House) -> None:
    old.fill()
    before = old.rows()
    assert all(len(rows) == 1 for rows in before.values())
    migration = old.call(migrate_tables)
    assert migration.found == "0001"
    assert list(migration.applied)[-1] == NEWEST_REVISION
    after = old.rows()
    kept = {name: [{column: row[column] for column in before[name][0]} for row in after[name]] for name in before}
    assert kept == before
    assert all(rows == [] for name, rows in after.items() if name not in before)


def test_migrating_again_changes_nothing(old: House) -> None:
    old.call(migrate_tables)
    shape = old.shape()
    assert old.call(migrate_tables) == Migration(NEWEST_REVISION, {})
    assert old.shape() == shape


def test_a_migration_that_breaks_leaves_everything_as_it_was(old: House) -> None:
    in_the_way = name_of(old, "source_size")
    old.execute(f"CREATE TABLE {in_the_way} (anything TEXT)")
    shape = old.shape()
    with pytest.raises(PhonesegError, match="source_size"):
        old.call(migrate_tables)
    assert old.shape() == shape
    old.execute(f"DROP TABLE {in_the_way}")
    assert list(old.call(migrate_tables).applied)[-1] == NEWEST_REVISION


def test_a_dry_run_changes_nothing(old: House) -> None:
    shape = old.shape()
    migration, sql = old.call(plan_migration)
    assert old.shape() == shape
    assert (migration.found, list(migration.applied)[-1]) == ("0001", NEWEST_REVISION)
    assert f"CREATE TABLE {name_of(old, 'source_size')} " in sql


def test_comments_become_those_of_the_contracts(empty: House) -> None:
    empty.call(prepare_tables)
    shape = empty.shape()
    with empty.warehouse.transaction() as connection:
        if not connection.dialect.supports_comments:
            pytest.skip("the database has no comments")
        log = name_of(empty, PIPELINE_RUN.name)
        connection.exec_driver_sql(f"COMMENT ON TABLE {log} IS 'Somebody wrote this.'")
        connection.exec_driver_sql(f"COMMENT ON COLUMN {log}.state IS NULL")
    assert empty.shape() != shape
    empty.call(migrate_tables)
    assert empty.shape() == shape


def test_alembic_says_nothing(old: House, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("alembic").setLevel(logging.NOTSET)
    with caplog.at_level(logging.INFO):
        old.call(migrate_tables)
    assert [record for record in caplog.records if record.name.startswith("alembic")] == []


@pytest.mark.parametrize("function", [prepare_tables, migrate_tables])
def test_who_comes_second_to_an_empty_warehouse_finds_the_tables(
    shared: House, function: Callable[..., object]
) -> None:
    at_once([lambda: shared.call(function)] * 4)
    assert shared.revision == NEWEST_REVISION


def test_of_many_migrations_at_once_one_is_applied(shared: House) -> None:
    shared.build_first_release()
    migrations = at_once([lambda: shared.call(migrate_tables)] * 4)
    assert sorted(migration.found for migration in migrations) == ["0001", *[NEWEST_REVISION] * 3]


def at_once(calls: list[Callable[[], Migration]]) -> list[Migration]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]


@contextmanager
def reading(house: House, table: str) -> Iterator[sa.Connection]:
    """Hold a transaction open that has read a table."""
    with house.warehouse.transaction() as connection:
        connection.exec_driver_sql(f"SELECT * FROM {name_of(house, table)}")
        yield connection


def test_a_migration_that_waits_too_long_for_a_run_gives_up_and_can_be_tried_again(server: House) -> None:
    shape = server.shape()
    with reading(server, "pipeline_run"), pytest.raises(RetryableError):
        server.beside(lock_wait_s=0.2).call(migrate_tables)
    assert server.shape() == shape
    server.call(migrate_tables)


def test_a_migration_waits_for_a_run_before_it_takes_what_the_run_needs(server: House) -> None:
    """Where it took another table first, the two would wait for each other."""
    with reading(server, "pipeline_run") as run, ThreadPoolExecutor(1) as thread:
        migration = thread.submit(server.call, migrate_tables)
        wait_for_lock(server)
        run.exec_driver_sql("DELETE FROM phoneseg.segment_membership")
        run.exec_driver_sql("UPDATE phoneseg.pipeline_run SET state = 'published'")
        run.commit()
        assert migration.result().found == "0001"


def wait_for_lock(house: House) -> None:
    """Wait until somebody waits for a lock in the database."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(1000):
        with house.warehouse.transaction() as connection:
            if connection.exec_driver_sql(waiting).scalar_one():
                return
    pytest.fail("nobody waits")


def test_the_history_begins_with_what_readers_see_and_its_versions_of_the_kinds(old: House) -> None:
    columns = "run_id, as_of, data_interval_start, data_interval_end, state, started_at, sources, phoneseg_version, "
    days = {"a": ("2026-07-01", "published", "TRUE"), "b": ("2026-07-02", "published", "TRUE")}
    days |= {"c": ("2026-06-01", "published", "FALSE"), "d": ("2026-07-03", "dry_run", "NULL")}
    rows = [
        f"('{run_id}', '{day}', '{day}', '{day}', '{state}', '{day}', 'crm', '0', '9', {is_current})"
        for run_id, (day, state, is_current) in days.items()
    ]
    old.execute(
        f"INSERT INTO {name_of(old, PIPELINE_RUN.name)} ({columns} metadata_version, is_current) VALUES "
        f"{', '.join(rows)};\n"
        f"INSERT INTO {name_of(old, 'segment')} VALUES ('country', 'DE', 'f', 'n', 'd', 'd', '1', TRUE), "
        "('country', 'FR', 'f', 'n', 'd', 'd', '1', TRUE), ('area', '30', 'f', 'n', 'd', 'd', '2', TRUE)"
    )
    old.call(migrate_tables)
    (runs,) = (rows for name, rows in old.rows().items() if name.endswith(PIPELINE_RUN.name))
    known = {row["run_id"]: json.loads(str(row["definition_versions"])) for row in runs if row["definition_versions"]}
    assert known == {"b": {"country": "1", "area": "2"}}


def test_cells_of_earlier_runs_held_one_number_each(old: House) -> None:
    columns = "run_id, as_of, data_interval_start, data_interval_end, state, started_at, sources, phoneseg_version, "
    old.execute(
        f"INSERT INTO {name_of(old, PIPELINE_RUN.name)} ({columns} metadata_version, filled_cell_count) VALUES "
        f"('a', {', '.join(repr('2026-07-01') for _ in range(3))}, 'published', '2026-07-01', 'crm', '0', '9', 5)"
    )
    old.call(migrate_tables)
    (runs,) = (rows for name, rows in old.rows().items() if name.endswith(PIPELINE_RUN.name))
    assert [(row["filled_cell_count"], row["number_count"]) for row in runs] == [(5, 5)]

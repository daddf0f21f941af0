"""The five verbs on real warehouses."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from runs import AS_OF, execute, on_warehouses, published_tables, query, run_pipeline, staging_tables

from phoneseg import phones, pipeline
from phoneseg.contracts import Keeping, staged_tables
from phoneseg.errors import ReconciliationError, SettingsError, StopError, SupersededError
from phoneseg.hygiene import CellReading, read_cells
from phoneseg.numbers import ReadCounts
from phoneseg.run import Run
from phoneseg.settings import HygieneSettings, Settings, load_settings

ROWS = """
    (1, '+1 650-253-0000', NULL),
    (2, '020 7946 0018', 'United Kingdom'),
    (3, '020 7946 0018', NULL),
    (4, 'call me', 'DE'),
    (5, NULL, 'DE'),
    (6, '  ', 'DE'),
    (7, '030 12', 'Deutschland')
"""


@pytest.mark.all_checks
@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
def test_every_filled_cell_is_published_or_quarantined_with_a_reason(
    make_warehouse: Callable[..., Settings], backend: str
) -> None:
    settings = make_warehouse(ROWS, backend)
    counts = run_pipeline(settings)
    assert counts["contact_count"] == 7
    assert (counts["filled_cell_count"], counts["empty_cell_count"]) == (5, 2)
    tables = published_tables(settings)
    assert {row[0] for row in tables["contact_phone"]} == {"shop:1", "shop:2", "shop:7"}
    reasons = {row[0]: row[4] for row in tables["contact_quarantine"]}
    assert reasons == {"shop:3": "NO_REGION", "shop:4": "NOT_A_NUMBER"}
    assert len(tables["contact_profile"]) == 7
    assert {(row[2], row[3]) for row in tables["segment_membership"]} >= {
        ("country", "US"),
        ("country", "GB"),
        ("location", "GB:London"),
    }


def test_duckdb_and_sqlite_publish_equal_tables(
    make_warehouse: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory
) -> None:
    published = []
    for backend in ("duckdb", "sqlite"):
        settings = make_warehouse(ROWS, backend)
        run_pipeline(settings)
        published.append(published_tables(settings))
    duckdb, sqlite = published
    for of_the_source in (
        "source_watermark",
        "source_size",
    ):  # they know the table's name, and types where there are any
        del duckdb[of_the_source]
    for table in duckdb:  # SQLite keeps instants without their zone
        assert [[_plain(value) for value in row] for row in duckdb[table]] == [
            [_plain(value) for value in row] for row in sqlite[table]
        ], table


def _plain(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
def test_the_same_run_twice_gives_the_same_tables_and_touches_no_row(
    make_warehouse: Callable[..., Settings], backend: str
) -> None:
    settings = make_warehouse(ROWS, backend)
    first = run_pipeline(settings)
    before = published_tables(settings)
    second = run_pipeline(settings)
    assert first["inserted_rows"] > 0
    assert (second["deleted_rows"], second["inserted_rows"]) == (0, 0)
    assert published_tables(settings) == before


def test_no_number_in_clear_stands_outside_the_restricted_schema(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    numbers = query(
        any_settings, "SELECT phone_e164, national_significant_number FROM phoneseg_restricted.phone_number"
    )
    secrets = {n.removeprefix("+") for n in numbers["phone_e164"]} | set(numbers["national_significant_number"])
    tables = published_tables(any_settings)
    restricted = {"phone_number", "quarantine_raw"}
    for name in tables.keys() - restricted:
        shown = {str(value) for row in tables[name] for value in row}
        assert not any(len(secret) > 6 and secret in shown for secret in secrets), name


def test_a_run_leaves_no_stage_folder_and_no_staging_table(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    assert staging_tables(demo_settings) == []
    assert list(demo_settings.resolve(demo_settings.stage.folder).iterdir()) == []


def test_contacts_created_at_or_after_as_of_do_not_exist_yet(demo_settings: Settings) -> None:
    run_pipeline(demo_settings, datetime(2024, 1, 1, tzinfo=UTC))
    newest = query(demo_settings, "SELECT max(contact_created_at) AS at FROM phoneseg.contact_profile")["at"][0]
    assert newest < datetime(2024, 1, 1, tzinfo=UTC)


@on_warehouses("duckdb", "postgresql")
def test_an_older_run_fills_its_dated_rows_and_leaves_current_tables_alone(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    before = published_tables(any_settings)
    older = run_pipeline(any_settings, AS_OF - timedelta(days=400))
    after = published_tables(any_settings)
    assert older["is_current"] == 0
    for dated in (table.name for table in staged_tables() if table.keeping is Keeping.DATED):
        assert set(before.pop(dated)) < set(after.pop(dated))
    for log in ("segment_change", "canonical_change"):
        assert before.pop(log) == []
        assert {row[0] for row in after.pop(log)} == {AS_OF}  # what differs between the two
    assert after == before


@on_warehouses("duckdb", "postgresql")
@pytest.mark.slow
def test_intervals_in_any_order_give_the_tables_of_the_right_order(any_settings: Settings) -> None:
    days = [AS_OF - timedelta(days=200), AS_OF - timedelta(days=100), AS_OF]
    for day in days:
        run_pipeline(any_settings, day)
    in_order = published_tables(any_settings)
    for day in (days[2], days[0], days[1], days[0]):
        run_pipeline(any_settings, day)
    assert published_tables(any_settings) == in_order


@on_warehouses("postgresql", "duckdb")
def test_a_run_of_one_source_keeps_the_published_rows_of_the_others(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    whole = published_tables(any_settings)
    query_change = "UPDATE crm.customer SET mobile = NULL, home_phone = NULL, updated_at = '2026-08-01'"
    execute(any_settings, query_change, "UPDATE webshop.account SET phone = NULL")
    run_pipeline(any_settings, sources=("crm",))
    after = published_tables(any_settings)
    # what messages to customers of crm told of a number, they told of it for all who have it
    before_and_after = (tables["segment_membership"] for tables in (whole, after))
    of_others = [[row for row in rows if row[1] != "crm" and row[2] != "number_state"] for rows in before_and_after]
    assert of_others[0] == of_others[1]
    assert not any(row[1:3] == ("crm", "country") for row in after["segment_membership"])
    assert {row[1] for row in after["contact_phone"]} == {"webshop", "support"}
    used = {row[4] for row in after["contact_phone"]}
    assert {row[0] for row in after["phone_number"]} == used


def test_a_run_of_one_source_does_not_go_back_in_time(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    with pytest.raises(StopError, match="cannot go back"):
        run_pipeline(demo_settings, AS_OF - timedelta(days=1), sources=("crm",))


@pytest.mark.all_checks
def test_a_dry_run_checks_everything_and_publishes_nothing(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    before = published_tables(demo_settings)
    execute(demo_settings, "UPDATE crm.customer SET mobile = NULL")
    counts = run_pipeline(demo_settings, dry_run=True)
    assert counts["checks_passed"] > 50
    assert published_tables(demo_settings) == before
    assert staging_tables(demo_settings) == []
    states = query(demo_settings, "SELECT state FROM phoneseg.pipeline_run ORDER BY started_at")["state"].to_list()
    assert states == ["published", "dry_run"]


def test_a_cell_that_is_lost_on_the_way_stops_the_run(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(cells: pl.DataFrame, settings: HygieneSettings, counts: ReadCounts) -> CellReading:
        read = read_cells(cells, settings, counts)
        return read._replace(phones=read.phones.head(-1))

    monkeypatch.setattr(phones, "read_cells", losing)
    with pytest.raises(ReconciliationError, match="filled cells came in"):
        run_pipeline(demo_settings)


def test_the_log_of_runs_holds_what_was_counted(demo_settings: Settings) -> None:
    counts = run_pipeline(demo_settings)
    (row,) = query(demo_settings, "SELECT * FROM phoneseg.pipeline_run").to_dicts()
    assert row["as_of"] == AS_OF
    assert row["state"] == "published"
    assert row["is_current"] is True
    for name in ("contact_count", "filled_cell_count", "number_count", "phone_count", "valid_phone_count"):
        assert row[name] == counts[name], name
    assert row["phone_count"] + row["quarantined_count"] == row["number_count"] > row["filled_cell_count"]


def test_a_later_run_of_the_interval_takes_it_over(demo_settings: Settings) -> None:
    first, second = (Run.open(demo_settings, as_of=AS_OF, run_id=name) for name in ("first", "second"))
    for verb in pipeline.VERBS[:-1]:
        verb(first)
    pipeline.extract(second)
    with pytest.raises((SupersededError, StopError)):
        pipeline.swap(first)
    for verb in pipeline.VERBS[1:]:
        verb(second)
    states = dict(query(demo_settings, "SELECT run_id, state FROM phoneseg.pipeline_run").iter_rows())
    assert states == {"first": "abandoned", "second": "published"}


def test_a_published_run_that_begins_anew_and_dies_still_holds_its_day(demo_settings: Settings) -> None:
    newest = Run.open(demo_settings, as_of=AS_OF, run_id="newest")
    for verb in pipeline.VERBS:
        verb(newest)
    before = published_tables(demo_settings)["contact_profile"]
    pipeline.extract(newest)
    older = run_pipeline(demo_settings, AS_OF - timedelta(days=300))
    assert older["is_current"] == 0
    assert published_tables(demo_settings)["contact_profile"] == before


def test_a_dry_run_takes_no_interval_over(demo_settings: Settings) -> None:
    live = Run.open(demo_settings, as_of=AS_OF, run_id="live")
    pipeline.extract(live)
    run_pipeline(demo_settings, dry_run=True)
    for verb in pipeline.VERBS[1:]:
        verb(live)
    states = dict(query(demo_settings, "SELECT run_id, state FROM phoneseg.pipeline_run").iter_rows())
    assert states["live"] == "published"
    assert sorted(states.values()) == ["dry_run", "published"]


def test_a_slip_of_the_year_does_not_freeze_the_current_tables(demo_settings: Settings) -> None:
    with pytest.raises(SettingsError, match="is in the future"):
        run_pipeline(demo_settings, datetime(2162, 7, 1, tzinfo=UTC))


def test_warehouses_that_share_a_stage_folder_leave_each_others_runs_alone(
    demo_settings: Settings, tmp_path: Path
) -> None:
    live = Run.open(demo_settings, as_of=AS_OF, run_id="live")
    pipeline.extract(live)
    other = tmp_path / "demo" / "other.toml"
    text = demo_settings.config_file.read_text()
    other.write_text(text.replace("warehouse.duckdb", "other.duckdb"))
    shutil.copyfile(demo_settings.folder / "warehouse.duckdb", tmp_path / "demo" / "other.duckdb")
    run_pipeline(load_settings(other), AS_OF - timedelta(days=1))
    assert pipeline.normalize(live)["phone_count"] > 0

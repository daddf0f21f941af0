"""The profile has the columns of the windows that the settings name: a run sees to it, and `migrate` mends it."""

import pytest

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.errors import OutdatedSchemaError, PhonesegError
from phoneseg.warehouse.migrations import NEWEST_REVISION, check_tables, migrate_tables, plan_migration, prepare_tables
from tests.unit.warehouse.migrations.house import House
from tests.unit.warehouse.migrations.test_migrate import name_of


def with_windows(house: House, *days: int) -> House:
    profile = house.settings.profile.model_copy(update={"windows_days": days, "rfm_window_days": days[0]})
    return House.open(house.settings.model_copy(update={"profile": profile}))


@pytest.fixture
def changed(empty: House) -> House:
    """A warehouse with the windows that are the default, and settings with others."""
    empty.call(prepare_tables)
    return with_windows(empty, 365, 14)


def test_a_fresh_warehouse_has_the_windows_of_the_settings(empty: House) -> None:
    house = with_windows(empty, 14)
    house.call(prepare_tables)
    columns = house.shape()[CONTACT_PROFILE.name]["columns"]
    assert isinstance(columns, dict)
    assert {name for name in columns if name.startswith("event_count_")} == {"event_count_14d", "event_count_all"}


def test_a_run_stops_at_other_windows_than_those_of_the_settings(changed: House) -> None:
    shape = changed.shape()
    command = f"phoneseg migrate --config {changed.settings.config_file}"
    with pytest.raises(OutdatedSchemaError, match=f"profile.windows_days.*{command}.*adds columns of 14d and drops"):
        changed.call(prepare_tables)
    assert changed.shape() == shape
    changed.call(check_tables)  # readers do not care


def test_migrating_adds_and_drops_the_columns_of_windows_and_keeps_all_else(changed: House) -> None:
    changed.execute(
        f"INSERT INTO {name_of(changed, CONTACT_PROFILE.name)} "
        "(contact_id, source, phone_count, valid_phone_count, quarantined_count, event_count_365d, trend_7d) "
        "VALUES ('crm:1', 'crm', 1, 1, 0, 5, 0.5)"
    )
    migration = changed.call(migrate_tables)
    assert (migration.found, migration.applied) == (NEWEST_REVISION, {})
    assert migration.windows == "contact_profile: adds columns of 14d and drops columns of 7d, 30d, 90d"
    (row,) = changed.rows()[next(name for name in changed.rows() if name.endswith(CONTACT_PROFILE.name))]
    assert (row["contact_id"], row["event_count_365d"], row["event_count_14d"]) == ("crm:1", 5, None)
    fresh = changed.beside(output_schema="fresh")
    fresh.call(prepare_tables)
    assert changed.shape() == fresh.shape()
    changed.call(prepare_tables)
    assert changed.call(migrate_tables).windows == ""


def test_the_sql_of_a_dry_run_changes_the_windows(changed: House) -> None:
    shape = changed.shape()
    migration, sql = changed.call(plan_migration)
    assert changed.shape() == shape
    assert migration.windows
    changed.execute(sql)
    changed.call(prepare_tables)


def test_columns_of_others_stay(empty: House) -> None:
    empty.call(prepare_tables)
    table = name_of(empty, CONTACT_PROFILE.name)
    empty.execute(f"ALTER TABLE {table} ADD COLUMN lead_score_7d INTEGER")
    house = with_windows(empty, 14)
    house.call(migrate_tables)
    columns = house.shape()[CONTACT_PROFILE.name]["columns"]
    assert isinstance(columns, dict)
    assert "lead_score_7d" in columns
    assert "event_count_7d" not in columns


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_a_view_of_others_that_needs_a_column_is_named_and_nothing_changes(changed: House) -> None:
    changed.execute(
        "CREATE VIEW public.busy AS SELECT contact_id FROM phoneseg.contact_profile WHERE event_count_7d > 9"
    )
    shape = changed.shape()
    with pytest.raises(PhonesegError, match=r"event_count_7d.*view busy"):
        changed.call(migrate_tables)
    assert changed.shape() == shape
    changed.execute("DROP VIEW public.busy")
    changed.call(migrate_tables)

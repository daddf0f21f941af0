"""What holds for all tables at once, so that a new table or column cannot break it."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts import (
    ACTIVITY,
    CONTACT_BASE,
    CONTACT_PHONE,
    CONTACT_PROFILE,
    CONTACT_QUARANTINE,
    DECIDED_PERMISSION,
    EXAMINED_PHONE,
    EXAMINED_QUARANTINE,
    KEPT_CANONICAL,
    KEPT_CONTACT,
    KEPT_PHONE,
    KEPT_QUARANTINE,
    KEPT_SHARED_NUMBER,
    OBJECTING_CONTACT,
    PARSED_PHONE,
    PERMISSION_SUBJECT,
    QUARANTINE_RAW,
    RAW_ACTIVITY,
    RAW_CONTACT,
    RAW_NUMBER_LIST,
    RAW_PERMISSION,
    RAW_PERSON,
    RAW_PHONE,
    REPLACED_CONTACTS,
    REPORTS,
    SEGMENT_SIZE,
    TABLES,
    UTC_INSTANT,
    Area,
    Column,
    Keeping,
    Pipeline,
    PrivacyClass,
    Table,
    staged_tables,
)

ALL = (
    *TABLES,
    RAW_CONTACT,
    RAW_PHONE,
    RAW_ACTIVITY,
    RAW_PERMISSION,
    RAW_PERSON,
    DECIDED_PERMISSION,
    OBJECTING_CONTACT,
    PERMISSION_SUBJECT,
    PARSED_PHONE,
    KEPT_CANONICAL,
    KEPT_CONTACT,
    KEPT_PHONE,
    KEPT_QUARANTINE,
    RAW_NUMBER_LIST,
    EXAMINED_PHONE,
    EXAMINED_QUARANTINE,
    KEPT_SHARED_NUMBER,
    ACTIVITY,
    CONTACT_BASE,
    *REPLACED_CONTACTS,
)
ALL_COLUMNS = [(table, column) for table in ALL for column in table.columns]
each_table = pytest.mark.parametrize("table", ALL, ids=[table.name for table in ALL])


def test_table_names_are_unique() -> None:
    names = [table.name for table in ALL]
    assert len(set(names)) == len(names)


@each_table
def test_a_table_has_every_column_once(table: Table) -> None:
    assert len(set(table.column_names)) == len(table.columns)


@each_table
def test_key_columns_are_columns_that_allow_no_null(table: Table) -> None:
    nullable = {column.name for column in table.columns if column.nullable}
    assert table.key or table in (RAW_ACTIVITY, RAW_PERMISSION, RAW_NUMBER_LIST, ACTIVITY)  # events may be alike
    assert set(table.key) <= set(table.column_names)
    assert not set(table.key) & nullable


def test_tables_that_everybody_reads_hold_no_number() -> None:
    published = [table for table in TABLES if table.area is Area.PUBLISHED]
    leaks = [(t.name, c.name) for t in published for c in t.columns if c.privacy is PrivacyClass.RESTRICTED]
    assert published
    assert leaks == []


def test_reports_say_nothing_of_one_contact() -> None:
    of_a_contact = (PrivacyClass.PSEUDONYM, PrivacyClass.RESTRICTED)
    for table in REPORTS:
        assert (table.area, table.keeping, table.is_per_contact) == (Area.REPORT, Keeping.DATED, False)
        assert not [column.name for column in table.columns if column.privacy in of_a_contact]


def test_every_way_to_write_a_number_is_restricted() -> None:
    numbers = {"phone_raw", "phone_e164", "phone_international", "phone_national", "national_significant_number"}
    classes = {column.name: column.privacy for _, column in ALL_COLUMNS if column.name in numbers}
    assert classes == dict.fromkeys(numbers, PrivacyClass.RESTRICTED)


def test_stage_tables_are_no_warehouse_tables() -> None:
    assert {table.area for table in TABLES} == {Area.PUBLISHED, Area.RESTRICTED, Area.REPORT}
    assert {table.area for table in (RAW_CONTACT, RAW_PHONE, PARSED_PHONE)} == {Area.STAGE}


def test_current_tables_change_with_their_rows_alone_not_with_the_clock() -> None:
    of_a_run = {"as_of", "run_id", "started_at", "finished_at", "data_interval_start", "data_interval_end"}
    for table in ALL:
        if table.keeping is Keeping.CURRENT:
            assert not of_a_run & set(table.column_names), table.name


def test_dated_tables_have_their_as_of_in_the_key() -> None:
    dated = [table for table in TABLES if table.keeping is Keeping.DATED]
    assert SEGMENT_SIZE in dated
    assert {table.key[0] for table in dated} == {"as_of"}


def test_referred_rows_have_a_referrer_with_the_columns_of_their_key() -> None:
    names = {table.name: table for table in TABLES}
    referred = [table for table in TABLES if table.referrer is not None]
    assert referred
    for table in referred:
        referrer = names[str(table.referrer)]
        assert set(table.key) <= set(referrer.column_names)
        assert TABLES.index(referrer) < TABLES.index(table), "publish fills the referrer first"


def test_indexes_are_over_columns_of_the_table() -> None:
    assert any(table.indexes for table in TABLES)
    for table in TABLES:
        assert {name for index in table.indexes for name in index} <= set(table.column_names)


def test_a_run_stages_all_tables_but_the_logs() -> None:
    logs = [table for table in TABLES if table.keeping is Keeping.LOG]
    assert {"segment_change", "pipeline_run"} <= {table.name for table in logs}
    staged = [table.name for pipeline in Pipeline for table in staged_tables(pipeline)]
    assert sorted(staged) == sorted(table.name for table in TABLES if table not in logs)


def test_a_partial_run_names_the_contacts_of_every_table_of_contacts() -> None:
    names = {table.name for table in REPLACED_CONTACTS}
    assert {table.replaced_contacts for table in staged_tables() if table.is_per_contact} == names


def test_a_column_of_one_name_has_one_type_everywhere_but_in_the_log_where_counts_are_totals() -> None:
    types: dict[str, set[object]] = {}
    for table, column in ALL_COLUMNS:
        if table.keeping is not Keeping.LOG:
            types.setdefault(column.name, set()).add(column.dtype)
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


def test_a_column_of_one_name_has_one_privacy_class_everywhere() -> None:
    classes: dict[str, set[PrivacyClass]] = {}
    for _, column in ALL_COLUMNS:
        classes.setdefault(column.name, set()).add(column.privacy)
    assert {name: found for name, found in classes.items() if len(found) > 1} == {}


@each_table
def test_columns_are_named_and_described_as_the_house_does(table: Table) -> None:
    assert table.row_meaning.endswith(".")
    for column in table.columns:
        assert column.meaning.endswith("."), column.name
        assert (column.dtype == pl.Boolean) == column.name.startswith(("is_", "has_")), column.name


def test_instants_are_utc() -> None:
    instants = [column for _, column in ALL_COLUMNS if column.dtype.is_temporal()]
    assert instants
    assert {column.dtype for column in instants} == {UTC_INSTANT, pl.Date}
    assert {column.name for column in instants if column.dtype == pl.Date} == {"birth_date"}


def test_the_profile_says_nothing_of_a_primary_phone_that_is_not_there() -> None:
    of_the_phone = set(CONTACT_PHONE.column_names) & set(CONTACT_PROFILE.column_names) - {"contact_id", "source"}
    nullable = {column.name for column in CONTACT_PROFILE.columns if column.nullable}
    assert {"phone_token", "is_valid", "number_type", "region_code"} <= of_the_phone
    assert of_the_phone <= nullable


def test_quarantine_is_one_row_in_two_tables() -> None:
    assert CONTACT_QUARANTINE.key == QUARANTINE_RAW.key == CONTACT_PHONE.key


PAIR = Table(
    "pair",
    "One pair.",
    Keeping.CURRENT,
    ("name",),
    (Column("name", pl.String, "Name."), Column("size", pl.Int16, "Size.")),
)


def test_conform_selects_orders_and_casts() -> None:
    frame = pl.LazyFrame({"size": [1], "more": [True], "name": ["a"]})
    expected = pl.DataFrame({"name": ["a"], "size": [1]}, schema={"name": pl.String, "size": pl.Int16})
    assert_frame_equal(PAIR.conform(frame).collect(), expected)


def test_conform_raises_on_a_missing_column() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="size"):
        PAIR.conform(pl.LazyFrame({"name": ["a"]})).collect()


def test_conform_raises_rather_than_lose_a_value() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        PAIR.conform(pl.LazyFrame({"name": ["a"], "size": [40_000]})).collect()

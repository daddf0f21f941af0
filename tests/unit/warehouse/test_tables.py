"""Warehouse tables are the contracts, in any database."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from phoneseg.contracts import (
    CANONICAL_CHANGE,
    CONTACT_PHONE,
    PHONE_NUMBER,
    PIPELINE_RUN,
    REPLACED_CONTACTS,
    SEGMENT_CHANGE,
    TABLES,
    Area,
    Table,
    staged_tables,
)
from phoneseg.warehouse.tables import TableNaming, staging_prefix

WITH_SCHEMAS = TableNaming("out", has_schemas=True, has_keys=True)
WITHOUT_SCHEMAS = TableNaming("out", has_schemas=False, has_keys=True)
DUCKDB = TableNaming("out", has_schemas=True, has_keys=False)
each_table = pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])


def test_everybodys_tables_and_restricted_ones_live_in_schemas_of_their_own() -> None:
    assert WITH_SCHEMAS.schemas == ("out", "out_restricted", "out_report", "out_staging")
    assert WITH_SCHEMAS.published(CONTACT_PHONE).fullname == "out.contact_phone"
    assert WITH_SCHEMAS.published(PHONE_NUMBER).fullname == "out_restricted.phone_number"


def test_without_schemas_the_schema_becomes_a_prefix() -> None:
    assert WITHOUT_SCHEMAS.published(CONTACT_PHONE).fullname == "out_contact_phone"
    assert WITHOUT_SCHEMAS.published(PHONE_NUMBER).fullname == "out_restricted_phone_number"
    staging = WITHOUT_SCHEMAS.staging(CONTACT_PHONE, "r1")
    assert staging.fullname == f"out_staging_{staging_prefix('r1')}contact_phone"


@each_table
def test_a_published_table_has_the_columns_nulls_key_and_words_of_its_contract(table: Table) -> None:
    built = WITH_SCHEMAS.published(table)
    assert built.columns.keys() == list(table.column_names)
    assert [column.nullable for column in built.columns] == [column.nullable for column in table.columns]
    assert tuple(column.name for column in built.primary_key) == tuple(n for n in table.column_names if n in table.key)
    assert [column.comment for column in built.columns] == [column.meaning for column in table.columns]
    assert str(built.comment).startswith(table.row_meaning)


def test_a_staging_table_takes_anything_so_that_its_suite_can_tell() -> None:
    for table in staged_tables():
        staging = WITH_SCHEMAS.staging(table, "r1")
        assert staging.columns.keys() == list(table.column_names)
        assert all(column.nullable for column in staging.columns)
        assert list(staging.primary_key) == []


def test_where_keys_are_checked_too_eagerly_none_is_declared() -> None:
    assert all(list(table.primary_key) == [] for table in DUCKDB.all_published())
    assert all(not table.indexes for table in DUCKDB.all_published())


@each_table
def test_a_published_table_has_the_indexes_of_its_contract_and_a_staging_table_none(table: Table) -> None:
    built = {tuple(index.columns.keys()) for index in WITH_SCHEMAS.published(table).indexes}
    assert built == set(table.indexes)
    assert not WITH_SCHEMAS.staging(table, "r1").indexes


def test_every_schema_has_a_meaning() -> None:
    assert tuple(WITH_SCHEMAS.schema_meanings) == WITH_SCHEMAS.schemas
    assert all(WITH_SCHEMAS.schema_meanings.values())


def test_a_run_has_staging_tables_of_its_own_and_the_same_ones_when_it_is_retried() -> None:
    first, again, other = (WITH_SCHEMAS.all_staging(run_id) for run_id in ("r1", "r1", "r2"))
    assert [table.fullname for table in first] == [table.fullname for table in again]
    assert not {table.fullname for table in first} & {table.fullname for table in other}
    assert {table.schema for table in first} == {"out_staging"}


def test_the_logs_are_not_staged() -> None:
    names = {table.name.removeprefix(staging_prefix("r1")) for table in WITH_SCHEMAS.all_staging("r1")}
    assert names == {table.name for table in (*staged_tables(), *REPLACED_CONTACTS, SEGMENT_CHANGE, CANONICAL_CHANGE)}
    assert not any(table.name.endswith(PIPELINE_RUN.name) for table in WITH_SCHEMAS.all_staging("r1"))


def test_no_name_is_longer_than_postgresql_takes() -> None:
    run_id = "scheduled__2026-07-01T00:00:00+00:00" * 5
    names = [table.name for naming in (WITH_SCHEMAS, WITHOUT_SCHEMAS) for table in naming.all_staging(run_id)]
    names += [str(index.name) for table in WITH_SCHEMAS.all_published() for index in table.indexes]
    assert max(len(name) for name in names) <= 63


def test_areas_have_schemas() -> None:
    assert {area: WITH_SCHEMAS.schema(area) for area in (Area.PUBLISHED, Area.RESTRICTED, Area.REPORT)} == {
        Area.PUBLISHED: "out",
        Area.RESTRICTED: "out_restricted",
        Area.REPORT: "out_report",
    }


@pytest.mark.parametrize(("backend", "naming"), [("duckdb", DUCKDB), ("sqlite", WITHOUT_SCHEMAS)])
def test_a_database_creates_the_tables_as_the_contracts_have_them(
    tmp_path: Path, backend: str, naming: TableNaming
) -> None:
    engine = sa.create_engine(f"{backend}:///{tmp_path / 'warehouse'}", poolclass=sa.NullPool)
    tables = [*naming.all_published(), *naming.all_staging("r1")]
    with engine.begin() as connection:
        for schema in naming.schemas if naming.has_schemas else ():
            connection.execute(sa.schema.CreateSchema(schema))
        for table in tables:
            table.create(connection)
    with engine.connect() as connection:
        for table in tables:
            result = connection.execute(sa.select(sa.text("*")).select_from(table))
            assert list(result.keys()) == table.columns.keys()


def test_duckdb_keeps_the_words_of_the_contracts(tmp_path: Path) -> None:
    engine = sa.create_engine(f"duckdb:///{tmp_path / 'warehouse'}", poolclass=sa.NullPool)
    table = DUCKDB.published(CONTACT_PHONE)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema("out"))
        table.create(connection)
        told = connection.execute(sa.text("SELECT comment FROM duckdb_tables()")).scalar_one()
        columns = connection.execute(
            sa.text("SELECT comment FROM duckdb_columns() WHERE schema_name = 'out' ORDER BY column_index")
        ).scalars()
        assert list(columns) == [column.meaning for column in CONTACT_PHONE.columns]
    assert told == table.comment

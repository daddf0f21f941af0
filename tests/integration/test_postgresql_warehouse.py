"""PostgreSQL as a warehouse: types come out right, queries change nothing, COPY loads, tables tell what they are."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from postgresql_source import failure, query, write_settings

from phoneseg.contracts import REPLACED_CONTACTS, SEGMENT_MEMBERSHIP, SOURCE_WATERMARK, TABLES
from phoneseg.errors import SourceError
from phoneseg.extract import SourceReader, extract_source
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.postgresql import PostgreSQLWarehouse

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
Make = Callable[..., Settings]


@pytest.fixture
def make(postgresql_url: str, tmp_path: Path) -> Make:
    """Return a function that runs statements and gives settings on the test's own database."""
    return partial(write_settings, postgresql_url, tmp_path)


def test_a_postgresql_url_opens_as_such_whatever_driver_it_names(make: Make, postgresql_url: str) -> None:
    for url in (postgresql_url, postgresql_url.replace("postgresql:", "postgresql+psycopg2:")):
        settings = make(url=url)
        assert isinstance(open_warehouse(settings), PostgreSQLWarehouse)
        assert query(settings, "SELECT 1 AS a").rows() == [(1,)]


# What a cell of a type is read as, and the family that its column is of.
VALUES = {
    "123456789012::numeric(12,0)": ("123456789012", "number"),
    "16502530000.00::numeric": ("16502530000", "number"),
    "0.50::numeric(4,2)": ("0.50", "number"),
    "'NaN'::numeric": (None, "number"),
    "7::smallint": (7, "integer"),
    "7::integer": (7, "integer"),
    "7::bigint": (7, "integer"),
    "1.5::real": (1.5, "number"),
    "1.5::double precision": (1.5, "number"),
    "true": (True, "boolean"),
    "'x'::text": ("x", "text"),
    "'x'::varchar(3)": ("x", "text"),
    "'x'::char(3)": ("x", "text"),
    "'x'::name": ("x", "text"),
    "'on'::mood": ("on", "text"),
    "'x'::label": ("x", "text"),
    "'8d2f0b5e-0d61-4b7c-9d0b-7e4a3f7a6a55'::uuid": ("8d2f0b5e-0d61-4b7c-9d0b-7e4a3f7a6a55", "other"),
    """'{"a": [1]}'::json""": ('{"a": [1]}', "other"),
    """'{"a": [1]}'::jsonb""": ('{"a": [1]}', "other"),
    "'10.0.0.1'::inet": ("10.0.0.1", "other"),
    "'10.0.0.0/8'::inet": ("10.0.0.0/8", "other"),
    "'08:30'::time": ("08:30:00", "other"),
    "'1 day'::interval": ("1 day", "other"),
    r"'\x00ff'::bytea": (b"\x00\xff", "binary"),
    "'2026-07-01'::date": (date(2026, 7, 1), "date"),
    "'2026-07-01 12:00'::timestamp": (datetime(2026, 7, 1, 12), "timestamp"),
    "'2026-07-01 12:00+02'::timestamptz": (datetime(2026, 7, 1, 10, tzinfo=UTC), "timestamptz"),
    "'0001-01-01'::date": (date(1, 1, 1), "date"),
    "'9999-12-31 23:59:59.999999'::timestamp": (datetime(9999, 12, 31, 23, 59, 59, 999999), "timestamp"),
}


def test_every_type_of_column_comes_out_right_and_is_known_by_its_family(make: Make) -> None:
    columns = {f"c{position}": value for position, value in enumerate(VALUES)}
    selected = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    settings = make(
        "CREATE TYPE mood AS ENUM ('on', 'off')",
        "CREATE DOMAIN label AS varchar(9)",
        f"CREATE TABLE customer AS SELECT 1 AS id, {selected}",
        "INSERT INTO customer (id) VALUES (2)",
        crm=f'table = "customer"\nid = "id"\nphones = {list(columns)}',
    )
    warehouse, source = open_warehouse(settings), settings.contacts["crm"]
    with warehouse.transaction() as connection:
        families = warehouse.source_types(connection, "crm", source)
        statement = warehouse.select_columns("crm", source, ["id", *columns])
        rows = pl.concat(warehouse.read_batches(connection, statement))
    wanted = {f"c{position}": value for position, (value, _) in enumerate(VALUES.values())}
    assert rows.row(0, named=True) == {"id": 1, **wanted}
    assert rows.row(1, named=True) == {"id": 2, **dict.fromkeys(columns)}
    assert families == {"id": "integer", **{f"c{n}": family for n, (_, family) in enumerate(VALUES.values())}}


def test_a_number_kept_as_numeric_is_read_as_a_phone_and_an_id(make: Make) -> None:
    settings = make("CREATE TABLE customer AS SELECT 7.0 AS id, 16502530000::numeric(12,0) AS phone")
    warehouse, reader = open_warehouse(settings), SourceReader.of(settings, "crm")
    with warehouse.transaction() as connection:
        (batch,) = extract_source(warehouse, connection, reader, reader.select(warehouse, connection), AS_OF)
    assert batch.phones.select("contact_id", "phone_raw").rows() == [("crm:7", "16502530000")]


@pytest.mark.parametrize("value", ["ARRAY['x']", "ARRAY[1.5]", "'{}'::mood[]"])
def test_an_array_is_refused_where_a_value_is_asked_for(make: Make, value: str) -> None:
    settings = make("CREATE TYPE mood AS ENUM ('on')", f"CREATE TABLE customer AS SELECT 1 AS id, {value} AS phone")
    warehouse, reader = open_warehouse(settings), SourceReader.of(settings, "crm")
    with (
        pytest.raises(SourceError, match=r"contacts\.crm: column `phone` is List.*; take single values out of it"),
        warehouse.transaction() as connection,
    ):
        list(extract_source(warehouse, connection, reader, reader.select(warehouse, connection), AS_OF))


def test_a_row_within_a_row_is_refused_too(make: Make) -> None:
    settings = make("CREATE TYPE pair AS (a text, b text)", "CREATE TABLE customer (id integer, phone pair)")
    warehouse, reader = open_warehouse(settings), SourceReader.of(settings, "crm")
    with (
        pytest.raises(SourceError, match=r"contacts\.crm: column `phone` is a row \(pair\); take single values out"),
        warehouse.transaction() as connection,
    ):
        list(extract_source(warehouse, connection, reader, reader.select(warehouse, connection), AS_OF))


@pytest.mark.parametrize(
    "value",
    [
        "'infinity'::timestamp",
        "'-infinity'::timestamptz",
        "'infinity'::date",
        "'-infinity'::date",
        "'0044-03-15 BC'::date",
        "'0044-03-15 BC'::timestamptz",
        "'10000-01-01'::timestamp",
        "'10000-01-01'::date",
    ],
)
def test_a_moment_that_no_calendar_has_is_told_and_not_made_another(make: Make, value: str) -> None:
    told = failure(make(), f"SELECT {value} AS born")
    assert type(told) is SourceError
    assert "column `born` holds a" in str(told)
    assert "44" not in str(told)


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT '50%' AS a", "50%"),
        ("SELECT '50%%' LIKE '50\\%\\%' AS a", True),
        ("SELECT '12:30 :hour ::x' AS a", "12:30 :hour ::x"),
        ("SELECT 'a\\b' AS a", "a\\b"),
        ("SELECT 'x'::text AS a -- the end", "x"),
        ("-- first\nSELECT 'x' AS a;", "x"),
        ("/* first */ WITH v AS (SELECT 1.0 AS a) SELECT a FROM v", "1"),
        ("(VALUES ('x'))", "x"),
        ("SHOW TimeZone", "UTC"),
        ("SHOW transaction_isolation", "repeatable read"),
        ('SELECT 1 AS "ä "" %"', 1),
    ],
)
def test_a_query_means_what_it_says(make: Make, sql: str, value: object) -> None:
    assert query(make(), sql).rows() == [(value,)]


def test_a_query_over_a_source_may_hold_percent_signs_and_colons(make: Make) -> None:
    crm = """query = "SELECT id, phone || ':x %' AS phone FROM customer WHERE phone LIKE '%0::'"
        id = "id"\nphones = ["phone"]"""
    settings = make("CREATE TABLE customer AS SELECT 1 AS id, '0::' AS phone", crm=crm)
    warehouse, reader = open_warehouse(settings), SourceReader.of(settings, "crm")
    with warehouse.transaction() as connection:
        (batch,) = extract_source(warehouse, connection, reader, reader.select(warehouse, connection), AS_OF)
    assert batch.phones["phone_raw"].to_list() == ["0:::x %"]


def test_no_rows_still_have_their_columns(make: Make) -> None:
    rows = query(make(), "SELECT 1 AS a, 1.5 AS b WHERE false")
    assert rows.schema == {"a": pl.Int32, "b": pl.String}


def test_many_rows_come_in_batches_and_reading_may_stop_in_between(make: Make) -> None:
    warehouse = open_warehouse(make())
    with warehouse.transaction() as connection:
        numbers = sa.text("SELECT n, repeat('x', 100) AS text FROM generate_series(1, 400000) AS n")
        sizes = [len(batch) for batch in warehouse.read_batches(connection, numbers)]
        first = warehouse.read_batches(connection, numbers)
        assert len(next(first)) == sizes[0]
        first.close()  # type: ignore[attr-defined]  # a generator
    assert sum(sizes) == 400_000
    assert len(sizes) > 1


def test_texts_of_a_database_in_another_encoding_are_read_right(make: Make, postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    other = f"{sa.make_url(postgresql_url).database}_latin1"
    with engine.connect() as connection:
        connection.exec_driver_sql(
            f"CREATE DATABASE {other} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    url = sa.make_url(postgresql_url).set(database=other).render_as_string(hide_password=False)
    assert query(make(url=url), "SELECT chr(228) AS a, 'Größe' AS b").rows() == [("ä", "Größe")]
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {other}")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("INSERT INTO customer VALUES (2)", "the statement gives no rows; only a SELECT does"),
        ("DELETE FROM customer", "the statement gives no rows; only a SELECT does"),
        ("COMMIT", "the statement gives no rows; only a SELECT does"),
        ("", "the statement gives no rows; only a SELECT does"),
        ("DELETE FROM customer RETURNING id", "cannot execute DELETE in a read-only transaction"),
        ("EXPLAIN ANALYZE DELETE FROM customer", "cannot execute DELETE in a read-only transaction"),
        ("WITH gone AS (DELETE FROM customer RETURNING id) SELECT id FROM gone", "the warehouse takes no changes here"),
        ("SELECT empty()", "cannot execute DELETE in a read-only transaction"),
        ("SELECT 1; DELETE FROM customer", "cannot insert multiple commands into a prepared statement"),
        ("SELECT 1, 2", "two columns are called `?column?`; name them apart with AS"),
    ],
)
def test_a_query_changes_nothing(make: Make, sql: str, words: str) -> None:
    settings = make(
        "CREATE TABLE customer AS SELECT 1 AS id",
        "CREATE FUNCTION empty() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN DELETE FROM customer; RETURN 1; END$$",
    )
    told = failure(settings, sql)
    assert type(told) is SourceError
    assert words in str(told)
    assert query(settings, "SELECT id FROM customer").rows() == [(1,)]


def test_a_file_is_loaded_by_name_of_column_and_committed(make: Make, tmp_path: Path) -> None:
    warehouse = open_warehouse(make())
    table = warehouse.naming.staging(SOURCE_WATERMARK, "r1")
    with warehouse.transaction() as connection:
        warehouse.create_schemas(connection)
        table.create(connection)
    rows = pl.DataFrame({"source": ["crm", None]}).with_columns(
        watermark_at=pl.lit(AS_OF), source_as_of=pl.lit(AS_OF), fingerprint=pl.lit("50% 'x'")
    )
    SOURCE_WATERMARK.conform(rows.lazy()).select(pl.all().reverse()).sink_parquet(tmp_path / "[rows].parquet")
    assert warehouse.load(table, tmp_path / "[rows].parquet") == 2
    assert warehouse.load(table, tmp_path / "[rows].parquet") == 2
    with warehouse.transaction() as connection:
        loaded = connection.execute(sa.select(table.c.watermark_at, table.c.fingerprint, table.c.source)).all()
    assert sorted(map(tuple, loaded), key=repr) == sorted(
        [(AS_OF, "50% 'x'", name) for name in ("crm", None) * 2], key=repr
    )


def test_loading_where_there_is_no_table_is_told(make: Make, tmp_path: Path) -> None:
    warehouse = open_warehouse(make())
    pl.DataFrame({"source": ["crm"]}).write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(SourceError, match="does not exist"):
        warehouse.load(warehouse.naming.staging(SOURCE_WATERMARK, "r1"), tmp_path / "rows.parquet")


@pytest.fixture
def created(make: Make) -> Warehouse:
    """A warehouse with its tables."""
    warehouse = open_warehouse(make())
    with warehouse.transaction() as connection:
        warehouse.create_tables(connection)
        warehouse.create_tables(connection)  # again changes nothing
    return warehouse


def test_tables_columns_and_schemas_tell_what_they_are(created: Warehouse) -> None:
    inspector = sa.inspect(created.engine)
    for table in TABLES:
        built = created.naming.published(table)
        assert inspector.get_table_comment(built.name, built.schema)["text"] == built.comment
        comments = [column["comment"] for column in inspector.get_columns(built.name, built.schema)]
        assert comments == [column.meaning for column in table.columns]
    with created.transaction() as connection:
        told = connection.execute(sa.text("SELECT nspname, obj_description(oid) FROM pg_namespace")).all()
    assert set(created.naming.schema_meanings.items()) <= {tuple(row) for row in told}


def test_a_word_of_sql_may_name_the_output_schema(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEG_WAREHOUSE__OUTPUT_SCHEMA", "order")
    warehouse = open_warehouse(make())
    with warehouse.transaction() as connection:
        warehouse.create_tables(connection)
    assert {"order", "order_restricted", "order_staging"} <= {*sa.inspect(warehouse.engine).get_schema_names()}


def test_published_tables_have_their_keys_and_indexes(created: Warehouse) -> None:
    inspector = sa.inspect(created.engine)
    for table in TABLES:
        built = created.naming.published(table)
        key = inspector.get_pk_constraint(built.name, built.schema)["constrained_columns"]
        assert sorted(key) == sorted(table.key)
        indexed = [tuple(index["column_names"]) for index in inspector.get_indexes(built.name, built.schema)]
        assert indexed == list(table.indexes)


def test_the_planner_is_told_of_distinct_values_that_a_sample_would_miss(created: Warehouse) -> None:
    table = created.naming.published(SEGMENT_MEMBERSHIP)
    row = {"source": "crm", "segment_kind": "country", "segment_code": "DE", "definition_version": ""}
    with created.transaction() as connection:
        connection.execute(table.insert(), [{"contact_id": f"crm:{number}", **row} for number in range(9)])
        created.analyze(connection, table, {"contact_id": 123_456})
        told = sa.text("SELECT n_distinct FROM pg_stats WHERE tablename = :table AND attname = 'contact_id'")
        assert connection.execute(told, {"table": table.name}).scalar_one() == 123_456


def test_replaced_contacts_are_found_by_an_index(created: Warehouse) -> None:
    with created.transaction() as connection:
        for table in REPLACED_CONTACTS:
            created.naming.staging(table, "some_run").create(connection)
    inspector = sa.inspect(created.engine)
    for table in REPLACED_CONTACTS:
        staging = created.naming.staging(table, "some_run")
        assert [index["column_names"] for index in inspector.get_indexes(staging.name, staging.schema)] == [
            ["contact_id"]
        ]


def test_a_doubled_key_is_told_without_the_key(created: Warehouse) -> None:
    table = created.naming.published(SOURCE_WATERMARK)
    values = {"source": "+16502530000", "source_as_of": AS_OF, "fingerprint": ""}
    with pytest.raises(SourceError) as raised, created.transaction() as connection:
        connection.execute(table.insert(), [values, values])
    assert str(raised.value).endswith('duplicate key value violates unique constraint "source_watermark_pkey"')

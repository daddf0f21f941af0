"""What PostgreSQL complains of becomes one clear line: wait, or mend this, and nobody's row in it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from postgresql_source import failure, write_settings

from phoneseg.contracts import CONTACT_PHONE
from phoneseg.errors import PhonesegError, SettingsError, SourceError, WarehouseBusyError, WarehouseUnavailableError
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
Make = Callable[..., Settings]


@pytest.fixture
def make(postgresql_url: str, tmp_path: Path) -> Make:
    """Return a function that runs statements and gives settings on the test's own database."""
    return partial(write_settings, postgresql_url, tmp_path)


@pytest.fixture
def role(postgresql_url: str) -> Iterator[str]:
    """The name of a role that may do nothing yet."""
    name = f"etl_{sa.make_url(postgresql_url).database}"
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        password = sa.make_url(postgresql_url).password
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
    yield name
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {name}")
        connection.exec_driver_sql(f"DROP ROLE {name}")


def _as(url: str, **parts: str) -> str:
    return sa.make_url(url).set(**parts).render_as_string(hide_password=False)


def test_a_role_that_may_make_no_schema_works_with_those_made_for_it(
    make: Make, postgresql_url: str, role: str
) -> None:
    administrators = open_warehouse(make())
    with administrators.transaction() as connection:
        administrators.create_tables(connection)
    grants = [f"GRANT ALL ON SCHEMA {schema} TO {role}" for schema in administrators.naming.schemas]
    warehouse = open_warehouse(make(*grants, url=_as(postgresql_url, username=role)))
    with warehouse.transaction() as connection:
        warehouse.create_tables(connection)
        warehouse.naming.staging(CONTACT_PHONE, "r1").create(connection)


def test_what_a_role_lacks_is_told_with_the_grant(make: Make, postgresql_url: str, role: str) -> None:
    url = _as(postgresql_url, username=role)
    settings = make("CREATE SCHEMA crm", "CREATE TABLE crm.customer (id integer)", url=url)
    assert "GRANT USAGE ON SCHEMA crm TO" in str(failure(settings, "SELECT * FROM crm.customer"))
    make(f"GRANT USAGE ON SCHEMA crm TO {role}")
    told = failure(settings, "SELECT * FROM crm.customer")
    assert "lacks a privilege: permission denied for table customer: GRANT SELECT ON customer TO" in str(told)
    assert type(told) is SourceError


def test_a_source_that_may_not_be_read_is_not_called_missing(make: Make, postgresql_url: str, role: str) -> None:
    crm = 'table = "customer"\nid = "id"\nphones = ["phone"]'
    settings = make("CREATE TABLE customer (id integer, phone text)", url=_as(postgresql_url, username=role), crm=crm)
    warehouse = open_warehouse(settings)
    with (
        pytest.raises(SourceError, match="permission denied for table customer"),
        warehouse.transaction() as connection,
    ):
        warehouse.source_types(connection, "crm", settings.contacts["crm"])


def test_a_missing_source_is_told_with_the_tables_that_there_are(make: Make) -> None:
    settings = make("CREATE TABLE custmer (id integer)")
    warehouse = open_warehouse(settings)
    with (
        pytest.raises(SourceError, match=r"contacts\.crm\.table: no table `customer`; did you mean `custmer`"),
        warehouse.transaction() as connection,
    ):
        warehouse.source_columns(connection, "crm", settings.contacts["crm"])


@pytest.mark.parametrize(
    ("parts", "kind", "words"),
    [
        ({"password": "guess"}, SettingsError, "refuses the user or the password"),
        ({"username": "nobody"}, SettingsError, "refuses the user or the password"),
        ({"database": "nowhere"}, SourceError, 'database "nowhere" does not exist'),
        ({"host": "127.0.0.1", "port": 9, "query": {}}, WarehouseUnavailableError, "refused"),
        ({"host": "no.such.host.invalid", "query": {}}, WarehouseUnavailableError, "host"),
    ],
)
def test_a_wrong_url_is_told_by_what_is_wrong_with_it(
    make: Make, postgresql_url: str, tmp_path: Path, parts: dict[str, str], kind: type[PhonesegError], words: str
) -> None:
    settings = make(url=_as(postgresql_url, **parts))
    told = failure(settings)
    assert type(told) is kind
    assert words in str(told)
    warehouse = open_warehouse(settings)
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(kind):  # ADBC says it in other words than psycopg
        warehouse.load(sa.Table("t", sa.MetaData(), schema="public"), tmp_path / "rows.parquet")
    with pytest.raises(kind), warehouse.hold_interval(AS_OF):
        pass


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT phone::integer AS a FROM customer", 'invalid input syntax for type integer: "<value>"'),
        ("SELECT to_date(phone, 'DD') AS a FROM customer", 'invalid value "<value>" for "<value>"'),
        ("SELECT 'Jane Doe'::timestamp AS a", "invalid input syntax for type timestamp"),
        ("SELECT tell(phone) AS a FROM customer", "the database raised an error of its own (P0001)"),
        ("SELECT 1 / (id - 1) AS a FROM customer", "division by zero"),
        ("SELECT shoe_size FROM customer", 'column "shoe_size" does not exist'),
        ("SELECT * FROM shoe", 'relation "shoe" does not exist'),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
    ],
)
def test_what_is_wrong_with_a_query_is_told_without_a_value(make: Make, sql: str, words: str) -> None:
    settings = make(
        "CREATE TABLE customer AS SELECT 1 AS id, 'Jane Doe' AS phone",
        "CREATE FUNCTION tell(text) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE 'call %', $1; END$$",
    )
    told = failure(settings, sql)
    assert type(told) is SourceError
    assert words in str(told)
    assert "Jane" not in str(told)
    assert "Ja" not in str(told)


def test_a_connection_that_the_server_ends_is_worth_another_try(make: Make) -> None:
    assert isinstance(failure(make(), "SELECT pg_terminate_backend(pg_backend_pid()) AS a"), WarehouseUnavailableError)
    warehouse = open_warehouse(make())
    with pytest.raises(WarehouseUnavailableError), warehouse.transaction() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_lock_that_another_session_holds_is_worth_another_try(make: Make) -> None:
    warehouse = open_warehouse(make("CREATE TABLE customer AS SELECT 1 AS id"))
    with warehouse.transaction() as connection:
        connection.execute(sa.text("LOCK TABLE customer"))
        with pytest.raises(WarehouseBusyError, match="another session holds"), warehouse.transaction() as other:
            other.execute(sa.text("LOCK TABLE customer NOWAIT"))


def test_publishing_transactions_follow_each_other(make: Make) -> None:
    warehouse = open_warehouse(make())
    with warehouse.transaction() as first:
        warehouse.serialize_publishing(first)
        warehouse.serialize_publishing(first)
        with pytest.raises(WarehouseBusyError, match="another run is publishing"), warehouse.transaction() as second:
            warehouse.serialize_publishing(second)
    with warehouse.transaction() as second:
        warehouse.serialize_publishing(second)

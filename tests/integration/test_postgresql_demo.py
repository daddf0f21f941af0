"""The demo on PostgreSQL is the demo on DuckDB, on another warehouse."""

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from runs import query, run_command

from phoneseg.demo import demo_server, write_demo
from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.demo.warehouse_database import DATABASE
from phoneseg.errors import StopError
from phoneseg.settings import Settings, load_settings

TABLES = {
    "crm.customer": "customer_id",
    "webshop.account": "account_id",
    "support.requester": "requester_id",
    "telephony.call": "call_id",
    "messaging.message": "message_id",
    "webshop.purchase": "purchase_id",
    "telephony.call_record": "record_id",
    "fraud.known_cause": "starts_at",
    "fraud.prefix_list": "prefix",
    "fraud.termination_rate": "destination_country, origin_country",
}


@pytest.mark.parametrize("table", TABLES)
def test_both_warehouses_hold_the_same_rows(demo_settings: Settings, postgresql_settings: Settings, table: str) -> None:
    sql = f"SELECT * FROM {table} ORDER BY {TABLES[table]}"
    on_duckdb, on_postgresql = query(demo_settings, sql), query(postgresql_settings, sql)
    is_equal = on_postgresql.cast(on_duckdb.schema).equals(on_duckdb)
    assert is_equal
    assert len(on_duckdb) > 0


def test_the_records_of_an_hour_are_found_by_an_index(postgresql_settings: Settings) -> None:
    sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'telephony' AND tablename = 'call_record'"
    assert query(postgresql_settings, sql)["indexdef"].str.contains("(started_at)", literal=True).to_list() == [True]


def test_only_the_owner_can_read_the_settings_which_hold_the_password(postgresql_demo: Path) -> None:
    assert stat.S_IMODE((postgresql_demo / "phoneseg.toml").stat().st_mode) == 0o600


def test_an_existing_demo_is_replaced_and_nothing_else_is_left(
    postgresql_server: PostgreSQLServer, tmp_path: Path
) -> None:
    for contacts in (5, 7):
        write_demo(tmp_path / "demo", contacts=contacts, server=postgresql_server)
    engine = sa.create_engine(postgresql_server.url(DATABASE), poolclass=sa.NullPool)
    with engine.connect() as connection:
        sources = ("crm.customer", "webshop.account", "support.requester")
        counts = [connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in sources]
        databases = connection.scalars(sa.text("SELECT datname FROM pg_database")).all()
    assert sum(counts) == 7
    assert [name for name in databases if name.startswith(DATABASE)] == [DATABASE]


@pytest.mark.parametrize("first", ["duckdb", "postgresql"])
def test_a_folder_holds_one_kind_of_demo(postgresql_server: PostgreSQLServer, tmp_path: Path, first: str) -> None:
    servers = [None, postgresql_server] if first == "duckdb" else [postgresql_server, None]
    write_demo(tmp_path, contacts=1, server=servers[0])
    with pytest.raises(StopError, match=f"is of a demo on {first}: choose another folder"):
        write_demo(tmp_path, contacts=1, server=servers[1])


def test_the_command_makes_a_demo_with_a_server_and_keeps_a_complete_one(tmp_path: Path) -> None:
    demo, server = (
        ("demo", tmp_path, "--contacts", "9", "--warehouse", "postgresql", "--if-missing"),
        demo_server(tmp_path),
    )
    try:
        first = run_command(*demo)
        assert first.returncode == 0, first.stderr
        assert "crm.customer" in first.stdout
        server.stop()
        second = run_command(*demo)
        assert second.returncode == 0, second.stderr
        assert "crm.customer" not in second.stdout
        assert len(query(load_settings(tmp_path / "phoneseg.toml"), "SELECT * FROM crm.customer")) > 0
        password = sa.make_url(server.url()).password
        assert str(password) not in first.stdout + first.stderr + second.stdout + second.stderr
        server.drop_database(DATABASE)
        assert "crm.customer" in run_command(*demo).stdout
    finally:
        server.remove()

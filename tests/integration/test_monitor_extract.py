"""What `monitor_activity` reads out of real warehouses: every row of its interval, and no other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
import sqlalchemy as sa
from monitored_calls import (
    CALLS,
    DAY,
    DAY_END,
    HOUR,
    HOUR_END,
    MANY_CALLS,
    ORDERS,
    calls,
    events_of,
    monitor,
    open_run,
    orders,
    size_of,
)
from runs import AS_OF, query, run_pipeline, staging_tables

from phoneseg import pipeline
from phoneseg.contracts import TOMBSTONE
from phoneseg.contracts.risk import STAGED_EVENT
from phoneseg.errors import SettingsError, SourceError
from phoneseg.extract.activity import ActivityReader
from phoneseg.monitor.extract import extract
from phoneseg.monitor.rows import plan_monitored
from phoneseg.privacy import CONTACT, NUMBER, load_token_key
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse


def test_calls_of_the_hour_become_events_of_numbers(published: Settings) -> None:
    rows = (
        "'030 901820', '+442079460018', 'inbound', '2026-07-01 14:00:00', 61, 'A', 7",
        "'+1 212 555 0123', '0044 20 7946 0018', 'outbound', '2026-07-01 14:59:59.999999', NULL, 'A', 8",
        "'030901820', 'the agent', NULL, '2026-07-01 14:30:00', 1, 'B', NULL",
        "'030901820', NULL, NULL, '2026-07-01 13:59:59.999999', 1, 'too early', 1",
        "'030901820', NULL, NULL, '2026-07-01 15:00:00', 1, 'too late', 1",
        "'030901820', NULL, NULL, NULL, 1, 'at no time', 1",
    )
    stage = monitor(published, CALLS, calls(*rows))
    first, agent, last = events_of(stage).rows(named=True)
    token = query(published, "SELECT phone_token FROM phoneseg.contact_phone WHERE contact_id = 'crm:1'").item()
    assert (first["phone_token"], agent["phone_token"]) == (token, token)
    assert last["phone_token"] == load_token_key(published).token("+12125550123")
    assert (first["country"], first["area_code"], first["number_block"], first["line_number"]) == (
        "DE",
        "49-30",
        "4930" + "90",
        1820,
    )
    assert [each["is_outgoing"] for each in (first, agent, last)] == [True, None, False]
    assert (first["counterparty_country"], first["counterparty_area_code"]) == ("GB", "44-20")
    assert first["counterparty"] == last["counterparty"] != agent["counterparty"]
    assert first["cell"] == last["cell"] != agent["cell"]
    assert (agent["device"], first["device"] != last["device"]) == (None, True)
    assert [each["duration_s"] for each in (first, agent, last)] == [61, 1, None]
    assert size_of(stage) == {"calls": (3, 3, 0, 0, 0)}


def test_a_purchase_is_of_the_primary_phone_that_is_published(published: Settings) -> None:
    rows = [
        f"({who}, CAST('2026-07-01 14:30:0{second}' AS TIMESTAMP), {paid})"
        for second, (who, paid) in enumerate([("'4'", "1.5"), ("'2'", "2"), ("'3'", "3"), ("'9'", "4"), ("NULL", "5")])
    ]
    stage = monitor(published, ORDERS, orders(*rows))
    events = events_of(stage)
    key = load_token_key(published)
    assert events.select("phone_token", "amount_e4", "number_block", "line_number").rows() == [
        (key.token("+4930901822"), 15_000, "493090", 1822),
        (key.token("+4930901820"), 20_000, "493090", 1820),
    ]
    assert size_of(stage) == {"orders": (5, 2, 2, 1, 0)}
    assert staging_tables(published) == []


def bury(settings: Settings, erased: dict[str, str]) -> None:
    """Write tombstones by kind; what is published stays, as if a run had been at work meanwhile."""
    warehouse, key = open_warehouse(settings), load_token_key(settings)
    usual = {"token_key_id": key.key_id, "erased_at": AS_OF, "receipt_id": "one"}
    rows = [usual | {"token_kind": kind, "erasure_token": key.erasure_token(kind, erased[kind])} for kind in erased]
    with warehouse.transaction() as connection:
        connection.execute(sa.insert(warehouse.naming.published(TOMBSTONE)), rows)


def test_the_erased_are_left_out_and_counted(published: Settings) -> None:
    bury(published, {CONTACT: "crm:5", NUMBER: "+4930901820"})
    at = "'2026-07-01 14:30:00'"
    rows = [f"'{number}', NULL, NULL, {at}, 1, NULL, NULL" for number in ("030 901820", "030 901822", "secret")]
    who = [f"('{each}', CAST({at} AS TIMESTAMP), 1)" for each in (1, 4, 5)]
    stage = monitor(published, CALLS + ORDERS, calls(*rows), orders(*who))
    assert set(events_of(stage)["phone_token"]) == {load_token_key(published).token("+4930901822")}
    assert size_of(stage) == {"calls": (3, 1, 0, 1, 1), "orders": (3, 1, 0, 0, 2)}
    assert stage.count("tombstone") == 2
    assert stage.read_counts("erased", "extract")["is_partial"] == 0


def test_an_hour_is_that_of_each_sources_clock(published: Settings) -> None:
    zones = {"Europe/Berlin": 2 * HOUR, "America/New_York": -4 * HOUR}
    more, statements = "", []
    for kind in ("TIMESTAMP", "TIMESTAMPTZ"):
        for zone, offset in zones.items():
            name = f"{kind}_{zone[:6]}".lower()
            start = (HOUR_END - HOUR + (offset if kind == "TIMESTAMP" else 0 * HOUR)).replace(tzinfo=None)
            times = (start - timedelta(seconds=1), start, start + timedelta(minutes=59), start + HOUR)
            utc = "" if kind == "TIMESTAMP" else "+00"
            rows = [f"'030901820', NULL, NULL, '{time}{utc}', 1, NULL, NULL" for time in times]
            statements.append(calls(*rows, kind=kind).replace(" call ", f" {name} "))
            source = CALLS.replace("calls", name).replace('table = "call"', f'table = "{name}"')
            more += f'{source}time_zone = "{zone}"\n'
    stage = monitor(published, more, *statements)
    read = events_of(stage)["occurred_at"].to_list()
    assert read == [HOUR_END - HOUR] * 4 + [HOUR_END - timedelta(minutes=1)] * 4
    assert set(size_of(stage).values()) == {(2, 2, 0, 0, 0)}
    assert len(size_of(stage)) == 4


def test_the_database_reads_no_row_from_before_the_hour(published: Settings) -> None:
    run = open_run(
        published, CALLS, calls(), MANY_CALLS.format("1 hour", 900), "INSERT INTO call (caller) VALUES ('030901820')"
    )
    warehouse = open_warehouse(run.settings)
    with warehouse.snapshot() as connection:
        (plan,) = plan_monitored(warehouse, connection, run)
        batches = list(warehouse.read_batches(connection, plan.statement))
        assert pl.concat(batches)["began"].to_list() == [(HOUR_END - HOUR).replace(tzinfo=None)]
        daily = ActivityReader.of(run.settings, "calls").select(warehouse, connection, run.as_of)
        assert sum(map(len, warehouse.read_batches(connection, daily))) > 700  # which reads all that was before


def test_an_index_on_the_time_serves_the_hour(postgresql_published: Settings) -> None:
    index = ("CREATE INDEX call_began_idx ON call (began)", "ANALYZE call")
    run = open_run(postgresql_published, CALLS, calls(), MANY_CALLS.format("1 minute", 50_000), *index)
    warehouse = open_warehouse(run.settings)
    with warehouse.transaction() as connection:
        (plan,) = plan_monitored(warehouse, connection, run)
        sql = plan.statement.compile(connection, compile_kwargs={"literal_binds": True})
        steps = "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}").scalars())
    assert "call_began_idx" in steps
    assert "Seq Scan" not in steps


def test_the_end_of_a_day_reads_what_led_up_to_it_and_counts_the_hour(published: Settings) -> None:
    times = (DAY_END - 7 * DAY - timedelta(seconds=1), DAY_END - 7 * DAY, DAY_END - 2 * HOUR, DAY_END - HOUR)
    rows = [f"'030901820', NULL, NULL, '{time:%Y-%m-%d %H:%M:%S}', 1, NULL, NULL" for time in times]
    paid = [f"('{n}', CAST('{DAY_END - n * DAY:%Y-%m-%d}' AS TIMESTAMP), 1)" for n in (1, 2, 4, 15, 16)]
    stage = monitor(published, CALLS + ORDERS, calls(*rows), orders(*paid), as_of=DAY_END)
    read = events_of(stage)
    assert read.filter(pl.col("activity_kind") == "call")["occurred_at"].to_list() == list(times[1:])
    assert len(read.filter(pl.col("activity_kind") == "purchase")) == 3  # those of 15 and more days are nobody's
    assert size_of(stage) == {"calls": (1, 1, 0, 0, 0), "orders": (0, 0, 0, 0, 0)}
    holders = stage.scan("number_holder").sort("contact_id").collect()
    key = load_token_key(published)
    assert holders.rows() == [
        (key.token("+4930901820"), "crm:1", datetime(2026, 5, 1, 12, tzinfo=UTC)),
        (key.token("+4930901820"), "crm:2", datetime(2026, 6, 1, 12, tzinfo=UTC)),
        (key.token("+4930901822"), "crm:4", datetime(2026, 5, 1, tzinfo=UTC)),
    ]
    assert staging_tables(published) == []


def test_nobody_holds_numbers_within_a_day(duckdb_published: Settings) -> None:
    stage = monitor(duckdb_published, CALLS, calls("'030901820', NULL, NULL, '2026-07-01 14:30:00', 1, NULL, NULL"))
    assert (stage.count("staged_event"), stage.count("number_holder")) == (1, 0)


def test_no_number_in_clear_stays_in_the_stage(duckdb_published: Settings) -> None:
    at = "'2026-07-01 14:30:00'"
    stage = monitor(
        duckdb_published,
        CALLS + ORDERS,
        calls(f"'+4930901820', '+4930901822', NULL, {at}, 1, NULL, NULL"),
        orders(f"('1', TIMESTAMP {at}, 1)"),
    )
    for file in stage.folder.glob("*.parquet"):
        texts = pl.read_parquet(file).select(pl.col(pl.String).fill_null("")).rows()
        assert not any("90182" in text for row in texts for text in row), file.name


def test_sources_without_rows_are_fine(published: Settings) -> None:
    stage = monitor(published, CALLS, calls(), as_of=DAY_END)
    assert size_of(stage) == {"calls": (0, 0, 0, 0, 0)}
    assert len(events_of(stage)) == 0
    assert stage.count("number_holder") == 0


def test_a_second_try_writes_the_same(duckdb_published: Settings) -> None:
    run = open_run(duckdb_published, CALLS, calls("'030901820', 'x', NULL, '2026-07-01 14:30:00', 1, 'A', 1"))
    first = extract(run), events_of(run.stage)
    again = extract(run), events_of(run.stage)
    assert first[0] == again[0]
    assert first[1].equals(again[1])


def test_many_rows_are_read_in_parts_and_none_is_lost(
    duckdb_published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = ("'030901820'", "'+4930901820'", "'+442079460018'", "'nobody'", "NULL")
    rows = [f"{number}, 'x', NULL, '2026-07-01 14:30:00', {n}, 'A', 1" for n, number in enumerate(numbers * 3)]
    bought = orders(*(f"('{n % 5}', TIMESTAMP '2026-07-01 14:30:00', {n})" for n in range(15)))
    run = open_run(duckdb_published, CALLS + ORDERS, calls(*rows), bought)
    whole = extract(run), events_of(run.stage)
    monkeypatch.setattr("phoneseg.monitor.rows._PART_ROWS", 5)
    parts = extract(run), events_of(run.stage)
    assert whole[0] == parts[0]
    assert whole[0] == {
        "row_count": 30,
        "event_count": 18,
        "unknown_contact_count": 6,
        "unreadable_count": 6,
        "erased_count": 0,
    }
    assert whole[1].sort(pl.all()).equals(parts[1].sort(pl.all()))
    assert not list(run.stage.folder.glob("monitored_row*"))


def test_each_pipeline_reads_its_own_sources(duckdb_published: Settings) -> None:
    own = CALLS + 'pipelines = ["monitor_activity"]\n' + ORDERS + 'pipelines = ["segment_contacts"]\n'
    at = "'2026-06-30 14:30:00'"
    statements = (calls(f"'030901820', NULL, NULL, {at}, 1, NULL, NULL"), orders(f"('1', TIMESTAMP {at}, 1)"))
    stage = monitor(duckdb_published, own, *statements, as_of=AS_OF - 9 * HOUR)
    assert size_of(stage) == {"calls": (1, 1, 0, 0, 0)}
    run = Run.open(load_settings(duckdb_published.config_file), as_of=AS_OF)
    pipeline.extract(run)
    assert pipeline.normalize(run)["activity_count"] == 1
    assert run.stage.scan("activity_size").collect()["activity_source"].to_list() == ["orders"]


def test_a_run_that_has_no_source_to_monitor_stops(duckdb_published: Settings) -> None:
    daily = CALLS + 'pipelines = ["segment_contacts"]\n'
    with pytest.raises(SettingsError, match=r"toml: nothing to monitor: no activity source has monitor_activity"):
        monitor(duckdb_published, daily, calls())


def test_a_column_that_is_missing_is_named(duckdb_published: Settings) -> None:
    wrong = CALLS.replace('cell = "cell"', 'cell = "cells"')
    with pytest.raises(SourceError, match=r"activity\.calls: no column `cells` in call; did you mean `cell`"):
        monitor(duckdb_published, wrong, calls())


def test_a_direction_that_nobody_can_read_stops_the_run(duckdb_published: Settings) -> None:
    rows = ["'030901820', NULL, 'sideways', '2026-07-01 14:30:00', 1, NULL, NULL"] * 10
    with pytest.raises(SourceError, match=r"activity\.calls\.direction: none of the column's 10 values is inbound"):
        monitor(duckdb_published, CALLS, calls(*rows))


def test_hours_are_read_without_schemas_too(make_warehouse: Callable[..., Settings]) -> None:
    settings = make_warehouse("(1, '+4930901820', 'DE')", "sqlite")
    run_pipeline(settings, AS_OF)
    more = (CALLS + ORDERS).replace('"crm"', '"shop"')
    at = "'2026-07-01 14:30:00'"
    bought = f"CREATE TABLE orders AS SELECT '1' AS who, {at} AS began, 1 AS paid"
    stage = monitor(settings, more, calls(f"'030901820', NULL, 'in', {at}, 1, 'A', 7"), bought, as_of=DAY_END)
    assert events_of(stage)["phone_token"].n_unique() == 1
    assert stage.count(STAGED_EVENT.name) == 2
    assert stage.scan("number_holder").collect()["contact_id"].to_list() == ["shop:1"]
    assert staging_tables(settings) == []

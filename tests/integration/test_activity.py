"""What contacts do reaches them, by id and by number, on the warehouses that are first-class."""

from datetime import UTC, datetime, timedelta

import polars as pl
from runs import (
    AS_OF,
    check_that_a_full_run_changes_nothing,
    edit_settings,
    execute,
    query,
    run_pipeline,
)

from phoneseg import pipeline
from phoneseg.contracts import ACTIVITY, ACTIVITY_SIZE
from phoneseg.run import Run
from phoneseg.settings import Settings

CALLED_AT = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
NUMBER_OF_TWO = (
    "UPDATE crm.customer SET home_phone = '(0) 30 901820', country = 'Germany' "
    "WHERE customer_id = (SELECT min(customer_id) FROM crm.customer WHERE created_at < '2026-01-01')",
    "UPDATE webshop.account SET phone = '+49 30 901820' "
    "WHERE account_id = (SELECT min(account_id) FROM webshop.account WHERE registered_at < '2026-01-01')",
)
CALLS = """
INSERT INTO telephony.call (call_id, phone_number, direction, started_at, duration_s, is_answered, agent) VALUES
    (1, '+4930901820', 'inbound', '2026-06-30 23:59:59', 61, true, 'the agent'),
    (2, '+4930901820', 'inbound', '2026-07-01 00:00:00', 62, true, 'the agent'),
    (3, 'nobody', 'inbound', '2026-06-30 12:00:00', 63, true, 'the agent')
"""
PURCHASES = """
SELECT CONCAT('webshop:', account_id) AS contact_id, count(*) AS purchases,
    CAST(sum(amount) * 10000 AS BIGINT) AS paid_e4
FROM webshop.purchase JOIN webshop.account USING (account_id)
WHERE purchased_at < '2026-07-01' AND registered_at < '2026-07-01' AND currency = 'EUR' GROUP BY 1
"""


def test_calls_reach_contacts_by_number_and_purchases_by_id(any_settings: Settings) -> None:
    execute(any_settings, *NUMBER_OF_TWO, CALLS)
    run = Run.open(any_settings, as_of=AS_OF)
    pipeline.extract(run)
    counts = pipeline.normalize(run)
    activity = pl.concat(run.stage.scan_parts(ACTIVITY.name)).collect()
    sizes = run.stage.scan(ACTIVITY_SIZE.name).collect()

    called = activity.filter(pl.col("counterparty") == "the agent").sort("contact_id")
    assert (
        called.select("kind", "occurred_at", "is_inbound", "duration_s", "is_answered").rows()
        == [("call", CALLED_AT, True, 61, True)] * 2
    )
    assert [contact.split(":")[0] for contact in called["contact_id"]] == ["crm", "webshop"]

    expected = query(any_settings, PURCHASES)
    in_euros = activity.filter(pl.col("kind") == "purchase").group_by("contact_id").agg(pl.len(), "amount_e4")
    paid = expected.join(in_euros, on="contact_id", how="left")
    assert paid["len"].null_count() == 0
    whole = paid.filter(pl.col("len") == pl.col("purchases"))  # who never paid in another currency
    assert whole["amount_e4"].list.sum().to_list() == whole["paid_e4"].to_list()
    assert len(whole) > 5

    assert activity["occurred_at"].max() == CALLED_AT
    assert dict(sizes.select("activity_source", "newest_occurred_at").rows())["calls"] == CALLED_AT
    assert counts["activity_count"] == sizes["row_count"].sum()
    assert counts["activity_count"] == _rows_before(any_settings, AS_OF)
    assert 0.8 < counts["matched_activity_count"] / counts["activity_count"] < 1


def test_an_earlier_as_of_sees_only_what_was_before_it(demo_settings: Settings) -> None:
    earlier = AS_OF - timedelta(days=200)
    run = Run.open(demo_settings, as_of=earlier)
    pipeline.extract(run)
    counts = pipeline.normalize(run)
    assert 0 < counts["activity_count"] == _rows_before(demo_settings, earlier) < _rows_before(demo_settings, AS_OF)
    newest = pl.concat(run.stage.scan_parts(ACTIVITY.name)).select(pl.col("occurred_at").max()).collect().item()
    assert newest < earlier


def test_sources_for_monitoring_alone_change_nothing_that_the_daily_run_publishes(demo_settings: Settings) -> None:
    of_contacts = "SELECT * FROM telephony.call_record JOIN crm.customer ON mobile = phone_number"
    assert len(query(demo_settings, of_contacts)) > 50  # whoever reads the records of the network has other figures
    text = demo_settings.config_file.read_text()
    network = text[text.index("# Records of a whole network") : text.index("# What monitor_activity is told")]
    without = edit_settings(demo_settings, network, "")
    assert not without.activity_of("monitor_activity")
    run_pipeline(without)
    again = edit_settings(without, "[risk]", f"{network}[risk]")
    assert set(again.activity_of("monitor_activity")) == {"network_calls", "network_messages"}
    check_that_a_full_run_changes_nothing(again, AS_OF)


def _rows_before(settings: Settings, as_of: datetime) -> int:
    tables = (
        ("telephony.call", "started_at"),
        ("messaging.message", "sent_at"),
        ("webshop.purchase", "purchased_at"),
    )
    counts = [
        query(settings, f"SELECT count(*) FROM {table} WHERE {column} < '{as_of:%Y-%m-%d}'").item()
        for table, column in tables
    ]
    return sum(counts)

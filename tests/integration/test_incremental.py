"""Runs that read only what changed publish what a full run would."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from runs import (
    AS_OF,
    check_that_a_full_run_changes_nothing,
    edit_settings,
    execute,
    on_warehouses,
    published_tables,
    query,
    run_pipeline,
)

from phoneseg import pipeline
from phoneseg.contracts import CONTACT_PROFILE, REPORTS
from phoneseg.errors import SourceError, StopError, SupersededError
from phoneseg.governance import rotate_keys
from phoneseg.privacy import load_token_key
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import migrate_tables

NEXT = AS_OF + timedelta(days=1)
LATER = "TIMESTAMP '2026-07-20 10:00'"  # after every watermark of the demo
REQUESTER = "requester_id, name, callback_number, country_code, first_seen_at, updated_at"
CHANGES = (
    f"UPDATE crm.customer SET mobile = '+49 1512 3456789', updated_at = {LATER} WHERE customer_id = 100001",
    f"UPDATE crm.customer SET mobile = NULL, home_phone = NULL, updated_at = {LATER} WHERE customer_id = 100002",
    f"UPDATE webshop.account SET phone = 'ask me', updated_at = {LATER} WHERE account_id = "
    "(SELECT min(account_id) FROM webshop.account WHERE phone IS NOT NULL)",
    "DELETE FROM support.requester WHERE requester_id = (SELECT min(requester_id) FROM support.requester)",
    "DELETE FROM crm.customer WHERE customer_id BETWEEN 100010 AND 100019",
    # Somebody restores a row from last year, with the times of last year.
    f"INSERT INTO support.requester ({REQUESTER}) VALUES "
    "(999001, 'N', '+33 6 12 34 56 78', 'FR', TIMESTAMP '2025-03-01 10:00', TIMESTAMP '2025-03-01 10:00')",
    f"INSERT INTO support.requester ({REQUESTER}) VALUES "
    f"(999002, 'N', '+33 6 12 34 56 79', 'FR', TIMESTAMP '2026-07-01 18:00', {LATER})",
    # What contacts do has no updated_at: new, corrected and deleted rows, late ones too.
    "UPDATE telephony.call SET is_answered = NOT is_answered WHERE call_id % 50 = 0",
    "DELETE FROM webshop.purchase WHERE purchase_id % 50 = 0",
    "INSERT INTO messaging.message SELECT message_id + 9000000, customer_id, 'inbound', 'sms', sent_at, NULL, 'read', "
    "NULL FROM messaging.message WHERE message_id % 50 = 0",
    "UPDATE messaging.message SET direction = 'outbound', channel = 'sms', delivery_status = 'failed', "
    "failure_reason = 'unknown subscriber' WHERE customer_id % 5 = 0",
    "INSERT INTO telephony.number_status SELECT mobile, 'reassigned', TIMESTAMP '2026-06-28 12:00' FROM crm.customer "
    "WHERE customer_id % 40 = 1 AND mobile LIKE '+%'",
    # Nor has what they allow.
    "INSERT INTO crm.consent SELECT DISTINCT customer_id, '*', 'marketing', 'withdrawn', TIMESTAMP '2026-07-01 12:00' "
    "FROM crm.consent WHERE customer_id % 20 = 0",
    "DELETE FROM crm.consent WHERE customer_id % 20 = 1",
    "INSERT INTO crm.objection SELECT customer_id, 'objected', TIMESTAMP '2026-07-01 12:00' FROM crm.customer "
    "WHERE customer_id % 30 = 0",
    "DELETE FROM telephony.do_not_call WHERE listed_at < TIMESTAMP '2025-01-01'",
)


def test_an_incremental_run_publishes_what_a_full_one_would(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    before = published_tables(any_settings)["contact_phone"]
    execute(any_settings, *CHANGES)
    counts = run_pipeline(any_settings, NEXT)
    assert counts["is_incremental"]
    assert counts["changed_contact_count"] < 40
    phones = {row[0] for row in published_tables(any_settings)["contact_phone"]}
    assert {"crm:100001", "support:999001", "support:999002"} <= phones
    assert not {"crm:100002", "crm:100010"} & phones
    assert published_tables(any_settings)["contact_phone"] != before
    check_that_a_full_run_changes_nothing(any_settings, NEXT)


def test_without_changes_an_incremental_run_touches_whom_the_day_made_others(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    before = published_tables(demo_settings)
    counts = run_pipeline(demo_settings, NEXT)
    after = published_tables(demo_settings)
    assert counts["is_incremental"]
    created = "SELECT contact_id FROM phoneseg.contact_profile WHERE contact_created_at >= TIMESTAMP '2026-07-01'"
    new = set(query(demo_settings, created)["contact_id"])
    touched = {
        name: {row[0] for row in set(after[name]) ^ set(before[name])}
        for name in ("contact_phone", "contact_profile", "segment_membership")
    }
    assert touched["contact_phone"] <= new
    assert touched["segment_membership"] <= touched["contact_profile"]
    assert len(touched["contact_profile"]) < len(after["contact_profile"]) / 2
    check_that_a_full_run_changes_nothing(demo_settings, NEXT)


def test_an_incremental_run_logs_the_totals_and_how_little_it_read(demo_settings: Settings) -> None:
    whole = run_pipeline(demo_settings)
    run_pipeline(demo_settings)
    log = query(demo_settings, "SELECT * FROM phoneseg.pipeline_run ORDER BY started_at").to_dicts()
    assert [row["is_incremental"] for row in log] == [False, True]
    for name in (
        "contact_count",
        "filled_cell_count",
        "empty_cell_count",
        "number_count",
        "phone_count",
        "membership_count",
    ):
        assert log[1][name] == log[0][name] == whole[name], name
    assert log[1]["changed_contact_count"] < log[0]["changed_contact_count"]
    assert log[1]["source_updated_at"] == log[0]["source_updated_at"]


def test_a_backfill_reads_everything_and_leaves_the_watermarks_alone(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    before = published_tables(demo_settings)["source_watermark"]
    older = run_pipeline(demo_settings, AS_OF - timedelta(days=30))
    assert not older["is_incremental"]
    assert published_tables(demo_settings)["source_watermark"] == before


def test_a_watermark_advances_only_with_what_was_published(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    execute(demo_settings, f"UPDATE crm.customer SET mobile = 'x', updated_at = {LATER} WHERE customer_id = 100001")
    died = Run.open(demo_settings, as_of=NEXT, run_id="died")
    for verb in pipeline.VERBS[:-1]:
        verb(died)
    again = run_pipeline(demo_settings, NEXT)
    assert again["is_incremental"]
    assert "crm:100001" in {row[0] for row in published_tables(demo_settings)["contact_quarantine"]}
    check_that_a_full_run_changes_nothing(demo_settings, NEXT)


def test_rows_that_were_committed_late_are_read_within_the_overlap(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    (watermark,) = query(demo_settings, "SELECT watermark_at FROM phoneseg.source_watermark WHERE source = 'crm'")[
        "watermark_at"
    ]
    late, too_late = query(
        demo_settings,
        "SELECT contact_id FROM phoneseg.contact_profile WHERE source = 'crm' AND contact_updated_at < "
        "TIMESTAMP '2026-06-01' ORDER BY contact_id LIMIT 2",
    )["contact_id"]
    for contact, minutes in ((late, 50), (too_late, 70)):
        stamp = f"{watermark - timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}"
        change = f"mobile = 'none', updated_at = TIMESTAMP '{stamp}'"
        execute(demo_settings, f"UPDATE crm.customer SET {change} WHERE customer_id = {contact.removeprefix('crm:')}")
    run_pipeline(demo_settings)
    quarantined = {row[0] for row in published_tables(demo_settings)["contact_quarantine"]}
    assert late in quarantined
    assert too_late not in quarantined, "the overlap is an hour; a full run finds it"
    run_pipeline(demo_settings, full=True)
    assert too_late in {row[0] for row in published_tables(demo_settings)["contact_quarantine"]}


def edit_definitions(settings: Settings) -> Settings:
    file = settings.folder / "segments" / "value.toml"
    text = file.read_text()
    assert "amount_sum_365d >= 500" in text
    text = text.replace("amount_sum_365d >= 500", "amount_sum_365d >= 250").replace('"bronze"', '"copper"')
    file.write_text(text)
    return settings


def edit_kinds(settings: Settings) -> Settings:
    kinds = "[segments.lifecycle]\nnew_days = 60\n\n[segments.age]\nbands_from_years = [40]\n\n[privacy]"
    return edit_settings(settings, "[privacy]", kinds)


def edit_windows(settings: Settings) -> Settings:
    edited = edit_settings(settings, "[profile]", "[profile]\nwindows_days = [14, 90, 365]")
    warehouse = open_warehouse(edited)
    with warehouse.transaction() as connection:
        migrate_tables(warehouse, connection, edited)
    return edited


@on_warehouses("duckdb", "postgresql")
@pytest.mark.parametrize(
    ("edit", "days"),
    [(edit_definitions, 1), pytest.param(edit_kinds, 0, marks=pytest.mark.slow), (edit_windows, 1)],
)
def test_edited_segments_cost_no_full_read(
    any_settings: Settings, edit: Callable[[Settings], Settings], days: int
) -> None:
    run_pipeline(any_settings)
    before = published_tables(any_settings)
    edited = edit(any_settings)
    execute(edited, *CHANGES)
    counts = run_pipeline(edited, AS_OF + timedelta(days=days), accept_sizes=True)
    assert counts["is_incremental"]
    assert 0 < counts["changed_contact_count"] < 40
    table, after = "contact_profile" if edit is edit_windows else "segment_membership", published_tables(edited)
    moved = {row[0] for row in set(after[table]) ^ set(before[table])}
    assert len(moved) > counts["changed_contact_count"], "others than those that were read"
    check_that_a_full_run_changes_nothing(edited, AS_OF + timedelta(days=days))


@on_warehouses("duckdb", "postgresql")
def test_numbers_of_one_cell_come_and_go_with_it(any_settings: Settings) -> None:
    def write(cell: str) -> None:
        execute(
            any_settings, f"UPDATE crm.customer SET mobile = '{cell}', updated_at = {LATER} WHERE customer_id = 100001"
        )

    def positions() -> list[int]:
        condition = "contact_id = 'crm:100001' AND phone_column = 'mobile'"
        return sorted(query(any_settings, f"SELECT position FROM phoneseg.contact_phone WHERE {condition}")["position"])

    run_pipeline(any_settings)
    for cell, expected in (
        ("+1 650-253-0000 / 253-0001 / 253-0002", [1, 2, 3]),
        ("+1 650-253-0000 or 650-253-0000", [1]),
        ("+1 650-253-0001; +1 650-253-0000", [1, 2]),
    ):
        write(cell)
        counts = run_pipeline(any_settings, NEXT)
        assert counts["is_incremental"]
        assert positions() == expected
        assert counts["number_count"] - counts["filled_cell_count"] >= len(expected) - 1
        check_that_a_full_run_changes_nothing(any_settings, NEXT)


def test_a_repair_that_is_switched_off_means_that_everything_is_read(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    with_repair = published_tables(demo_settings)["contact_phone"]
    edited = edit_settings(demo_settings, "[privacy]", "[hygiene.repair]\nsplit = false\n\n[privacy]")
    assert not run_pipeline(edited)["is_incremental"]
    assert len(published_tables(edited)["contact_phone"]) < len(with_repair)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('phones = ["mobile", "home_phone"]', 'phones = ["home_phone", "mobile"]'),
        pytest.param('attributes = ["language"]', 'attributes = ["email", "language"]', marks=pytest.mark.slow),
    ],
)
def test_a_source_with_new_settings_is_read_whole(demo_settings: Settings, old: str, new: str) -> None:
    run_pipeline(demo_settings)
    edited = edit_settings(demo_settings, old, new)
    counts = run_pipeline(edited)
    crm = query(edited, "SELECT count(*) AS n FROM phoneseg.contact_profile WHERE source = 'crm'")["n"][0]
    assert crm <= counts["changed_contact_count"] < counts["contact_count"]
    check_that_a_full_run_changes_nothing(edited, AS_OF)


def test_a_new_token_key_stops_a_run_until_the_tokens_are_rotated_to_what_it_then_publishes(
    demo_settings: Settings,
) -> None:
    run_pipeline(demo_settings)
    (demo_settings.folder / "token.key").write_text("another key for the same demo")
    with pytest.raises(StopError, match=r"made with token key \w{8}, the settings hold \w{8}: .*keys rotate --config"):
        run_pipeline(demo_settings)
    rotate_keys(demo_settings, load_token_key(demo_settings))
    rotated = published_tables(demo_settings)
    assert not run_pipeline(demo_settings)["is_incremental"]
    published = published_tables(demo_settings)
    drawn = {table.name for table in REPORTS}  # the key makes their draws
    assert {name for name, rows in published.items() if rows != rotated[name]} <= {
        "contact_profile",
        "source_watermark",
        *drawn,
    }
    hashed = CONTACT_PROFILE.column_names.index("content_hash")  # it goes over the token, too
    profiles = [
        [(*row[:hashed], *row[hashed + 1 :]) for row in tables["contact_profile"]] for tables in (rotated, published)
    ]
    assert profiles[0] == profiles[1]


def test_a_source_that_is_taken_out_of_the_settings_leaves_the_tables(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    text = demo_settings.config_file.read_text()
    support = text[text.index("[contacts.support]") : text.index("# One section per activity source")]
    without = edit_settings(demo_settings, support, "")
    run_pipeline(without, NEXT)
    assert {row[1] for row in published_tables(without)["contact_profile"]} == {"crm", "webshop"}
    check_that_a_full_run_changes_nothing(without, NEXT)


def test_a_run_that_published_in_between_supersedes_an_incremental_one(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    slow = Run.open(demo_settings, as_of=NEXT + timedelta(days=1), run_id="slow")
    for verb in pipeline.VERBS[:-1]:
        verb(slow)
    run_pipeline(demo_settings, NEXT)
    with pytest.raises(SupersededError, match="another run has published since"):
        pipeline.swap(slow)


@on_warehouses("postgresql", "duckdb")
def test_new_days_that_are_backfilled_side_by_side_are_all_published(any_settings: Settings) -> None:
    run_pipeline(any_settings, AS_OF - timedelta(days=3))
    runs = [Run.open(any_settings, as_of=AS_OF - timedelta(days=days)) for days in (2, 1, 0)]
    for verb in pipeline.VERBS[:4]:
        for run in runs:
            verb(run)
    for run in (runs[0], runs[2], runs[1]):  # the second finds itself in the past
        for verb in pipeline.VERBS[4:]:
            verb(run)
    log = query(any_settings, "SELECT is_incremental, is_current FROM phoneseg.pipeline_run ORDER BY as_of")
    assert log.rows() == [(False, True), (True, True), (False, False), (False, True)]
    check_that_a_full_run_changes_nothing(any_settings, AS_OF)


def test_a_later_day_that_was_published_in_between_supersedes_an_incremental_run(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    slow = Run.open(demo_settings, as_of=NEXT)
    for verb in pipeline.VERBS[:4]:
        verb(slow)
    run_pipeline(demo_settings, NEXT + timedelta(days=1))
    with pytest.raises(SupersededError, match="a later day was published since this one read what changed"):
        pipeline.load(slow)


def test_doubled_ids_are_found_though_only_one_of_the_rows_changed(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    row = "account_id, full_name, phone, newsletter, registered_at, updated_at"
    execute(
        demo_settings,
        "CREATE TABLE webshop.copy AS SELECT * FROM webshop.account",
        f"INSERT INTO webshop.copy ({row}) SELECT {row} FROM webshop.account LIMIT 1",
    )
    doubled = edit_settings(demo_settings, 'table = "webshop.account"', 'query = "SELECT * FROM webshop.copy"')
    with pytest.raises(SourceError, match="1 ids stand in more than one row"):
        run_pipeline(doubled)


@pytest.mark.parametrize(
    "kind",
    [
        "DATE",
        pytest.param("TIMESTAMP", marks=pytest.mark.slow),
        "TIMESTAMPTZ",
        pytest.param("VARCHAR", marks=pytest.mark.slow),
    ],
)
def test_times_of_every_type_give_the_same_rows(make_warehouse: Callable[..., Settings], kind: str) -> None:
    settings = make_warehouse(
        "(1, '+1 650-253-0000', 'US', '2026-06-01', '2026-06-02'), "
        "(2, '020 7946 0018', 'GB', '2026-06-03', '2026-06-04')",
        contacts='table = "shop.customer"\nid = "id"\nphones = ["phone"]\nregion_column = "country"\n'
        'created_at = "born"\nupdated_at = "changed"',
        columns="id, phone, country, born, changed",
    )
    execute(settings, *(f"ALTER TABLE shop.customer ALTER {name} TYPE {kind}" for name in ("born", "changed")))
    run_pipeline(settings)
    execute(settings, "INSERT INTO shop.customer VALUES (3, '+1 650-253-0001', 'US', '2026-06-30', '2026-06-30')")
    counts = run_pipeline(settings, NEXT)
    assert counts["is_incremental"] == (kind != "VARCHAR")
    check_that_a_full_run_changes_nothing(settings, NEXT)


def test_a_source_without_a_later_time_than_the_year_1_can_be_read_again(
    make_warehouse: Callable[..., Settings],
) -> None:
    settings = make_warehouse(
        "(1, '+16502530000', TIMESTAMP '0001-01-01')",
        columns="id, phone, updated_at",
        contacts='table = "shop.customer"\nid = "id"\nphones = ["phone"]\nupdated_at = "updated_at"',
    )
    run_pipeline(settings)
    assert run_pipeline(settings)["is_incremental"]


def test_incremental_runs_can_be_switched_off(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    off = edit_settings(demo_settings, "[privacy]", "[extract]\nis_incremental = false\n\n[privacy]")
    assert not run_pipeline(off)["is_incremental"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_any_series_of_changes_gives_what_full_runs_give(any_settings: Settings, seed: int) -> None:
    chance, as_of = random.Random(seed), AS_OF
    run_pipeline(any_settings)
    for step in range(6):
        as_of += timedelta(days=chance.choice([0, 1, 3]))
        stamp = f"TIMESTAMP '2026-07-{10 + step} 10:00'"
        ids = [100001 + chance.randrange(290) for _ in range(5)]
        execute(
            any_settings,
            f"UPDATE crm.customer SET mobile = home_phone, updated_at = {stamp} WHERE customer_id = {ids[0]}",
            f"UPDATE crm.customer SET country = 'FR', updated_at = {stamp} WHERE customer_id = {ids[2]}",
            f"UPDATE crm.customer SET mobile = 'n/a', updated_at = {stamp} WHERE customer_id = {ids[3]}",
            f"DELETE FROM crm.customer WHERE customer_id IN ({ids[1]}, {ids[4]})",
            f"INSERT INTO support.requester ({REQUESTER}) "
            f"SELECT 700000 + {step}, name, callback_number, country_code, first_seen_at, updated_at FROM "
            f"support.requester WHERE requester_id = (SELECT min(requester_id) + {chance.randrange(100)} FROM "
            "support.requester)",
        )
        assert run_pipeline(any_settings, as_of)["is_incremental"]
        check_that_a_full_run_changes_nothing(any_settings, as_of)

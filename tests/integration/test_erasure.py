"""Who is erased is in no table any more, and no run, backfill or restored source brings them back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from runs import AS_OF, execute, published_tables, query, run_pipeline, staging_tables

from phoneseg import pipeline
from phoneseg.contracts import TABLES
from phoneseg.errors import SettingsError, StopError, SupersededError
from phoneseg.governance import (
    erase,
    request_contact,
    request_number,
    rotate_keys,
    serve_requests,
)
from phoneseg.privacy import TokenKey
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse

DAY = timedelta(days=1)
# 1 and 2 share a number; 3 has another; of 2 and 4 a cell holds the number of 3 as nobody can read it.
SHOP = """(1, '+4930901820', NULL, 'DE', '2026-06-01'), (2, '030 901820', '+442079460018', 'DE', '2026-06-01'),
    (3, '+4930901822', '+4930901823', 'DE', '2026-06-01'), (4, '+4930901824', '030901822', NULL, '2026-06-01'),
    (5, '+4930901825', NULL, 'DE', '2026-06-01')"""
COLUMNS = "id, phone, second, country, updated_at"
CONTACTS = (
    'table = "shop.customer"\nid = "id"\nphones = ["phone", "second"]\nregion_column = "country"\n'
    'updated_at = "updated_at"'
)


@pytest.fixture
def shop(make_warehouse: Callable[..., Settings]) -> Settings:
    rows = SHOP.replace("'2026-06-01'", "TIMESTAMP '2026-06-01'")
    settings = make_warehouse(rows, contacts=CONTACTS, columns=COLUMNS)
    with settings.config_file.open("a") as file:
        file.write("[segments]\nmax_change_pct = 100\n")
    return load_settings(settings.config_file)


def held_values(settings: Settings) -> set[str]:
    """Return all texts in all tables, each table and column of the contracts."""
    warehouse, texts = open_warehouse(settings), set[str]()
    with warehouse.transaction() as connection:
        for table in TABLES:
            for row in connection.execute(sa.select(warehouse.naming.published(table))):
                texts |= {str(value) for value in row}
    return texts


def traces(settings: Settings, *words: str) -> list[str]:
    return [text for text in held_values(settings) if any(word in text for word in words)]


def test_an_erased_contact_is_nowhere_and_stays_away(shop: Settings) -> None:
    run_pipeline(shop, AS_OF - DAY)
    run_pipeline(shop, AS_OF)
    token = query(shop, "SELECT phone_token FROM phoneseg.contact_phone WHERE contact_id = 'shop:3'").item(0, 0)
    assert traces(shop, "shop:3", "901823", token)
    (receipt,) = erase(shop, [request_contact("shop:3")], dry_run=False)
    assert receipt.erased.rows_by_table["contact_phone"] == 2
    assert receipt.erased.rows_by_table["phone_number"] == 2
    assert traces(shop, "shop:3", "901823", token) == []
    counts = run_pipeline(shop, AS_OF + DAY)
    assert (counts["is_incremental"], counts["erased_contact_count"]) == (True, 1)
    run_pipeline(shop, AS_OF - 5 * DAY)
    run_pipeline(shop, AS_OF + 2 * DAY, full=True)
    assert traces(shop, "shop:3", "901823", token) == []
    assert query(shop, "SELECT count(*) FROM phoneseg.contact_profile").item() == 4
    execute(shop, "UPDATE shop.customer SET updated_at = TIMESTAMP '2026-07-03' WHERE id = 3")
    counts = run_pipeline(shop, AS_OF + 3 * DAY)
    assert counts["is_incremental"]
    assert traces(shop, "shop:3", "901823") == []


def test_an_erased_number_leaves_its_contacts_and_what_a_full_run_would_make_of_them(shop: Settings) -> None:
    run_pipeline(shop, AS_OF)
    (one, other) = erase(shop, [request_number("+49 30 901820"), request_number("+4930901822")], dry_run=False)
    assert one.erased.contact_ids == ("shop:1", "shop:2")
    assert other.erased.contact_ids == ("shop:3", "shop:4")
    assert traces(shop, "901820", "901822") == []
    profile = query(
        shop, "SELECT contact_id, phone_count, region_code, quarantined_count FROM phoneseg.contact_profile"
    )
    assert profile.sort("contact_id").rows() == [
        ("shop:1", 0, None, 0),
        ("shop:2", 1, "GB", 0),
        ("shop:3", 1, "DE", 0),
        ("shop:4", 1, "DE", 0),
        ("shop:5", 1, "DE", 0),
    ]
    counts = run_pipeline(shop, AS_OF + DAY)
    assert counts["is_incremental"]
    incremental = published_tables(shop)
    counts = run_pipeline(shop, AS_OF + DAY, full=True)
    assert counts["erased_number_count"] == 4
    assert published_tables(shop) == incremental
    assert traces(shop, "901820", "901822") == []


def test_a_dry_run_says_the_same_and_changes_nothing(shop: Settings) -> None:
    run_pipeline(shop, AS_OF)
    before = held_values(shop)
    requests = [request_contact("shop:1"), request_number("+4930901822")]
    shown = erase(shop, requests, dry_run=True)
    assert held_values(shop) == before
    done = erase(shop, requests, dry_run=False)
    assert [each.erased for each in shown] == [each.erased for each in done]
    assert sum(each.row_count for each in done) > 0


def test_a_run_that_read_before_an_erasure_is_not_published(shop: Settings) -> None:
    run_pipeline(shop, AS_OF)
    run = Run.open(shop, as_of=AS_OF + DAY, full=True)
    for verb in pipeline.VERBS[:4]:
        verb(run)
    late = Run.open(shop, as_of=AS_OF + 2 * DAY, full=True)
    for verb in pipeline.VERBS[:-1]:
        verb(late)
    erase(shop, [request_contact("shop:3")], dry_run=False)
    with pytest.raises(SupersededError, match="somebody was erased since"):
        pipeline.load(run)
    with pytest.raises(SupersededError, match="somebody was erased since"):
        pipeline.swap(late)
    assert traces(shop, "shop:3") == []
    for each in (run, late):
        pipeline.fail(each, None, keep_leftovers=True)
    erase(shop, [request_contact("shop:3")], dry_run=False)
    assert staging_tables(shop) == []
    assert list((shop.folder / ".phoneseg" / "stage").glob("*")) == []


def test_requests_are_served_and_gone_and_receipts_name_nobody(shop: Settings) -> None:
    run_pipeline(shop, AS_OF)
    execute(
        shop,
        "INSERT INTO phoneseg_restricted.privacy_request VALUES "
        "('T1', 'erase_contact', 'shop:3', NULL, now()), ('T2', 'erase_number', NULL, '0049 30 901820', now()), "
        "('T3', 'erase_number', NULL, '+49 30 901820', NULL), ('T4', 'erase_contact', NULL, NULL, NULL), "
        "('about shop:3', 'erase_contact', 'shop:3', NULL, now())",
    )
    receipts, refused = serve_requests(shop, dry_run=True)
    assert len(receipts) == 3
    receipts, refused = serve_requests(shop, dry_run=False)
    assert sorted(str(each.request.request_id) for each in receipts) == ["T1", "T3", "about shop:3"]
    assert list(refused.values()) == [1, 1]
    left = query(shop, "SELECT request_id FROM phoneseg_restricted.privacy_request ORDER BY 1")
    assert left["request_id"].to_list() == ["T2", "T4"]
    told = query(shop, "SELECT * FROM phoneseg_restricted.erasure_receipt")
    assert sorted(told["request_id"], key=str) == [None, "T1", "T3"]
    assert traces(shop, "shop:3") == []
    assert serve_requests(shop, dry_run=False)[0] == []


def test_a_new_key_keeps_joins_and_tombstones(shop: Settings) -> None:
    run_pipeline(shop, AS_OF)
    erase(shop, [request_contact("shop:3"), request_number("+4930901820")], dry_run=False)
    before = published_tables(shop)
    new = TokenKey(b"another key for tests alone")
    with pytest.raises(StopError, match=r"made with token key \w{8}, the settings hold \w{8}.*keys rotate"):
        run_pipeline(_with_key(shop, "new.key", new, old=False), AS_OF + DAY)
    rows = rotate_keys(shop, new)
    assert rows == {"contact_phone": 3, "contact_profile": 3, "phone_number": 3}
    assert rotate_keys(shop, new) == dict.fromkeys(rows, 0)
    joined = "SELECT count(*) FROM phoneseg.contact_profile JOIN phoneseg.contact_phone USING (phone_token)"
    assert query(shop, joined).item() == 3
    keys = query(shop, "SELECT DISTINCT token_key_id FROM phoneseg.contact_phone")
    assert keys["token_key_id"].to_list() == [new.key_id]
    without_old = load_settings(shop.config_file)
    with pytest.raises(SettingsError, match=r"tombstones were made with token key .* privacy\.old_key_files"):
        run_pipeline(without_old, AS_OF + DAY)
    after = _with_key(shop, "new.key", new, old=True)
    run_pipeline(after, AS_OF + DAY)
    assert traces(after, "shop:3", "901820") == []
    assert {row[0] for row in published_tables(after)["contact_profile"]} == {
        row[0] for row in before["contact_profile"]
    }


def _with_key(settings: Settings, name: str, key: TokenKey, *, old: bool) -> Settings:
    file = settings.folder / name
    file.write_text(key.secret.decode())
    file.chmod(0o600)
    text = settings.config_file.read_text().replace('token_key_file = "token.key"', f'token_key_file = "{name}"')
    if old:
        text = text.replace("[contacts.shop]", 'old_key_files = ["token.key"]\n[contacts.shop]')
    settings.config_file.write_text(text)
    return load_settings(settings.config_file)

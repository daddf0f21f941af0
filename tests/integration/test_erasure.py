"""Who is erased is in no table any more, and no run, backfill or restored source brings them back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from runs import AS_OF, execute, published_tables, query, run_pipeline, staging_tables

from phoneseg import pipeline
from phoneseg.contracts import TABLES
from phoneseg.errors import SettingsError, SupersededError
from phoneseg.governance import erase, request_contact, request_number, rotate_keys
from phoneseg.privacy import TokenKey
from phoneseg.run import Run
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse

DAY = timedelta(days=1)
# 1 and 2 share a number; 4 holds one of 3 in a cell that nobody can read.
SHOP = """(1, '+4930901820', NULL, 'DE', TIMESTAMP '2026-06-01'),
    (2, '030 901820', '+442079460018', 'DE', TIMESTAMP '2026-06-01'),
    (3, '+4930901822', '+4930901823', 'DE', TIMESTAMP '2026-06-01'),
    (4, '+4930901824', '030901822', NULL, TIMESTAMP '2026-06-01'),
    (5, '+4930901825', NULL, 'DE', TIMESTAMP '2026-06-01')"""
CONTACTS = (
    'table = "shop.customer"\nid = "id"\nphones = ["phone", "second"]\nregion_column = "country"\n'
    'updated_at = "updated_at"\n[segments]\nmax_change_pct = 100'
)


@pytest.fixture
def shop(make_warehouse: Callable[..., Settings]) -> Settings:
    """Settings of a shop with five contacts, on which a run was published."""
    settings = make_warehouse(SHOP, contacts=CONTACTS, columns="id, phone, second, country, updated_at")
    run_pipeline(settings, AS_OF)
    return settings


def traces(settings: Settings, *words: str) -> list[str]:
    """Return the values that hold one of some words, in all columns of all tables."""
    warehouse, texts = open_warehouse(settings), list[str]()
    with warehouse.transaction() as connection:
        for table in TABLES:
            for row in connection.execute(sa.select(warehouse.naming.published(table))):
                texts += map(str, row)
    return [text for text in texts if any(word in text for word in words)]


def test_an_erased_contact_is_nowhere_and_no_run_or_backfill_brings_it_back(shop: Settings) -> None:
    tokens = query(shop, "SELECT phone_token FROM phoneseg.contact_phone WHERE contact_id = 'shop:3'")["phone_token"]
    words = ("shop:3", "901823", *tokens)
    assert len(traces(shop, *words)) > 10
    (receipt,) = erase(shop, [request_contact("shop:3")], dry_run=False)
    assert receipt.erased.rows_by_table["contact_phone"] == 2
    assert receipt.erased.rows_by_table["phone_number"] == 2
    assert traces(shop, *words) == []
    execute(shop, "UPDATE shop.customer SET updated_at = TIMESTAMP '2026-07-01 12:00' WHERE id = 3")
    counts = run_pipeline(shop, AS_OF + DAY)
    assert (counts["is_incremental"], counts["erased_contact_count"], counts["contact_count"]) == (True, 1, 4)
    counts = run_pipeline(shop, AS_OF - 5 * DAY)
    assert (counts["is_current"], counts["erased_contact_count"]) == (False, 1)
    assert traces(shop, *words) == []
    log = query(shop, "SELECT erased_contact_count AS n FROM phoneseg.pipeline_run ORDER BY as_of")
    assert log["n"].to_list() == [1, 0, 1]


def test_an_erased_number_leaves_its_contacts_as_a_full_run_would_make_them(shop: Settings) -> None:
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
    assert run_pipeline(shop, AS_OF + DAY)["is_incremental"]
    incremental = published_tables(shop)
    assert run_pipeline(shop, AS_OF + DAY, full=True)["erased_number_count"] == 4
    assert published_tables(shop) == incremental
    assert traces(shop, "901820", "901822") == []


def test_a_run_that_read_before_an_erasure_is_not_published_and_what_it_left_goes(shop: Settings) -> None:
    late, earlier = (Run.open(shop, as_of=AS_OF + days * DAY, full=True) for days in (1, -1))
    for verb in pipeline.VERBS[:5]:
        verb(late)
    pipeline.extract(earlier)
    erase(shop, [request_contact("shop:3")], dry_run=False)
    with pytest.raises(SupersededError, match="somebody was erased since this run read the sources"):
        pipeline.swap(_audited(late))
    for verb in pipeline.VERBS[1:4]:
        verb(earlier)
    with pytest.raises(SupersededError, match="somebody was erased since this run read the sources"):
        pipeline.load(earlier)
    assert traces(shop, "shop:3") == []
    for run in (late, earlier):
        pipeline.fail(run, None, keep_leftovers=True)
        assert run.stage.folder.exists()
    assert staging_tables(shop)
    erase(shop, [request_contact("shop:3")], dry_run=False)
    assert staging_tables(shop) == []
    assert not late.stage.folder.exists()
    assert not earlier.stage.folder.exists()


def _audited(run: Run) -> Run:
    run.stage.write_counts("audit", {"checks_passed": 0})
    return run


def test_who_is_erased_while_another_is_taken_back_overtakes_a_run_too(shop: Settings) -> None:
    erase(shop, [request_contact("shop:5")], dry_run=False)
    run = Run.open(shop, as_of=AS_OF + DAY)
    for verb in pipeline.VERBS[:-1]:
        verb(run)
    execute(shop, "DELETE FROM phoneseg_restricted.tombstone")
    erase(shop, [request_contact("shop:3")], dry_run=False)
    with pytest.raises(SupersededError, match="somebody was erased"):
        pipeline.swap(run)
    assert traces(shop, "shop:3") == []


def test_the_erased_stay_away_under_a_new_key_if_the_old_one_is_kept(shop: Settings) -> None:
    erase(shop, [request_contact("shop:3"), request_number("+4930901820")], dry_run=False)
    key = TokenKey(b"another key for tests alone")
    rotate_keys(shop, key)
    file = shop.folder / "new.key"
    file.write_bytes(key.secret)
    file.chmod(0o600)
    text = shop.config_file.read_text().replace('"token.key"', '"new.key"')
    shop.config_file.write_text(text)
    with pytest.raises(SettingsError, match=r"tombstones were made with token key .* privacy\.old_key_files"):
        run_pipeline(load_settings(shop.config_file), AS_OF + DAY)
    shop.config_file.write_text(text.replace('"new.key"', '"new.key"\nold_key_files = ["token.key"]'))
    counts = run_pipeline(load_settings(shop.config_file), AS_OF + DAY)
    assert (counts["erased_contact_count"], counts["erased_number_count"]) == (1, 2)
    assert traces(shop, "shop:3", "901820") == []

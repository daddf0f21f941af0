"""What the daily run makes of signals of risk: the risk of contacts, and who is in a segment of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from runs import AS_OF, check_that_a_full_run_changes_nothing, edit_settings, execute, query, run_pipeline

from phoneseg.privacy import load_token_key
from phoneseg.settings import Settings
from tests.risk_rows import make_tables, write_review, write_signal

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# 1 and 2 share a number, 3 has two, one of them not valid, and 4 has none that can be read. Of 5 alone the source may
# have changed since the first run.
SHOP = """(1, '+4930901820', NULL, TIMESTAMP '2026-06-01'), (2, '+4930901820', NULL, TIMESTAMP '2026-06-01'),
    (3, '+4930901822', '+1 555 555 0100', TIMESTAMP '2026-06-01'), (4, 'none', NULL, TIMESTAMP '2026-06-01'),
    (5, '+4930901825', NULL, TIMESTAMP '2026-06-30')"""
CONTACTS = (
    'table = "shop.customer"\nid = "id"\nphones = ["phone", "second"]\nupdated_at = "updated_at"\n'
    '[segments]\nmax_change_pct = 100\n[risk]\nmode = "on"\nvalid_days = 3'
)


@pytest.fixture
def shop(make_warehouse: Callable[..., Settings]) -> Settings:
    """Settings of a shop with five contacts, and empty tables."""
    settings = make_warehouse(SHOP, contacts=CONTACTS, columns="id, phone, second, updated_at")
    make_tables(settings)
    return settings


def token(settings: Settings, number: str) -> str:
    return load_token_key(settings).token(number)


def risks(settings: Settings) -> dict[str, tuple[object, ...]]:
    """Return level, reasons and number of signals of each contact that has a level."""
    columns = "contact_id, risk_level, risk_reasons, risk_signal_count"
    rows = query(settings, f"SELECT {columns} FROM phoneseg.contact_profile WHERE risk_level IS NOT NULL").rows()
    return {str(row[0]): row[1:] for row in rows}


def segments(settings: Settings) -> dict[str, str]:
    sql = "SELECT contact_id, segment_code FROM phoneseg.segment_membership WHERE segment_kind = 'risk'"
    return dict(query(settings, sql).rows())


def test_signals_and_labels_reach_contacts_that_did_not_change_and_leave_them_again(shop: Settings) -> None:
    before, next_day = AS_OF - HOUR, AS_OF + DAY
    shared, second = token(shop, "+4930901820"), token(shop, "+15555550100")
    write_signal(shop, "sim_box", [shared], before, "high")
    write_signal(shop, "ring", ["shop:3", "shop:4"], before, "high")
    write_signal(shop, "sim_box", [token(shop, "+4930901825")], AS_OF + HOUR, "high")
    run_pipeline(shop)
    expected = {
        **dict.fromkeys(("shop:1", "shop:2"), ("high", "sim_box", 1)),
        **dict.fromkeys(("shop:3", "shop:4"), ("high", "ring", 1)),
        "shop:5": ("low", None, 0),
    }
    assert risks(shop) == expected
    assert segments(shop) == {contact: risk[0] for contact, risk in expected.items()}

    write_signal(shop, "number_cluster", [second, shared], AS_OF + HOUR)
    write_review(shop, "sim_box", shared, before, "legitimate")
    write_review(shop, "number_cluster", second, AS_OF + HOUR, "fraud", "cluster")
    write_review(shop, "ring", "shop:3", before, "legitimate", "cluster")
    execute(shop, "UPDATE shop.customer SET second = '+4930901822', updated_at = '2026-07-01 12:00' WHERE id = 5")
    counts = run_pipeline(shop, next_day)
    assert (counts["is_incremental"], counts["changed_contact_count"]) == (True, 1)
    assert risks(shop) == {
        **dict.fromkeys(("shop:1", "shop:2", "shop:3"), ("high", "number_cluster", 1)),
        "shop:5": ("high", "sim_box", 1),
    }, "the label of a subject is that of all its members; 4 has no phone"
    check_that_a_full_run_changes_nothing(shop, next_day)

    shadow = edit_settings(shop, 'mode = "on"', 'mode = "shadow"')
    assert run_pipeline(shadow, next_day)["is_incremental"]
    assert (risks(shadow), segments(shadow)) == ({}, {})

"""A source that is not as it was stops the run before anything is published."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from runs import AS_OF, execute, on_warehouses, published_tables, query, run_pipeline

from phoneseg.errors import DriftError, PhonesegError, SourceError
from phoneseg.settings import Settings

NEXT = AS_OF + timedelta(days=1)


def check_that_it_stops(settings: Settings, error: type[PhonesegError], words: str, **options: object) -> None:
    """Check that a run stops with one clear line, and that the published tables stay."""
    before = published_tables(settings)
    with pytest.raises(error, match=words) as raised:
        run_pipeline(settings, NEXT, **options)
    assert "\n" not in str(raised.value)
    assert published_tables(settings) == before


def test_a_missing_column_stops_the_run(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    execute(demo_settings, "ALTER TABLE crm.customer RENAME mobile TO mobile_number")
    check_that_it_stops(
        demo_settings, SourceError, r"no column `mobile` in crm\.customer; did you mean `mobile_number`\?"
    )


@on_warehouses("duckdb", "postgresql")
def test_a_column_of_another_type_stops_the_run_until_somebody_accepts_it(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    execute(any_settings, "UPDATE webshop.account SET phone = NULL")
    execute(any_settings, "ALTER TABLE webshop.account ALTER phone TYPE BIGINT USING CAST(phone AS BIGINT)")
    check_that_it_stops(
        any_settings,
        DriftError,
        r"contacts\.webshop: column `phone` is integer now and was text in the run as of 2026-07-01 00:00; nothing was",
    )
    assert run_pipeline(any_settings, NEXT, accept_drift=True)["is_current"]
    run_pipeline(any_settings, NEXT + timedelta(days=1))


@on_warehouses("duckdb", "postgresql")
def test_a_column_of_another_type_that_is_accepted_is_read_whole(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    execute(any_settings, "ALTER TABLE crm.customer ALTER mobile TYPE BIGINT USING 16502530000")
    assert run_pipeline(any_settings, NEXT, accept_drift=True)["is_incremental"]  # of the other sources
    published = published_tables(any_settings)
    run_pipeline(any_settings, NEXT, full=True)
    assert published_tables(any_settings) == published


def test_a_wider_column_of_the_same_family_is_fine(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    execute(
        demo_settings, "ALTER TABLE crm.customer ADD note VARCHAR", "ALTER TABLE crm.customer ALTER mobile TYPE TEXT"
    )
    assert run_pipeline(demo_settings, NEXT)["is_current"]


def test_an_empty_source_stops_the_run(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    execute(demo_settings, "DELETE FROM support.requester")
    check_that_it_stops(demo_settings, SourceError, r"support\.requester has no rows")


@pytest.mark.parametrize("full", [False, True])
def test_a_source_that_lost_more_than_its_share_stops_the_run(demo_settings: Settings, full: bool) -> None:
    run_pipeline(demo_settings)
    execute(demo_settings, "DELETE FROM crm.customer WHERE customer_id > 100100")
    words = (
        r"contacts\.crm: \d+ contacts, 8\d % fewer than the \d+ as of 2026-07-01 00:00, and max_shrink_pct allows 50 %"
    )
    check_that_it_stops(demo_settings, DriftError, words, full=full)
    assert run_pipeline(demo_settings, NEXT, accept_drift=True)["is_current"]


def test_a_source_may_lose_less_than_its_share(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    execute(demo_settings, "DELETE FROM crm.customer WHERE customer_id > 100400")
    assert run_pipeline(demo_settings, NEXT)["is_current"]


def test_a_backfill_is_compared_with_the_nearest_earlier_day(make_warehouse: Callable[..., Settings]) -> None:
    rows = ", ".join(
        f"({n}, '+1 650-253-00{n:02}', 'US', TIMESTAMP '2026-06-{1 + n // 2:02} 10:00')" for n in range(1, 41)
    )
    settings = make_warehouse(
        rows,
        contacts='table = "shop.customer"\nid = "id"\nphones = ["phone"]\nregion_column = "country"\n'
        'created_at = "born"',
        columns="id, phone, country, born",
    )
    run_pipeline(settings)
    ten_days_ago = AS_OF - timedelta(days=20)
    assert run_pipeline(settings, ten_days_ago)["contact_count"] < 25, (
        "fewer than today, and nothing earlier to compare"
    )
    execute(settings, "DELETE FROM shop.customer WHERE id > 6")
    with pytest.raises(DriftError, match=r"fewer than the \d+ as of 2026-06-11"):
        run_pipeline(settings, ten_days_ago + timedelta(days=1))
    sizes = query(settings, "SELECT as_of FROM phoneseg.source_size ORDER BY as_of")["as_of"].to_list()
    assert sizes == [ten_days_ago, AS_OF]

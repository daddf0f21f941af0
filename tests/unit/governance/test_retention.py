"""What is older than the settings keep it goes; what the newest day and the history need stays."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from phoneseg.contracts import (
    CANONICAL_CHANGE,
    CONTACT_PROFILE,
    CONTACT_UPDATE,
    ERASURE_RECEIPT,
    PIPELINE_RUN,
    SEGMENT_CHANGE,
    SEGMENT_SIZE,
    SOURCE_SIZE,
    TOMBSTONE,
    Pipeline,
    Table,
)
from phoneseg.contracts.risk import MONITORED_SIZE, PREFIX_ACTIVITY, RISK_SIGNAL
from phoneseg.governance import apply_retention
from phoneseg.settings import Settings
from tests.unit.governance.conftest import NOW, Books

ALL_DAYS = {f"{kind}_days": 10 for kind in ("personal", "public", "receipt", "data_docs")}


@pytest.fixture
def history(books: Books) -> Books:
    """Published days, today first: 0, 5, 12 and 40 days ago."""
    return fill(books)


@pytest.fixture
def any_history(any_books: Books) -> Books:
    """The same, on each kind of database."""
    return fill(any_books)


def fill(books: Books) -> Books:
    for days in (0, 5, 12, 40):
        as_of = NOW - timedelta(days=days)
        run = {"run_id": f"{days}", "as_of": as_of, "state": "published", "is_current": True}
        books.write(PIPELINE_RUN, **run, definition_versions=json.dumps({"country": "1"}))
        for table in (SEGMENT_SIZE, SEGMENT_CHANGE, CANONICAL_CHANGE, SOURCE_SIZE):
            books.write(table, as_of=as_of)
        books.write(ERASURE_RECEIPT, receipt_id=f"{days}", served_at=as_of)
    old = NOW - timedelta(days=400)
    books.write(TOMBSTONE, erased_at=old)
    books.write(CONTACT_UPDATE, updated_at=old)
    books.write(CONTACT_PROFILE, last_activity_at=old)
    return books


def keeping(books: Books, **days: int) -> Settings:
    """Return settings with a retention."""
    privacy = books.settings.privacy
    retention = privacy.retention.model_copy(update=days)
    return books.settings.model_copy(update={"privacy": privacy.model_copy(update={"retention": retention})})


def days_of(books: Books, table: Table, at: str = "as_of") -> list[int]:
    rows = books.rows(table)
    return sorted((NOW.replace(tzinfo=row[at].tzinfo) - row[at]).days for row in rows)


def test_without_days_everything_stays(history: Books) -> None:
    assert apply_retention(history.settings, NOW, dry_run=False) == {}
    assert days_of(history, SEGMENT_SIZE) == [0, 5, 12, 40]


def test_each_class_goes_after_its_own_days(any_history: Books) -> None:
    history = any_history
    gone = apply_retention(keeping(history, personal_days=10, public_days=30, receipt_days=3), NOW, dry_run=False)
    # the history begins 5 days ago: what came in or left then, came in or left since a day that is not known any more
    assert gone == {
        "segment_size": 2,
        **{"segment_change": 3, "canonical_change": 3},
        **{"source_size": 1, "pipeline_run": 1, "erasure_receipt": 3},
    }
    assert days_of(history, SEGMENT_SIZE) == [0, 5]
    assert days_of(history, SEGMENT_CHANGE) == days_of(history, CANONICAL_CHANGE) == [0]
    assert days_of(history, SOURCE_SIZE) == [0, 5, 12]
    assert days_of(history, ERASURE_RECEIPT, "served_at") == [0]


def test_days_before_the_history_are_no_longer_part_of_it(history: Books) -> None:
    apply_retention(keeping(history, personal_days=10), NOW, dry_run=False)
    for known_by in ("definition_versions", "person_count"):
        known = {row["run_id"] for row in history.rows(PIPELINE_RUN) if row[known_by] is not None}
        assert known == {"0", "5"}


def test_a_dry_run_counts_the_same_and_deletes_nothing(history: Books) -> None:
    settings = keeping(history, **ALL_DAYS)
    shown = apply_retention(settings, NOW, dry_run=True)
    assert days_of(history, SEGMENT_CHANGE) == [0, 5, 12, 40]
    assert apply_retention(settings, NOW, dry_run=False) == shown
    assert apply_retention(settings, NOW, dry_run=False) == {}


def test_what_the_newest_published_day_needs_stays_however_old_it_is(history: Books) -> None:
    apply_retention(keeping(history, personal_days=1, public_days=1), NOW + timedelta(days=100), dry_run=False)
    for table in (SEGMENT_SIZE, SOURCE_SIZE, PIPELINE_RUN):
        assert days_of(history, table) == [0]


def monitor_hours(books: Books, *days: int) -> None:
    """Publish an hour of `monitor_activity` on each of the days ago."""
    for ago in days:
        as_of = NOW - timedelta(days=ago)
        run = {"run_id": f"hour {ago}", "as_of": as_of, "state": "published", "is_current": None}
        books.write(PIPELINE_RUN, **run, pipeline=Pipeline.MONITOR_ACTIVITY.value)
        for table in (RISK_SIGNAL, MONITORED_SIZE, PREFIX_ACTIVITY):
            books.write(table, as_of=as_of)


def test_signals_go_after_their_days_where_nothing_but_monitoring_is_published(any_books: Books) -> None:
    monitor_hours(any_books, 0, 12, 40)
    apply_retention(keeping(any_books, personal_days=10, public_days=30), NOW, dry_run=False)
    assert days_of(any_books, RISK_SIGNAL) == [0]
    assert days_of(any_books, MONITORED_SIZE) == [0, 12]


def test_counts_of_prefixes_stay_as_long_as_spikes_are_compared_with_them(books: Books) -> None:
    monitor_hours(books, 3, 12, 60, 61)  # eight weeks and a day before the newest
    apply_retention(keeping(books, public_days=1), NOW, dry_run=False)
    assert days_of(books, MONITORED_SIZE) == [3]
    assert days_of(books, PREFIX_ACTIVITY) == [3, 12, 60]


def test_current_tables_and_tombstones_follow_no_clock(history: Books) -> None:
    apply_retention(keeping(history, **ALL_DAYS), NOW, dry_run=False)
    assert [len(history.rows(table)) for table in (TOMBSTONE, CONTACT_UPDATE, CONTACT_PROFILE)] == [1, 1, 1]


def test_data_docs_of_old_intervals_go_and_nothing_else_that_lies_there(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings(more="[privacy.retention]\ndata_docs_days = 10")
    folder = settings.resolve(settings.quality.data_docs_folder)
    for name in ("2026-06-01T0000", "2026-06-25T0000", "9999-99-99T9999", "notes"):
        (folder / name).mkdir(parents=True)
        (folder / name / "index.html").write_text("")
    assert apply_retention(settings, NOW, dry_run=True) == {"Data Docs": 1}
    assert apply_retention(settings, NOW, dry_run=False) == {"Data Docs": 1}
    assert sorted(each.name for each in folder.iterdir()) == ["2026-06-25T0000", "9999-99-99T9999", "notes"]

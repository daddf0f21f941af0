"""Persons behind contacts, and numbers that too many share, on the warehouses that are first-class."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from runs import (
    AS_OF,
    check_that_a_full_run_changes_nothing,
    edit_settings,
    execute,
    published_tables,
    query,
    run_pipeline,
)

from phoneseg import pipeline
from phoneseg.run import Run, Stage
from phoneseg.settings import Settings

NEXT = AS_OF + timedelta(days=1)
SOURCE = """table = "shop.customer"
id = "id"
phones = ["phone"]
region = "DE"
full_name = "name"
email = "email"
created_at = "created_at"
updated_at = "updated_at"
[people]
max_persons_per_number = 4"""
COLUMNS = "id, phone, name, email, created_at, updated_at"
ANN = "(1, '+4930901820', 'Ann Lee', 'ann.lee7@example.com', {time}, {time})"
LEE = "(2, '+4930901821', 'Lee, Ann', 'Ann.Lee7@Example.com', {time}, {time})"
BOB = "(3, '+4930901822', 'Bob Ray', NULL, {time}, {time})"
FIRST, SECOND = "TIMESTAMP '2026-05-01'", "TIMESTAMP '2026-07-01 12:00'"
INSERT = f"INSERT INTO shop.customer ({COLUMNS}) VALUES "
STAFF = ("Cora Abt", "Dirk Beer", "Emma Cohn", "Falk Dorn", "Gila Eich", "Hugo Frey")


@pytest.fixture
def shop(make_warehouse: Callable[..., Settings]) -> Callable[..., Settings]:
    """Return a function that writes a warehouse with contacts, given as rows of VALUES."""

    def make(*rows: str) -> Settings:
        return make_warehouse(", ".join(each.format(time=FIRST) for each in rows), contacts=SOURCE, columns=COLUMNS)

    return make


def _canonical(settings: Settings) -> dict[str, str]:
    return dict(query(settings, "SELECT contact_id, canonical_contact_id FROM phoneseg.contact_canonical").rows())


def _changes(settings: Settings) -> set[tuple[object, ...]]:
    sql = "SELECT contact_id, from_contact_id, to_contact_id, change FROM phoneseg.canonical_change"
    return set(query(settings, sql).rows())


def test_a_new_contact_joins_an_old_one_that_did_not_change(shop: Callable[..., Settings]) -> None:
    settings = shop(LEE, BOB)
    run_pipeline(settings)
    assert _canonical(settings) == {"shop:2": "shop:2", "shop:3": "shop:3"}
    execute(settings, INSERT + ANN.format(time=SECOND))
    counts = run_pipeline(settings, NEXT)
    assert (counts["is_incremental"], counts["person_count"]) == (True, 2)
    assert _canonical(settings) == {"shop:1": "shop:1", "shop:2": "shop:1", "shop:3": "shop:3"}
    assert _changes(settings) == {("shop:1", None, "shop:1", "new"), ("shop:2", "shop:2", "shop:1", "renamed")}
    assert query(settings, "SELECT person_count FROM phoneseg.pipeline_run WHERE is_current")["person_count"].max() == 2


def test_merges_and_splits_are_logged_whoever_was_read(shop: Callable[..., Settings]) -> None:
    settings = shop(ANN, LEE.replace("'Lee, Ann'", "'Eva Poe'"), BOB)
    run_pipeline(settings)
    rename = "UPDATE shop.customer SET name = '{}', updated_at = TIMESTAMP '2026-07-0{} 12:00' WHERE id = 2"
    execute(settings, rename.format("ANN LEE", 1))
    run_pipeline(settings, NEXT)
    merged = ("shop:2", "shop:2", "shop:1", "merged")
    assert _changes(settings) == {merged}
    execute(settings, rename.format("Eva Poe", 2))
    run_pipeline(settings, NEXT + timedelta(days=1))
    assert _changes(settings) == {merged, ("shop:2", "shop:1", "shop:2", "split")}
    execute(settings, "DELETE FROM shop.customer WHERE id = 2")
    run_pipeline(settings, NEXT + timedelta(days=2))
    assert ("shop:2", "shop:2", None, "removed") in _changes(settings)
    assert _canonical(settings) == {"shop:1": "shop:1", "shop:3": "shop:3"}


@pytest.mark.slow
def test_days_in_any_order_give_the_log_of_the_right_order(shop: Callable[..., Settings]) -> None:
    born = {1: 3, 2: 1, 3: 2}  # the smallest id is the last to come
    rows = [
        f"({n}, '+49309018{n}0', 'Ann Lee', 'ann.lee7@example.com', {day}, CAST(NULL AS TIMESTAMP))"
        for n, day in ((n, f"TIMESTAMP '2026-06-0{day}'") for n, day in born.items())
    ]
    settings = shop(*rows)
    days = [datetime(2026, 6, day + 1, tzinfo=UTC) for day in (1, 2, 3)]
    for day in days:
        run_pipeline(settings, day)
    right = published_tables(settings)
    assert len(right["canonical_change"]) == 4
    other = edit_settings(settings, "[privacy]", 'output_schema = "other"\n[privacy]')
    for place in (2, 0, 1):
        run_pipeline(other, days[place])
    assert published_tables(other)["canonical_change"] == right["canonical_change"]
    assert published_tables(other)["contact_canonical"] == right["contact_canonical"]


def _line(ids: range, time: str = FIRST) -> list[str]:
    return [f"({n}, '030 901829', '{STAFF[n - 11]}', NULL, {time}, {time})" for n in ids]


def _shared(settings: Settings) -> tuple[int, int, list[tuple[object, ...]]]:
    """Return how many contacts show the line, how many have it in quarantine, and what it is."""
    counts = [
        int(query(settings, f"SELECT count(*) FROM phoneseg.{table} WHERE {condition}").item())
        for table, condition in (
            ("contact_phone", "phone_token IN (SELECT phone_token FROM phoneseg.shared_number)"),
            ("contact_quarantine", "quarantine_reason = 'SHARED_BY_TOO_MANY'"),
        )
    ]
    return counts[0], counts[1], query(settings, "SELECT kind, contact_count FROM phoneseg.shared_number").rows()


def test_one_contact_more_quarantines_the_number_of_all_and_one_less_brings_it_back(
    shop: Callable[..., Settings],
) -> None:
    settings = shop(BOB, *_line(range(11, 15)))
    run_pipeline(settings)
    assert _shared(settings) == (4, 0, [("business_line", 4)])
    execute(settings, INSERT + ", ".join(_line(range(15, 16), SECOND)))
    counts = run_pipeline(settings, NEXT)
    assert counts["is_incremental"]
    assert _shared(settings) == (0, 5, [("placeholder", 5)])
    raw = query(settings, "SELECT DISTINCT phone_raw FROM phoneseg_restricted.quarantine_raw")
    assert raw.rows() == [("+4930901829",)]
    execute(settings, INSERT + ", ".join(_line(range(16, 17), "TIMESTAMP '2026-07-02 12:00'")))
    assert run_pipeline(settings, NEXT + timedelta(days=1))["changed_contact_count"] < 6
    assert _shared(settings) == (0, 6, [("placeholder", 6)])
    execute(settings, "DELETE FROM shop.customer WHERE id IN (15, 16)")
    assert run_pipeline(settings, NEXT + timedelta(days=2), accept_drift=True)["is_incremental"]
    assert _shared(settings) == (4, 0, [("business_line", 4)])
    check_that_a_full_run_changes_nothing(settings, NEXT + timedelta(days=2))


def test_who_is_gone_from_a_source_that_a_run_leaves_out_stays_in_all_tables_until_it_is_read(
    shop: Callable[..., Settings],
) -> None:
    mate = SOURCE.partition("[people]")[0].replace("shop.customer", "shop.mate")
    settings = edit_settings(shop(BOB, *_line(range(11, 14))), "[people]", f"[contacts.mate]\n{mate}[people]")
    execute(
        settings,
        "CREATE TABLE shop.mate AS SELECT * FROM shop.customer WHERE id IN (3, 11)",
        "UPDATE shop.mate SET name = 'Zoe Quill' WHERE id = 11",
    )
    run_pipeline(settings)
    execute(settings, "DELETE FROM shop.mate WHERE id = 11", INSERT + ", ".join(_line(range(14, 16), SECOND)))
    run_pipeline(settings, NEXT, sources=("shop",))
    assert ("placeholder", 6) in _shared(settings)[2]
    tables = published_tables(settings)
    assert {row[0] for row in tables["contact_canonical"]} == {row[0] for row in tables["contact_profile"]}
    run_pipeline(settings, NEXT, accept_drift=True)
    assert "mate:11" not in repr(published_tables(settings)["contact_canonical"])


def test_a_retry_counts_once_what_a_killed_attempt_has_read_again(
    shop: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = shop(BOB.format(time="TIMESTAMP '2026-06-15'"), *_line(range(11, 15)))
    run_pipeline(settings)
    execute(settings, INSERT + ", ".join(_line(range(15, 16), SECOND)))
    run, write = Run.open(settings, as_of=NEXT), Stage.write
    pipeline.extract(run)

    def write_and_die(stage: Stage, name: str, rows: pl.LazyFrame) -> None:
        write(stage, name, rows)
        if name == "raw_contact":
            raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(Stage, "write", write_and_die)
        with pytest.raises(KeyboardInterrupt):
            pipeline.normalize(run)
    for verb in pipeline.VERBS[1:]:
        verb(run)
    assert _shared(settings) == (0, 5, [("placeholder", 5)])


def test_a_quarantine_of_shared_numbers_can_be_switched_off(shop: Callable[..., Settings]) -> None:
    settings = shop(*_line(range(11, 17)))
    off = settings.model_copy(update={"hygiene": settings.hygiene.model_copy(update={"quarantine_shared": False})})
    run_pipeline(off)
    assert _shared(off) == (6, 0, [("placeholder", 6)])


def test_no_name_and_no_address_leaves_the_stage(
    shop: Callable[..., Settings], caplog: pytest.LogCaptureFixture
) -> None:
    settings = shop(ANN, LEE, BOB)
    with caplog.at_level("DEBUG"):
        run_pipeline(settings)
    told = (caplog.text + repr(published_tables(settings))).lower()
    assert [each for each in ("ann lee", "lee, ann", "ann.lee", "bob ray", "example.com") if each in told] == []


@pytest.mark.all_checks
def test_the_demos_persons_are_those_of_the_truth(postgresql_settings: Settings) -> None:
    run_pipeline(postgresql_settings)
    told = query(
        postgresql_settings, "SELECT contact_id, canonical_contact_id AS person FROM phoneseg.contact_canonical"
    )
    truth = pl.read_parquet(postgresql_settings.folder / "truth" / "person.parquet").select(
        "contact_id", true="person_id"
    )
    both = told.join(truth, on="contact_id")
    assert len(both) == len(told)
    pairs = {
        name: _pairs(both, keys)
        for name, keys in (("told", ["person"]), ("true", ["true"]), ("hit", ["person", "true"]))
    }
    assert pairs["hit"] / pairs["told"] >= 0.98
    assert pairs["hit"] / pairs["true"] >= 0.95


def _pairs(rows: pl.DataFrame, keys: list[str]) -> int:
    sizes = rows.group_by(keys).agg(size=pl.len().cast(pl.Int64))["size"]
    return int((sizes * (sizes - 1) // 2).sum())

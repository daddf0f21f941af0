"""The queries and views that phoneseg ships for analysts."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from monitoring import SINCE, run_monitor
from runs import AS_OF, execute, query, run_pipeline

from phoneseg.contracts.views import View, all_views
from phoneseg.run import Run
from phoneseg.segments import SegmentRules
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.views import keep_views

SQL = Path(__file__).parents[2] / "sql"
FILES = sorted(SQL.glob("*.sql"))
NEXT = AS_OF + timedelta(days=1)


def views_of(settings: Settings) -> tuple[View, ...]:
    """Return the contracts of the views that a warehouse should have."""
    return all_views(SegmentRules.of(Run.open(settings, as_of=AS_OF)).exclusive_by_kind)


def test_every_shipped_query_and_view_answers_on_a_published_warehouse(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    execute(any_settings, "DELETE FROM support.requester WHERE requester_id % 5 = 0")
    run_pipeline(any_settings, NEXT, accept_drift=True)
    run_monitor(any_settings, since=SINCE)
    assert len(FILES) >= 10
    for file in FILES:
        assert query(any_settings, file.read_text()).height > 0, file.name
    for view in views_of(any_settings):
        rows = query(any_settings, f"SELECT * FROM phoneseg.{view.name}")
        assert tuple(rows.columns) == view.column_names, view.name
        assert rows.height > 0, view.name
        assert rows.select(view.key).is_unique().all(), view.name
        for column in view.columns:
            assert column.nullable or rows[column.name].null_count() == 0, f"{view.name}.{column.name}"
    check_that_views_tell_of_themselves_and_stay(any_settings)
    check_that_labels_and_flows_are_those_of_the_memberships(any_settings)


def check_that_views_tell_of_themselves_and_stay(settings: Settings) -> None:
    """Check that comments are there, and that views are made anew only where the kinds have changed."""
    warehouse = open_warehouse(settings)
    kinds = SegmentRules.of(Run.open(settings, as_of=AS_OF)).exclusive_by_kind
    with warehouse.transaction() as connection:
        assert keep_views(warehouse, connection, kinds) == []
        assert set(keep_views(warehouse, connection, {**kinds, "tier": True})) == {"contact_360", "segment_flow"}
        connection.rollback()
    if warehouse.engine.dialect.name == "postgresql":
        with warehouse.transaction() as connection:
            sql = "SELECT col_description('phoneseg.contact_360'::regclass, 1)"
            assert connection.execute(sa.text(sql)).scalar_one() == "Contact as `<source>:<id>`."


def check_that_labels_and_flows_are_those_of_the_memberships(settings: Settings) -> None:
    """Check the views against the tables that they are made of."""
    (different,) = query(
        settings,
        "SELECT count(*) FROM phoneseg.contact_360 AS wide JOIN phoneseg.segment_membership AS member "
        "USING (contact_id) WHERE segment_kind = 'lifecycle' AND segment_code <> lifecycle_segment",
    ).row(0)
    assert different == 0
    moved = query(
        settings, "SELECT sum(contact_count) FROM phoneseg.segment_flow WHERE from_code = to_code OR to_code IS NULL"
    ).item()
    removed = query(settings, "SELECT count(*) FROM phoneseg.segment_change WHERE cause = 'removed'").item()
    assert 0 < int(moved) <= removed
    open_now = query(settings, "SELECT count(*) FROM phoneseg.segment_interval WHERE exited_on IS NULL").item()
    assert open_now == query(settings, "SELECT count(*) FROM phoneseg.segment_membership").item()


def test_a_last_run_without_changes_has_no_moves(make_warehouse: Callable[..., Settings]) -> None:
    settings = make_warehouse("(1, '+4930123456', 'DE'), (2, '+33140123456', 'FR')")
    moves = [(SQL / f"{name}.sql").read_text() for name in ("why_they_moved", "lifecycle_flow")]
    run_pipeline(settings)
    execute(settings, "DELETE FROM shop.customer WHERE id = 2")
    run_pipeline(settings, NEXT, accept_drift=True)
    assert all(query(settings, sql).height > 0 for sql in moves)
    run_pipeline(settings, NEXT + timedelta(days=1))
    assert all(query(settings, sql).is_empty() for sql in moves), "those of the run before are not the last one's"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_query_is_listed_with_its_question(file: Path) -> None:
    question = file.read_text().splitlines()[0].removeprefix("-- ")
    assert f"| `{file.name}` | {question} |" in (SQL / "README.md").read_text()

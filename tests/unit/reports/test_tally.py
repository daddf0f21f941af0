"""Reports are made of all contacts, in whatever parts they come."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts import REPORTS, UTC_INSTANT
from phoneseg.errors import SettingsError
from phoneseg.privacy import TokenKey
from phoneseg.reports import ReportTally, check_crossed_kinds
from phoneseg.reports.counts import count_contacts, count_overlaps, count_segments
from phoneseg.settings import ReportSettings, Settings
from tests.unit.reports.world import SETTINGS, TOTAL, World

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
KEY = TokenKey(b"a key for tests alone")
PROFILES = pl.DataFrame(
    [
        ("crm:1", "crm", 1, 0, AS_OF),
        ("crm:2", "crm", 0, 2, None),
        ("web:1", "web", 3, 1, None),
    ],
    {
        "contact_id": pl.String,
        "source": pl.String,
        "valid_phone_count": pl.Int16,
        "quarantined_count": pl.Int16,
        "first_activity_at": UTC_INSTANT,
    },
    orient="row",
)
MEMBERS = pl.DataFrame(
    [
        ("crm:1", "country", "DE", "Germany"),
        ("crm:1", "custom", "a", "A"),
        ("crm:1", "custom", "b", "B"),
        ("crm:2", "country", "DE", "Germany"),
        ("crm:2", "custom", "a", "A"),
        ("web:1", "gender", "x", "X"),
    ],
    ["contact_id", "segment_kind", "segment_code", "segment_name"],
    orient="row",
)


def make_tally() -> ReportTally:
    return ReportTally(AS_OF, ReportSettings(crossed_kinds=("country", "custom")), KEY)


def copies(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the frame forty times, with other contacts each time."""
    return [frame.with_columns(pl.col("contact_id") + f"-{number}") for number in range(40)]


def test_each_measure_is_counted_by_source_and_for_all() -> None:
    counted = count_contacts(PROFILES)
    told = {(source, measure): count for source, measure, count in counted.iter_rows()}
    assert told == {
        **{("crm", "contacts"): 2, ("web", "contacts"): 1, ("*", "contacts"): 3},
        **{("crm", "valid_phone"): 1, ("web", "valid_phone"): 1, ("*", "valid_phone"): 2},
        **{("crm", "quarantined_phone"): 1, ("web", "quarantined_phone"): 1, ("*", "quarantined_phone"): 2},
        **{("crm", "activity"): 1, ("web", "activity"): 0, ("*", "activity"): 1},
    }


def test_segments_and_their_overlaps_within_the_crossed_kinds_are_counted() -> None:
    assert sorted(count_segments(MEMBERS).rows()) == [
        ("country", "DE", "Germany", 2),
        ("custom", "a", "A", 2),
        ("custom", "b", "B", 1),
        ("gender", "x", "X", 1),
    ]
    assert sorted(count_overlaps(MEMBERS, ["country", "custom"]).rows()) == [
        ("country", "DE", "custom", "a", 2),
        ("country", "DE", "custom", "b", 1),
        ("custom", "a", "custom", "b", 1),
    ]


def test_what_the_reports_round_are_the_counts_of_all_contacts() -> None:
    world = World.of(7)
    shown, truth = world.report(KEY, 0), world.count()
    assert TOTAL in shown
    assert {len(cell) for cell in shown} == {0, 2, 4}
    assert all(abs(count - truth[cell]) < SETTINGS.round_to for cell, count in shown.items())


def test_parts_and_their_number_change_nothing() -> None:
    parts = list(zip(copies(PROFILES), copies(MEMBERS), strict=True))
    in_parts, whole = make_tally(), make_tally()
    for profiles, members in parts:
        in_parts.add(profiles, members)
    whole.add(*(pl.concat(frames) for frames in zip(*parts, strict=True)))
    for name, rows in in_parts.list_reports().items():
        assert_frame_equal(rows, whole.list_reports()[name])
        assert rows.height > 0


def test_reports_are_rows_of_their_contracts_and_pairs_stand_in_both_orders() -> None:
    tally = make_tally()
    tally.add(pl.concat(copies(PROFILES)), pl.concat(copies(MEMBERS)))
    reports = tally.list_reports()
    for table in REPORTS:
        assert reports[table.name].schema == table.schema
        assert reports[table.name].select(table.key).is_unique().all()
        assert reports[table.name]["as_of"].unique().to_list() == [AS_OF]
    overlaps = reports["overlap_report"].drop("as_of").rows()
    assert overlaps
    assert {(*row[2:4], *row[:2], row[4]) for row in overlaps} == set(overlaps)


def test_a_run_without_contacts_has_empty_reports() -> None:
    tally = make_tally()
    assert {name: rows.height for name, rows in tally.list_reports().items()} == {table.name: 0 for table in REPORTS}
    tally.add(PROFILES.clear(), MEMBERS.clear())
    assert all(rows.is_empty() for rows in tally.list_reports().values())


def test_a_kind_to_cross_that_nobody_knows_is_told(make_settings: Callable[..., Settings]) -> None:
    kinds = ["country", "lifecycle", "custom"]
    check_crossed_kinds(make_settings(more='[privacy.report]\ncrossed_kinds = ["custom", "country"]'), kinds)
    wrong = make_settings(more='[privacy.report]\ncrossed_kinds = ["countri"]')
    message = "no kind of segments `countri`; did you mean `country`[?] there is: country, custom, lifecycle$"
    with pytest.raises(SettingsError, match=message):
        check_crossed_kinds(wrong, kinds)

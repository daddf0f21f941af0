"""The log of entries and exits is what the published days say, in whatever order they were published."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse, open_warehouse
from phoneseg.warehouse.duckdb import DuckDBWarehouse
from tests.unit.conftest import MakeSettings
from tests.unit.publish.ledger import Interval, Ledger, Member, expected_changes

CODES = {"country": ("DE", "FR"), "list": ("x", "y"), "own": ("a", "b")}
OTHERS = [("list", "x"), ("own", "a"), ("own", "b"), ("objection", "profiling"), ("contactable", "sms:marketing")]


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, make_settings: MakeSettings) -> Iterator[Ledger]:
    """An empty ledger on each database; in memory where there is no server."""
    is_server = request.param == "postgresql"
    given = make_settings(url=request.getfixturevalue("postgresql_url") if is_server else "duckdb:///warehouse.duckdb")
    with Ledger.open(open_warehouse(given) if is_server else in_memory(request.param, given), given) as opened:
        yield opened


def in_memory(backend: str, given: Settings) -> Warehouse:
    kind = DuckDBWarehouse if backend == "duckdb" else Warehouse
    return kind(sa.make_url(f"{backend}:///:memory:"), given)


def members(*told: str) -> frozenset[Member]:
    """Return memberships told as `contact kind code`."""
    rows = (each.split() for each in told)
    return frozenset((contact, kind, code) for contact, kind, code in rows)


GERMAN, FRENCH, LISTED = "a country DE", "a country FR", "a list x"


def test_the_first_day_has_no_history(ledger: Ledger) -> None:
    ledger.publish(Interval(1, members(GERMAN)))
    assert ledger.changes == []


def test_who_moves_leaves_one_segment_and_enters_another(ledger: Ledger) -> None:
    ledger.publish(Interval(1, members(GERMAN, LISTED)))
    ledger.publish(Interval(3, members(FRENCH, LISTED)))
    assert ledger.changes == [
        (3, 1, "a", "country", "DE", "exited", "data"),
        (3, 1, "a", "country", "FR", "entered", "data"),
    ]


def test_a_day_in_between_divides_the_differences_of_its_neighbours(ledger: Ledger) -> None:
    ledger.publish(Interval(1, members(GERMAN)))
    ledger.publish(Interval(3, members(FRENCH, "b country DE")))
    ledger.publish(Interval(2, members(GERMAN, LISTED, "b country DE")))
    assert ledger.members == members(FRENCH, "b country DE")
    assert ledger.changes == [
        (2, 1, "a", "list", "x", "entered", "data"),
        (2, 1, "b", "country", "DE", "entered", "new contact"),
        (3, 2, "a", "country", "DE", "exited", "data"),
        (3, 2, "a", "country", "FR", "entered", "data"),
        (3, 2, "a", "list", "x", "exited", "data"),
    ]


def test_an_older_day_than_all_gives_a_history_to_the_first_one(ledger: Ledger) -> None:
    ledger.publish(Interval(3, members(GERMAN)))
    ledger.publish(Interval(1, members(FRENCH)))
    assert [change[:2] for change in ledger.changes] == [(3, 1), (3, 1)]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (Interval(2, members("b country DE")), {("a", "exited", "removed"), ("b", "entered", "new contact")}),
        (
            Interval(2, members("a country FR"), {"country": "2", "list": "1"}, metadata_version="10"),
            {("a", "exited", "definition"), ("a", "entered", "definition")},
        ),
        (
            Interval(2, members("a country FR", "a list x"), metadata_version="10"),
            {("a", "exited", "metadata"), ("a", "entered", "metadata"), ("a", "entered", "data")},
        ),
        (
            Interval(2, members("a country DE", "a own a", "a own b"), {"country": "1", "list": "1", "own:a": "1"}),
            {("a", "entered", "definition"), ("a", "entered", "data")},
        ),
        (
            Interval(2, members("a country FR", "a list x", "a objection profiling"), {"country": "1", "list": "2"}),
            {("a", "exited", "data"), ("a", "entered", "data"), ("a", "entered", "consent")},
        ),
        (
            Interval(2, members("a country DE", "a list x", "a contactable sms:marketing")),
            {("a", "entered", "data"), ("a", "entered", "consent")},
        ),
        (Interval(2, members("a country DE"), {"country": "2", "list": "1"}), set()),
    ],
    ids=[
        "contacts",
        "definition before metadata",
        "metadata",
        "a new definition",
        "an objection",
        "consent",
        "another version, same members",
    ],
)
def test_the_cause_is_the_first_that_applies(
    ledger: Ledger, after: Interval, expected: set[tuple[str, str, str]]
) -> None:
    ledger.publish(Interval(1, members(GERMAN)))
    ledger.publish(after)
    assert {(change[2], *change[5:]) for change in ledger.changes} == expected


def test_who_objects_or_no_longer_does_moves_because_of_that_where_it_is_profiled_alone(ledger: Ledger) -> None:
    listed = Interval(1, members(GERMAN, LISTED, "b country DE", "b list x"))
    objecting = Interval(2, members(FRENCH, "a objection profiling", "b country DE"))
    for interval in (listed, objecting, Interval(3, listed.members)):
        ledger.publish(interval)
    told = {change[2:] for change in ledger.changes}
    assert told >= {("a", "list", "x", change, "consent") for change in ("exited", "entered")}
    assert told >= {("a", "country", "DE", change, "data") for change in ("exited", "entered")}
    assert told >= {("b", "list", "x", change, "data") for change in ("exited", "entered")}


def test_a_partial_run_leaves_the_entries_of_other_contacts_alone(ledger: Ledger) -> None:
    ledger.publish(Interval(1, members(GERMAN, "b country DE")))
    ledger.publish(Interval(2, members(FRENCH, "b country FR")))
    ledger.publish(Interval(2, members(GERMAN, "b country FR")), replaced={"a"})
    assert ledger.changes == [
        (2, 1, "b", "country", "DE", "exited", "data"),
        (2, 1, "b", "country", "FR", "entered", "data"),
    ]


def test_the_same_day_again_changes_nothing(ledger: Ledger) -> None:
    days = [Interval(1, members(GERMAN)), Interval(2, members(FRENCH)), Interval(3, members(FRENCH, LISTED))]
    for interval in days:
        ledger.publish(interval)
    before = ledger.changes
    assert before == expected_changes(days)
    for interval in reversed(days):
        ledger.publish(interval)
        assert ledger.changes == before


rules = st.dictionaries(st.sampled_from(["country", "list", "own:a"]), st.sampled_from("12"))
"""Versions of the rules, by rule."""


@st.composite
def memberships(draw: st.DrawFn) -> frozenset[Member]:
    """Draw what a few contacts are members of: each is in one country at least."""
    drawn: set[Member] = set()
    for contact in draw(st.sets(st.sampled_from("abc"))):
        drawn.add((contact, "country", draw(st.sampled_from(CODES["country"]))))
        drawn |= {(contact, *draw(st.sampled_from(OTHERS))) for _ in range(3)}
    return frozenset(drawn)


@st.composite
def publications(draw: st.DrawFn) -> list[tuple[Interval, bool]]:
    """Draw days in any order, some of them again with other members; and whether the run would be partial."""
    one = st.builds(Interval, st.integers(1, 4), memberships(), rules, st.sampled_from(["9", "10"]))
    return draw(st.lists(st.tuples(one, st.booleans()), min_size=2, max_size=7))


@given(sequence=publications(), chosen=st.sets(st.sampled_from("abc")))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("ledger", ["sqlite"], indirect=True)
def test_days_published_in_any_order_give_the_history_of_the_right_order(
    ledger: Ledger, sequence: list[tuple[Interval, bool]], chosen: set[str]
) -> None:
    ledger.clear()
    published: dict[int, Interval] = {}
    for interval, is_partial in sequence:
        newest = max(published.values(), key=lambda each: each.day, default=None)
        replaced = None
        if is_partial and newest and interval.day >= newest.day:  # what such a run leaves alone is as it was
            replaced = chosen | {member[0] for member in interval.members ^ newest.members}
        ledger.publish(interval, replaced)
        published[interval.day] = interval
        assert ledger.members == published[max(published)].members
        assert ledger.changes == expected_changes(published.values())

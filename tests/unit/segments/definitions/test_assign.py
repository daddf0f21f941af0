"""Who is a member: those for whom SQL says TRUE, one segment of each group, and nobody by a null."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.segments import KindParameters, all_kinds
from phoneseg.segments.definitions import DefinitionRules, assign_definitions
from phoneseg.segments.definitions.assign import find_members
from phoneseg.settings import ProfileSettings, SegmentSettings
from phoneseg.settings.profile import DEFAULT_WINDOWS_DAYS
from tests.unit.segments.definitions.making import AS_OF, definition, profiles, rules, written


def members(found: pl.DataFrame) -> dict[str, list[int]]:
    """Return the numbers of the members by code."""
    rows = found.select("segment_code", pl.col("contact_id").str.strip_prefix("crm:").cast(pl.Int64)).rows()
    return {code: sorted(number for each, number in rows if each == code) for code, _ in rows}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("amount_sum_365d > 10", [0]),
        ("NOT amount_sum_365d > 10", [1]),
        ("amount_sum_365d <> 5", [0]),
        ("NOT (amount_sum_365d > 10 AND city = 'Bonn')", [1]),
        ("amount_sum_365d > 10 OR city = 'Bonn'", [0, 2]),
        ("city NOT IN ('Bonn', 'Wien')", []),
        ("city IN ('Bonn', NULL)", [0, 2]),
        ("city NOT IN ('Wien', NULL)", []),
        ("city NOT LIKE 'B%'", [1]),
        ("city IS NULL", [3]),
        ("COALESCE(city, 'Bonn') = 'Bonn'", [0, 2, 3]),
        ("CASE WHEN city = 'Bonn' THEN FALSE ELSE TRUE END", [1, 3]),
        ("TRUE", [0, 1, 2, 3]),
        ("FALSE", []),
        ("EXTRACT(MONTH FROM as_of) = 7", [0, 1, 2, 3]),
        ("ARRAY_CONTAINS(attribute_segments, 'plan:gold')", []),
        ("NOT 2 = 1 + 1 OR COALESCE(NULL, TRUE)", [0, 1, 2, 3]),
        ("COALESCE('x', city) = 'x' AND city = 'Bonn' AND amount_sum_365d > 1", [0]),
        ("TRUE AND NULL", []),
        ("amount_sum_365d / NULLIF(event_count_all, 0) > 0", [0]),
        ("phone_count * 1000000 > 1000000", [0]),
    ],
)
def test_members_are_those_for_whom_the_rule_is_true(where: str, expected: list[int]) -> None:
    contacts = profiles(
        {"amount_sum_365d": 50.0, "city": "Bonn", "event_count_all": 2, "phone_count": 32_000},
        {"amount_sum_365d": 5.0, "city": "Wien", "event_count_all": 0},
        {"amount_sum_365d": None, "city": "Bonn"},
        {"amount_sum_365d": None, "city": None},
    )
    assert members(assign_definitions(contacts, rules(a=where))) == ({"a": expected} if expected else {})
    many = pl.concat([contacts] * 4).with_columns(contact_id=pl.format("crm:{}", pl.int_range(16)))
    expected_of_many = [number for number in range(16) if number % 4 in expected]
    assert members(assign_definitions(many, rules(a=where))).get("a", []) == expected_of_many, "texts are asked once"


@pytest.mark.parametrize("where", ["income_band_segment = 'x'", "income_band_segment IS NULL", "as_of IS NOT NULL"])
def test_a_rule_may_read_nothing_but_what_is_the_same_for_all_contacts(where: str) -> None:
    """As is a kind that no source fills; so that a source without a column stops no run."""
    parameters = KindParameters(AS_OF, SegmentSettings(), ProfileSettings(), frozenset({"income_amount"}))
    found = DefinitionRules.of(written(a=where), all_kinds(parameters), DEFAULT_WINDOWS_DAYS, AS_OF)
    expected = {} if "=" in where else {"a": [0, 1, 2]}
    assert members(assign_definitions(profiles({"income_amount": 5.0}, {}, {}), found)) == expected


def test_a_member_has_kind_code_name_and_version() -> None:
    found = rules(definition("gold", "is_valid", "tier", 1), all_of_them="TRUE")
    versions = found.versions
    expected = [
        ("crm:0", "crm", "tier", "gold", "Gold", versions["tier:gold"]),
        ("crm:0", "crm", "custom", "all_of_them", "All of them", versions["custom:all_of_them"]),
    ]
    assert assign_definitions(profiles({"is_valid": True}), found).rows() == expected


@pytest.mark.parametrize("found", [rules(), rules(a="is_valid", b="TRUE")])
def test_no_profiles_or_no_definitions_give_no_members(found: DefinitionRules) -> None:
    schema = dict.fromkeys(
        ("contact_id", "source", "segment_kind", "segment_code", "segment_name", "definition_version"), pl.String
    )
    assert_frame_equal(assign_definitions(profiles(), found), pl.DataFrame(schema=schema))
    assert_frame_equal(assign_definitions(profiles({}), rules()), pl.DataFrame(schema=schema))


def test_a_contact_is_in_the_segment_of_a_group_that_wins() -> None:
    group = (
        definition("low", "amount_sum_365d > 0", "tier", 30),
        definition("high", "amount_sum_365d > 100", "tier", 10),
        definition("middle", "amount_sum_365d > 10", "tier", 20),
    )
    contacts = profiles(*({"amount_sum_365d": amount} for amount in (500.0, 50.0, 5.0, 0.0, None)))
    found = members(assign_definitions(contacts, rules(*group, high_or_low="tier_segment <> 'middle'")))
    assert found == {"low": [2], "high": [0], "middle": [1], "high_or_low": [0, 2]}


def test_rules_can_refer_to_kinds_groups_and_other_definitions_in_any_order_of_files() -> None:
    found = rules(
        definition("gone", "NOT is_buyer AND NOT is_vip", "state", 2),
        definition("vip", "is_buyer AND is_german", "state", 1),
        far="NOT is_german AND state_segment IS NULL",
        buyer="amount_sum_365d > 0",
        german="country_segment = 'DE'",
        berlin="ARRAY_CONTAINS(time_zone_segments, 'Europe/Berlin')",
        no_zone="NOT ARRAY_CONTAINS(time_zone_segments, 'Europe/Berlin') AND ARRAY_LENGTH(time_zone_segments) = 0",
    )
    german = {"is_valid": True, "region_code": "DE", "time_zones": "Europe/Berlin,Europe/Busingen"}
    contacts = profiles(
        {**german, "amount_sum_365d": 5.0},
        {**german, "amount_sum_365d": 0.0},
        {"amount_sum_365d": 5.0, "is_valid": True, "region_code": "AT", "time_zones": "Europe/Vienna"},
        {},
    )
    assert members(assign_definitions(contacts, found)) == {
        "vip": [0],
        "gone": [1, 3],
        "far": [2],
        "buyer": [0, 2],
        "german": [0, 1],
        "berlin": [0, 1],
        "no_zone": [3],
    }


def test_days_and_years_are_counted_up_to_as_of() -> None:
    def since(instant: datetime) -> dict[str, object]:
        return {"last_purchase_at": instant}

    contacts = profiles(
        since(datetime(2026, 6, 30, 12, tzinfo=UTC)),
        since(datetime(2026, 6, 30, 12, 0, 1, tzinfo=UTC)),
        since(datetime(2026, 6, 29, 13, tzinfo=UTC)),
        {"birth_date": date(1996, 7, 1)},
        {"birth_date": date(1996, 7, 2)},
        {"birth_date": date(2027, 1, 1)},
        {"birth_date": date(2000, 2, 29)},
    )
    found = rules(
        one_day="days_since_last_purchase = 1",
        no_day="days_since_last_purchase = 0",
        thirty="age_years = 30",
        twenty_nine="age_years = 29",
        any_age="age_years IS NOT NULL",
        leap="age_years = 26",
        later="last_purchase_at > DATE '2026-06-30'",
        noon="last_purchase_at = TIMESTAMP '2026-06-30 12:00:00' AND last_purchase_at < as_of",
        days="as_of - INTERVAL '1 day' <= last_purchase_at",
    )
    assert members(assign_definitions(contacts, found)) == {
        "one_day": [0, 2],
        "no_day": [1],
        "thirty": [3],
        "twenty_nine": [4],
        "any_age": [3, 4, 6],
        "leap": [6],
        "later": [0, 1],
        "noon": [0],
        "days": [0, 1],
    }


def test_masks_have_no_nulls_and_do_not_depend_on_the_order_of_rows_or_on_parts() -> None:
    found = rules(
        definition("x", "amount_sum_365d > 20", "g", 1),
        definition("y", "city IN ('b', 'c')", "g", 2),
        z="NOT is_y AND city <> 'a'",
    )
    rows = [
        {"amount_sum_365d": float(n % 41) if n % 3 else None, "city": "abc"[n % 3] if n % 5 else None}
        for n in range(200)
    ]
    contacts = profiles(*rows)
    whole = find_members(contacts, found)
    assert {mask.null_count() for mask in whole.values()} == {0}
    assert all(0 < mask.sum() < 200 for mask in whole.values())
    in_parts = [find_members(contacts[start : start + 7], found) for start in range(0, 200, 7)]
    backwards = find_members(contacts.reverse(), found)
    for code, mask in whole.items():
        assert pl.concat([part[code] for part in in_parts]).to_list() == mask.to_list()
        assert backwards[code].reverse().to_list() == mask.to_list()


def test_who_objects_to_profiling_is_no_member_by_what_it_does_or_is() -> None:
    found = rules(silent="event_count_all = 0", german="region_code = 'DE'", any_of="NOT is_silent")
    contacts = profiles(
        *(
            {"event_count_all": events, "region_code": "DE", "has_objection": has}
            for events in (0, 1)
            for has in (None, True)
        )
    )
    assert members(assign_definitions(contacts, found)) == {"silent": [0], "german": [0, 1, 2, 3], "any_of": [2]}


def test_a_definition_can_ask_for_consent() -> None:
    found = rules(reachable="ARRAY_CONTAINS(contactable_segments, 'sms:marketing')", silent="contactable IS NULL")
    contacts = profiles({"contactable": "call:*,sms:marketing"}, {"contactable": "sms:news"}, {})
    assert members(assign_definitions(contacts, found)) == {"reachable": [0], "silent": [2]}

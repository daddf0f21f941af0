"""Definitions are checked before a run: columns, types, names and cycles, each with file and line."""

from dataclasses import replace

import pytest

from phoneseg.errors import SettingsError
from phoneseg.settings.definition_files import Group
from tests.unit.segments.definitions.making import check, definition, rules, written


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("amount_sum_356d > 1000", "no column `amount_sum_356d`; did you mean `amount_sum_365d`?"),
        ("Country_Segment = 'DE'", "no column `Country_Segment`; did you mean `country_segment`?"),
        ('country_segment = "DE"', "no column `DE`; text stands in single quotes"),
        ("shoe_size > 40", "no column `shoe_size`; docs/definitions.md lists them"),
        ("phone_token = 'x'", "no column `phone_token`; did you mean "),
        ("content_hash = 1", "no column `content_hash`; "),
        ("amount_sum_365d > '1000'", "cannot compare string with numeric type (f64); it reads: `amount_sum_365d` num"),
        ("city > 5", "cannot compare string with numeric type (i32); it reads: `city` text"),
        ("birth_date < '1990-01-01'", "cannot compare 'date/datetime/time' to a string value"),
        ("phone_count IN ('x')", "'is_in' cannot check for Int64 values in List(String) data; it reads: `phone_count`"),
        ("time_zone_segments = 'Europe/Berlin'", "cannot cast List type"),
        ("NOT city", "casting from Utf8View to Boolean not supported; it reads: `city` text"),
        (
            "city LIKE 'x' AND phone_count",
            "& on Boolean and Int64 is not supported; it reads: `city` text, `phone_count`",
        ),
        ("TRY_CAST(city AS DATE) > birth_date", "casting from string to date is not supported."),
        ("REGEXP_LIKE(city, '[')", "regex error: regex parse error:; it reads: `city` text"),
        (
            "amount_sum_365d",
            "`where` is true or false for a contact; this one is a number; it reads: `amount_sum_365d`",
        ),
        ("CASE WHEN is_valid THEN 'x' END", "`where` is true or false for a contact; this one is a text; it reads"),
        ("3 = COALESCE(3, amount_sum_365d)", "`where` is the same for all contacts, whatever they are; it reads: "),
        ("NULL", "`where` is true or false for a contact; this one is a null"),
        ("SUM(amount_sum_365d) > 1", "`SUM` is no function of one contact"),
    ],
)
def test_a_rule_that_cannot_be_used_is_told_with_file_and_line(where: str, words: str) -> None:
    with pytest.raises(SettingsError) as raised:
        rules(definition("vip", where))
    assert str(raised.value).startswith(f"segments/vip.toml:6: {words}")
    assert "\n" not in str(raised.value)


def test_a_group_without_segments_has_no_column() -> None:
    made = written(a="tier_segment = 'gold'")
    empty = replace(made, groups={"tier": Group(name="Tier", description="A group.")})
    with pytest.raises(SettingsError, match=r"^segments/a\.toml:6: no column `tier_segment`"):
        check(empty)


def test_a_code_may_not_give_a_column_of_the_profile_another_meaning() -> None:
    with pytest.raises(SettingsError, match=r"^segments/valid\.toml:2: `is_valid` is a column already: choose another"):
        rules(valid="TRUE")


@pytest.mark.parametrize("group", ["country", "custom"])
def test_a_group_may_not_be_called_as_a_kind(group: str) -> None:
    with pytest.raises(
        SettingsError, match=rf"^segments/a\.toml:7: `{group}` is a segment kind already: choose another"
    ):
        rules(definition("a", "TRUE", group, 1))


@pytest.mark.parametrize(
    ("wheres", "words"),
    [
        ({"a": "NOT is_a"}, "segments/a.toml:6: segments need each other in a cycle: a -> a"),
        ({"z": "is_b", "b": "is_z OR is_valid"}, "segments/z.toml:6: segments need each other in a cycle: z -> b -> z"),
        (
            {"free": "is_valid", "x": "is_y", "y": "is_z AND is_free", "z": "is_x"},
            "segments/x.toml:6: segments need each other in a cycle: x -> y -> z -> x",
        ),
    ],
)
def test_a_cycle_is_told_by_name(wheres: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as raised:
        rules(**wheres)
    assert str(raised.value) == words


def test_who_wins_may_not_need_who_loses_but_the_other_way_round() -> None:
    gold, silver = definition("gold", "is_valid", "tier", 1), definition("silver", "NOT is_gold", "tier", 2)
    assert rules(gold, silver).upstream(silver) == {"tier:gold"}
    with pytest.raises(SettingsError) as raised:
        rules(replace(gold, where="NOT is_silver"), replace(silver, where="is_valid"))
    assert str(raised.value) == (
        "segments/gold.toml:6: segments need each other in a cycle: gold -> silver -> gold (in group tier a segment "
        "needs those that win over it)"
    )
    with pytest.raises(SettingsError, match=r"in a cycle: silver -> silver \(in group tier"):
        rules(gold, replace(silver, where="tier_segment IS NULL"))


TIER = (
    definition("gold", "amount_sum_365d > 1000", "tier", 1),
    definition("silver", "amount_sum_365d > 100", "tier", 2),
    definition("bronze", "amount_sum_365d > 10", "tier", 3),
)
ALL = (*TIER, definition("old", "age_years > 60"), definition("rich_old", "is_old AND tier_segment IN ('gold')"))


def changed(*definitions: object) -> set[str]:
    """Return the codes whose version differs from that of ALL."""
    before, after = rules(*ALL).versions, rules(*definitions).versions
    return {key.partition(":")[2] for key in before if after[key] != before[key]}


def test_a_version_stays_whatever_does_not_change_who_is_a_member() -> None:
    renamed = [replace(each, name="Other", description="Other.", owner="x", file="y.toml") for each in ALL]
    spaced = [replace(each, where=f"{each.where}  -- as agreed".replace(" AND", "\n  and")) for each in ALL]
    renumbered = [replace(each, priority=each.priority * 10) if each.priority else each for each in ALL]
    for same in (renamed, spaced, renumbered, ALL[::-1]):
        assert changed(*same) == set()


def test_an_edit_shows_in_the_version_of_all_that_depend_on_it() -> None:
    old = replace(ALL[3], where="age_years > 65")
    assert changed(*TIER, old, ALL[4]) == {"old", "rich_old"}
    silver = replace(TIER[1], where="amount_sum_365d > 200")
    assert changed(TIER[0], silver, TIER[2], *ALL[3:]) == {"silver", "bronze", "rich_old"}, "gold wins as before"
    gold_last = replace(TIER[0], priority=9)
    assert changed(gold_last, *TIER[1:], *ALL[3:]) == {"gold", "silver", "bronze", "rich_old"}
    assert changed(*TIER, definition("tin", "TRUE", "tier", 4), *ALL[3:]) == {"rich_old"}


def test_two_definitions_that_exchange_their_rules_change_what_refers_to_one_of_them() -> None:
    before = rules(a="is_valid", b="phone_count > 1", c="is_a AND NOT is_b").versions
    after = rules(a="phone_count > 1", b="is_valid", c="is_a AND NOT is_b").versions
    assert before["custom:c"] != after["custom:c"]


def test_versions_are_short_and_all_different() -> None:
    versions = rules(*ALL).versions
    assert list(versions) == ["tier:gold", "tier:silver", "tier:bronze", "custom:old", "custom:rich_old"]
    assert len(set(versions.values())) == len(versions)
    assert {len(version) for version in versions.values()} == {8}


def test_what_depends_on_phonenumbers_is_known_whatever_is_in_between() -> None:
    found = rules(
        definition("first", "is_abroad", "g", 1),
        definition("second", "amount_sum_365d > 1", "g", 2),
        abroad="country_segment <> 'DE'",
        spender="amount_sum_365d > 1",
        valid_phone="is_valid",
        recent="days_since_last_purchase < 9",
        night_owl="night_share_30d > 0.5",
        any_of_g="g_segment IS NOT NULL",
    )
    assert found.number_dependent == {
        *("g:first", "g:second", "custom:abroad", "custom:valid_phone", "custom:night_owl", "custom:any_of_g")
    }


def test_what_reads_what_contacts_do_or_are_profiles_them_directly_or_not() -> None:
    found = rules(
        abroad="country_segment <> 'DE' AND valid_phone_count > 0 AND time_zone IS NOT NULL",
        reachable="ARRAY_CONTAINS(contactable_segments, 'sms:marketing')",
        buyer="purchase_count_30d > 0",
        grown_up="age_years >= 18",
        loyal="rfm_segment = 'loyal'",
        not_loyal_abroad="NOT is_loyal AND is_abroad",
        suspect="risk_level = 'high'",
        why="risk_reasons LIKE '%ring%' OR risk_signal_count > 3",
    )
    assert found.profiling == {
        f"custom:{code}" for code in ("buyer", "grown_up", "loyal", "not_loyal_abroad", "suspect", "why")
    }


def test_upstream_names_kinds_and_definitions() -> None:
    found = rules(*ALL, abroad="country_segment <> 'DE' AND NOT is_rich_old")
    by_code = {each.code: found.upstream(each) for each in found.written.definitions}
    assert by_code["abroad"] == {"country", "custom:rich_old"}
    assert by_code["rich_old"] == {"custom:old", "tier:gold", "tier:silver", "tier:bronze"}
    assert by_code["bronze"] == {"tier:gold", "tier:silver"}
    assert by_code["old"] == set()

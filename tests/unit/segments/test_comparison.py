"""Which rules changed and why, and what that does to their members."""

from dataclasses import replace

import polars as pl
import pytest

from phoneseg.segments import KindParameters, SegmentRules, all_kinds
from phoneseg.segments.comparison import COMPARED, ChangedRule, MemberSets, compare_members, find_changed_rules
from phoneseg.settings import Definition, ProfileSettings, SegmentSettings
from phoneseg.settings.kinds import LifecycleSettings
from tests.unit.segments.definitions import making

VIP = making.definition("vip", "amount_sum_365d > 1000 AND country_segment = 'DE'")
CALL = making.definition("call", "is_vip AND is_valid")
SAFE = making.definition("safe", "age_years > 60")


def all_rules(*definitions: Definition, settings: SegmentSettings | None = None) -> SegmentRules:
    kinds = all_kinds(KindParameters(making.AS_OF, settings or SegmentSettings(), ProfileSettings()))
    return SegmentRules(kinds, making.rules(*definitions))


PUBLISHED = all_rules(VIP, CALL, SAFE)
WHERES = {each.key: each.where for each in (VIP, CALL, SAFE)}


def changes(rules: SegmentRules) -> list[tuple[str, str, tuple[str, ...]]]:
    found = find_changed_rules(rules, PUBLISHED.versions, WHERES)
    for each in found:
        assert each.version_before == PUBLISHED.versions.get(each.key)
        assert each.version_after == rules.versions.get(each.key)
    return [(each.key, each.change, each.because_of) for each in found]


def test_the_same_rules_do_not_change() -> None:
    renamed = [replace(each, name="x", where=each.where.lower().replace("'de'", "'DE'")) for each in (SAFE, CALL, VIP)]
    assert changes(all_rules(*renamed)) == []


def test_an_edited_rule_comes_before_what_depends_on_it() -> None:
    edited = replace(VIP, where=VIP.where.replace("1000", "2000"))
    assert changes(all_rules(CALL, SAFE, edited)) == [
        ("custom:vip", "edited", ()),
        ("custom:call", "downstream", ("custom:vip",)),
    ]
    both = replace(CALL, where="is_vip")
    assert changes(all_rules(edited, both, SAFE)) == [
        ("custom:vip", "edited", ()),
        ("custom:call", "edited", ("custom:vip",)),
    ]


def test_new_and_removed_rules_are_told() -> None:
    new = making.definition("new", "TRUE")
    assert changes(all_rules(VIP, CALL, new)) == [("custom:new", "new", ()), ("custom:safe", "removed", ())]
    grouped = replace(SAFE, group="g", priority=1)
    assert changes(all_rules(VIP, CALL, grouped)) == [("g:safe", "new", ()), ("custom:safe", "removed", ())]


def test_a_kind_changes_with_its_settings_and_takes_what_refers_to_it_along() -> None:
    settings = SegmentSettings(lifecycle=LifecycleSettings(new_days=5))
    assert changes(all_rules(VIP, CALL, SAFE, settings=settings)) == [("lifecycle", "edited", ())]


def test_a_rule_that_had_no_members_is_compared_by_its_version_alone() -> None:
    edited = replace(VIP, where="amount_sum_365d > 5")
    found = find_changed_rules(all_rules(edited, CALL, SAFE), PUBLISHED.versions, {})
    assert found[0] == ChangedRule(
        "custom:vip", "edited", PUBLISHED.versions["custom:vip"], all_rules(edited).versions["custom:vip"], ()
    )


def sets(keys: set[str], *members: tuple[str, str, str]) -> MemberSets:
    found = MemberSets(keys)
    schema = dict.fromkeys(("contact_id", "segment_kind", "segment_code"), pl.String)
    for some in (members[:2], members[2:]):
        found.add(pl.DataFrame(some, schema, orient="row"))
    return found


def test_members_are_counted_by_key_whatever_batches_they_came_in() -> None:
    keys = ["custom:vip", "lifecycle", "custom:gone", "custom:empty"]
    before = sets(
        set(keys),
        *(("a", "custom", "vip"), ("b", "custom", "vip"), ("c", "custom", "vip")),
        *(("a", "lifecycle", "new"), ("b", "lifecycle", "new"), ("a", "custom", "gone"), ("a", "country", "DE")),
    )
    after = sets(
        set(keys),
        *(("b", "custom", "vip"), ("c", "custom", "vip"), ("d", "custom", "vip"), ("e", "custom", "vip")),
        *(("a", "lifecycle", "lost"), ("b", "lifecycle", "new"), ("a", "custom", "other")),
    )
    expected = [
        ("custom:vip", 3, 4, 2, 1, 2 / 5),
        ("lifecycle", 2, 2, 1, 1, 1 / 3),
        ("custom:gone", 1, 0, 0, 1, 0.0),
        ("custom:empty", 0, 0, 0, 0, None),
    ]
    found = compare_members(keys, before, after)
    assert found.schema == pl.Schema(COMPARED)
    assert found.rows() == [pytest.approx(row) if row[-1] is not None else row for row in expected]

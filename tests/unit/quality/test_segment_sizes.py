"""Which sizes of segments stop a run: those that grew or shrank too much, of rules that nobody added or removed."""

from datetime import UTC, datetime

import polars as pl
import pytest

from phoneseg.quality import EarlierSizes, find_jumps
from phoneseg.settings import SegmentSettings

SETTINGS = SegmentSettings(max_change_pct=50, max_change_from_contacts=100)
Sizes = dict[str, int]
RULES = frozenset({"country", "custom:vip", "tier:gold", "tier:silver"})


def _frame(sizes: Sizes) -> pl.DataFrame:
    rows = [(*key.split(":"), size) for key, size in sizes.items()]
    schema = {"segment_kind": pl.String, "segment_code": pl.String, "contact_count": pl.Int64}
    return pl.DataFrame(rows, schema, orient="row")


def jumps(
    before: Sizes, now: Sizes, rules_before: frozenset[str] | None = RULES, rules: frozenset[str] = RULES
) -> list[str]:
    """Return the segments that jumped, as kind:code."""
    earlier = EarlierSizes(datetime(2026, 7, 1, tzinfo=UTC), _frame(before), rules_before)
    found = find_jumps(earlier, _frame(now), rules, SETTINGS)
    assert found.columns == ["segment_kind", "segment_code", "before", "now"]
    return [f"{kind}:{code}" for kind, code in found.select("segment_kind", "segment_code").rows()]


@pytest.mark.parametrize(
    ("before", "now", "is_jump"),
    [
        (1000, 1500, False),
        (1000, 1501, True),
        (1000, 500, False),
        (1000, 499, True),
        (1000, 0, True),
        (0, 1000, True),
        (99, 20, False),
        (100, 20, True),
        (20, 99, False),
        (20, 100, True),
    ],
)
def test_a_jump_is_more_than_its_share_of_a_segment_that_is_or_was_big_enough(
    before: int, now: int, is_jump: bool
) -> None:
    for segment in ("country:DE", "custom:vip", "tier:gold"):
        sizes = [{segment: size} if size else {} for size in (before, now)]
        assert jumps(*sizes) == ([segment] if is_jump else [])


def test_the_biggest_change_comes_first() -> None:
    before = {"country:DE": 300, "country:AT": 10_000, "country:CH": 300, "country:FR": 5_000}
    now = {"country:DE": 3_000, "country:AT": 1_000, "country:CH": 3_000, "country:FR": 5_001}
    assert jumps(before, now) == ["country:AT", "country:CH", "country:DE"]


def test_who_adds_or_removes_a_rule_wants_its_segments_to_come_or_go() -> None:
    sizes = {"custom:vip": 5_000, "country:DE": 5_000}
    for rules in (RULES - {"custom:vip"}, RULES - {"country"}):
        (other,) = [segment for segment in sizes if segment not in rules and segment.partition(":")[0] not in rules]
        assert other not in jumps(sizes, {}, rules=rules)
        assert other not in jumps({}, sizes, rules_before=rules)
        assert jumps({}, sizes, rules_before=rules) == [each for each in ("country:DE", "custom:vip") if each != other]


def test_where_nobody_wrote_down_the_rules_a_segment_without_members_is_taken_for_a_new_one() -> None:
    assert jumps({}, {"country:DE": 5_000}, rules_before=None) == []
    assert jumps({"country:DE": 5_000}, {}, rules_before=None) == ["country:DE"]


def test_risks_may_come_or_go_all_at_once_but_not_one_by_one() -> None:
    none, some = {"country:DE": 900}, {"country:DE": 900, "risk:low": 900, "risk:high": 200}
    rules = RULES | {"risk"}
    assert jumps(none, some, rules, rules) == jumps(some, none, rules, rules) == []
    assert jumps(some, {**some, "risk:high": 900}, rules, rules) == ["risk:high"]
    assert jumps({**none, "risk:low": 900}, some, rules, rules) == ["risk:high"]


def test_who_refuses_does_not_wait_until_somebody_accepts_it() -> None:
    rules = frozenset({"contactable", "objection"})
    frames = [
        pl.DataFrame(
            [("contactable", "sms:news", size), ("objection", "profiling", 1000 - size)],
            {"segment_kind": pl.String, "segment_code": pl.String, "contact_count": pl.Int64},
            orient="row",
        )
        for size in (900, 100)
    ]
    before, now = frames
    for earlier, later, expected in ((before, now, []), (now, before, ["contactable", "objection"])):
        sizes = EarlierSizes(datetime(2026, 7, 1, tzinfo=UTC), earlier, rules)
        assert sorted(find_jumps(sizes, later, rules, SETTINGS)["segment_kind"]) == expected

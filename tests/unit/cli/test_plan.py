"""How a plan is shown: a line for each change, and what to do about it."""

from datetime import UTC, datetime

import pytest

from phoneseg.cli.plan import plan_as_json, print_plan
from phoneseg.publish import Plan, PlannedChange
from phoneseg.segments.comparison import ChangedRule

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
EDITED = ChangedRule("custom:vip", "edited", "11111111", "22222222", ())
REMOVED = ChangedRule("custom:old", "removed", "33333333", None, ())
DOWNSTREAM = ChangedRule("tier:gold", "downstream", "44444444", "55555555", ("custom:vip",))
PLAN = Plan(
    AS_OF,
    (
        PlannedChange(EDITED, 1_000, 4_000, 3_000, 0, 0.25, is_jump=True),
        PlannedChange(REMOVED, 0, 0, 0, 0, None, is_jump=False),
        PlannedChange(DOWNSTREAM, 12, 11, 0, 1, 11 / 12, is_jump=False),
    ),
    unchanged_count=7,
    unseen={"place_type": ("profile.place",)},
)


def test_each_change_is_a_line_however_narrow_the_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    print_plan(PLAN)
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert " ".join(shown[0]) == "Against what is published as of 2026-07-01 00:00 UTC"
    assert shown[2:5] == [
        ["custom:vip", "edited", "11111111", "->", "22222222", "1,000", "4,000", "3,000", "0", "25.0%"],
        ["custom:old", "removed", "33333333", "->", "-", "0", "0", "0", "0", "-"],
        ["tier:gold", "downstream", "44444444", "->", "55555555", "12", "11", "0", "1", "91.7%", "custom:vip"],
    ]
    assert " ".join(shown[5]) == "7 rules stay as they are. Nothing was written."
    assert " ".join(shown[6]).startswith("place_type reads what profile.place makes of a profile: if that was edited,")
    assert " ".join(shown[7]) == "A run stops at the sizes of custom:vip, unless it is given --accept-sizes."


def test_a_plan_without_changes_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_plan(Plan(AS_OF, (), unchanged_count=24))
    assert "Nothing changes: all 24 rules are the published ones." in capsys.readouterr().out


def test_json_names_what_moves_with_a_change() -> None:
    shown = plan_as_json(PLAN)
    assert shown["as_of"] == "2026-07-01T00:00:00+00:00"
    assert shown["unseen"] == {"place_type": ["profile.place"]}
    changes = shown["changes"]
    assert isinstance(changes, list)
    assert [(each["segment"], each["because_of"], each["downstream"]) for each in changes] == [
        ("custom:vip", [], ["tier:gold"]),
        ("custom:old", [], []),
        ("tier:gold", ["custom:vip"], []),
    ]
    assert changes[0] | {"downstream": []} == {
        "segment": "custom:vip",
        "change": "edited",
        "version_before": "11111111",
        "version_after": "22222222",
        "size_before": 1_000,
        "size_after": 4_000,
        "entered_count": 3_000,
        "exited_count": 0,
        "overlap": 0.25,
        "is_jump": True,
        "because_of": [],
        "downstream": [],
    }

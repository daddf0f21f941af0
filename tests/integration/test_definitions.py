"""Definitions in files, from the plan of an edit to the run that publishes it."""

import json

import pytest
from runs import edit_settings, published_tables, query, run_command, run_pipeline

from phoneseg.errors import SegmentJumpError, SettingsError, StopError
from phoneseg.publish import PlannedChange, plan_segments
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

Members = dict[str, set[str]]


def _plan(settings: Settings) -> dict[str, PlannedChange]:
    warehouse = open_warehouse(settings)
    with warehouse.snapshot() as connection:
        return {change.rule.key: change for change in plan_segments(warehouse, connection, settings).changes}


def _unseen(settings: Settings) -> dict[str, tuple[str, ...]]:
    warehouse = open_warehouse(settings)
    with warehouse.snapshot() as connection:
        return dict(plan_segments(warehouse, connection, settings).unseen)


def _members(settings: Settings, kind: str = "custom") -> Members:
    rows = query(
        settings,
        f"SELECT segment_code, contact_id FROM phoneseg.segment_membership WHERE segment_kind = '{kind}'",
    ).rows()
    return {code: {contact for each, contact in rows if each == code} for code, _ in rows}


def _edit(settings: Settings, file: str, old: str, new: str) -> None:
    path = settings.folder / "segments" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def _check_published(settings: Settings) -> Members:
    """Check the members by the demo's definitions, and what the dictionary says; return those without a group."""
    found = _members(settings)
    assert set(found) == {"lapsed_valuable", "reachable_by_phone", "german_speaking", "win_back_call", "sms_campaign"}
    allowed = "SELECT contact_id FROM phoneseg.contact_permission WHERE channel = 'sms' AND is_contactable"
    assert found["sms_campaign"] == set(query(settings, allowed)["contact_id"]) != set()
    assert found["win_back_call"] == found["lapsed_valuable"] & found["reachable_by_phone"] != set()
    tier = _members(settings, "value_tier")
    assert set(tier) == {"gold", "silver", "bronze"}
    assert sum(map(len, tier.values())) == len(set().union(*tier.values()))
    gold = query(settings, "SELECT contact_id FROM phoneseg.contact_profile WHERE amount_sum_365d >= 500")
    assert tier["gold"] == set(gold["contact_id"])
    described = query(settings, "SELECT * FROM phoneseg.segment WHERE segment_code = 'gold'").row(0, named=True)
    assert (described["owner"], described["definition"]) == ("crm-team", "amount_sum_365d >= 500")
    assert (described["segment_family"], described["is_exclusive"]) == ("custom", True)
    return found


def _check_plan(plan: dict[str, PlannedChange]) -> None:
    assert {key: (each.rule.change, each.rule.because_of) for key, each in plan.items()} == {
        "custom:lapsed_valuable": ("edited", ()),
        "custom:german": ("new", ()),
        "custom:german_speaking": ("removed", ()),
        "custom:win_back_call": ("downstream", ("custom:lapsed_valuable",)),
    }
    assert plan["custom:lapsed_valuable"].is_jump
    assert not plan["custom:german"].is_jump
    assert not plan["custom:german_speaking"].is_jump


def _check_that_the_plan_came_true(plan: dict[str, PlannedChange], before: Members, after: Members) -> None:
    for key, change in plan.items():
        was, now = (members.get(key.removeprefix("custom:"), set()) for members in (before, after))
        counts = (change.size_before, change.size_after, change.entered_count, change.exited_count)
        assert counts == (len(was), len(now), len(now - was), len(was - now))
        assert change.overlap == pytest.approx(len(now & was) / len(now | was))
    assert len(after["win_back_call"]) > len(before["win_back_call"]), "what is downstream moves, too"


def _edit_plan_and_publish(original: Settings) -> None:
    settings = edit_settings(original, "[privacy]", "[segments]\nmax_change_from_contacts = 1\n\n[privacy]")
    with pytest.raises(StopError, match=r"^nothing is published yet: `phoneseg run`$"):
        _plan(settings)
    run_pipeline(settings)
    before, tables = _check_published(settings), published_tables(settings)
    assert _plan(settings) == {}
    _edit(settings, "value.toml", "amount_sum_all >= 300", "amount_sum_all >= 50")
    _edit(settings, "reach.toml", 'code = "german_speaking"', 'code = "german"')
    plan = _plan(settings)
    _check_plan(plan)
    with pytest.raises(SegmentJumpError, match=r"custom:lapsed_valuable \d+ -> \d+ \(\+\d+ %\).*--accept-sizes"):
        run_pipeline(settings)
    assert published_tables(settings) == tables, "neither a plan nor a stopped run changes anything"
    run_pipeline(settings, accept_sizes=True)
    _check_that_the_plan_came_true(plan, before, _members(settings))
    assert _plan(settings) == {}


def test_an_edit_is_planned_then_stopped_then_accepted(demo_settings: Settings) -> None:
    _edit_plan_and_publish(demo_settings)
    _edit(demo_settings, "value.toml", "amount_sum_365d >= 500", "amount_sum_365d >= 400")
    table, told = (
        run_command("plan", "--config", demo_settings.config_file, "--format", shown) for shown in ("table", "json")
    )
    assert [change["segment"] for change in json.loads(told.stdout)["changes"]] == [
        *("value_tier:gold", "value_tier:silver", "value_tier:bronze")
    ]
    assert "value_tier:gold" in table.stdout
    assert "Nothing was written." in table.stdout
    assert (told.returncode, table.returncode, told.stderr) == (0, 0, "")


@pytest.mark.slow
def test_an_edit_is_planned_then_stopped_then_accepted_on_postgresql(postgresql_settings: Settings) -> None:
    _edit_plan_and_publish(postgresql_settings)


def test_a_plan_tells_that_a_run_stops_at_a_segment_of_an_edited_kind(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    edited = "[segments]\nmax_change_from_contacts = 1\nlifecycle.active_days = 89\n\n[privacy]"
    settings = edit_settings(demo_settings, "[privacy]", edited)
    plan = _plan(settings)
    assert {key: each.is_jump for key, each in plan.items()} == {"lifecycle": True}
    assert _unseen(settings) == {}
    assert _unseen(edit_settings(settings, "[profile]", "[profile]\nplace.urban_from_population = 9000000")) == {
        "place_type": ("profile.place",)
    }
    settings = edit_settings(settings, "place.urban_from_population = 9000000\n", "")
    with pytest.raises(SegmentJumpError, match=r"lifecycle:cooling \d+ -> \d+ "):
        run_pipeline(settings)


def test_a_wrong_definition_stops_a_run_before_it_reads_anything(demo_settings: Settings) -> None:
    _edit(demo_settings, "value.toml", "amount_sum_365d >= 500", "amount_sum_356d >= 500")
    with pytest.raises(SettingsError, match=r"^segments/value\.toml:13: no column `amount_sum_356d`; did you mean"):
        run_pipeline(demo_settings)

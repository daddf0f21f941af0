"""The page of SIM boxes says what the code has."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from phoneseg.risk.call_patterns import INDICATORS
from phoneseg.risk.sim_box_score import REASONS
from phoneseg.settings.risk_sim_box import SimBoxModelSettings, SimBoxRules, SimBoxSettings

PAGE = (Path(__file__).parents[3] / "docs" / "risk" / "sim_boxes.md").read_text().splitlines()


def test_every_indicator_stands_on_the_page_as_the_registry_has_it() -> None:
    rows = [f"| `{one.name}` | {one.unit} | {one.meaning} |" for one in INDICATORS]
    assert [line for line in PAGE if line in rows] == rows


def test_every_rule_stands_on_the_page_with_its_defaults() -> None:
    rules = {name: getattr(SimBoxRules(), name) for name in SimBoxRules.model_fields}
    rows = [
        f"| `{name}` | {rule.none_at:g} | {rule.all_at:g} | {rule.points:g} | `{REASONS[name]}` |"
        for name, rule in rules.items()
    ]
    assert [line for line in PAGE if line in rows] == rows


@pytest.mark.parametrize("section", [SimBoxSettings, SimBoxModelSettings])
def test_every_setting_stands_on_the_page_with_its_default(section: type[BaseModel]) -> None:
    fields = {name: field for name, field in section.model_fields.items() if name != "rules"}
    rows = [f"| `{name}` | {field.default} | {field.description} |" for name, field in fields.items()]
    assert [line for line in PAGE if line in rows] == rows

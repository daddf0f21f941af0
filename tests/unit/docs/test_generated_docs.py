"""The generated pages of docs/ are those of today's code, and leave nothing out."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs import generate
from phoneseg.cli.commands import app
from phoneseg.contracts import CONTACT_PROFILE, TABLES, Table
from phoneseg.segments import KindParameters, SegmentKind, all_kinds
from phoneseg.segments.definitions.sql import FUNCTIONS
from phoneseg.settings import ProfileSettings, SegmentSettings, Settings
from phoneseg.settings.risk import RiskSettings
from phoneseg.settings.risk_sim_box import Rule

PARAMETERS = KindParameters(
    datetime(2026, 7, 1, tzinfo=UTC), SegmentSettings(), ProfileSettings(), risk=RiskSettings(mode="on")
)
ROOT = Path(generate.__file__).parents[1]


def test_generated_pages_are_fresh(tmp_path: Path) -> None:
    """In a program of its own, for Airflow, and where width, time zone, language and settings are all others."""
    elsewhere = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "COLUMNS": "40",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PHONESEG_CONFIG": "nowhere.toml",
    }
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, env=elsewhere, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `make docs`\n{done.stdout}{done.stderr}"


def test_check_names_stale_pages_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    monkeypatch.setattr(generate, "PAGES", {"new.md": lambda: "today\n", "old.md": lambda: "today\n"})
    (tmp_path / "old.md").write_text("yesterday\n", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert re.findall(r"docs/(\w+\.md): stale, run `make docs`", capsys.readouterr().out) == ["new.md", "old.md"]
    assert [page.name for page in tmp_path.iterdir()] == ["old.md"]
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_every_link_leads_somewhere(name: str) -> None:
    for page, anchor in re.findall(r"\]\(([\w.]*)(?:#([\w-]+))?\)", _page(name)):
        headings = re.findall(r"^#+ (.+)$", _page(page or name), flags=re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}  # as GitHub does
        assert not anchor or anchor in anchors


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_tables_page_has_every_column(table: Table) -> None:
    section = _section("tables.md", f"## {table.name}")
    rows = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)
    assert tuple(rows) == table.column_names


@pytest.mark.parametrize("kind", all_kinds(PARAMETERS), ids=lambda kind: kind.name)
def test_segments_page_has_every_kind(kind: SegmentKind) -> None:
    section = _section("segments.md", f"## {kind.name}")
    assert kind.definition in section
    assert all(f"`{column}`" in section for column in kind.inputs)
    assert all(f"`{segment_code}`" in section for segment_code in kind.codes or ())


def test_definitions_page_has_every_column_and_function() -> None:
    page = _page("definitions.md")
    for kind in all_kinds(PARAMETERS):
        assert f"| `{kind.name}_segment{'' if kind.is_exclusive else 's'}` |" in page
    for instant in (column.name for column in CONTACT_PROFILE.columns if column.name.endswith("_at")):
        assert f"| `days_since_{instant.removesuffix('_at')}` |" in page
    assert all(f"`{function}`" in page for function in FUNCTIONS)


def test_settings_page_has_every_key() -> None:
    hidden = {"config_file", "token_key", "old_token_keys"}
    sections = {name: field for name, field in Settings.model_fields.items() if name not in hidden}
    keys = {key for name, field in sections.items() for key in _keys(name, field)}
    assert {"segments__attributes", "segments__rfm__<name>__recency", "contacts__<name>__phones"} <= keys
    assert {f"PHONESEG_{key}".upper() for key in keys} == set(
        re.findall(r"`(PHONESEG_\S+__\S+)` \|$", _page("settings.md"), re.MULTILINE)
    )


def _keys(path: str, field: FieldInfo) -> Iterator[str]:
    """Yield the keys of a section and of those within it; a name of the user's choice has a placeholder."""
    kinds = (field.annotation, *get_args(field.annotation))
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    if not models or models == [Rule]:  # a rule is written as one value
        yield path
        return
    path = f"{path}__<name>" if get_origin(field.annotation) is dict else path
    for name, each in models[0].model_fields.items():
        yield from _keys(f"{path}__{name}", each)


def test_cli_page_has_every_command_and_option() -> None:
    for name, command in _commands(typer.main.get_command(app).commands).items():
        section = _section("cli.md", f"### phoneseg {name}")
        for parameter in command.params:
            is_option = parameter.param_type_name == "option"
            word = parameter.opts[0] if is_option else parameter.metavar or parameter.name.upper()
            assert f"| `{word}` |" in section


def test_checks_page_has_every_expectation() -> None:
    for suite in (ROOT / "expectations").glob("*.json"):
        section = _section("checks.md", f"## {suite.stem}")
        for expected in re.findall(r'"type": "(\w+)"', suite.read_text(encoding="utf-8")):
            assert f"`{expected}`" in section


def _commands(tree: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Return the commands that do something, by all the words that call them."""
    found: dict[str, Any] = {}
    for name, command in tree.items():
        below = getattr(command, "commands", None)
        found |= _commands(below, f"{above}{name} ") if below else {f"{above}{name}": command}
    return found


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _section(name: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its level."""
    level = heading.split()[0]
    (section,) = re.findall(rf"^{heading}$(.*?)(?=^{level} |\Z)", _page(name), flags=re.MULTILINE | re.DOTALL)
    return section

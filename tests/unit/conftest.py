"""What the unit tests share: an environment without settings of its own, and settings out of a few lines of TOML."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from phoneseg.settings import Settings, load_settings

WriteToml = Callable[[str], Path]
MakeSettings = Callable[..., Settings]


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.upper().startswith("PHONESEG_")]:
        monkeypatch.delenv(variable)


@pytest.fixture
def write_toml(tmp_path: Path) -> WriteToml:
    """Write `phoneseg.toml` in the test's folder; return its path."""

    def write(text: str) -> Path:
        file = tmp_path / "phoneseg.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def make_settings(write_toml: WriteToml) -> MakeSettings:
    """Read settings whose one contact source, `crm`, is described by the lines given."""

    def make(
        crm: str = 'table = "contact"\nid = "id"\nphones = ["mobile"]',
        *,
        url: str = "duckdb:///warehouse.duckdb",
        more: str = "",
    ) -> Settings:
        return load_settings(write_toml(f'[warehouse]\nurl = "{url}"\n\n[contacts.crm]\n{crm}\n\n{more}\n'))

    return make

"""What a new version of the metadata changes for the numbers of a warehouse."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from phonenumbers import PhoneNumberType
from runs import query, run_pipeline
from typer.testing import CliRunner

from phoneseg.cli.commands import app
from phoneseg.errors import StopError
from phoneseg.numbers import load_tables, metadata_version
from phoneseg.numbers.tables import FORMAT_VERSION
from phoneseg.settings import Settings


def test_published_numbers_that_a_new_version_changes_are_counted(
    demo_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_pipeline(demo_settings)
    tables = load_tables(metadata_version())
    number_type = tables.class_type.copy()
    number_type[number_type == PhoneNumberType.MOBILE] = PhoneNumberType.PAGER
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "phoneseg").mkdir()
    other = replace(tables, version="9.9.9", class_type=number_type)
    other.save(tmp_path / "phoneseg" / f"phonenumbers-9.9.9-format{FORMAT_VERSION}.npz")
    command = ["metadata", "diff", metadata_version(), "9.9.9", "--config", str(demo_settings.config_file)]
    shown = CliRunner().invoke(app, command, catch_exceptions=False).output
    sql = "SELECT count(DISTINCT phone_token) FROM phoneseg.contact_phone WHERE number_type = 'MOBILE'"
    mobiles = query(demo_settings, sql).item()
    of_numbers = shown.partition("Published numbers that change")[2]
    assert re.search(rf"^{mobiles:,} +number_type +MOBILE +PAGER", of_numbers, flags=re.MULTILINE)
    assert not re.search(r"\+\d{6}", shown.partition("Published")[2])


def test_without_a_published_run_there_is_one_clear_line(demo_settings: Settings) -> None:
    version = metadata_version()
    command = ["metadata", "diff", version, version, "--config", str(demo_settings.config_file)]
    with pytest.raises(StopError, match=r"^nothing is published yet: `phoneseg run`$"):
        CliRunner().invoke(app, command, catch_exceptions=False)

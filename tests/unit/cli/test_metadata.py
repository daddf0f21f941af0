"""`phoneseg metadata diff` tells what a new version of the metadata changes."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from phoneseg.cli.commands import app
from phoneseg.errors import SettingsError, StopError
from phoneseg.numbers import load_tables, metadata_version
from phoneseg.numbers.tables import FORMAT_VERSION


@pytest.fixture
def other_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put tables of a version into the cache in which no number is a mobile one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tables = load_tables(metadata_version())
    number_type = tables.class_type.copy()
    number_type[number_type == 1] = 0
    (tmp_path / "phoneseg").mkdir()
    other = replace(tables, version="9.9.9", class_type=number_type)
    other.save(tmp_path / "phoneseg" / f"phonenumbers-9.9.9-format{FORMAT_VERSION}.npz")
    return "9.9.9"


def test_ranges_are_summed_shown_and_written(other_version: str, tmp_path: Path) -> None:
    out = tmp_path / "ranges.csv"
    command = ["metadata", "diff", metadata_version(), other_version, "--rows", "5", "--out", str(out)]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == f"Ranges that change from {metadata_version()} to 9.9.9"
    assert any("0 ranges" in line and "is_valid" in line for line in lines)
    assert any("MOBILE" in line and "FIXED_LINE" in line for line in lines)
    written = pl.read_csv(out, schema_overrides={"first": pl.String, "last": pl.String})
    assert written["field"].unique().to_list() == ["number_type"]
    assert f"All {len(written):,} ranges: {out}" in result.output


def test_the_same_version_twice_changes_nothing() -> None:
    result = CliRunner().invoke(app, ["metadata", "diff", metadata_version(), metadata_version()])
    assert result.output.count("0 ranges") == 5


def test_what_cannot_be_used_is_told_before_anything_is_compiled(tmp_path: Path) -> None:
    command = ["metadata", "diff", metadata_version(), "9.9.8"]
    with pytest.raises(StopError, match=r"--out nowhere/x.csv: its folder does not exist"):
        CliRunner().invoke(app, [*command, "--out", "nowhere/x.csv"], catch_exceptions=False)
    with pytest.raises(SettingsError, match=r"missing\.toml"):
        CliRunner().invoke(app, [*command, "--config", str(tmp_path / "missing.toml")], catch_exceptions=False)


def test_what_is_no_version_is_one_clear_line() -> None:
    with pytest.raises(StopError, match=r"^latest: neither a version of phonenumbers nor the path"):
        CliRunner().invoke(app, ["metadata", "diff", "latest", "latest"], catch_exceptions=False)

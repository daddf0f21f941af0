"""A run killed in the middle of any verb, then run again, gives the tables of an undisturbed run."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from runs import Tables, published_tables, query, run_command, staging_tables

from phoneseg.settings import load_settings

# Verb to kill, what the run says when the verb begins, and how long after that.
MOMENTS = {
    "extract": ("extract: crm read", 0.0),
    "normalize": ("extract: done", 0.2),
    "profile": ("normalize: done", 0.0),
    "segment": ("profile: done", 0.0),
    "load": ("segment: done", 0.1),
    "audit": ("load: done", 1.0),
    "swap": ("audit: done", 0.05),
}


def run_arguments(folder: Path) -> list[str]:
    """Return the arguments of a run on a demo folder."""
    return ["run", "--config", str(folder / "phoneseg.toml"), "--as-of", "2026-07-01"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of a run that nobody killed, on a folder with the same token key."""
    folder = tmp_path_factory.mktemp("undisturbed")
    _make_demo(folder)
    assert run_command(*run_arguments(folder)).returncode == 0
    return published_tables(load_settings(folder / "phoneseg.toml"))


@pytest.mark.slow
@pytest.mark.parametrize("verb", MOMENTS)
def test_a_killed_run_is_made_good_by_the_next(verb: str, undisturbed: Tables, tmp_path: Path) -> None:
    _make_demo(tmp_path)
    words, delay_s = MOMENTS[verb]
    command = [sys.executable, "-m", "phoneseg", *run_arguments(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if words in line:
                time.sleep(delay_s)
                process.kill()
                break
        process.wait()
    assert process.returncode == -9
    assert run_command(*run_arguments(tmp_path)).returncode == 0
    settings = load_settings(tmp_path / "phoneseg.toml")
    assert published_tables(settings) == undisturbed
    assert staging_tables(settings) == []
    assert list(settings.resolve(settings.stage.folder).iterdir()) == []
    states = query(settings, "SELECT state FROM phoneseg.pipeline_run ORDER BY started_at")["state"].to_list()
    assert states == ["abandoned", "published"]


def _make_demo(folder: Path) -> None:
    key = folder / "token.key"
    key.write_text("the same key for both folders")
    key.chmod(0o600)
    assert run_command("demo", folder, "--contacts", "20000").returncode == 0

"""`phoneseg risk train` learns from what people labelled, with the calls that they were flagged for."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from runs import AS_OF, execute, query
from typer.testing import CliRunner

from phoneseg.cli.commands import app
from phoneseg.errors import SettingsError, StopError
from phoneseg.privacy import load_token_key
from phoneseg.risk.sim_box_model import SimBoxModel
from phoneseg.settings import Settings
from tests.risk_rows import make_tables, write_review


@pytest.fixture
def labelled(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The demo, in which its SIM boxes were flagged on two days and are labelled; few labels are enough."""
    for name, fewest in (("FRAUD", 10), ("LEGITIMATE", 10), ("BOXES", 2)):
        monkeypatch.setenv(f"PHONESEG_RISK__SIM_BOX_MODEL__MIN_{name}", str(fewest))
    make_tables(demo_settings)
    numbers = pl.read_parquet(demo_settings.folder / "truth" / "risk_number.parquet")
    boxed = numbers.filter(pl.col("plant").str.starts_with("sim_box"))["phone_e164"].sort()
    for place, token in enumerate(load_token_key(demo_settings).tokens(boxed)):
        write_review(demo_settings, "sim_box", token, AS_OF - timedelta(days=place % 2), "fraud")
    return demo_settings


def train(settings: Settings, *arguments: str) -> str:
    """Return what `phoneseg risk train` prints; an error is raised."""
    command = ["risk", "train", "--config", str(settings.config_file), "--as-of", "2026-07-01", *arguments]
    return CliRunner().invoke(app, command, catch_exceptions=False).output


def test_a_model_is_learned_from_labels_and_leaves_out_what_is_flagged_and_not_reviewed(
    labelled: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "model.json"
    assert "Name it in risk.sim_box_model_file" in train(labelled, "--out", str(file))
    first = SimBoxModel.from_json(file.read_text())
    assert first.fraud_count == query(labelled, "SELECT count(*) FROM phoneseg.risk_review").item()
    assert first.legitimate_count >= 10
    one = "(SELECT min(subject) FROM phoneseg.risk_review)"
    execute(labelled, f"UPDATE phoneseg.risk_review SET label = NULL WHERE subject = {one}")
    train(labelled, "--out", str(file))
    second = SimBoxModel.from_json(file.read_text())
    assert (second.fraud_count, second.legitimate_count) == (first.fraud_count - 1, first.legitimate_count)
    states = query(labelled, "SELECT DISTINCT state, pipeline FROM phoneseg.pipeline_run").rows()
    assert states == [("dry_run", "monitor_activity")]
    assert not list((labelled.folder / labelled.stage.folder).iterdir())


def test_without_labels_or_a_file_nothing_is_learned(demo_settings: Settings, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "model.json"))
    with pytest.raises(SettingsError, match=r"neither risk\.sim_box_model_file nor --out names a file"):
        train(demo_settings)
    with pytest.raises(SettingsError, match="it has to be a midnight"):
        train(demo_settings, *out, "--as-of", "2026-07-01T06:00")
    with pytest.raises(StopError, match="there is no such folder"):
        train(demo_settings, "--out", str(tmp_path / "none" / "model.json"))
    with pytest.raises(StopError, match="nothing is flagged yet"):
        train(demo_settings, *out)
    make_tables(demo_settings)
    write_review(demo_settings, "sim_box", "a1" * 16, AS_OF - timedelta(days=28), "fraud")
    with pytest.raises(StopError, match="no number was flagged as a SIM box in 28 days before 2026-07-01"):
        train(demo_settings, *out)
    assert not list(tmp_path.glob("model*"))

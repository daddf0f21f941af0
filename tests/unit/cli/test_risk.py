"""`phoneseg risk evaluate` shows how good detectors are, and writes it down."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from phoneseg.cli.risk import app
from phoneseg.contracts.risk import EVALUATION
from phoneseg.errors import StopError
from phoneseg.risk.evaluation import families
from phoneseg.settings.risk import RiskSettings

ROW = {
    "detector": "one_ring",
    "scenario": "naive",
    "precision": 0.75,
    "recall": 1.0,
    "f1": 0.857,
    "false_alarms_per_day": 0.5,
    "detection_h": None,
    "true_count": 3,
}


def frame(**changes: object) -> pl.DataFrame:
    return pl.DataFrame([ROW | changes], EVALUATION.schema)


@pytest.fixture
def seeds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Evaluate each family at once; return the seeds that are asked for."""
    asked: list[int] = []

    def evaluated(name: str) -> Callable[[int, RiskSettings], pl.DataFrame]:
        def evaluate(seed: int, settings: RiskSettings) -> pl.DataFrame:
            assert isinstance(settings, RiskSettings)
            asked.append(seed)
            return frame(detector=name, recall=seed / 1000)

        return evaluate

    for name in families.FAMILIES:
        monkeypatch.setitem(families.FAMILIES, name, evaluated(name))
    return asked


def test_every_family_is_told_as_the_mean_of_the_seeds(seeds: list[int], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    ended = CliRunner().invoke(app, ["evaluate", "--seed", "100", "--seed", "300", "--out", str(folder)])
    assert ended.exit_code == 0, ended.output
    assert seeds == [100, 300] * 4
    assert {"0.200", "0.750", "0.50", "-"} <= set(ended.output.split())
    assert str(folder) in ended.output
    told = pl.read_csv(folder / "evaluation.csv")
    assert told["family"].to_list() == told["detector"].to_list() == list(families.FAMILIES)
    assert told["recall"].to_list() == [0.2] * 4
    pictures = [(folder / f"{name}.png").read_bytes() for name in families.FAMILIES]
    assert all(each.startswith(b"\x89PNG") for each in pictures)


def test_one_family_can_be_chosen_and_an_unknown_one_is_told(seeds: list[int]) -> None:
    ended = CliRunner().invoke(app, ["evaluate", "--family", "prefixes"])
    assert ended.exit_code == 0, ended.output
    assert len(seeds) == 1
    wrong = CliRunner().invoke(app, ["evaluate", "--family", "prefixs"])
    assert isinstance(wrong.exception, StopError)
    assert "--family prefixs: there is spikes, sim_boxes, clusters, prefixes" in str(wrong.exception)


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_measured(seeds: list[int], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = CliRunner().invoke(app, ["evaluate", "--out", str(tmp_path / "file" / "folder")])
    assert isinstance(ended.exception, StopError)
    assert not seeds

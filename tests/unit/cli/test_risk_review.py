"""`phoneseg risk review`, `label`, and `evaluate` of what was labelled."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from phoneseg.cli.commands import app
from phoneseg.contracts.risk import EVALUATION, RISK_REVIEW
from phoneseg.errors import StopError
from phoneseg.risk.evaluation import families
from phoneseg.settings import Settings
from phoneseg.settings.risk import RiskSettings
from phoneseg.warehouse import open_warehouse
from tests.risk_rows import make_tables, write_review, write_signal

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
ONE, TWO = "a1" + "0" * 30, "b2" + "0" * 30


@pytest.fixture
def flagged(make_settings: Callable[..., Settings]) -> Settings:
    """Settings of tables in which two numbers are flagged."""
    settings = make_settings(url="sqlite:///warehouse.file")
    make_tables(settings)
    for subject in (ONE, TWO):
        write_review(settings, "sim_box", subject, AS_OF)
        write_signal(settings, "sim_box", [subject], AS_OF, "high", reasons="night")
    return settings


def risk(settings: Settings, *arguments: str) -> str:
    """Return what `phoneseg risk` prints; an error is raised."""
    command = ["risk", *arguments, "--config", str(settings.config_file)]
    return CliRunner().invoke(app, command, catch_exceptions=False).output


def test_what_is_listed_can_be_labelled_and_is_measured(flagged: Settings, tmp_path: Path) -> None:
    with pytest.raises(StopError, match="nothing is reviewed: 2 flagged numbers and clusters have no label"):
        risk(flagged, "evaluate")
    told = risk(flagged, "review", "--open")
    assert {ONE, TWO, "night", "high", "2026-07-01"} <= set(told.split())
    assert "2 flagged, 2 without a label" in told
    assert f"sim_box {ONE}: fraud; it counts" in risk(flagged, "label", "sim_box", "a1", "fraud", "--note", "seen")
    assert "legitimate (was fraud)" in risk(flagged, "label", "sim_box", ONE, "legitimate")
    risk(flagged, "label", "sim_box", TWO, "fraud")
    told = risk(flagged, "review", "--limit", "1")
    assert "1 more: --limit 2" in told
    assert "2 flagged, 0 without a label" in told
    assert "0.500" in risk(flagged, "evaluate", "--out", str(tmp_path / "figures"))
    (row,) = pl.read_csv(tmp_path / "figures" / "evaluation.csv").rows(named=True)
    assert (row["detector"], row["precision"], row["recall"], row["false_alarms_per_day"]) == ("sim_box", 0.5, 1, 1)


@pytest.mark.parametrize("note", ["it is +49 30 901820", "tel. (030) 90-18-20", "4930901820", "0309018"])
def test_a_note_with_a_phone_number_is_refused_and_not_told(flagged: Settings, note: str) -> None:
    with pytest.raises(StopError, match="may be a phone number") as refused:
        risk(flagged, "label", "sim_box", ONE, "fraud", "--note", note)
    assert "90" not in str(refused.value)
    warehouse = open_warehouse(flagged)
    with warehouse.transaction() as connection:
        table = warehouse.naming.published(RISK_REVIEW)
        assert connection.execute(table.select().where(table.c.label.is_not(None))).all() == []


def test_a_note_may_hold_days_and_times_and_short_figures(flagged: Settings) -> None:
    told = risk(flagged, "label", "sim_box", ONE, "fraud", "--note", "2026-07-01 12:30:00, 120 calls, case 123456")
    assert ": fraud;" in told


def test_generated_data_are_measured_with_the_thresholds_of_the_file(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, asked = make_settings(more="[risk.spikes]\nhistory_weeks = 6"), list[int]()

    def evaluated(seed: int, settings: RiskSettings) -> pl.DataFrame:
        asked.append(settings.spikes.history_weeks)
        return pl.DataFrame([dict.fromkeys(EVALUATION.column_names)], EVALUATION.schema).with_columns(
            detector=pl.lit("spikes"), scenario=pl.lit("naive"), false_alarms_per_day=0.0, true_count=1
        )

    monkeypatch.setitem(families.FAMILIES, "spikes", evaluated)
    assert "naive" in risk(settings, "evaluate", "--generated", "--family", "spikes")
    assert asked == [6]
    with pytest.raises(StopError, match="add --generated"):
        risk(settings, "evaluate", "--family", "spikes")

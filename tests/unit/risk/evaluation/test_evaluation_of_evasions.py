"""What evading the search for spikes costs."""

import polars as pl
import pytest

from phoneseg.contracts.risk import EVALUATION
from phoneseg.risk.evaluation.spike_evasions import evaluate_evasions
from phoneseg.settings.risk_spikes import SpikeSettings


@pytest.mark.slow
def test_attacks_are_found_the_sooner_the_less_they_hide() -> None:
    rows = evaluate_evasions(SpikeSettings())
    assert rows.schema == EVALUATION.schema
    assert rows.select(EVALUATION.key).is_unique().all()
    assert rows.equals(evaluate_evasions(SpikeSettings()))
    of_ramps = rows.filter(pl.col("scenario").str.starts_with("ramp"))
    assert of_ramps["recall"].is_sorted()
    assert of_ramps["detection_h"].is_sorted(descending=True)
    told = {row["scenario"]: row for row in rows.iter_rows(named=True)}
    assert told["step to 3 times"]["recall"] == 1
    assert told["step to 3 times"]["detection_h"] == 24
    assert told["ramp of 2 % a day"]["recall"] < 0.2
    assert told["6 h of 8 times 5 an hour"]["detection_h"] == 1
    of_spreads = [row["recall"] for row in rows.iter_rows(named=True) if "spread over" in row["scenario"]]
    assert of_spreads[0] == 1
    assert of_spreads == sorted(of_spreads, reverse=True)

"""How good the detectors of pumped prefixes and one-ring calls are, level by level of evasion."""

from datetime import timedelta
from typing import Final

import polars as pl

from phoneseg.risk.evaluation import one_ring_scenarios, pumping_scenarios
from phoneseg.risk.evaluation.detection_scores import Row, build_evaluation, score_detection
from phoneseg.risk.evaluation.drawn_events import START
from phoneseg.risk.one_ring import find_one_ring_calls
from phoneseg.risk.pumping import find_low_conversion
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_prefixes import PrefixRiskSettings

_LOOKS_H: Final = (6, 9, 12, 15, 18, 24)


def evaluate_prefixes(seed: int, settings: PrefixRiskSettings) -> pl.DataFrame:
    """Evaluate low conversion and one-ring calls at all levels of evasion.

    Args:
        seed: The seed of the scenarios.
        settings: Those of the detectors.

    Returns:
        Rows of EVALUATION. Subjects are number blocks for low conversion, where a country or carrier that is flagged
        stands for all of its blocks, and numbers for one-ring calls, where a block stands for all of its numbers that
        call. `_high` counts signals of high risk only.
    """
    rows: list[Row] = []
    for evasion in pumping_scenarios.EVASIONS:
        rows += evaluate_low_conversion(seed, evasion, settings)
    for evasion in one_ring_scenarios.EVASIONS:
        rows += evaluate_one_ring(seed, evasion, settings)
    return build_evaluation(rows)


def evaluate_low_conversion(seed: int, evasion: str, settings: PrefixRiskSettings) -> list[Row]:
    """Return rows of EVALUATION of blocks, and of those of high risk."""
    days = pumping_scenarios.DAYS
    drawn = pumping_scenarios.draw_pumping_scenario(seed, evasion)
    signals = find_low_conversion(
        [drawn.events.lazy()], Window(START, START + timedelta(days=days)), settings.conversion
    )
    places = drawn.events.select("country", "carrier", "number_block").unique()
    return [
        score_detection(name, evasion, _expand_blocks(told, places), drawn.true_blocks, days)
        for name, told in (
            ("low_conversion", signals),
            ("low_conversion_high", signals.filter(pl.col("risk_level") == "high")),
        )
    ]


def _expand_blocks(signals: pl.DataFrame, places: pl.DataFrame) -> set[str]:
    """Return the flagged blocks, and all blocks of flagged countries and carriers."""
    flagged: set[str] = set()
    for (level,), told in signals.group_by("subject_kind"):
        flagged |= {*places.filter(pl.col(str(level)).is_in(told["subject"].implode()))["number_block"]}
    return flagged


def evaluate_one_ring(seed: int, evasion: str, settings: PrefixRiskSettings) -> list[Row]:
    """Return rows of EVALUATION of numbers, and of those of high risk, by a day of calls that is looked at as it goes.

    What was flagged at any time of the day counts.
    """
    drawn = one_ring_scenarios.draw_one_ring_scenario(seed, evasion)
    calls = drawn.events.filter(pl.col("is_outgoing"))
    numbers = calls.select("phone_token", "number_block").unique()
    true = set(drawn.true_numbers)
    first_h: dict[str, dict[str, float]] = {"one_ring": {}, "one_ring_high": {}}
    flagged: dict[str, set[str]] = {name: set() for name in first_h}
    for look_h in _LOOKS_H:
        end = START + timedelta(hours=look_h)
        known = drawn.events.lazy().filter(pl.col("occurred_at") < end)
        signals = find_one_ring_calls(known, Window(START, end), settings.one_ring, settings.premium)
        for name, first in first_h.items():
            told = signals if name == "one_ring" else signals.filter(pl.col("risk_level") == "high")
            found = _expand_numbers(told, numbers)
            flagged[name] |= found
            first |= {number: first.get(number, float(look_h)) for number in found & true}
    median = {name: pl.Series(list(first.values()), dtype=pl.Float64).median() for name, first in first_h.items()}
    return [
        score_detection(name, evasion, flagged[name], true, 1, float(hours) if isinstance(hours, float) else None)
        for name, hours in median.items()
    ]


def _expand_numbers(signals: pl.DataFrame, numbers: pl.DataFrame) -> set[str]:
    """Return the tokens of flagged numbers, and of all numbers of flagged blocks that call."""
    blocks = signals.filter(pl.col("subject_kind") == "number_block")["subject"]
    inside = numbers.filter(pl.col("number_block").is_in(blocks.implode()))["phone_token"]
    return {*signals.filter(pl.col("subject_kind") == "number")["subject"], *inside}

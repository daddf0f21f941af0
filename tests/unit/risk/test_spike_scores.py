"""Spikes of single prefixes: what is one, and what is none."""

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from phoneseg.risk.baselines import find_tails
from phoneseg.risk.calendar import read_causes
from phoneseg.risk.spike_scores import score_prefixes
from phoneseg.settings.risk_spikes import SpikeSettings
from tests.unit.risk.prefix_days import AS_OF, NO_CAUSES, Key, list_days

DAYS = 57
WATCHED = ("number_block", "4930999")
WEEK = [11, 11, 11, 11, 11, 6, 5]


def _draw(mean: float, seed: int, days: int = DAYS) -> list[int]:
    return np.random.default_rng(seed).poisson(mean, days).tolist()


def _others(count: int = 60, mean: float = 10) -> dict[Key, list[int]]:
    return {("number_block", f"4930{n:03d}"): _draw(mean, n) for n in range(count)}


def _score(
    watched: list[int], causes: pl.DataFrame = NO_CAUSES, others: dict[Key, list[int]] | None = None, **told: Any
) -> dict[str, Any]:
    """Return the row of the watched prefix, whose last count is that of the window."""
    rows = list_days({WATCHED: watched, **(_others() if others is None else others)})
    window = rows.filter(pl.col("as_of") == AS_OF)
    scored = score_prefixes(window, rows.lazy(), AS_OF, 24, causes, SpikeSettings(**told))
    assert len(scored) == len(rows.select("prefix_level", "prefix").unique())
    (row,) = scored.filter(pl.col("prefix") == WATCHED[1]).rows(named=True)
    return row


@pytest.mark.parametrize(("last", "is_spike"), [(60, True), (14, False), (10, False), (0, False)])
def test_only_far_more_events_than_the_history_makes_likely_are_a_spike(last: int, is_spike: bool) -> None:
    row = _score([*_draw(10, 99)[:-1], last])
    assert row["is_spike"] is is_spike
    assert (row["p_value"] < 1e-6) is is_spike
    assert row["expected"] == pytest.approx(10, rel=0.15)
    assert row["score"] == pytest.approx((last - row["expected"]) / np.sqrt(10), rel=0.3)


def test_a_monday_is_no_spike_because_sundays_are_quiet() -> None:
    """The window is Wednesday, 4 March 2026: lag 7 is a Wednesday, too."""
    season = [100 * WEEK[(2 - lag) % 7] // 10 for lag in reversed(range(DAYS))]
    row = _score(season)
    assert not row["is_spike"]
    assert row["expected"] == pytest.approx(110, rel=0.03)
    as_sunday = [50 if n % 7 == (DAYS - 1) % 7 else 110 for n in range(DAYS - 1)]
    assert _score([*as_sunday, 110])["is_spike"]


def test_a_sparse_prefix_is_not_expected_to_be_quite_empty() -> None:
    history = [0] * (DAYS - 1)
    history[5] = 1
    assert not _score([*history, 1])["is_spike"]
    assert not _score([*history, 4], min_observed=5)["is_spike"]
    row = _score([*history, 6])
    assert row["is_spike"]
    assert 0 < row["expected"] < 0.1


def test_windows_before_the_first_sight_are_no_zeros_and_those_after_it_are() -> None:
    late = [0] * 36 + [30] * 20
    row = _score([*late, 33])
    assert not row["is_spike"]
    assert row["expected"] == pytest.approx(30, rel=0.05)
    gaps = [30 if n % 2 else 0 for n in range(DAYS - 1)]
    assert _score([*gaps, 30])["expected"] < 20


def test_a_day_without_any_row_is_an_outage_and_no_zero() -> None:
    others = {key: [0 if 30 <= n < 40 else c for n, c in enumerate(told)] for key, told in _others().items()}
    watched = [0 if 30 <= n < 40 else 10 for n in range(DAYS)]
    assert _score(watched, others=others)["expected"] == pytest.approx(10, rel=0.05)


def test_a_missing_yesterday_leaves_the_days_of_the_week_in_their_place() -> None:
    quiet_wednesdays = [50 if lag % 7 == 0 else 110 for lag in reversed(range(DAYS))]
    quiet_wednesdays[-2] = 0
    others = {key: [*told[:-2], 0, told[-1]] for key, told in _others().items()}
    assert _score(quiet_wednesdays, others=others)["expected"] == pytest.approx(50, rel=0.1)


def test_the_season_of_a_sparse_prefix_is_that_of_its_calling_code() -> None:
    rng = np.random.default_rng(6)
    is_wednesday = np.arange(DAYS)[::-1] % 7 == 0
    quiet = {("number_block", f"966{n:05d}"): rng.poisson(np.where(is_wednesday, 2, 10)).tolist() for n in range(40)}
    watched = rng.poisson(1, DAYS).tolist()
    others = {**_others(), **quiet}
    assert _score(watched, others=others)["expected"] == pytest.approx(1, abs=0.3)
    mixed = _score(watched, others=others, min_group_size=100)["expected"]
    assert mixed < 0.8 * _score(watched, others=others)["expected"]


def test_the_p_value_allows_for_the_dispersion_being_an_estimate() -> None:
    rng = np.random.default_rng(9)
    others = {key: rng.poisson(500 * rng.gamma(50, 0.02, DAYS)).tolist() for key in _others()}
    row = _score([*rng.poisson(500 * rng.gamma(50, 0.02, DAYS - 1)).tolist(), 900], others=others)
    told = (np.array([float(row[name])]) for name in ("observed", "expected", "dispersion"))
    (as_if_known,) = find_tails(*told)
    assert 2 * as_if_known < row["p_value"] < 0.01


@pytest.mark.parametrize(("last", "is_spike"), [(12, False), (3000, True)])
def test_a_new_prefix_is_compared_with_first_days_of_others(last: int, is_spike: bool) -> None:
    new = {("number_block", f"4931{n:03d}"): [0] * (20 + n) + _draw(10, n, DAYS - 20 - n) for n in range(25)}
    row = _score([0] * (DAYS - 1) + [last], others={**_others(), **new})
    assert (row["is_new"], row["expected"], row["is_spike"]) == (True, None, is_spike)


def test_nobody_knows_what_a_new_prefix_does_where_no_others_were_new() -> None:
    row = _score([0] * (DAYS - 1) + [3000])
    assert (row["p_value"], row["is_spike"]) == (1, False)
    assert not _score([0] * (DAYS - 6) + [10] * 5 + [100])["is_spike"]


def test_a_known_cause_does_not_alert_and_does_not_spoil_the_baseline() -> None:
    told = {"cause": "own campaign", "prefix_level": WATCHED[0], "prefix": WATCHED[1]}
    today = read_causes(pl.DataFrame([{"starts_at": AS_OF - timedelta(hours=5), "ends_at": AS_OF, **told}]))
    spike = [*_draw(10, 99)[:-1], 500]
    assert _score(spike)["is_spike"]
    row = _score(spike, today)
    assert (row["is_spike"], row["has_known_cause"], row["q_value"]) == (False, True, None)

    month = [*_draw(10, 99)[:27], *[30] * 29, 30]
    last = {"starts_at": AS_OF - timedelta(days=30), "ends_at": AS_OF - timedelta(days=1), **told}
    assert not _score(month)["is_spike"]
    after = _score(month, read_causes(pl.DataFrame([last])))
    assert after["is_spike"]
    assert after["expected"] == pytest.approx(10, rel=0.15)


def test_an_hour_is_compared_with_the_same_hour_of_other_weeks() -> None:
    at_night = AS_OF + timedelta(hours=3)
    days = list_days({WATCHED: [240] * 56, **{key: told[1:] for key, told in _others(mean=240).items()}})
    weeks = [
        list_days({WATCHED: [1 + week % 2], **{key: [told[week] % 3] for key, told in _others().items()}}, end, 1)
        for week in range(1, 9)
        for end in [at_night - timedelta(weeks=week)]
    ]
    history = pl.concat([days, *weeks]).lazy()

    def score(count: int) -> dict[str, Any]:
        now = list_days({WATCHED: [count]}, at_night, 1)
        scored = score_prefixes(now, history, at_night, 1, NO_CAUSES, SpikeSettings())
        return scored.filter(pl.col("prefix") == WATCHED[1]).row(0, named=True)

    assert score(2)["expected"] == pytest.approx(1.3, abs=0.4)
    assert not score(3)["is_spike"]
    assert score(20)["is_spike"]


def test_order_of_rows_changes_nothing() -> None:
    rows = list_days({WATCHED: [*_draw(10, 99)[:-1], 60], **_others()})
    shuffled = rows.sample(fraction=1, shuffle=True, seed=3)
    first, second = (
        score_prefixes(each.filter(pl.col("as_of") == AS_OF), each.lazy(), AS_OF, 24, NO_CAUSES, SpikeSettings())
        for each in (rows, shuffled)
    )
    assert first.equals(second)


def test_of_nothing_nothing_is_told() -> None:
    empty = list_days({})
    scored = score_prefixes(empty, empty.lazy(), AS_OF, 24, NO_CAUSES, SpikeSettings())
    assert scored.is_empty()
    assert scored.schema["is_spike"] == pl.Boolean

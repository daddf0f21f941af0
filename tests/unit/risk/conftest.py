"""A small simulation, and what is seen of it."""

from datetime import timedelta

import polars as pl
import pytest

from phoneseg.risk.call_counts import count_calls
from phoneseg.risk.call_patterns import describe_calls
from phoneseg.risk.simulation.call_records import SimulatedCalls, simulate_calls
from phoneseg.risk.simulation.subscribers import CallPlan
from phoneseg.settings.risk_sim_box import SimBoxModelSettings, SimBoxSettings
from tests.unit.risk.call_events import MONDAY

SMALL = CallPlan(MONDAY, history_days=3, watched_days=4, honest_count=700, boxed_count=36, numbers_per_box=9)


@pytest.fixture(scope="session")
def calls() -> SimulatedCalls:
    return simulate_calls(SMALL, 5)


@pytest.fixture(scope="session")
def patterns(calls: SimulatedCalls) -> pl.DataFrame:
    ends_at = MONDAY + timedelta(days=7)
    return describe_calls(count_calls(calls.events.lazy()), MONDAY, ends_at, SimBoxSettings()).collect()


@pytest.fixture(scope="session")
def labels(calls: SimulatedCalls) -> pl.DataFrame:
    return calls.truth.select("phone_token", is_fraud="is_sim_box")


@pytest.fixture(scope="session")
def quick() -> SimBoxModelSettings:
    return SimBoxModelSettings(trees=15, folds=3)

"""False discovery control, against SciPy's."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from phoneseg.risk.discoveries import adjust_p_values

P_VALUES = st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.01, 0.05, 1.0]), min_size=1, max_size=60)


@settings(max_examples=100, deadline=None)
@given(P_VALUES, st.sampled_from(["bh", "by"]))
def test_adjusted_p_values_are_those_of_scipy(p_values: list[float], procedure: Literal["bh", "by"]) -> None:
    found = adjust_p_values(np.array(p_values), procedure)
    np.testing.assert_allclose(found, false_discovery_control(p_values, method=procedure), rtol=1e-12, atol=1e-300)


@settings(max_examples=50, deadline=None)
@given(P_VALUES, st.integers(0, 30), st.sampled_from(["bh", "by"]))
def test_tests_that_are_left_out_count_as_ones(
    p_values: list[float], more: int, procedure: Literal["bh", "by"]
) -> None:
    whole = adjust_p_values([*p_values, *[1.0] * more], procedure)
    found = adjust_p_values(p_values, procedure, test_count=len(p_values) + more)
    assert found == pytest.approx(whole[: len(p_values)])


@pytest.mark.parametrize("procedure", ["bh", "by"])
def test_of_no_test_nothing_is_a_discovery(procedure: Literal["bh", "by"]) -> None:
    assert len(adjust_p_values(np.zeros(0), procedure)) == 0

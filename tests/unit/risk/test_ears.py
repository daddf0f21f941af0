"""EARS against figures that R's `surveillance` made (ears/make_fixture.R)."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from phoneseg.risk.ears import DEFAULT_ALPHAS, METHODS, Method, raise_alarms

FOLDER = Path(__file__).parent / "ears"
SERIES = ("sparse", "weekly", "spiked", "constant", "step")


def _read_fixture() -> pl.DataFrame:
    """Return the rows of R; a bound or an alarm that is NA or NaN there is not a number, and no alarm."""
    rows = pl.read_csv(FOLDER / "ears.csv", comment_prefix="#", infer_schema=False)
    bound = pl.col("upperbound").replace("NA", "NaN").cast(pl.Float64)
    numbers = pl.col("min_sigma", "alpha").cast(pl.Float64)
    whole = pl.col("baseline", "day", "observed").cast(pl.Int64)
    return rows.with_columns(whole, numbers, upperbound=bound, is_alarm=pl.col("is_alarm") == "TRUE")


def _read_counts() -> np.ndarray:
    return pl.read_csv(FOLDER / "counts.csv", comment_prefix="#").select(SERIES).to_numpy()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("baseline", "min_sigma"), [(7, 0.0), (7, 0.5), (10, 0.0)])
def test_bounds_and_alarms_are_those_of_r(method: Method, baseline: int, min_sigma: float) -> None:
    rows = _read_fixture().filter(
        pl.col("method") == method, pl.col("baseline") == baseline, pl.col("min_sigma") == min_sigma
    )
    (alpha,) = rows["alpha"].unique()
    counts = _read_counts()
    found = raise_alarms(counts, method, baseline, alpha, min_sigma)
    assert found.first == rows["day"].min() - 1
    for position, series in enumerate(SERIES):
        told = rows.filter(pl.col("series") == series).sort("day")
        assert told["observed"].to_list() == counts[found.first :, position].tolist()
        np.testing.assert_allclose(found.upper_bound[found.first :, position], told["upperbound"], rtol=1e-12)
        assert found.is_alarm[found.first :, position].tolist() == told["is_alarm"].to_list()
    assert rows["is_alarm"].any()


@pytest.mark.parametrize("method", METHODS)
def test_without_an_alpha_it_is_that_of_r(method: Method) -> None:
    rows = _read_fixture().filter(pl.col("method") == method, pl.col("min_sigma") == 0)
    assert set(rows["alpha"]) == {DEFAULT_ALPHAS[method]}
    counts = np.random.default_rng(1).poisson(5, (20, 3))
    default, told = raise_alarms(counts, method), raise_alarms(counts, method, alpha=rows["alpha"][0])
    np.testing.assert_array_equal(default.upper_bound, told.upper_bound)


def test_too_few_windows_raise_no_alarm() -> None:
    found = raise_alarms(np.full((5, 2), 9), "C1")
    assert not found.is_alarm.any()
    assert np.isnan(found.upper_bound).all()
    assert found.first == 5


@pytest.mark.parametrize(("baseline", "min_sigma"), [(2, 0.0), (7, -1.0)])
def test_a_baseline_or_deviation_that_r_refuses_is_refused(baseline: int, min_sigma: float) -> None:
    with pytest.raises(ValueError, match="baseline has to be 3"):
        raise_alarms(np.zeros((20, 1)), "C1", baseline, min_sigma=min_sigma)

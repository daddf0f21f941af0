"""The Early Aberration Reporting System's C1, C2 and C3, as R's `surveillance::earsC` computes them."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Floats: TypeAlias = NDArray[np.float64]
Method: TypeAlias = Literal["C1", "C2", "C3"]

METHODS: Final[tuple[Method, ...]] = ("C1", "C2", "C3")
DEFAULT_ALPHAS: Final[dict[Method, float]] = {"C1": 0.001, "C2": 0.001, "C3": 0.025}
_GAP: Final = 2
"""Windows between the one that is looked at and the baseline of C2 and C3, so that a slow start does not raise it."""


@dataclass(frozen=True)
class Alarms:
    """What EARS says of series.

    Attributes:
        upper_bound: One row per window, one column per series; not a number where there is too little before it, or,
            in C3, where a baseline does not vary.
        is_alarm: Whether the count is above the bound.
        first: Position of the first window that has enough before it.
    """

    upper_bound: Floats
    is_alarm: NDArray[np.bool_]
    first: int


def raise_alarms(
    counts: NDArray[np.int64] | Floats,
    method: Method,
    baseline: int = 7,
    alpha: float | None = None,
    min_sigma: float = 0.0,
) -> Alarms:
    """Compare each count with the windows before it, as `surveillance::earsC` 1.20.3 does.

    C1's bound is mean + z(1 - alpha) * sd of the `baseline` windows before; C2 leaves two between. C3's alarm goes by
    how far the *two windows before* were over C2: `earsC` adds the count itself to its bound, so that the count drops
    out of its comparison. (Hutwagner et al. 2003 add today's excess, too.)

    Args:
        counts: One row per window, in order and without gaps, one column per series.
        method: C1, C2 or C3.
        baseline: Windows of the baseline, at least 3.
        alpha: Chance of an alarm of a normal series; None takes that of R, 0.001, and 0.025 in C3.
        min_sigma: Least standard deviation.

    Raises:
        ValueError: The baseline is shorter than 3, or `min_sigma` is negative.
    """
    if baseline < 3 or min_sigma < 0:
        raise ValueError("the baseline has to be 3 windows at least, and min_sigma not negative")
    seen = np.asarray(counts, dtype=np.float64)
    z = float(norm.isf(DEFAULT_ALPHAS[method] if alpha is None else alpha))
    gap = 0 if method == "C1" else _GAP
    mean, sd = _describe_baselines(seen, baseline, gap, min_sigma)
    with np.errstate(invalid="ignore", divide="ignore"):  # a baseline that does not vary gives 0/0, as in R
        bound = _bound_c3(seen, mean, sd, z) if method == "C3" else mean + z * sd
        is_alarm = seen > bound
    return Alarms(bound, is_alarm, min(baseline + gap + (_GAP if method == "C3" else 0), len(seen)))


def _describe_baselines(seen: Floats, baseline: int, gap: int, min_sigma: float) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the windows before each; not a number where there are too few."""
    mean, sd = np.full(seen.shape, np.nan), np.full(seen.shape, np.nan)
    first = baseline + gap
    if len(seen) > first:
        before = np.lib.stride_tricks.sliding_window_view(seen, baseline, axis=0)[: len(seen) - first]
        mean[first:] = before.mean(axis=-1)
        sd[first:] = np.maximum(before.std(axis=-1, ddof=1), min_sigma)
    return mean, sd


def _bound_c3(seen: Floats, mean: Floats, sd: Floats, z: float) -> Floats:
    over = np.maximum((seen - mean) / sd - 1, 0)
    bound = np.full(seen.shape, np.nan)
    bound[_GAP:] = np.maximum(seen[_GAP:] + sd[_GAP:] * (z - (over[:-2] + over[1:-1])), 0)
    return bound

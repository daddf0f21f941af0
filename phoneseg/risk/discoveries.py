"""Which of many p-values are discoveries, at a rate of false ones."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray


def adjust_p_values(
    p_values: ArrayLike, procedure: Literal["bh", "by"] = "bh", test_count: int | None = None
) -> NDArray[np.float64]:
    """Return the least rate of false discoveries at which each p-value is a discovery.

    `bh` is the step-up procedure of Benjamini and Hochberg (1995), which holds for independent tests and those that
    depend positively on each other, such as a block and its area. `by` is that of Benjamini and Yekutieli (2001), which
    holds for any, and costs the factor 1 + 1/2 + ... + 1/n. Both as `scipy.stats.false_discovery_control`.

    P-values of counts are discrete: that of a quiet prefix is 1, or a good deal below the chance that it stands for
    nothing, so that fewer discoveries are false than the rate says.

    Args:
        p_values: One per test, 0 to 1; all that were tested, quiet ones too, or `test_count` tells how many.
        procedure: `bh` or `by`.
        test_count: How many tests there were, if more than these; the others' chances are taken to be 1.
    """
    tested = np.asarray(p_values, np.float64)
    total = max(len(tested), test_count or 0)
    order = np.argsort(tested, kind="stable")
    factor = (1 / np.arange(1, total + 1)).sum() if procedure == "by" else 1.0
    raised = tested[order] * (total * factor / np.arange(1, len(tested) + 1))
    adjusted = np.empty(len(tested))
    adjusted[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    return adjusted

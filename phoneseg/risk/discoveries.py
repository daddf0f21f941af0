"""Which of many p-values are discoveries, at a rate of false ones."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray


def adjust_p_values(p_values: NDArray[np.float64], procedure: Literal["bh", "by"] = "bh") -> NDArray[np.float64]:
    """Return the least rate of false discoveries at which each p-value is a discovery.

    `bh` is the step-up procedure of Benjamini and Hochberg (1995), which holds for independent tests and those that
    depend positively on each other, such as a block and its area. `by` is that of Benjamini and Yekutieli (2001), which
    holds for any, and costs the factor 1 + 1/2 + ... + 1/n. Both as `scipy.stats.false_discovery_control`.

    P-values of counts are discrete: that of a quiet prefix is 1, or a good deal below the chance that it stands for
    nothing, so that fewer discoveries are false than the rate says.

    Args:
        p_values: One per test, 0 to 1; all that were tested, quiet ones too.
        procedure: `bh` or `by`.
    """
    count = len(p_values)
    if not count:
        return p_values
    order = np.argsort(p_values, kind="stable")
    ranks = np.arange(1, count + 1)
    factor = (1 / ranks).sum() if procedure == "by" else 1.0
    raised = p_values[order] * (count * factor / ranks)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    return adjusted

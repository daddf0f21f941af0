"""The tape: the digits of all numbers of a batch, one behind the other, so that a row is a place and a length on it."""

from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
"""Numbers by row, or row numbers: what NumPy's `take` reads without a copy."""
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

_MARGIN: Final = np.full(48, ord("0"), np.uint8)
"""Stands behind the last number, for those who read on without looking."""


class Tape:
    """Digits as ASCII, and the number that two of them make from each place on.

    Whoever reads on behind a number's end finds the digits of the next one: the tries give the same answer whatever
    they are.

    Attributes:
        digits: ASCII digits.
        pairs: 0 to 99, of a digit and the next.
    """

    def __init__(self, *pieces: Bytes) -> None:
        self.digits = np.concatenate((*pieces, _MARGIN))
        values = self.digits - np.uint8(ord("0"))
        self.pairs = values[:-1] * np.uint8(10)
        self.pairs += values[1:]

    @property
    def length(self) -> int:
        """How many digits there are before the margin."""
        return len(self.digits) - len(_MARGIN)

    def extended(self, digits: Bytes) -> Self:
        """Return a tape with more digits behind; places stay what they are."""
        return type(self)(self.digits[: self.length], digits)

    def windows(self, starts: Rows, width: int) -> Bytes:
        """Return `width` digits from each place on, a row each."""
        # Seen as one item of some bytes, a window is copied at once.
        every = np.ndarray(len(self.digits) - width + 1, f"V{width}", self.digits, strides=(1,))
        return every[starts].view(np.uint8).reshape(len(starts), width)

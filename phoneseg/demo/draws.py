"""Seeded random draws: one independent generator per step, so that a change of one step leaves the others' rows."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Booleans: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Moments: TypeAlias = NDArray[np.datetime64]


def open_generator(seed: int, step: str) -> np.random.Generator:
    """Open the generator of one step.

    Args:
        seed: The demo's seed, not negative.
        step: The step's name; it is hashed with CRC-32 because `hash` of a string differs from process to process.

    Returns:
        A generator whose stream depends on the seed and the name only.
    """
    return np.random.default_rng([seed, zlib.crc32(step.encode())])


def draw_chance(rng: np.random.Generator, size: int, share: float) -> Booleans:
    """Draw `size` booleans, each true with probability `share`."""
    return rng.random(size) < share


def draw_index(rng: np.random.Generator, size: int, weights: Sequence[float] | Floats) -> Integers:
    """Draw `size` positions of `weights`, each as often as its weight says.

    Args:
        rng: The step's generator.
        size: How many to draw.
        weights: Not negative, at least one above zero; they need not add up to one.

    Returns:
        Positions in `weights`.
    """
    limits = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn: Floats = rng.random(size) * limits[-1]
    return np.searchsorted(limits, drawn, side="right").astype(np.int64)


def draw_favourite(rng: np.random.Generator, sizes: Integers, bias: float = 1.6) -> Integers:
    """Draw a position below each of `sizes`; the first positions come more often, as names and spellings do."""
    return np.floor(rng.random(len(sizes)) ** bias * sizes).astype(np.int64)

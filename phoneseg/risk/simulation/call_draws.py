"""Seeded draws that call records are made of."""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Hashes: TypeAlias = NDArray[np.uint64]

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


def mix(*parts: Integers | Hashes | int) -> Hashes:
    """Hash positions, so that equal ones stay equal and nothing else of them shows (SplitMix64; Steele et al., 2014).

    Args:
        parts: Arrays of one length, or single figures.

    Returns:
        64 bits each, as UInt64.
    """
    mixed = np.zeros(1, dtype=np.uint64)
    for part in parts:
        mixed = (mixed ^ np.asarray(part).astype(np.uint64)) + _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
        mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed


def vary(rng: np.random.Generator, means: Floats, spread: float) -> Floats:
    """Draw around each of `means`, not below zero, by a log-normal factor of mean one."""
    return means * rng.lognormal(-(spread**2) / 2, spread, len(means))


def vary_share(rng: np.random.Generator, means: Floats, concentration: float = 12.0) -> Floats:
    """Draw shares around each of `means`, from 0 to 1, from a beta distribution; 0 and 1 stay."""
    inside = np.clip(means, 0.002, 0.998)
    drawn = rng.beta(inside * concentration, (1 - inside) * concentration)
    return np.where((means <= 0) | (means >= 1), means, drawn)

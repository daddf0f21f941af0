"""The seeded generators that simulations, scenarios and shuffles draw from."""

import zlib

import numpy as np


def open_stream(seed: int, step: str) -> np.random.Generator:
    """Open the generator of one step: its stream depends on the seed, not negative, and the step's name only."""
    return np.random.default_rng([seed, zlib.crc32(step.encode())])

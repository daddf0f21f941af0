"""Every measurement in a process of its own: caches start cold, threads are set, and peak memory is its own."""

import os
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter
from typing import Final, ParamSpec, TypeVar

PASSES: Final = 3
P = ParamSpec("P")
T = TypeVar("T")


def in_fresh_process(function: Callable[P, T], threads: int, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a new interpreter and return what it returns.

    The caller should stay small: Linux begins a child's peak memory at the size of the process that started it.

    Args:
        function: Of a module, as a new interpreter looks it up by name.
        threads: How many threads polars may use there.
        *args: Handed to the function.
        **kwargs: Handed to the function.
    """
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *args, **kwargs).result()


def best_of_passes(function: Callable[[], object]) -> float:
    """Return seconds of the fastest of three calls: whatever else the machine does only ever adds."""
    seconds = []
    for _ in range(PASSES):
        began = perf_counter()
        function()
        seconds.append(perf_counter() - began)
    return min(seconds)


def peak_mib() -> float:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

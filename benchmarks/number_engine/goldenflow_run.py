"""The fields that goldenflow has; a script of its own, as goldenflow may live in another Python than phoneseg.

    GOLDENFLOW_NATIVE=1 python goldenflow_run.py COLUMN ROWS TARGET

Prints seconds by job as JSON and writes its E.164 numbers. goldenflow reads every number in the United States.
"""

import json
import sys
import timeit
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

import goldenflow  # noqa: F401 -- registers the transforms
import polars as pl
from goldenflow.transforms import phone
from goldenflow_native import _native


def transform_e164(cells: pl.Series) -> pl.Series:
    """E.164 as goldenflow's users get it: an expression, then the kernel, then phonenumbers for what is left."""
    return phone.phone_e164(cells)


def transform_all(cells: pl.Series) -> list[pl.Series]:
    """All fields that it shares with `normalize`: E.164, NATIONAL, possible, calling code."""
    transforms = (phone.phone_e164, phone.phone_national, phone.phone_validate, phone.phone_country_code)
    return [transform(cells) for transform in transforms]


def kernel_e164(cells: pl.Series) -> pl.Series:
    """E.164 of the native kernel alone, which is not held to phonenumbers' answers outside North America."""
    return pl.Series(pl.from_arrow(_native.phone_e164_arrow(cells.to_arrow(), "US", False)))


JOBS: dict[str, Callable[[pl.Series], object]] = {
    "transform_e164": transform_e164,
    "transform_all": transform_all,
    "kernel_e164": kernel_e164,
}


def main(column: str, rows: int, target: str) -> None:
    """Measure each job on a column's first rows."""
    frame = pl.read_parquet(column)
    cells = frame["raw"].head(rows)
    seconds = {}
    for name, job in JOBS.items():
        job(frame["raw"].tail(rows // 5))
        seconds[name] = min(timeit.repeat(partial(job, cells), number=1, repeat=3))
    pl.DataFrame({name: JOBS[name](cells) for name in ("transform_e164", "kernel_e164")}).write_parquet(target)
    print(json.dumps({"version": version("goldenflow"), "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])

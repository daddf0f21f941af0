"""Columns of synthetic phone numbers as warehouses have them, made from a seed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from number_engine.leads import find_leads
from number_engine.shapes import IRREGULAR, PLAIN

KINDS: Final = ("ordinary", "crm", "dirty")
_IRREGULAR_SHARE: Final = {"ordinary": 0.15, "crm": 0.15, "dirty": 0.5}
_DUPLICATES_OF_CRM: Final = 0.3
_CHUNK: Final = 500_000
_SEED: Final = 20260701


def write_columns(folder: Path, sizes: list[int]) -> None:
    """Write `KIND-ROWS.parquet` with the string columns `raw` and `region` for each kind and size.

    The smallest ordinary column is also written as `assumed-us.parquet`, every row read in the United States, and its
    American rows as `us-rows.parquet`: some rivals know no other country.

    Args:
        folder: Where the files go.
        sizes: Numbers of rows.
    """
    leads = pl.DataFrame(find_leads(_SEED), orient="row")
    for kind in KINDS:
        for rows in sizes:
            make_column(kind, rows, leads).write_parquet(folder / f"{kind}-{rows}.parquet")
    smallest = pl.read_parquet(folder / f"ordinary-{min(sizes)}.parquet")
    us = pl.lit("US").alias("region")
    smallest.with_columns(us).write_parquet(folder / "assumed-us.parquet")
    is_american = pl.col("region").str.to_uppercase() == "US"
    smallest.filter(is_american).with_columns(us).write_parquet(folder / "us-rows.parquet")


def make_column(kind: str, rows: int, leads: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` rows of `raw` and `region`, the same ones for the same arguments.

    Args:
        kind: One of `KINDS`.
        rows: Number of rows.
        leads: What the numbers begin with, a row per `Lead`.
    """
    random = np.random.default_rng([_SEED, KINDS.index(kind)])
    own = rows if kind != "crm" else round(rows * (1 - _DUPLICATES_OF_CRM))
    column = pl.concat(_make_chunks(own, _IRREGULAR_SHARE[kind], leads, random), rechunk=True)
    if own < rows:
        picked = np.concatenate([np.arange(own), random.integers(0, own, rows - own)])
        column = column[random.permutation(picked)]
    return column


def _make_chunks(
    rows: int, irregular: float, leads: pl.DataFrame, random: np.random.Generator
) -> Iterator[pl.DataFrame]:
    shapes = [*PLAIN.values(), *IRREGULAR.values()]
    shares = np.concatenate([_shares(PLAIN, 1 - irregular), _shares(IRREGULAR, irregular)])
    for begin in range(0, rows, _CHUNK):
        numbers = _make_numbers(min(_CHUNK, rows - begin), leads, random)
        numbers = numbers.with_columns(shape=pl.Series(random.choice(len(shapes), numbers.height, p=shares)))
        written = [
            numbers.filter(pl.col("shape") == index).select("row", expression.cast(pl.String).alias("raw"), "region")
            for index, (_, expression) in enumerate(shapes)
        ]
        yield pl.concat(written).sort("row").drop("row")


def _shares(shapes: dict[str, tuple[float, pl.Expr]], total: float) -> np.ndarray:
    weights = np.array([weight for weight, _ in shapes.values()])
    return weights / weights.sum() * total


def _make_numbers(rows: int, leads: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Return numbers in parts: calling code, trunk prefix, the national number and three groups of it, and a region."""
    weights = leads["weight"].to_numpy()
    numbers = (
        leads[random.choice(leads.height, rows, p=weights / weights.sum())]
        .with_row_index("row")
        .with_columns(
            uniform=pl.Series(random.random(rows)),
            chance=pl.Series(random.random(rows)),
            other_region=leads["region"][random.integers(0, leads.height, rows)],
        )
    )
    missing = pl.col("length") - pl.col("digits").str.len_chars()
    tail = (pl.col("uniform") * pl.lit(10.0).pow(missing)).floor().cast(pl.Int64).cast(pl.String).str.zfill(missing)
    first = pl.col("digits").str.len_chars().clip(2, 3)
    second = (pl.col("length") - first) // 2
    return numbers.with_columns(
        code=pl.col("calling_code").cast(pl.String),
        significant=pl.col("digits") + tail,
        region=pl.when(pl.col("chance") < 0.88)
        .then("region")
        .when(pl.col("chance") < 0.93)
        .then(pl.col("region").str.to_lowercase())
        .when(pl.col("chance") < 0.97)
        .then(pl.lit(None, pl.String))
        .otherwise("other_region"),
    ).with_columns(
        a=pl.col("significant").str.slice(0, first),
        b=pl.col("significant").str.slice(first, second),
        c=pl.col("significant").str.slice(first + second),
    )

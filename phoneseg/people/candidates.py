"""Pairs of contacts that may be one person: those that share what few share."""

from typing import Final

import polars as pl
from polars._typing import EngineType

_LARGEST_BLOCK: Final = 40
_LARGEST_CITY_BLOCK: Final = 6
_FEW_PEOPLE: Final = 200_000  # of whom the streaming engine takes longer to start than to pair them
_LARGEST_NAME_BLOCK: Final = 12  # a name that more have says too little with no more than a place


def list_candidates(people: pl.DataFrame, phones: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of contacts that share a number or an address and a word of their names, or a name and more.

    A name alone is no evidence, however rare. Blocks of more contacts than a few are cut down to those of one name, and
    of those that are still too big each contact is paired with the first alone: the work stays linear in the contacts.

    Args:
        people: Rows of `describe_people`.
        phones: `row` and `number` (equal for the same phone number) of the contacts' numbers.

    Returns:
        `a` and `b`, each pair once, `a` being the smaller row.
    """
    named = people.lazy().filter(pl.col("name").is_not_null())
    words = named.select("row", "name", word=pl.col("words").str.split(" ")).explode("word")
    words = words.select("row", "name", word=pl.col("word").hash(seed=11))
    by_phone = words.join(phones.lazy().select("row", "number"), on="row")
    by_email = words.join(named.select("row", "email").drop_nulls(), on="row")
    in_blocks = (
        (by_phone, ["number", "word"], _LARGEST_BLOCK),
        (by_email, ["email", "word"], _LARGEST_BLOCK),
        (named, ["birth_date", "postal_code"], _LARGEST_BLOCK),
        (named, ["birth_date", "name"], _LARGEST_BLOCK),
        (named, ["postal_code", "name"], _LARGEST_NAME_BLOCK),
        (named, ["postal_code", "rough"], _LARGEST_NAME_BLOCK),
        (named, ["city", "name"], _LARGEST_CITY_BLOCK),
        (named, ["employer", "name"], _LARGEST_NAME_BLOCK),
    )
    engine: EngineType = "in-memory" if len(people) < _FEW_PEOPLE else "streaming"
    pairs = [pl.DataFrame(schema={"a": pl.UInt32, "b": pl.UInt32})]
    for rows, keys, largest in in_blocks:
        blocks = rows.select("row", "name", block=pl.struct(keys).hash(seed=3), **_known(keys))
        pairs.append(_pair(blocks, largest, engine))
        pairs = [pl.concat(pairs).unique()]
    return pairs[0].sort("a", "b")


def _known(keys: list[str]) -> dict[str, pl.Expr]:
    return {"is_known": pl.all_horizontal(pl.col(key).is_not_null() for key in keys)}


def _pair(rows: pl.LazyFrame, largest: int, engine: EngineType) -> pl.DataFrame:
    """Return the pairs within blocks of `row`, `name` and `block`."""
    held = rows.filter("is_known").select("row", "name", "block").unique()
    sized = held.with_columns(size=pl.len().over("block")).filter(pl.col("size") > 1).collect(engine=engine)
    small = sized.filter(pl.col("size") <= largest)
    big = sized.filter(pl.col("size") > largest).with_columns(block=pl.struct("block", "name").hash(seed=5))
    big = big.with_columns(size=pl.len().over("block"))
    several = pl.concat([small, big.filter(pl.col("size") <= largest)]).sort("block", "row")
    many = big.filter(pl.col("size") > largest).with_columns(a=pl.col("row").min().over("block"))
    first = many.select("a", b="row").filter(pl.col("a") < pl.col("b"))
    return pl.concat([_all_pairs(several), first.cast({"a": pl.UInt32, "b": pl.UInt32})]).unique()


def _all_pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """Return all pairs of rows of the same block; rows are in the order of blocks, and of `row` within."""
    placed = rows.select("row", rank=pl.int_range(pl.len()).over("block"), size=pl.len().over("block")).with_row_index()
    later = placed.select(
        a="row", place="index", step=pl.int_ranges(1, pl.col("size") - pl.col("rank"), dtype=pl.UInt32)
    ).explode("step", empty_as_null=False)
    row = placed["row"]
    return later.select("a", b=row.gather(later["place"] + later["step"]))

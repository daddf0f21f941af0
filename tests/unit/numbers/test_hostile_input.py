"""Hostile cells cost bounded time and memory, crash nothing, and are still read as libphonenumber reads them."""

import random
import sys
import tracemalloc
from time import perf_counter

import phonenumbers
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.numbers import FIELDS, ReadCounts, normalize
from phoneseg.numbers.fields import schema_of
from phoneseg.numbers.scalar import describe

ALL_FIELDS = tuple(FIELDS)
BOMBS = {
    "a megabyte of letters": "a" * 10**6,
    "a million digits": "7" * 10**6,
    "a megabyte of digits of four bytes": "\U0001d7d8" * 250_000,
    "pluses": "+" * 250,
    "dashes between digits": "1-" * 125,
    "commas before an extension": "123" + "," * 240 + "1",
    "labels of an extension": "123" + " ext" * 60,
    "stars": "1*" * 125,
    "a long domain": f"123;phone-context={'a' * 225}!",
    "many labels of a domain": f"123;phone-context={'a-' * 110}!",
    "a long global number": f"123;phone-context=+{'1' * 220}!",
    "parameters": ";isub=" * 40,
    "line breaks": "\n" * 100 + "030\n123" + "\n" * 100,
    "NUL": "030\x00123\x004",
    "marks of direction": "\u202e030\u202c 123456\u200f",
    "combining marks": "0" + "\u0301" * 200 + "30123",
}


def _ask(texts: list[str], region: str) -> pl.DataFrame:
    rows = [describe(text, region, ALL_FIELDS) for text in texts]
    return pl.DataFrame(rows, schema_of(ALL_FIELDS), orient="row")


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_hostile_cell_is_read_as_phonenumbers_reads_it(text: str) -> None:
    frame = pl.DataFrame({"raw": ["030 123456", text, "+49 30 123456"], "region": "DE"})
    result = normalize(frame, fields=ALL_FIELDS).select(ALL_FIELDS)
    assert_frame_equal(result, _ask(frame["raw"].to_list(), "DE"))


@pytest.mark.parametrize("plane", range(17))
def test_characters_of_every_plane_are_read_as_phonenumbers_reads_them(plane: int) -> None:
    chance = random.Random(plane)
    points = [chance.randrange(plane << 16, (plane + 1) << 16) for _ in range(150)]
    characters = [chr(point) for point in points if not 0xD800 <= point <= 0xDFFF]
    texts = [text for sign in characters for text in (f"030{sign}123456", f"{sign}030 123456", f"030 123456{sign}")]
    result = normalize(pl.DataFrame({"raw": texts, "region": "DE"}), fields=ALL_FIELDS).select(ALL_FIELDS)
    assert_frame_equal(result, _ask(texts, "DE"))


def test_control_characters_are_read_as_phonenumbers_reads_them() -> None:
    controls = [chr(point) for point in (*range(32), *range(127, 160))]
    texts = [text for sign in controls for text in (f"030{sign}123456", f"{sign}030123456", f"030123456{sign}", sign)]
    result = normalize(pl.DataFrame({"raw": texts, "region": "DE"}), fields=ALL_FIELDS).select(ALL_FIELDS)
    assert_frame_equal(result, _ask(texts, "DE"))


def test_huge_cells_take_no_memory_beyond_their_own() -> None:
    huge = pl.DataFrame({"raw": ["9" * 1_000_000, "a\u0663" * 400_000] * 50, "region": "US"})
    tracemalloc.start()
    try:
        result = normalize(huge, fields=["validation_result"])
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result["validation_result"].unique().to_list() == ["TOO_LONG"]
    assert peak_bytes < 100_000_000


def test_a_column_that_falls_back_in_every_row_costs_little_more_than_phonenumbers() -> None:
    texts = [f"{1_000_000 + row};phone-context=+49" for row in range(3_000)]
    frame = pl.DataFrame({"raw": texts, "region": "DE"})
    fields, counts = ["phone_e164", "is_valid", "number_type"], ReadCounts()
    phonenumbers.enable_pattern_cache()
    normalize(frame.head(100), fields=fields)
    alone, engine = sys.maxsize * 1.0, sys.maxsize * 1.0
    for _ in range(3):  # the fastest of each: other work on the machine only ever adds
        began = perf_counter()
        for text in texts:
            describe(text, "DE", fields)
        alone = min(alone, perf_counter() - began)
        began = perf_counter()
        normalize(frame, fields=fields, counts=counts)
        engine = min(engine, perf_counter() - began)
    assert counts.fallback_rows == counts.rows
    assert engine < 2 * alone

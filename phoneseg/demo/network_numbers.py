"""The numbers of a small network whose call records the demo has: of contacts, of strangers, and of those who cheat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from phoneseg.demo.draws import Integers, draw_index, open_generator
from phoneseg.demo.person_numbers import NumberBook
from phoneseg.demo.phone_numbers import draw_numbers, find_calling_code
from phoneseg.risk.simulation.habits import EVENING, HONEST, OFFICE, SIM_BOXES, Habit

RECORD_DAYS: Final = 63
AS_OF: Final = datetime(2026, 7, 1)
FIRST_RECORD: Final = AS_OF - timedelta(days=RECORD_DAYS)
"""Records go from here up to `AS_OF` (UTC)."""

REGION_WEIGHTS: Final = {"DE": 0.35, "GB": 0.2, "FR": 0.2, "US": 0.15, "NG": 0.1}
REGIONS: Final = tuple(REGION_WEIGHTS)
BLOCKS_PER_REGION: Final = 300
LINES: Final = 10_000
TOWN_AREA_CODE: Final = "44-20"
"""Calling code and area code of the town whose calls spike."""

_CONTACTS_PER_NUMBER: Final = 135
_LEAST_NUMBERS: Final = 40
_NUMBERS_PER_BLOCK: Final = 8
_KEPT_BLOCKS: Final = 40
"""Blocks of each region, the last ones, that no ordinary number is of."""

_BOXED: Final = 8
_BOXED_LIMITED: Final = 6
_CHEATS: Final = 3
"""Numbers of the first SIM box that contacts have given."""

_RING_NUMBERS: Final = 10
_BUSY_SHARE: Final = 0.05
_NEW_SHARE: Final = 0.1
_CELLS_PER_REGION: Final = 40
_DAY_S: Final = 86_400
_LAST_DAY: Final = RECORD_DAYS - 1

_ORDINARY: Final = Habit(
    share=0.95,
    calls_per_day=1.1,
    incoming_ratio=1.0,
    stranger_share=0.12,
    contact_count=18,
    callback_share=0.7,
    weekend_factor=0.75,
    messages_per_day=1.0,
    message_ratio=1.4,
    devices_per_number=1.04,
)
_NEW_LINE: Final = replace(
    _ORDINARY, calls_per_day=2.5, incoming_ratio=0.6, messages_per_day=0, message_ratio=0, devices_per_number=1
)
HABITS: Final = {
    "ordinary": _ORDINARY,
    "busy": replace(_ORDINARY, calls_per_day=5.0, stranger_share=0.3, contact_count=40),
    "ring": replace(_ORDINARY, calls_per_day=2.0),
    "town": replace(_ORDINARY, calls_per_day=1.5, messages_per_day=0, hours=OFFICE, cell_count=2),
    "listed_block": replace(_ORDINARY, stranger_share=0.6),
    "call_centre": replace(HONEST["call_centre"], calls_per_day=60),
    "hotline": replace(_ORDINARY, calls_per_day=0.3, incoming_ratio=50, messages_per_day=0, hours=OFFICE, cell_count=1),
    "school": replace(_NEW_LINE, hours=OFFICE, cell_count=1),
    "number_cluster": replace(_NEW_LINE, calls_per_day=9.0, incoming_ratio=0.05, stranger_share=0.9, hours=EVENING),
    "sim_box": replace(SIM_BOXES["naive"], calls_per_day=32, international_share=0.0),
    "sim_box_rate_limited": replace(SIM_BOXES["rate_limited"], calls_per_day=16, international_share=0.0),
}
"""How the numbers of each sort behave; what they do besides is planted."""

SORTS: Final = tuple(HABITS)


@dataclass(frozen=True)
class NumberSpace:
    """The blocks of mobile numbers that strangers, and those whom the network's numbers call, are of.

    A number of it is a code: its block times `LINES`, and its last four digits; blocks of a region follow each other,
    in the order of `REGIONS`.

    Attributes:
        blocks: E.164 numbers without their last four digits.
    """

    blocks: pl.Series

    @classmethod
    def draw(cls, seed: int) -> NumberSpace:
        """Draw the blocks, from the numbering plans of the regions."""
        rng = open_generator(seed, "network blocks")
        nothing = pl.Series(dtype=pl.String)
        parts = []
        for region in REGIONS:
            drawn = draw_numbers(rng, region, "mobile", 2 * BLOCKS_PER_REGION, nothing)  # some share a block
            blocks = (f"+{find_calling_code(region)}" + drawn.str.head(-4)).unique(maintain_order=True)
            parts.append(blocks.head(BLOCKS_PER_REGION))
        return cls(pl.concat(parts))

    def write(self, codes: Integers) -> pl.Series:
        """Write numbers in E.164."""
        return self.blocks.gather(codes // LINES) + pl.Series(codes % LINES).cast(pl.String).str.zfill(4)


def count_ordinary(contacts: int) -> int:
    """Count the ordinary numbers of the network of a demo: they grow with its contacts, from a few on."""
    return max(contacts // _CONTACTS_PER_NUMBER, _LEAST_NUMBERS)


def draw_subscribers(
    rows: pl.DataFrame, cells: pl.DataFrame, book: NumberBook, fates: pl.DataFrame, space: NumberSpace, seed: int
) -> pl.DataFrame:
    """Draw the numbers of the network; about half of the ordinary ones are the first phones of contacts.

    Args:
        rows: One row per contact: contact_id, created_at.
        cells: One row per phone cell: contact_id, number (row of the book; null without one), is_recoverable.
        book: The numbers.
        fates: What becomes of each.
        space: The blocks of all others.
        seed: The demo's seed.

    Returns:
        One row per number, each once: phone_number (E.164), sort (of `SORTS`), region (position in `REGIONS`),
        device_group (who has the same shares its devices), home (its main cell), first_s (seconds from `FIRST_RECORD`
        to its first record; 0 where it was there before).
    """
    rng = open_generator(seed, "network numbers")
    held = _list_held(rows, cells, book, fates)
    held = held[rng.permutation(len(held))]
    cheats = held.filter("is_alone", region_code="DE").head(_CHEATS)
    ring = held.filter("is_alone").join(cheats, on="e164", how="anti", maintain_order="left").head(_RING_NUMBERS)
    others = held.join(pl.concat([cheats, ring]), on="e164", how="anti", maintain_order="left")
    count = count_ordinary(len(rows))
    ordinary = [
        _draw_ordinary(rng, others, round(count * weight), region, space)
        for region, weight in enumerate(REGION_WEIGHTS.values())
    ]
    frames = [
        *ordinary,
        *(_number(ring.filter(region_code=name)["e164"], "ring", place) for place, name in enumerate(REGIONS)),
        *_draw_boxes(rng, cheats["e164"], space),
        *_draw_lines(rng, space),
    ]
    numbers = pl.concat(frames).unique("phone_number", keep="last", maintain_order=True)
    is_taken = numbers["phone_number"].is_in(book.numbers["e164"].implode()) & ~numbers["phone_number"].is_in(
        held["e164"].implode()
    )
    return _draw_homes(rng, numbers.filter(~is_taken))


def _list_held(rows: pl.DataFrame, cells: pl.DataFrame, book: NumberBook, fates: pl.DataFrame) -> pl.DataFrame:
    """List mobile numbers that are the first phone of a contact of old, each once, that nothing happens to.

    Returns:
        e164, region_code, is_alone: whether one contact only has it.
    """
    stays = fates["disconnected_at"].is_null() & fates["out_from"].is_null()
    numbers = book.numbers.select("e164", "region_code", "role", number=pl.int_range(pl.len())).filter(stays)
    mobile = numbers.filter(pl.col("role") == "mobile", pl.col("region_code").is_in(REGIONS))
    given = cells.filter(pl.col("number").is_not_null()).with_columns(pl.col("number").cast(pl.Int64))
    holders = given.group_by("number").agg(holder_count=pl.col("contact_id").n_unique())
    first = given.filter(pl.col("phone_column").is_in(["mobile", "phone", "callback_number"]), "is_recoverable")
    old = rows.filter(pl.col("created_at") < FIRST_RECORD).select("contact_id")
    held = (
        first.select("contact_id", "number")
        .join(old, on="contact_id", maintain_order="left")
        .join(mobile, on="number", maintain_order="left")
        .join(holders, on="number", how="left", maintain_order="left")
        .unique("number", keep="first", maintain_order=True)
        .with_columns(is_alone=pl.col("holder_count") == 1)
    )
    return held.sort("number").select("e164", "region_code", "is_alone")


def _draw_ordinary(
    rng: np.random.Generator, held: pl.DataFrame, count: int, region: int, space: NumberSpace
) -> pl.DataFrame:
    own = held.filter(pl.col("region_code") == REGIONS[region])["e164"].head(count // 2)
    missing = count - len(own)
    block_count = min(max(missing // _NUMBERS_PER_BLOCK, 1), BLOCKS_PER_REGION - _KEPT_BLOCKS)
    blocks = region * BLOCKS_PER_REGION + np.arange(block_count)
    codes = rng.choice(blocks, missing) * LINES + rng.integers(0, LINES, missing)
    numbers = _number(pl.concat([own, space.write(codes)]), "ordinary", region)
    is_busy = pl.Series(rng.random(len(numbers)) < _BUSY_SHARE)
    first_s = rng.integers(0, _LAST_DAY * _DAY_S, len(numbers)) * (rng.random(len(numbers)) < _NEW_SHARE)
    return numbers.with_columns(
        sort=pl.when(is_busy).then(pl.lit("busy")).otherwise("sort"), first_s=pl.Series(first_s)
    )


def _draw_boxes(rng: np.random.Generator, cheats: pl.Series, space: NumberSpace) -> list[pl.DataFrame]:
    """Draw two SIM boxes that begin a week before the end, some of whose numbers are of contacts."""
    blocks = BLOCKS_PER_REGION - _KEPT_BLOCKS + np.arange(_BOXED + _BOXED_LIMITED)  # no two numbers are of one
    written = space.write(blocks * LINES + rng.integers(0, LINES, len(blocks)))
    starts_s = (RECORD_DAYS - 7) * _DAY_S + rng.integers(0, 6 * 3_600, len(blocks))
    naive = pl.concat([cheats, written.head(_BOXED - len(cheats))])
    limited = written.tail(_BOXED_LIMITED)
    return [
        _number(naive, "sim_box", 0, groups=1, first_s=starts_s[:_BOXED]),
        _number(limited, "sim_box_rate_limited", 0, groups=1, first_s=starts_s[_BOXED:]),
    ]


def _draw_lines(rng: np.random.Generator, space: NumberSpace) -> list[pl.DataFrame]:
    """Draw the numbers of the sorts that have their blocks to themselves."""
    last_s = _LAST_DAY * _DAY_S
    own = np.array([region * BLOCKS_PER_REGION + BLOCKS_PER_REGION - 1 for region in range(len(REGIONS))]) * LINES
    cluster_s = last_s + 14 * 3_600 + np.sort(rng.integers(0, 5_400, 14))
    school_s = last_s + np.sort(rng.integers(7 * 3_600, 16 * 3_600, 12))
    exchanges = zip((3, 7, 8), rng.integers(100, 1_000, 3), strict=True)
    code = TOWN_AREA_CODE.replace("-", "")
    town = pl.Series([f"+{code}{lead}{exchange}" for lead, exchange in exchanges])
    lines = rng.choice(LINES, 24, replace=False)
    return [
        _number(space.write(own[2] + 4_120 + np.arange(14)), "number_cluster", 2, groups=2, first_s=cluster_s),
        _number(space.write(own[1] + 2_300 + np.arange(12)), "school", 1, first_s=school_s),
        _number(space.write(own[4] + rng.choice(LINES, 5, replace=False)), "listed_block", 4),
        _number(space.write(own[1] - LINES + rng.integers(0, LINES, 1)), "call_centre", 1),
        _number(pl.Series([f"+491805{rng.integers(100_000, 999_999)}"]), "hotline", 0),
        _number(town.gather(np.arange(24) // 8) + pl.Series(lines).cast(pl.String).str.zfill(4), "town", 1),
    ]


def _number(
    numbers: pl.Series, sort: str, region: int, groups: int | None = None, first_s: Integers | None = None
) -> pl.DataFrame:
    """Return numbers of one sort; each has a device of its own unless they share so many."""
    count = len(numbers)
    place = np.arange(count, dtype=np.int64)
    return pl.DataFrame(
        {
            "phone_number": numbers,
            "sort": pl.Series([sort] * count, dtype=pl.String),
            "region": pl.Series([region] * count, dtype=pl.Int64),
            "device_group": (SORTS.index(sort) * 10 + region) * 100_000 + (place if groups is None else place % groups),
            "first_s": np.zeros(count, dtype=np.int64) if first_s is None else first_s.astype(np.int64),
        }
    )


def _draw_homes(rng: np.random.Generator, numbers: pl.DataFrame) -> pl.DataFrame:
    """Give each number its main cell; those of a sort that stands in one place have the same."""
    homes = draw_index(rng, len(numbers), [1.0] * _CELLS_PER_REGION)
    together = numbers["sort"].is_in([*(s for s in SORTS if s.startswith("sim_box")), "school", "number_cluster"])
    place = pl.col("sort").replace_strict(SORTS, range(len(SORTS)), return_dtype=pl.Int64)
    return numbers.with_columns(
        home=pl.when(together).then(_CELLS_PER_REGION + place).otherwise(pl.Series(homes)),
    )

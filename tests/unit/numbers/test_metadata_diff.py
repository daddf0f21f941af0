"""Ranges that change are exactly the numbers of which two versions say different things."""

import random
from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.numbers import load_tables, metadata_version
from phoneseg.numbers.engine import Engine, Lookup
from phoneseg.numbers.metadata_diff import COMPARED_FIELDS, diff_numbers, diff_ranges
from phoneseg.numbers.tables import Tables

MOBILE, UNKNOWN = 1, 99
TABLES = load_tables(metadata_version())


def _tables_with_other_leaves() -> Tables:
    """Return tables in which German mobile numbers are invalid and Berlin is another place."""
    germany = TABLES.regions.index("DE")
    number_type, area = TABLES.class_type.copy(), TABLES.class_area.copy()
    number_type[(TABLES.class_region == germany) & (number_type == MOBILE)] = UNKNOWN
    berlin, munich = (TABLES.areas.names("en").to_list().index(name) for name in ("Berlin", "Munich"))
    area[area == berlin] = munich
    return replace(TABLES, version="9.9.9", class_type=number_type, class_area=area)


OTHER = _tables_with_other_leaves()


@pytest.fixture(scope="module")
def ranges() -> pl.DataFrame:
    return diff_ranges(Lookup(TABLES), Lookup(OTHER))


def test_the_same_version_twice_has_no_changes() -> None:
    assert diff_ranges(Lookup(TABLES), Lookup(TABLES)).is_empty()


def test_ranges_say_what_changes(ranges: pl.DataFrame) -> None:
    assert ranges["country_calling_code"].unique().to_list() == [49]
    berlin = ranges.filter(pl.col("field") == "location_name", pl.col("length") == 10, pl.col("before") == "Berlin")
    assert berlin.select("first", "last", "after").row(0) == ("3000000000", "3099999999", "Munich")
    mobile = ranges.filter(pl.col("field") == "number_type", pl.col("first").str.starts_with("15"))
    assert set(mobile.select("before", "after").rows()) == {("MOBILE", "UNKNOWN")}
    assert (ranges["before"] != ranges["after"]).all()


def test_a_number_is_in_a_range_exactly_where_the_versions_differ(ranges: pl.DataFrame) -> None:
    chance = random.Random(7)
    firsts = [f"{code}{digits}" for code in (49, 43) for digits in ("30", "151", "160", "177", "89", "2", "9")]
    phones = pl.Series(
        ["+" + first + "".join(chance.choices("0123456789", k=8)) for first in firsts for _ in range(100)]
    )
    before, after = (
        Engine(tables).describe(phones, pl.Series([None], dtype=pl.String), COMPARED_FIELDS)[0]
        for tables in (TABLES, OTHER)
    )
    for field in ("is_valid", "number_type", "location_name"):
        of_field = ranges.filter(pl.col("field") == field)
        differs = before[field].cast(pl.String).ne_missing(after[field].cast(pl.String))
        inside = pl.Series([_is_inside(of_field, phone[1:3], phone[3:]) for phone in phones])
        assert differs.to_list() == inside.to_list()
        assert 0 < differs.sum() < len(phones)


def _is_inside(ranges: pl.DataFrame, code: str, national: str) -> bool:
    of_length = ranges.filter(pl.col("country_calling_code") == int(code), pl.col("length") == len(national))
    return bool(((of_length["first"] <= national) & (national <= of_length["last"])).any())


def test_ranges_of_a_field_do_not_overlap_and_are_as_wide_as_they_can_be(ranges: pl.DataFrame) -> None:
    keys = ["field", "country_calling_code", "length"]
    numbers = ranges.with_columns(first=pl.col("first").cast(pl.Int64), last=pl.col("last").cast(pl.Int64))
    ordered = numbers.sort(*keys, "first").with_columns(
        gap=pl.col("first") - pl.col("last").shift().over(keys) - 1,
        is_same=(pl.struct("before", "after") == pl.struct("before", "after").shift()).over(keys),
    )
    assert (ordered["last"] - ordered["first"] + 1 == ordered["number_count"]).all()
    assert ordered["gap"].min() >= 0
    assert ordered.filter((pl.col("gap") == 0) & pl.col("is_same")).is_empty()


def test_numbers_at_hand_are_counted_by_change() -> None:
    phones = pl.Series(["+4915112345678", "+4917712345678", "+493012345678", "+16502530000"])
    counted = diff_numbers(phones, Engine(TABLES), Engine(OTHER)).sort("field", "before")
    expected = pl.DataFrame(
        [
            ("is_valid", "true", "false", 2),
            ("location_name", "Berlin", "Munich", 1),
            ("number_type", "MOBILE", "UNKNOWN", 2),
        ],
        {"field": pl.String, "before": pl.String, "after": pl.String, "number_count": pl.Int64},
        orient="row",
    )
    assert_frame_equal(counted.filter(pl.col("field").is_in(["is_valid", "number_type", "location_name"])), expected)


def test_tables_can_differ_in_the_calling_codes_that_they_know() -> None:
    known = TABLES.calling_codes != 49
    without_germany = replace(TABLES, calling_codes=TABLES.calling_codes[known], class_roots=TABLES.class_roots[known])
    gone = diff_ranges(Lookup(TABLES), Lookup(without_germany))
    assert gone["country_calling_code"].unique().to_list() == [49]
    assert gone.filter(pl.col("field") == "is_valid")["before"].unique().to_list() == ["true"]
    assert sorted(gone["after"].unique()) == ["", "UNKNOWN", "false"]

"""What changes between two metadata versions: by range of numbers, and for numbers at hand."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from phoneseg.numbers.engine import Engine, Lookup

# The region is compared where the number is valid: what is said of others says nothing about numbers in use.
COMPARED_FIELDS: Final = ("is_valid", "number_type", "region_code", "original_carrier_name", "location_name")
_NOTHING: Final = ""
_DIGITS: Final = range(10)

Change = tuple[str, str]
_Ranges = tuple[tuple[int, int, Change], ...]
"""First number, the one behind the last, and the change: numbers of the digits that are still to be read."""


def diff_ranges(before: Lookup, after: Lookup) -> pl.DataFrame:
    """Return every range of national numbers of which two metadata versions say different things.

    Args:
        before: One version.
        after: The other.

    Returns:
        A row per range, field and change: `country_calling_code`, `length` (digits of the national number), `first` and
        `last` (the national numbers that the range begins and ends with), `number_count`, `field` (one of
        `COMPARED_FIELDS`), `before` and `after`; what a version says nothing of is "".
    """
    rows = [row for field in COMPARED_FIELDS for row in _diff_field(before, after, field)]
    schema = {
        "country_calling_code": pl.Int16,
        "length": pl.Int8,
        "first": pl.String,
        "last": pl.String,
        "number_count": pl.Int64,
        "field": pl.String,
        "before": pl.String,
        "after": pl.String,
    }
    return pl.DataFrame(rows, schema, orient="row").sort("country_calling_code", "length", "first", "field")


def _diff_field(before: Lookup, after: Lookup, field: str) -> Iterator[tuple[object, ...]]:
    comparison = _Comparison(before, after, field)
    roots_before, roots_after = _roots(before), _roots(after)
    for code, length in sorted(roots_before.keys() | roots_after.keys()):
        branches = roots_before.get((code, length), -1), roots_after.get((code, length), -1)
        for first, behind, change in comparison.ranges(*branches, length):
            yield code, length, f"{first:0{length}}", f"{behind - 1:0{length}}", behind - first, field, *change


def _roots(lookup: Lookup) -> Mapping[tuple[int, int], int]:
    """Return the branch of each calling code and national length."""
    return {
        (int(code), length): int(branch)
        for code, branches in zip(lookup.tables.calling_codes, lookup.tables.class_roots, strict=True)
        for length, branch in enumerate(branches)
    }


class _Comparison:
    """Walks the class tries of two versions side by side; equal pairs of branches are compared once."""

    def __init__(self, before: Lookup, after: Lookup, field: str) -> None:
        self._nodes = before.tables.class_nodes.tolist(), after.tables.class_nodes.tolist()
        self._values = _values(before, field), _values(after, field)
        self._known: dict[tuple[int, int, int], _Ranges] = {}

    def ranges(self, before: int, after: int, remaining: int) -> _Ranges:
        """Return the ranges below two branches, with `remaining` digits to be read."""
        key = (before, after, remaining)
        if key not in self._known:
            self._known[key] = self._compare(before, after, remaining)
        return self._known[key]

    def _compare(self, before: int, after: int, remaining: int) -> _Ranges:
        if before < 0 and after < 0:
            change = self._values[0][-1 - before], self._values[1][-1 - after]
            return ((0, 10**remaining, change),) if change[0] != change[1] else ()
        found: list[tuple[int, int, Change]] = []
        size = 10 ** (remaining - 1)
        for digit in _DIGITS:
            next_before = before if before < 0 else self._nodes[0][before][digit]
            next_after = after if after < 0 else self._nodes[1][after][digit]
            for first, behind, change in self.ranges(next_before, next_after, remaining - 1):
                if found and found[-1][1] == digit * size + first and found[-1][2] == change:
                    found[-1] = (found[-1][0], digit * size + behind, change)
                else:
                    found.append((digit * size + first, digit * size + behind, change))
        return tuple(found)


def _values(lookup: Lookup, field: str) -> list[str]:
    """Return what each class leaf says in a field."""
    columns = {
        "is_valid": lambda: pl.Series(lookup.is_valid).cast(pl.String),
        "number_type": lambda: lookup.type_names.fill_null("UNKNOWN"),
        "region_code": lambda: pl.select(pl.when(pl.Series(lookup.is_valid)).then(lookup.region_codes)).to_series(),
        "original_carrier_name": lambda: lookup.carrier_names("en"),
        "location_name": lambda: lookup.location_names("en"),
    }
    return columns[field]().fill_null(_NOTHING).to_list()


def diff_numbers(phones: pl.Series, before: Engine, after: Engine) -> pl.DataFrame:
    """Return how many of some numbers two metadata versions say different things of.

    The rare numbers that the tables do not speak of are asked of the installed `phonenumbers` both times, and so do not
    differ.

    Args:
        phones: Numbers in E.164.
        before: The engine of one version.
        after: The engine of the other.

    Returns:
        A row per field and change: `field`, `before`, `after`, `number_count`.
    """
    no_region = pl.Series([None], dtype=pl.String)
    described = [engine.describe(phones, no_region, COMPARED_FIELDS)[0] for engine in (before, after)]
    counted = []
    for field in COMPARED_FIELDS:
        said = (frame.get_column(field).cast(pl.String).fill_null(_NOTHING) for frame in described)
        pairs = pl.DataFrame(dict(zip(("before", "after"), said, strict=True))).filter(
            pl.col("before") != pl.col("after")
        )
        sizes = pairs.group_by("before", "after").agg(number_count=pl.len().cast(pl.Int64))
        counted.append(sizes.select(pl.lit(field).alias("field"), "before", "after", "number_count"))
    return pl.concat(counted)

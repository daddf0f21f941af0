"""Random phone numbers: digits drawn at random that follow a region's numbering plan, taken from no list.

A candidate is kept when it matches the pattern of the wanted type in libphonenumber's metadata; whole batches are
matched by Polars, because asking `phonenumbers` for every number would take longer than the rest of the demo.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import numpy as np
import phonenumbers
import polars as pl
from phonenumbers.phonemetadata import NumberFormat, PhoneMetadata, PhoneNumberDesc

from phoneseg.demo.draws import Integers, draw_index

KINDS: Final = ("mobile", "fixed_line", "toll_free", "premium_rate", "shared_cost", "voip")
"""Types of number that the demo draws, named as in the metadata."""

_LENGTH_WEIGHTS: Final = (0.5, 0.25, 0.25)
"""Of the example number's length, one and two digits more, where the plan has them."""

_FEWEST_CANDIDATES: Final = 256
_MOST_CANDIDATES: Final = 200_000


def has_kind(region_code: str, kind: str) -> bool:
    """Tell whether a region's plan has numbers of a type."""
    return _describe(region_code, kind) is not None


def draw_numbers(rng: np.random.Generator, region_code: str, kind: str, count: int, taken: pl.Series) -> pl.Series:
    """Draw distinct valid numbers of one region and type.

    Args:
        rng: The step's generator.
        region_code: A region that has the type, see `has_kind`.
        kind: One of `KINDS`.
        count: How many.
        taken: National significant numbers of the region that must not come again.

    Returns:
        `count` national significant numbers.

    Raises:
        ValueError: The region has no such numbers, or not enough.
    """
    description = _describe(region_code, kind)
    if description is None:
        raise ValueError(f"{region_code} has no {kind} numbers")
    found = pl.Series(dtype=pl.String)
    fixed_digits, batch = 0, max(_FEWEST_CANDIDATES, count * 2)
    example = description.example_number or ""
    while len(found) < count:
        if fixed_digits > len(example) - 2:
            raise ValueError(f"{region_code} has fewer than {count} {kind} numbers")
        candidates = _draw_digits(rng, _choose_lengths(rng, description, batch), example[:fixed_digits])
        kept = candidates.filter(_is_of_kind(candidates, region_code, description))
        found = pl.concat([found, kept]).unique(maintain_order=True)
        found = found.filter(~found.is_in(taken.implode()))
        yield_share = len(kept) / batch
        if yield_share < 0.01:  # a narrow plan: start from the digits that its numbers begin with
            fixed_digits += 1
        missing = count - len(found)
        batch = int(np.clip(1.2 * missing / max(yield_share, 0.01), _FEWEST_CANDIDATES, _MOST_CANDIDATES))
    return found.head(count)


@cache
def find_idd_prefix(region_code: str) -> str:
    """Find the digits that a region dials before an international number, the shortest where it knows several."""
    prefixes = pl.Series(["00", *(f"00{digits}" for digits in range(1, 100)), "000", "011", "010", "810"])
    accepted = prefixes.filter(prefixes.str.contains(f"^(?:{_metadata(region_code).international_prefix})$"))
    return str(accepted[0]) if len(accepted) else "00"


@cache
def find_calling_code(region_code: str) -> int:
    """Find the calling code of a region, which other regions may share."""
    calling_code: int = phonenumbers.country_code_for_region(region_code)
    return calling_code


def find_main_region(region_code: str) -> str:
    """Find the region that stands first among those with the same calling code, often the region itself."""
    return phonenumbers.region_code_for_country_code(find_calling_code(region_code))


@cache
def _metadata(region_code: str) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region(region_code)
    if metadata is None:
        raise ValueError(f"libphonenumber does not know the region {region_code}")
    return metadata


def _describe(region_code: str, kind: str) -> PhoneNumberDesc | None:
    """Give the metadata's description of a type of number; None where the region has no such numbers."""
    description: PhoneNumberDesc | None = getattr(_metadata(region_code), kind)
    return description if description is not None and description.example_number else None


def _choose_lengths(rng: np.random.Generator, description: PhoneNumberDesc, size: int) -> Integers:
    shortest = len(description.example_number or "")
    possible = [
        (shortest + extra, weight)
        for extra, weight in enumerate(_LENGTH_WEIGHTS)
        if extra == 0 or shortest + extra in description.possible_length
    ]
    drawn = draw_index(rng, size, [weight for _, weight in possible])
    return np.array([length for length, _ in possible], dtype=np.int64)[drawn]


def _draw_digits(rng: np.random.Generator, lengths: Integers, start: str) -> pl.Series:
    """Draw strings of random digits of the given lengths that begin with `start`."""
    width = int(lengths.max())
    digits = rng.integers(ord("0"), ord("9") + 1, (len(lengths), width), dtype=np.uint8)
    digits[:, : len(start)] = np.frombuffer(start.encode(), dtype=np.uint8)
    digits[np.arange(width) >= lengths[:, None]] = 0  # numpy drops the zeros at the end
    return pl.Series(digits.view(f"S{width}").ravel().astype(str), dtype=pl.String)


def _is_of_kind(candidates: pl.Series, region_code: str, description: PhoneNumberDesc) -> pl.Series:
    """Tell which candidates are valid numbers of the described type in the region itself."""
    general = _metadata(region_code).general_desc
    is_match = candidates.str.contains(f"^(?:{description.national_number_pattern})$")
    if general is not None and general.national_number_pattern:
        is_match &= candidates.str.contains(f"^(?:{general.national_number_pattern})$")
    calling_code = find_calling_code(region_code)
    if find_main_region(region_code) == region_code:
        return is_match  # of the regions that share a calling code, the main one is asked first
    return is_match & pl.Series(
        [
            match and _has_region(calling_code, digits, region_code)
            for digits, match in zip(candidates, is_match, strict=True)
        ],
        dtype=pl.Boolean,
    )


def _has_region(calling_code: int, digits: str, region_code: str) -> bool:
    number = phonenumbers.PhoneNumber(country_code=calling_code, national_number=int(digits))
    return phonenumbers.region_code_for_number(number) == region_code


def write_forms(numbers: pl.DataFrame) -> pl.DataFrame:
    """Write each number in the three standard ways, as `phonenumbers.format_number` does.

    Args:
        numbers: One row per number: region_code, national_significant_number; other columns are kept.

    Returns:
        The same rows in the same order with calling_code (String), e164, international and national added.
    """
    codes = {region: str(find_calling_code(region)) for region in numbers["region_code"].unique()}
    coded = numbers.with_row_index("_row").with_columns(
        pl.col("region_code").replace_strict(codes, return_dtype=pl.String).alias("calling_code")
    )
    parts = [
        part.with_columns(
            _format_digits(int(code), is_national=False).alias("international"),
            _format_digits(int(code), is_national=True).alias("national"),
        )
        for (code,), part in coded.partition_by("calling_code", as_dict=True).items()
    ]
    plus_code = pl.concat_str(pl.lit("+"), "calling_code")
    return (
        pl.concat(parts)
        .sort("_row")
        .drop("_row")
        .with_columns(
            pl.concat_str(plus_code, "national_significant_number").alias("e164"),
            pl.concat_str(plus_code, pl.lit(" "), "international").alias("international"),
        )
    )


def _format_digits(calling_code: int, *, is_national: bool) -> pl.Expr:
    """Group national_significant_number by the first of the calling code's formats that fits."""
    metadata = _metadata(phonenumbers.region_code_for_country_code(calling_code))
    formats = metadata.number_format if is_national else metadata.intl_number_format or metadata.number_format
    digits = pl.col("national_significant_number")
    written = digits
    for entry in reversed(formats):  # the first format ends up outermost and wins
        leading = entry.leading_digits_pattern[-1] if entry.leading_digits_pattern else ""
        is_fitting = digits.str.contains(f"^(?:{leading})") & digits.str.contains(f"^(?:{entry.pattern})$")
        replacement = _write_replacement(entry, is_national=is_national)
        written = pl.when(is_fitting).then(digits.str.replace(f"^{entry.pattern}$", replacement)).otherwise(written)
    return written


def _write_replacement(entry: NumberFormat, *, is_national: bool) -> str:
    """Translate a format's groups to Polars, the trunk prefix before the first group where it is written nationally."""
    text = str(entry.format)
    rule = entry.national_prefix_formatting_rule
    if is_national and rule:
        first_group = re.search(r"\\\d", text)
        if first_group:
            with_prefix = rule.replace("\\1", first_group.group())
            text = text[: first_group.start()] + with_prefix + text[first_group.end() :]
    return re.sub(r"\\(\d)", r"${\1}", text)

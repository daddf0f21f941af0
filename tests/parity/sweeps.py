"""Rows that leave nothing out: every character, every prefix of a name, every pair of a region and a calling code."""

import unicodedata
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

from phonenumbers.carrierdata import CARRIER_DATA
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

from tests.parity import plans
from tests.parity.oracle import Row
from tests.parity.regex_draw import draw_digits, draw_match

_EVERYWHERE: Final = (
    "{}6502530000",
    "650253{}0000",
    "6502530000{}",
    "6502530000x1{}2",
    "6502530000 e{}t 12",
    "6502530000{}12",
    "650253AB{}1",
    "650253AB{}",
    "650253ABC{}1",
    "12{}",
    "{}12",
    "+{}16502530000",
    "650253000;phone-context=+1{}",
    "650253000;phone-context=a.{}",
    "tel:{}6502530000;phone-context=+1",
)
# Unassigned and private characters, ideographs and the like are tried in two places only.
_DULL: Final = frozenset({"Cn", "Co", "Lo", "So"})


def _character(rng: Random, index: int) -> list[Row]:
    if 0xD800 <= index <= 0xDFFF:
        return []
    char = chr(index)
    dull = unicodedata.category(char) in _DULL
    return [(text.format(char), "US") for text in (_EVERYWHERE[1:3] if dull else _EVERYWHERE)]


def _character_in_a_region(rng: Random, index: int) -> list[Row]:
    if 0xD800 <= index <= 0xDFFF or chr(index).upper() == chr(index):
        return []
    char = chr(index)
    return [("6502530000", char), ("6502530000", f"{char}s"), ("6502530000", f"u{char}"), ("6502530000", f"{char}T")]


@cache
def _prefixes() -> tuple[str, ...]:
    return (*GEOCODE_DATA, *CARRIER_DATA, *TIMEZONE_DATA)


def _prefix(rng: Random, index: int) -> list[Row]:
    prefix = _prefixes()[index]
    code = next(code for code in map(str, plans.CODES) if prefix.startswith(code))
    plan = next(plan for plan in plans.PLANS if plan.country_code == int(code))
    longest = max(plan.general_desc.possible_length)
    rows: list[Row] = []
    for start in (prefix, str(int(prefix) + rng.choice((-1, 1)))):
        for length in (longest, longest - 1):
            rows.append((f"+{start}{draw_digits(rng, length + len(code) - len(start))}", None))
    return rows


def _pair(rng: Random, index: int) -> list[Row]:
    region, code = divmod(index, len(plans.CODES))
    here = plans.REGION_PLANS[region]
    there = rng.choice([plan for plan in plans.PLANS if plan.country_code == plans.CODES[code]])
    national = plans.national(rng, there)
    idd = draw_match(rng, here.international_prefix)
    texts = (
        f"+{there.country_code}{national}",
        f"{there.country_code}{national}",
        f"{idd}{there.country_code}{national}",
        f"{here.national_prefix or '0'}{there.country_code}{national}",
        f"{here.country_code}{national}",
    )
    return [(text, here.id) for text in texts]


def _plan(rng: Random, index: int) -> list[Row]:
    plan = plans.PLANS[index % len(plans.PLANS)]
    region, code = plan.id if plan.id != "001" else "DE", plan.country_code
    rows: list[Row] = []
    for length in range(1, 21):
        for start in ("", "0", "1", draw_match(rng, plan.national_prefix_for_parsing or "0")):
            digits = (start + draw_digits(rng, length))[:length]
            rows += [
                (digits, region),
                (f"+{plan.country_code}{digits}", None),
                (f"{plan.country_code}{digits}", region),
            ]
    for draw in (plans.by_type, plans.by_format, plans.by_leading_digits, plans.by_example):
        for _ in range(20):
            national = draw(rng, plan)
            rows += [(f"+{code}{national}", rng.choice(plans.REGIONS)), (national, region)]
            rows += [(plans.swap_digits(rng, national), region), (f"{plan.national_prefix or ''}{national}", region)]
    return rows


def _code(rng: Random, index: int) -> list[Row]:
    region = rng.choice(plans.REGIONS)
    return [(f"{plus}{index}{draw_digits(rng, 9)}", hint) for plus in ("+", "00", "") for hint in (region, None, "US")]


# How many there are, and the rows of one.
SWEEPS: Final[dict[str, tuple[int, Callable[[Random, int], list[Row]]]]] = {
    "characters": (0x110000, _character),
    "characters in a region": (0x20000, _character_in_a_region),
    "prefixes": (len(_prefixes()), _prefix),
    "pairs": (len(plans.REGIONS) * len(plans.CODES), _pair),
    "plans": (6 * len(plans.PLANS), _plan),
    "codes": (10_000, _code),
}


def sweep(rng: Random, name: str, start: int, stop: int) -> list[Row]:
    """Return a part of a sweep's rows."""
    count, rows_of = SWEEPS[name]
    return [row for index in range(start, min(stop, count)) for row in rows_of(rng, index)]

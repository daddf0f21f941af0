"""The numbering plans of `phonenumbers`: national numbers drawn from them, and the prefixes of its names."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType
from phonenumbers.carrierdata import CARRIER_DATA
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

from tests.parity.regex_draw import DIGITS, draw_digits, draw_match

REGIONS: Final = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
NON_GEOGRAPHIC: Final = tuple(sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS))
CODES: Final = tuple(sorted(COUNTRY_CODE_TO_REGION_CODE))
TYPES: Final = tuple(PhoneNumberType.values())
_DESCRIPTIONS: Final = (
    *("general_desc", "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("voip", "personal_number", "pager", "uan", "voicemail"),
)


def _plan(region: str) -> PhoneMetadata:
    return PhoneMetadata.metadata_for_region(region)


REGION_PLANS: Final = tuple(map(_plan, REGIONS))
PLANS: Final = (*REGION_PLANS, *(PhoneMetadata.metadata_for_nongeo_region(code) for code in NON_GEOGRAPHIC))
# Plans that share a calling code, rewrite a national prefix or know carrier codes are drawn more often.
INTRICATE: Final = tuple(
    plan
    for plan in PLANS
    if len(COUNTRY_CODE_TO_REGION_CODE[plan.country_code]) > 1
    or plan.national_prefix_transform_rule
    or "(" in (plan.national_prefix_for_parsing or "")
    or plan.intl_number_format
    or plan.leading_digits
    or plan.country_code in (39, 52, 54, 55, 62, 86)
)


def pick_plan(rng: Random) -> PhoneMetadata:
    """Return the metadata of a region or of a non-geographic code."""
    return rng.choice(INTRICATE if rng.random() < 0.4 else PLANS)


def pick_region_plan(rng: Random) -> PhoneMetadata:
    """Return the metadata of a region, never that of a non-geographic code."""
    while (plan := pick_plan(rng)).id == "001":
        pass
    return plan


def regions_of(plan: PhoneMetadata) -> tuple[str, ...]:
    """Return all regions that share the plan's calling code."""
    return COUNTRY_CODE_TO_REGION_CODE[plan.country_code]


@cache
def _patterns(region: str, code: int) -> tuple[str, ...]:
    plan = _plan(region) if region != "001" else PhoneMetadata.metadata_for_nongeo_region(code)
    descriptions = (getattr(plan, name) for name in _DESCRIPTIONS)
    return tuple(each.national_number_pattern for each in descriptions if each and each.national_number_pattern)


def by_type(rng: Random, plan: PhoneMetadata) -> str:
    """Draw from the pattern of one of the plan's types of numbers."""
    return draw_match(rng, rng.choice(_patterns(plan.id, plan.country_code)))


def by_length(rng: Random, plan: PhoneMetadata) -> str:
    """Draw random digits of a possible length, a local one or one beside these."""
    lengths = plan.general_desc.possible_length + plan.general_desc.possible_length_local_only
    return draw_digits(rng, rng.choice(lengths) + rng.choice((0, 0, 0, -1, 1)))


def by_format(rng: Random, plan: PhoneMetadata) -> str:
    """Draw what one of the formats fits, valid or not: its leading digits, then digits up to its length."""
    main = plan if plan.id == "001" else _plan(regions_of(plan)[0])
    if not (formats := (*main.number_format, *main.intl_number_format)):
        return by_length(rng, plan)
    chosen = rng.choice(formats)
    digits = draw_match(rng, chosen.pattern)
    if chosen.leading_digits_pattern:
        leading = draw_match(rng, rng.choice(chosen.leading_digits_pattern[-2:]))
        digits = leading + digits[len(leading) :]
    return digits


def by_leading_digits(rng: Random, plan: PhoneMetadata) -> str:
    """Draw a number that starts as those of one of the regions that share the calling code."""
    if plan.id == "001" or not (leading := _plan(rng.choice(regions_of(plan))).leading_digits):
        return by_type(rng, plan)
    start = draw_match(rng, leading)
    return start + draw_digits(rng, rng.choice(plan.general_desc.possible_length) - len(start))


def by_example(rng: Random, plan: PhoneMetadata) -> str:
    """Return the example number of a type, or an invalid example."""
    if plan.id == "001":
        return phonenumbers.national_significant_number(
            phonenumbers.example_number_for_non_geo_entity(plan.country_code)
        )
    number = phonenumbers.example_number_for_type(plan.id, rng.choice(TYPES))
    if number is None:
        number = rng.choice((phonenumbers.example_number, phonenumbers.invalid_example_number))(plan.id)
    return phonenumbers.national_significant_number(number) if number else by_type(rng, plan)


_NATIONAL: Final[tuple[tuple[Callable[[Random, PhoneMetadata], str], int], ...]] = (
    (by_type, 50),
    (by_format, 15),
    (by_leading_digits, 10),
    (by_length, 15),
    (by_example, 10),
)


def national(rng: Random, plan: PhoneMetadata) -> str:
    """Draw a national significant number of the plan, valid more often than not."""
    ways, weights = zip(*_NATIONAL, strict=True)
    return rng.choices(ways, weights)[0](rng, plan)


def swap_digits(rng: Random, digits: str, most: int = 2) -> str:
    """Change, add or remove up to `most` digits."""
    for _ in range(rng.randint(1, most)):
        at = rng.randrange(len(digits) + 1)
        digits = digits[:at] + rng.choice((rng.choice(DIGITS), "")) + digits[at + rng.randint(0, 1) :]
    return digits


@cache
def _prefixes(names: str) -> tuple[str, ...]:
    return tuple({"geocode": GEOCODE_DATA, "carrier": CARRIER_DATA, "timezone": TIMEZONE_DATA}[names])


def by_prefix(rng: Random, names: str) -> tuple[str, str]:
    """Draw a number at or just beside a prefix of the `geocode`, `carrier` or `timezone` names.

    Returns:
        Calling code and national number.
    """
    prefix = rng.choice(_prefixes(names))
    beside = rng.random()
    if beside < 0.2:
        prefix = str(int(prefix) + rng.choice((-1, 1)))
    elif beside < 0.3:
        prefix = prefix[:-1] + rng.choice(DIGITS)
    code = next((prefix[:at] for at in (1, 2, 3) if int(prefix[:at] or 0) in COUNTRY_CODE_TO_REGION_CODE), "1")
    regions = COUNTRY_CODE_TO_REGION_CODE[int(code)]
    plan = PhoneMetadata.metadata_for_nongeo_region(int(code)) if regions == ("001",) else _plan(rng.choice(regions))
    described = rng.choice((plan.general_desc, plan.fixed_line or plan.general_desc, plan.mobile or plan.general_desc))
    length = rng.choice(described.possible_length if max(described.possible_length, default=-1) > 0 else (8, 9, 10))
    start = prefix[len(code) :]
    return code, start + draw_digits(rng, length - len(start))

"""Rows as people and programs write them, over all regions and the non-geographic codes."""

from collections.abc import Callable
from random import Random
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat

from tests.parity import plans
from tests.parity.oracle import Row
from tests.parity.regex_draw import draw_digits, draw_match

Draw = Callable[[Random], Row]

FORMATS: Final = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)
SEPARATORS: Final = (" ", "-", ".", "/", " - ", "  ", ") ", " (", "\u00a0", "\u2013", "\u2011")
_CARRIER_CODES: Final = ("11", "12", "14", "15", "19", "21", "31", "43", "99", "179", "414", "456", "1001", "1551")
_TAILS: Final = (" ext. ", " ext ", "x", " x", ";ext=", " extn ", " #", ",,", ",", " доб ", " anexo ", " int ", ";")
_ODD_HINTS: Final = (None, None, "", "ZZ", "001", "xx", "AQ", "USA")


def hint(rng: Random, plan: PhoneMetadata) -> str | None:
    """Draw a region hint for a number of the plan: mostly its own region or one that shares its code."""
    regions = plans.regions_of(plan)
    own = plan.id if plan.id != "001" else rng.choice(plans.REGIONS)
    where = rng.random()
    if where < 0.5:
        return own
    if where < 0.55:
        return own.lower()
    if where < 0.75 and regions != ("001",):
        return rng.choice(regions)
    if where < 0.9:
        return rng.choice(plans.REGIONS)
    return rng.choice(_ODD_HINTS)


def grouped(rng: Random, digits: str) -> str:
    """Put separators between some digits."""
    if rng.random() < 0.5:
        return digits
    separator = rng.choice(SEPARATORS)
    share = rng.choice((0.15, 0.3, 0.6))
    return "".join(digit + (separator if rng.random() < share else "") for digit in digits)


def prefixed(rng: Random, plan: PhoneMetadata, national: str) -> Row:
    """Write a national number with one of all prefixes that may stand before it."""
    code = str(plan.country_code)
    where = plan if plan.id != "001" else plans.pick_region_plan(rng)
    abroad = plans.pick_region_plan(rng)
    idd = draw_match(rng, abroad.international_prefix)
    trunk = where.national_prefix or "0"
    parsed = draw_match(rng, where.national_prefix_for_parsing or "0")
    return rng.choice(
        (
            (national, where.id),
            (national, hint(rng, plan)),
            (f"+{code}{national}", hint(rng, plan)),
            (f"+{code}{trunk}{national}", hint(rng, plan)),
            (f"+{code}{code}{national}", hint(rng, plan)),
            (f"{code}{national}", hint(rng, plan)),
            (f"{code}{trunk}{national}", where.id),
            (f"{trunk}{national}", hint(rng, plan)),
            (f"{trunk}{trunk}{national}", where.id),
            (f"{parsed}{national}", where.id),
            (f"{parsed}{national}", hint(rng, plan)),
            (f"+{code}{parsed}{national}", hint(rng, plan)),
            (f"{code}{parsed}{national}", where.id),
            (parsed, where.id),
            (f"{idd}{code}{national}", abroad.id),
            (f"{idd}{code}{parsed}{national}", abroad.id),
            (f"{idd}{national}", abroad.id),
            (f"+{idd}{code}{national}", abroad.id),
            (f"00{code}{national}", hint(rng, plan)),
            (f"011{code}{national}", hint(rng, plan)),
            (f"{trunk}{rng.choice(_CARRIER_CODES)}{national}", where.id),
            (f"+{code} ({trunk}) {national}", hint(rng, plan)),
        )
    )


def _number(rng: Random, plan: PhoneMetadata) -> PhoneNumber:
    national = plans.national(rng, plan)
    zeros = len(national) - len(national.lstrip("0"))
    return PhoneNumber(
        country_code=plan.country_code,
        national_number=int(national or 0),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
        extension=draw_digits(rng, rng.randint(1, 8)) if rng.random() < 0.15 else None,
    )


def formatted(rng: Random) -> Row:
    """A number as libphonenumber formats it."""
    plan = plans.pick_plan(rng)
    return phonenumbers.format_number(_number(rng, plan), rng.choice(FORMATS)), hint(rng, plan)


def dialled_abroad(rng: Random) -> Row:
    """A number as it is dialled from another region, read there or elsewhere."""
    abroad = plans.pick_region_plan(rng)
    plan = plans.pick_plan(rng)
    text = phonenumbers.format_out_of_country_calling_number(_number(rng, plan), abroad.id)
    return text, abroad.id if rng.random() < 0.8 else hint(rng, plan)


def with_carrier_code(rng: Random) -> Row:
    """A national number dialled through a carrier."""
    plan = plans.pick_region_plan(rng)
    code = rng.choice((*_CARRIER_CODES, draw_digits(rng, 2)))
    return phonenumbers.format_national_number_with_carrier_code(_number(rng, plan), code), hint(rng, plan)


def dialled_on_a_mobile(rng: Random) -> Row:
    """A number as a mobile phone dials it."""
    plan = plans.pick_region_plan(rng)
    caller = rng.choice((plan.id, rng.choice(plans.regions_of(plan)), rng.choice(plans.REGIONS)))
    return phonenumbers.format_number_for_mobile_dialing(_number(rng, plan), caller, rng.random() < 0.5), caller


def drawn(rng: Random) -> Row:
    """A number out of the metadata's patterns, behind some prefix."""
    plan = plans.pick_plan(rng)
    text, region = prefixed(rng, plan, plans.national(rng, plan))
    return grouped(rng, text), region


def drawn_and_changed(rng: Random) -> Row:
    """A number out of the metadata's patterns with one or two digits changed, added or missing."""
    plan = plans.pick_plan(rng)
    national = plans.national(rng, plan)
    if rng.random() < 0.5:
        return prefixed(rng, plan, plans.swap_digits(rng, national))
    text, region = prefixed(rng, plan, national)
    return plans.swap_digits(rng, text), region


def with_extension(rng: Random) -> Row:
    """A number and an extension as people write it."""
    text, region = rng.choice((formatted, drawn))(rng)
    return f"{text}{rng.choice(_TAILS)}{draw_digits(rng, rng.randint(1, 7))}", region


def random_digits(rng: Random) -> Row:
    """Random digits of any length, behind some prefix."""
    plan = plans.pick_plan(rng)
    text, region = prefixed(rng, plan, draw_digits(rng, rng.randint(1, rng.choice((4, 9, 12, 20, 40)))))
    return grouped(rng, text), region


def short(rng: Random) -> Row:
    """A service number, or the end of one."""
    plan = plans.pick_region_plan(rng)
    text = rng.choice(("", "+", "", str(plan.country_code), "0", "00")) + draw_digits(rng, rng.randint(0, 6))
    return text, hint(rng, plan)


def _at_a_prefix_of(names: str) -> Draw:
    def at_a_prefix(rng: Random) -> Row:
        code, national = plans.by_prefix(rng, names)
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
        if rng.random() < 0.8 or regions == ("001",):
            return f"+{code}{national}", rng.choice((None, rng.choice(plans.REGIONS)))
        return national, rng.choice(regions)

    return at_a_prefix


def absent(rng: Random) -> Row:
    """A null or a blank, or a number without a region."""
    return rng.choice((None, None, "", " ", drawn(rng)[0])), rng.choice((None, None, "", rng.choice(plans.REGIONS)))


KINDS: Final[dict[str, tuple[Draw, int]]] = {
    "formatted": (formatted, 12),
    "dialled abroad": (dialled_abroad, 8),
    "with a carrier code": (with_carrier_code, 4),
    "dialled on a mobile": (dialled_on_a_mobile, 3),
    "drawn from the patterns": (drawn, 24),
    "drawn and changed": (drawn_and_changed, 14),
    "with an extension": (with_extension, 4),
    "random digits": (random_digits, 10),
    "short": (short, 3),
    "at a geocoder prefix": (_at_a_prefix_of("geocode"), 10),
    "at a carrier prefix": (_at_a_prefix_of("carrier"), 6),
    "at a time zone prefix": (_at_a_prefix_of("timezone"), 4),
    "absent": (absent, 1),
}

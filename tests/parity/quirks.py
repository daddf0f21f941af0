"""Quirks of single countries, vanity letters, zeros, and region hints that are none."""

from random import Random
from typing import Final

from phonenumbers import PhoneMetadata

from tests.parity import characters as chars
from tests.parity import ordinary, plans
from tests.parity.ordinary import Row
from tests.parity.regex_draw import draw_digits, draw_match

_AR_AREAS: Final = ("11", "11", "221", "2202", "2965", "341", "351", "3833", "2901", "345", "911", "15", "9")
_MX_CITIES: Final = ("55", "33", "81", "222", "656", "1", "044", "045", "01", "02")
_BR_CARRIERS: Final = ("12", "14", "15", "21", "31", "41", "43", "55", "65", "99", "16", "90", "0", "9")
_CN_CARRIERS: Final = ("17911", "17900", "12593", "10193", "11808", "17951", "179", "1795", "12", "19300")
_ODD_REGIONS: Final = (
    *(
        "",
        " ",
        "ZZ",
        "zz",
        "001",
        "XX",
        "AQ",
        "XK",
        "USA",
        "us ",
        " US",
        "U S",
        "u",
        "DEU",
        "de-DE",
        "EN_us",
        "1",
        "49",
        "+49",
    ),
    *(
        "\u00df",
        "\u0131t",
        "\u017fe",
        "\ufb01",
        "\ufb06",
        "\u0130T",
        "\uff35\uff33",
        "U\u017f",
        "u\u200bs",
        "us\n",
        "US\x00",
    ),
    *(
        "\u01c4",
        "\u0149",
        "UK",
        "EU",
        "AN",
        "YU",
        "SU",
        "GB\u0301",
        "\U0001f1fa\U0001f1f8",
        "null",
        "None",
        "gbGB",
        "x" * 300,
    ),
)


def _argentina(rng: Random) -> str:
    area = rng.choice(_AR_AREAS)
    local = draw_digits(rng, rng.choice((6, 7, 8, 8, 10 - min(len(area), 10))))
    head = rng.choice(
        ("", "0", "9", "09", "00", "549", "54", "+54", "+549", "+54 9 ", "+540", "+5490", "+549 9", "0054 9")
    )
    return f"{head}{area}{rng.choice(('', '15', '15', '9', '1515', '1'))}{local}"


def _mexico(rng: Random) -> str:
    head = rng.choice(
        ("", "1", "+521", "+52", "+52 1 ", "52", "521", "01", "044", "045", "+5201", "+52044", "0052", "+5211")
    )
    return f"{head}{rng.choice(_MX_CITIES)}{draw_digits(rng, rng.randint(6, 9))}"


def _brazil(rng: Random) -> str:
    head = rng.choice(("", "0", "90", "00", "9090", "+55", "+550", "55", "+5590", "0055"))
    area = rng.choice(("", "11", "21", "61", "85"))
    return f"{head}{rng.choice(_BR_CARRIERS)}{area}{draw_digits(rng, rng.randint(7, 12))}"


def _china(rng: Random) -> str:
    head = rng.choice(("", "0", "+86", "86", "+860", "0086", "00"))
    number = rng.choice(("10", "21", "755", "0755", "138", "1", "400", "00", "010")) + draw_digits(
        rng, rng.randint(6, 9)
    )
    return f"{head}{rng.choice(_CN_CARRIERS)}{number}"


def _italy(rng: Random) -> str:
    head = rng.choice(("", "+39", "0039", "39", "+390", "+3900", "+378", "378", "+3780549", "0549", "+390549", "+379"))
    area = rng.choice(("", "0", "00", "000", "3", "06", "02", "8", "9", "0669"))
    return f"{head}{area}{draw_digits(rng, rng.randint(3, 10))}"


def _rewritten(rng: Random) -> Row:
    """Draw what a plan with a transform rule or a carrier code rewrites, and what it almost does."""
    plan = rng.choice([plan for plan in plans.INTRICATE if plan.national_prefix_for_parsing])
    start = draw_match(rng, plan.national_prefix_for_parsing)
    text = rng.choice((start, start + plans.national(rng, plan), plans.swap_digits(rng, start)))
    head = rng.choice(
        ("", "", f"+{plan.country_code}", str(plan.country_code), draw_match(rng, plan.international_prefix))
    )
    return head + text, rng.choice((plan.id, rng.choice(plans.regions_of(plan))))


def _idd_alone(rng: Random) -> Row:
    """Draw an international prefix with little or nothing behind it, or what may be one."""
    plan = plans.pick_region_plan(rng)
    text = draw_match(rng, plan.international_prefix) + draw_digits(rng, rng.choice((0, 0, 1, 2, 3, 4)))
    return rng.choice(("", "", "+", "+0", "*")) + text + rng.choice(("", "", " ", "#", "*")), plan.id


def _unknown_code(rng: Random) -> Row:
    """Draw a plus and a calling code that does not exist, or digits that another plan may read."""
    region = rng.choice(plans.REGIONS)
    plan = PhoneMetadata.metadata_for_region(region)
    unknown = rng.choice(
        ("0", "00", "0" + str(plan.country_code), "999", "210", "969", "00" + str(plan.country_code), "83", "37")
    )
    return "+" + unknown + rng.choice((plans.national(rng, plan), draw_digits(rng, rng.randint(0, 12)))), region


def country_quirk(rng: Random) -> Row:
    """A number that some country reads in its own way."""
    written = rng.choice(
        (_argentina, _mexico, _brazil, _china, _italy, _rewritten, _rewritten, _idd_alone, _unknown_code)
    )(rng)
    if isinstance(written, tuple):
        return written
    return written, rng.choice(("AR", "MX", "BR", "CN", "IT", "SM", "VA", "ar", None, "US"))


def zeros(rng: Random) -> Row:
    """Numbers of zeros, or with many of them first."""
    plan = plans.pick_plan(rng)
    many = "0" * rng.randint(1, 20)
    tail = rng.choice(("", "", plans.national(rng, plan), draw_digits(rng, rng.randint(1, 4))))
    return rng.choice(("", f"+{plan.country_code}", str(plan.country_code), "+")) + many + tail, ordinary.hint(
        rng, plan
    )


def vanity(rng: Random) -> Row:
    """A number with one to five letters or more, ASCII and otherwise."""
    plan = plans.pick_plan(rng)
    text, region = ordinary.prefixed(rng, plan, plans.national(rng, plan))
    digits = text or ""
    letters = "".join(rng.choices("abcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZx", k=rng.randint(1, 8)))
    if rng.random() < 0.25:
        letters = "".join(rng.choice(chars.FOLDING) if rng.random() < 0.5 else letter for letter in letters)
    cut = rng.randint(0, len(digits))
    if rng.random() < 0.6:
        return digits[:cut] + letters + digits[cut + len(letters) :], region
    return digits[:cut] + rng.choice((" ", "-", "")) + letters + rng.choice((" ", "-", "", "x")) + digits[cut:], region


def odd_region(rng: Random) -> Row:
    """An ordinary number in a row whose region hint is none, or is one only in upper case."""
    return ordinary.KINDS[rng.choice(("formatted", "drawn from the patterns", "short"))][0](rng)[0], rng.choice(
        _ODD_REGIONS
    )

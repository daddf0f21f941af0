"""What a national number is: its region, its type, its names, and how it is written.

Each function follows one of `phonenumbers`, named in its docstring, with digits that may not be known yet.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

from phonenumbers import PhoneNumberType, phonenumberutil

from phoneseg.numbers.compiler import names
from phoneseg.numbers.compiler.parse_decisions import read_in_region
from phoneseg.numbers.compiler.plans import Description, NumberingPlan, main_plan, plan_of, plans_of
from phoneseg.numbers.compiler.symbolic_digits import SymbolicDigits, Undecided
from phoneseg.numbers.compiler.templates import Template, international_template, national_template
from phoneseg.numbers.tables import ParseKind

Answer = TypeVar("Answer")

UNKNOWN: Final = int(PhoneNumberType.UNKNOWN)
_CARRIER_TYPES: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PAGER)


class ClassDecision(NamedTuple):
    """What a national number is.

    Attributes:
        region: Region, or None where no region of the calling code has such a number.
        number_type: `PhoneNumberType`; the number is valid where it is not UNKNOWN.
        carrier: Row of `names.carriers`.
        area: Row of `names.areas`.
        country: Region whose name stands in for an area without one, or None where it is not certain.
        zones: Row of `names.zones`.
        is_geographic: Whether numbers of such a type belong to a place (`is_number_geographical`).
        destination_code_length: How many of its digits are the national destination code.
        national: How it is written in NATIONAL.
        international: How it is written in INTERNATIONAL, behind the calling code.
    """

    region: str | None
    number_type: int
    carrier: int
    area: int
    country: str | None
    zones: int
    is_geographic: bool
    destination_code_length: int
    national: Template
    international: Template


class Known:
    """Answers that were found with fewer digits: they hold for every number that begins so."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self._answers = answers or {}

    def once(self, question: str, ask: Callable[[], Answer]) -> Answer:
        """Return the answer to a question, asking only the first time."""
        if question not in self._answers:
            self._answers[question] = ask()
        answer: Answer = self._answers[question]
        return answer

    def copy(self) -> "Known":
        """Return answers that can grow on their own."""
        return Known(dict(self._answers))


def classify(calling_code: int, digits: SymbolicDigits, known: Known) -> ClassDecision:
    """Return what a national number of a calling code is.

    Raises:
        Undecided: It depends on digits that are not known.
    """
    region = known.once("region", lambda: _region(calling_code, digits))
    number_type = known.once("type", lambda: _type_in(calling_code, region, digits))
    plan = main_plan(calling_code)
    international = known.once("international", lambda: international_template(digits, plan))
    national = known.once("national", lambda: national_template(digits, plan))
    is_geographic = phonenumberutil.is_number_type_geographical(number_type, calling_code)
    carrier = area = zones = 0
    country = None
    if number_type != UNKNOWN:
        start = str(calling_code) + digits.start
        unknown_count = digits.unknown_count
        if number_type in _CARRIER_TYPES:
            carrier = known.once("carrier", lambda: names.carriers().tree.find(start, unknown_count))
        country = known.once("country", lambda: _country(calling_code, digits))
        if is_geographic:
            zones = known.once("zones", lambda: names.zones().tree.find(start, unknown_count))
            area = known.once("area", lambda: _area(calling_code, digits))
        else:
            zones = _country_zones(calling_code)
    return ClassDecision(
        region,
        number_type,
        carrier,
        area,
        country,
        zones,
        is_geographic,
        _destination_code_length(calling_code, number_type, international),
        national,
        international,
    )


def _region(calling_code: int, digits: SymbolicDigits) -> str | None:
    """Return the region (`region_code_for_number`): leading digits decide where there are some, else validity."""
    plans = plans_of(calling_code)
    if len(plans) == 1:
        return plans[0].region
    for plan in plans:
        if plan.leading_digits:
            if digits.matches(plan.leading_digits, is_prefix=True):
                return plan.region
        elif _type(plan, digits) != UNKNOWN:
            return plan.region
    return None


def _type_in(calling_code: int, region: str | None, digits: SymbolicDigits) -> int:
    """Return the type (`number_type`)."""
    return UNKNOWN if region is None else _type(plan_of(calling_code, region), digits)


def _type(plan: NumberingPlan, digits: SymbolicDigits) -> int:
    """Return the type by the plan of one region (`_number_type_helper`)."""
    if not _is_described(plan.general, digits):
        return UNKNOWN
    for number_type, description in plan.special:
        if _is_described(description, digits):
            return number_type
    is_alike = plan.is_fixed_line_mobile
    if _is_described(plan.fixed_line, digits):
        is_either = is_alike or _is_described(plan.mobile, digits)
        return int(PhoneNumberType.FIXED_LINE_OR_MOBILE if is_either else PhoneNumberType.FIXED_LINE)
    if not is_alike and _is_described(plan.mobile, digits):
        return int(PhoneNumberType.MOBILE)
    return UNKNOWN


def _is_described(description: Description, digits: SymbolicDigits) -> bool:
    """Return whether length and digits are as described (`_is_number_matching_desc`)."""
    if not description.pattern or (description.lengths and digits.length not in description.lengths):
        return False
    return digits.matches(description.pattern)


def _country(calling_code: int, digits: SymbolicDigits) -> str | None:
    """Return the only region where the number is valid (`country_name_for_number`)."""
    plans = plans_of(calling_code)
    if len(plans) == 1:
        return plans[0].region
    valid = None
    for plan in plans:
        if _type(plan, digits) != UNKNOWN:
            if valid is not None:
                return None
            valid = plan.region
    return valid


def _area(calling_code: int, digits: SymbolicDigits) -> int:
    """Return the row of the area's names (`description_for_valid_number`).

    A mobile token is dropped, and what is left is read as if it had been dialled.
    """
    token = phonenumberutil.country_mobile_token(calling_code)
    if token and digits.first(len(token)) == token:
        rest = digits.without_first(len(token))
        decision = read_in_region(rest, main_plan(calling_code).region)
        if decision.kind != ParseKind.NUMBER:
            raise Undecided
        digits = rest.with_first(decision.skipped_count, decision.prepended)
        calling_code = decision.calling_code
    return names.areas().tree.find(str(calling_code) + digits.start, digits.unknown_count)


@cache
def _destination_code_length(calling_code: int, number_type: int, international: Template) -> int:
    """Return the length of the first group, or of the two first (`length_of_national_destination_code`)."""
    spelled = "".join(piece if isinstance(piece, str) else "0" for piece in international)
    groups = [group for group in re.split(r"[^0-9]+", spelled) if group]
    if len(groups) < 2:
        return 0
    if number_type == PhoneNumberType.MOBILE and phonenumberutil.country_mobile_token(calling_code):
        return len(groups[0]) + len(groups[1])
    return len(groups[0])


@cache
def _country_zones(calling_code: int) -> int:
    """Return the time zones of all numbers of a calling code (`_country_level_time_zones_for_number`)."""
    return names.zones().tree.find(str(calling_code), 0)

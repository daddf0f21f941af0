"""What calling code a number has, and which of its digits are national: `phonenumbers.parse` behind its text handling.

Each function follows one of `phonenumbers`, named in its docstring, with digits that may not be known yet.
"""

import re
from typing import Final, NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, NumberParseException, ValidationResult

from phoneseg.numbers.compiler.plans import NumberingPlan, main_plan, plan_dialled_in
from phoneseg.numbers.compiler.symbolic_digits import SymbolicDigits, Undecided
from phoneseg.numbers.tables import ParseKind

MIN_NATIONAL_LENGTH: Final = 2
MAX_NATIONAL_LENGTH: Final = 17
_MAX_CALLING_CODE_LENGTH: Final = 3
_STRIPPED: Final = (ValidationResult.IS_POSSIBLE, ValidationResult.TOO_LONG)


class ParseDecision(NamedTuple):
    """How a number is read.

    Attributes:
        kind: What to do next.
        calling_code: Of a number.
        skipped_count: How many of its digits are not national: international prefix, calling code, national prefix.
        prepended: Digits that belong before the national ones.
        error: `NumberParseException` kind of an error.
        is_code_written: Whether the calling code stood in the number; where it did not, a plus before it was wrong.
    """

    kind: ParseKind
    calling_code: int = 0
    skipped_count: int = 0
    prepended: str = ""
    error: int = 0
    is_code_written: bool = False


def read_international(digits: SymbolicDigits) -> ParseDecision:
    """Read what stands behind a plus or an international prefix (`_maybe_extract_country_code`, first half).

    Raises:
        Undecided: It depends on digits that are not known.
    """
    if digits.length <= MIN_NATIONAL_LENGTH:
        return _error(NumberParseException.TOO_SHORT_AFTER_IDD)
    for length in range(1, min(digits.length, _MAX_CALLING_CODE_LENGTH) + 1):
        code = digits.first(length)
        if code[0] == "0":
            break
        if int(code) in COUNTRY_CODE_TO_REGION_CODE:
            return _read_national(digits.without_first(length), main_plan(int(code)), is_code_written=True)
    return _error(NumberParseException.INVALID_COUNTRY_CODE)


def read_in_region(digits: SymbolicDigits, region: str) -> ParseDecision:
    """Read what was dialled in a region (`_maybe_extract_country_code`, second half, and the rest of `parse`).

    Raises:
        Undecided: It depends on digits that are not known.
    """
    plan = plan_dialled_in(region)
    prefix_length = _international_prefix_length(digits, plan)
    if prefix_length is not None:
        return ParseDecision(ParseKind.INTERNATIONAL, skipped_count=prefix_length)
    code = str(plan.calling_code)
    if digits.length >= len(code) and _begins_with(digits, code):
        potential = _strip_national_prefix(digits.without_first(len(code)), plan)
        is_too_long = plan.length_result(digits.length) == ValidationResult.TOO_LONG
        if is_too_long or (not _is_viable(digits, plan) and _is_viable(potential, plan)):
            return _read_national(potential, main_plan(plan.calling_code), is_code_written=True)
    return _read_national(digits, plan, is_code_written=False)


def _international_prefix_length(digits: SymbolicDigits, plan: NumberingPlan) -> int | None:
    """Return the length of the international prefix; a calling code never begins with 0 (`_parse_prefix_as_idd`)."""
    if not plan.international_prefix:
        return None
    match = digits.match(plan.international_prefix)
    if match is None or (match.end() < digits.length and digits.first(match.end() + 1)[-1] == "0"):
        return None
    return match.end()


def _begins_with(digits: SymbolicDigits, code: str) -> bool:
    """Return whether the digits begin with those of `code`."""
    start = digits.start[: len(code)]
    if len(start) < len(code) and code.startswith(start):
        raise Undecided
    return start == code


def _read_national(digits: SymbolicDigits, plan: NumberingPlan, *, is_code_written: bool) -> ParseDecision:
    """Strip the national prefix where what is left has a possible length (the end of `parse`)."""
    if digits.length < MIN_NATIONAL_LENGTH:
        return _error(NumberParseException.TOO_SHORT_NSN, is_code_written=is_code_written)
    stripped = _strip_national_prefix(digits, plan)
    if plan.length_result(stripped.length) in _STRIPPED:
        digits = stripped
    if digits.length < MIN_NATIONAL_LENGTH:
        return _error(NumberParseException.TOO_SHORT_NSN, is_code_written=is_code_written)
    if digits.length > MAX_NATIONAL_LENGTH:
        return _error(NumberParseException.TOO_LONG, is_code_written=is_code_written)
    return ParseDecision(
        ParseKind.NUMBER,
        calling_code=plan.calling_code,
        skipped_count=digits.skipped_count,
        prepended=digits.prepended,
        is_code_written=is_code_written,
    )


def _strip_national_prefix(digits: SymbolicDigits, plan: NumberingPlan) -> SymbolicDigits:
    """Strip or rewrite the national prefix (`_maybe_strip_national_prefix_carrier_code`)."""
    pattern = plan.national_prefix
    match = digits.match(pattern) if digits.length and pattern else None
    if match is None:
        return digits
    rule = plan.transform_rule
    is_viable = _is_viable(digits, plan)
    if not rule or match.groups()[-1] is None:
        stripped = digits.without_first(match.end())
    else:
        stripped = _transform(digits, match, rule)
    return digits if is_viable and not _is_viable(stripped, plan) else stripped


def _transform(digits: SymbolicDigits, match: re.Match[str], rule: str) -> SymbolicDigits:
    """Return the digits with what matched rewritten by a rule; what is not known must stay at the end."""
    spans = [match.span(int(piece[1])) if piece[0] == "\\" else piece for piece in re.findall(r"\\\d|[0-9]+", rule)]
    spans.append((match.end(), digits.length))
    prepended, tail_start, tail_end = "", digits.length, digits.length
    for span in spans:
        if isinstance(span, tuple) and (span[0] < 0 or span[0] == span[1]):
            continue
        if tail_start < digits.length:  # the tail has begun: what follows must go on where it stopped
            if isinstance(span, str) or span[0] != tail_end:
                raise Undecided
            tail_end = span[1]
        elif isinstance(span, str):
            prepended += span
        elif span[1] <= len(digits.start):
            prepended += digits.start[span[0] : span[1]]
        else:
            tail_start, tail_end = span
    if tail_start < digits.length:
        if tail_end < digits.length:
            raise Undecided
        tail = digits.without_first(tail_start)
        return tail.with_first(tail.skipped_count, prepended + tail.prepended)
    if digits.unknown_count:
        raise Undecided
    return digits.with_first(len(digits.known), prepended)


def _is_viable(digits: SymbolicDigits, plan: NumberingPlan) -> bool:
    """Return whether the digits match the general description of a region (`_match_national_number`)."""
    return bool(plan.general.pattern) and digits.matches(plan.general.pattern)


def _error(error: int, *, is_code_written: bool = True) -> ParseDecision:
    return ParseDecision(ParseKind.ERROR, error=error, is_code_written=is_code_written)

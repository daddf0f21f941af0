"""A region's numbering plan, as `phonenumbers` has it: what is optional there is empty here."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberFormat,
    PhoneMetadata,
    PhoneNumberDesc,
    PhoneNumberType,
    ValidationResult,
    phonenumberutil,
)

_SPECIAL_TYPES: Final = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
)
_DEFAULT_EXTENSION_PREFIX: Final = " ext. "


class Description(NamedTuple):
    """How numbers of a type look.

    Attributes:
        pattern: Regular expression of the whole national number; "" where there are no such numbers.
        lengths: Their lengths, ascending; empty where the general description has them.
        local_lengths: Lengths that can be dialled within an area alone.
    """

    pattern: str
    lengths: tuple[int, ...]
    local_lengths: tuple[int, ...]


class Format(NamedTuple):
    """How some numbers are written.

    Attributes:
        leading_pattern: Regular expression of their first digits; "" for all.
        pattern: Regular expression of the whole national number, a group for each piece.
        rule: The pieces, and what stands between them.
        national_rule: The same for NATIONAL.
    """

    leading_pattern: str
    pattern: str
    rule: str
    national_rule: str


@dataclass(frozen=True, eq=False)
class NumberingPlan:
    """A region's numbers.

    Attributes:
        region: The region.
        calling_code: Its calling code.
        international_prefix: Regular expression of what is dialled before a calling code; "" for none.
        national_prefix: Regular expression of what may stand before a national number; "" for nothing.
        transform_rule: What a national prefix with a group in it becomes; "" where it is dropped.
        leading_digits: Regular expression of the first digits of this region among those of its calling code.
        general: All numbers.
        special: Numbers of special types, in the order in which they are tried.
        fixed_line: Fixed lines.
        mobile: Mobile phones.
        is_fixed_line_mobile: Whether fixed lines and mobile phones look alike.
        formats: How numbers are written.
        international_formats: How they are written behind a calling code.
        extension_prefix: What stands before an extension.
    """

    region: str
    calling_code: int
    international_prefix: str
    national_prefix: str
    transform_rule: str
    leading_digits: str
    general: Description
    special: tuple[tuple[int, Description], ...]
    fixed_line: Description
    mobile: Description
    is_fixed_line_mobile: bool
    formats: tuple[Format, ...]
    international_formats: tuple[Format, ...]
    extension_prefix: str

    def length_result(self, length: int) -> int:
        """Return the `ValidationResult` of a national length (`_test_number_length`)."""
        if length in self.general.local_lengths:
            return ValidationResult.IS_POSSIBLE_LOCAL_ONLY
        lengths = self.general.lengths
        if length in lengths:
            return ValidationResult.IS_POSSIBLE
        if length < lengths[0]:
            return ValidationResult.TOO_SHORT
        return ValidationResult.TOO_LONG if length > lengths[-1] else ValidationResult.INVALID_LENGTH


@cache
def plan_of(calling_code: int, region: str) -> NumberingPlan:
    """Return the plan of a region, or of a calling code without one ("001")."""
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(calling_code, region)
    if metadata is None or metadata.general_desc is None:
        raise ValueError(f"phonenumbers knows no region {region} of calling code {calling_code}")
    formats = _formats(metadata.number_format)
    prefix = metadata.preferred_extn_prefix
    return NumberingPlan(
        region=region,
        calling_code=metadata.country_code or calling_code,
        international_prefix=metadata.international_prefix or "",
        national_prefix=metadata.national_prefix_for_parsing or "",
        transform_rule=metadata.national_prefix_transform_rule or "",
        leading_digits=metadata.leading_digits or "",
        general=_description(metadata.general_desc),
        special=tuple((int(kind), _description(getattr(metadata, name))) for name, kind in _SPECIAL_TYPES),
        fixed_line=_description(metadata.fixed_line),
        mobile=_description(metadata.mobile),
        is_fixed_line_mobile=bool(metadata.same_mobile_and_fixed_line_pattern),
        formats=formats,
        international_formats=_formats(metadata.intl_number_format) or formats,
        extension_prefix=_DEFAULT_EXTENSION_PREFIX if prefix is None else prefix,
    )


@cache
def main_plan(calling_code: int) -> NumberingPlan:
    """Return the plan of a calling code's main region, which holds its formats and possible lengths."""
    return plan_of(calling_code, COUNTRY_CODE_TO_REGION_CODE[calling_code][0])


@cache
def plans_of(calling_code: int) -> tuple[NumberingPlan, ...]:
    """Return the plans of all regions of a calling code, the main one first."""
    return tuple(plan_of(calling_code, region) for region in COUNTRY_CODE_TO_REGION_CODE[calling_code])


@cache
def plan_dialled_in(region: str) -> NumberingPlan:
    """Return the plan of a region that numbers can be dialled in."""
    return plan_of(phonenumberutil.country_code_for_valid_region(region), region)


def _description(source: PhoneNumberDesc | None) -> Description:
    if source is None:
        return Description("", (), ())
    return Description(
        source.national_number_pattern or "", tuple(source.possible_length), tuple(source.possible_length_local_only)
    )


def _formats(source: Iterable[NumberFormat]) -> tuple[Format, ...]:
    return tuple(
        Format(
            leading_pattern=each.leading_digits_pattern[-1] if each.leading_digits_pattern else "",
            pattern=each.pattern or "",
            rule=each.format or "",
            national_rule=_national_rule(each.format or "", each.national_prefix_formatting_rule or ""),
        )
        for each in source
    )


def _national_rule(rule: str, prefix_rule: str) -> str:
    """Return a rule with the national prefix at its first group (`_format_nsn_using_pattern`)."""
    return phonenumberutil._FIRST_GROUP_PATTERN.sub(prefix_rule, rule, count=1) if prefix_rule else rule

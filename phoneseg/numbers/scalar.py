"""One number at a time, through `phonenumbers`: slow, exact, and the oracle of any faster engine."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from phoneseg.numbers.fields import split_field
from phoneseg.numbers.languages import split_language

Answer = Callable[[PhoneNumber], Any]


def _names(constants: type) -> dict[int, str]:
    """Map libphonenumber's constants to their names."""
    return {value: name for name, value in vars(constants).items() if isinstance(value, int) and name.isupper()}


PARSE_ERRORS: Final = _names(NumberParseException)
NUMBER_TYPES: Final = _names(PhoneNumberType)
VALIDATION_RESULTS: Final = _names(ValidationResult)
LONGEST_TEXT: Final = 250
"""How many characters libphonenumber reads at most (`_MAX_INPUT_STRING_LENGTH`)."""


def _format(style: int) -> Answer:
    return lambda number: phonenumbers.format_number(number, style)


def _national_destination_code(number: PhoneNumber) -> str | None:
    length = phonenumbers.length_of_national_destination_code(number)
    return phonenumbers.national_significant_number(number)[:length] or None


def _is_carrier_portable(number: PhoneNumber) -> bool:
    main_region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return phonenumbers.is_mobile_number_portable_region(phonenumbers.region_code_for_number(number) or main_region)


# The names of places and carriers take seconds to import, and a DAG file that is only parsed needs none of them.


def _location_name(number: PhoneNumber, language: str) -> str | None:
    from phonenumbers import geocoder

    return geocoder.description_for_number(number, *split_language(language)) or None


def _original_carrier_name(number: PhoneNumber, language: str) -> str | None:
    from phonenumbers import carrier

    return carrier.name_for_number(number, *split_language(language)) or None


def _time_zones(number: PhoneNumber) -> list[str]:
    from phonenumbers import timezone

    return list(timezone.time_zones_for_number(number))


NAMES: Final[dict[str, Callable[[PhoneNumber, str], str | None]]] = {
    "location_name": _location_name,
    "original_carrier_name": _original_carrier_name,
}
ANSWERS: Final[dict[str, Answer]] = {
    "phone_e164": _format(PhoneNumberFormat.E164),
    "phone_international": _format(PhoneNumberFormat.INTERNATIONAL),
    "phone_national": _format(PhoneNumberFormat.NATIONAL),
    "phone_rfc3966": _format(PhoneNumberFormat.RFC3966),
    "is_possible": phonenumbers.is_possible_number,
    "is_valid": phonenumbers.is_valid_number,
    "validation_result": lambda number: VALIDATION_RESULTS[phonenumbers.is_possible_number_with_reason(number)],
    "number_type": lambda number: NUMBER_TYPES[phonenumbers.number_type(number)],
    "region_code": phonenumbers.region_code_for_number,
    "country_calling_code": lambda number: number.country_code,
    "national_significant_number": phonenumbers.national_significant_number,
    "national_destination_code": _national_destination_code,
    "extension": lambda number: number.extension or None,
    "is_geographic": phonenumbers.is_number_geographical,
    "time_zones": _time_zones,
    "is_carrier_portable": _is_carrier_portable,
}


def describe(raw: str | None, region: str | None, fields: Sequence[str]) -> list[Any]:
    """Return what `phonenumbers` says of one cell, a value per field.

    Args:
        raw: What was written; null gives null in every field.
        region: Region that a number without a calling code is read in, upper-case ISO 3166 alpha-2, or null.
        fields: Names of fields.

    Returns:
        The values; of an unparseable number all are null but `validation_result`, which names the parse error.
    """
    if raw is None:
        return [None] * len(fields)
    try:
        number = phonenumbers.parse(raw, region)
    except NumberParseException as error:
        return [PARSE_ERRORS[error.error_type] if field == "validation_result" else None for field in fields]
    return [_answer(number, field) for field in fields]


def _answer(number: PhoneNumber, field: str) -> Any:  # noqa: ANN401 -- fields are of several types
    name, language = split_field(field)
    return ANSWERS[name](number) if language is None else NAMES[name](number, language)

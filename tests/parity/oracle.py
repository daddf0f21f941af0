"""What `phonenumbers` says of a cell: the judge that `phoneseg.numbers` must agree with.

Nothing is remembered between cells, so that no mistake can hide in a memory.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final

import phonenumbers
import polars as pl
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    carrier,
    geocoder,
    timezone,
)
from polars.datatypes import DataType, DataTypeClass

Row = tuple[str | None, str | None]
Answer = Callable[[PhoneNumber], Any]

LOCATION: Final = "location_name_"
CARRIER: Final = "original_carrier_name_"
_PARSE_ERRORS: Final = {
    value: name for name, value in vars(NumberParseException).items() if name.isupper() and isinstance(value, int)
}


def _national_destination_code(number: PhoneNumber) -> str | None:
    length = phonenumbers.length_of_national_destination_code(number)
    return phonenumbers.national_significant_number(number)[:length] or None


def _is_carrier_portable(number: PhoneNumber) -> bool:
    region = phonenumbers.region_code_for_number(number)
    if region is None:
        region = phonenumbers.region_code_for_country_code(number.country_code)
    return phonenumbers.is_mobile_number_portable_region(region)


_ANSWERS: Final[dict[str, tuple[Answer, DataType | DataTypeClass]]] = {
    "phone_e164": (lambda number: phonenumbers.format_number(number, PhoneNumberFormat.E164), pl.String),
    "phone_international": (
        lambda number: phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        pl.String,
    ),
    "phone_national": (lambda number: phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL), pl.String),
    "phone_rfc3966": (lambda number: phonenumbers.format_number(number, PhoneNumberFormat.RFC3966), pl.String),
    "is_possible": (phonenumbers.is_possible_number, pl.Boolean),
    "is_valid": (phonenumbers.is_valid_number, pl.Boolean),
    "validation_result": (
        lambda number: ValidationResult.to_string(phonenumbers.is_possible_number_with_reason(number)),
        pl.String,
    ),
    "number_type": (lambda number: PhoneNumberType.to_string(phonenumbers.number_type(number)), pl.String),
    "region_code": (phonenumbers.region_code_for_number, pl.String),
    "country_calling_code": (lambda number: number.country_code, pl.Int16),
    "national_significant_number": (phonenumbers.national_significant_number, pl.String),
    "national_destination_code": (_national_destination_code, pl.String),
    "extension": (lambda number: number.extension or None, pl.String),
    "is_geographic": (phonenumbers.is_number_geographical, pl.Boolean),
    "location_name": (lambda number: geocoder.description_for_number(number, "en") or None, pl.String),
    "time_zones": (lambda number: list(timezone.time_zones_for_number(number)), pl.List(pl.String)),
    "original_carrier_name": (lambda number: carrier.name_for_number(number, "en") or None, pl.String),
    "is_carrier_portable": (_is_carrier_portable, pl.Boolean),
}

FIELDS: Final = tuple(_ANSWERS)


def dtype(field: str) -> DataType | DataTypeClass:
    """Return the dtype that a field's column has."""
    return _ANSWERS[field][1] if field in _ANSWERS else pl.String()


def locale(language: str) -> dict[str, str | None]:
    """Split a language such as `de`, `pt_BR` or `zh_Hant` as `phonenumbers` wants it."""
    lang, *rest = language.split("_")
    script = next((part for part in rest if len(part) == 4), None)
    region = next((part for part in rest if len(part) == 2), None)
    return {"lang": lang, "script": script, "region": region}


@cache
def _answer(field: str) -> Answer:
    """Return what is asked of a number for a field."""
    if field in _ANSWERS:
        return _ANSWERS[field][0]
    if field.startswith(LOCATION):
        spoken = locale(field.removeprefix(LOCATION))
        return lambda number: geocoder.description_for_number(number, **spoken) or None
    if field.startswith(CARRIER):
        spoken = locale(field.removeprefix(CARRIER))
        return lambda number: carrier.name_for_number(number, **spoken) or None
    raise ValueError(f"the oracle knows no field {field!r}")


def ask(raw: str | None, region: str | None, fields: Iterable[str]) -> list[Any]:
    """Return what `phonenumbers` says of one cell, a value per field.

    Args:
        raw: What was written; null gives null in every field.
        region: Region hint in any case; it is upper-cased first.
        fields: Names out of `FIELDS`, or `location_name_<language>`, or `original_carrier_name_<language>`.

    Returns:
        The values. Of an unparseable number all are null but `validation_result`, which names the error.
    """
    if raw is None:
        return [None for _ in fields]
    try:
        number = phonenumbers.parse(raw, None if region is None else region.upper())
    except NumberParseException as error:
        return [_PARSE_ERRORS[error.error_type] if field == "validation_result" else None for field in fields]
    return [_answer(field)(number) for field in fields]


def ask_rows(rows: Iterable[Row], fields: Sequence[str]) -> dict[str, list[Any]]:
    """Return what `phonenumbers` says of all rows, a list per field."""
    phonenumbers.enable_pattern_cache()
    columns: dict[str, list[Any]] = {field: [] for field in fields}
    for raw, region in rows:
        for column, value in zip(columns.values(), ask(raw, region, fields), strict=True):
            column.append(value)
    return columns

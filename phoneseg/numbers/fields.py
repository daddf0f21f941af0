"""The fields that `normalize` can add, and their dtypes."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from phoneseg.numbers.languages import ENGLISH

DEFAULT_FIELDS: Final = (
    "phone_e164",
    "phone_international",
    "is_possible",
    "is_valid",
    "number_type",
    "region_code",
    "original_carrier_name",
    "location_name",
    "time_zones",
)

NAME_FIELDS: Final = ("location_name", "original_carrier_name")
"""Fields that there are in every language: `location_name` is English, `location_name_de` German."""

_FIELDS: Final[dict[str, tuple[DataType | DataTypeClass, str]]] = {
    "phone_e164": (pl.String, "The number in E.164, such as +493012345678."),
    "phone_international": (pl.String, "In INTERNATIONAL, such as +49 30 12345678; an extension stands behind."),
    "phone_national": (pl.String, "In NATIONAL, such as 030 12345678; an extension stands behind."),
    "phone_rfc3966": (pl.String, "As a URI, such as tel:+49-30-12345678; an extension stands behind."),
    "is_possible": (pl.Boolean, "Whether numbers of this length exist, if only within an area."),
    "is_valid": (pl.Boolean, "Whether numbers like this one exist."),
    "validation_result": (pl.String, "Whether and why the length is possible; the parse error of what is no number."),
    "number_type": (
        pl.String,
        "Type, by libphonenumber's names: MOBILE, FIXED_LINE ...; UNKNOWN if invalid.",
    ),
    "region_code": (pl.String, "Region, ISO 3166 alpha-2; 001 for numbers of no region."),
    "country_calling_code": (pl.Int16, "Calling code."),
    "national_significant_number": (pl.String, "The digits behind the calling code, leading zeros included."),
    "national_destination_code": (pl.String, "The first of them where they are an area code or the like."),
    "extension": (pl.String, "Extension."),
    "is_geographic": (pl.Boolean, "Whether numbers of this type belong to a place."),
    "location_name": (pl.String, "Name of the area, or of the country where the area has none."),
    "time_zones": (pl.List(pl.String), "Time zones."),
    "original_carrier_name": (pl.String, "Name of the carrier that the number range was first given to."),
    "is_carrier_portable": (pl.Boolean, "Whether the number may have another carrier by now."),
}

FIELDS: Final = pl.Schema({name: dtype for name, (dtype, _) in _FIELDS.items()})

MEANINGS: Final = {name: meaning for name, (_, meaning) in _FIELDS.items()}
"""What each field says, for a person."""


def split_field(field: str) -> tuple[str, str | None]:
    """Return the name of a field without its language, and the language; None where the field has none.

    Raises:
        ValueError: There is no such field.
    """
    if field in NAME_FIELDS:
        return field, ENGLISH
    if field in FIELDS:
        return field, None
    for name in NAME_FIELDS:
        if field.startswith(f"{name}_"):
            return name, field.removeprefix(f"{name}_")
    raise ValueError(f"unknown field {field!r}; there is: {', '.join(FIELDS)}")


def schema_of(fields: Sequence[str]) -> pl.Schema:
    """Return the dtypes of fields, in their order.

    Raises:
        ValueError: There is no such field.
    """
    return pl.Schema({field: FIELDS[split_field(field)[0]] for field in fields})

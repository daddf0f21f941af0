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

_DTYPES: Final[dict[str, DataType | DataTypeClass]] = {
    "phone_e164": pl.String,
    "phone_international": pl.String,
    "phone_national": pl.String,
    "phone_rfc3966": pl.String,
    "is_possible": pl.Boolean,
    "is_valid": pl.Boolean,
    "validation_result": pl.String,
    "number_type": pl.String,
    "region_code": pl.String,
    "country_calling_code": pl.Int16,
    "national_significant_number": pl.String,
    "national_destination_code": pl.String,
    "extension": pl.String,
    "is_geographic": pl.Boolean,
    "location_name": pl.String,
    "time_zones": pl.List(pl.String),
    "original_carrier_name": pl.String,
    "is_carrier_portable": pl.Boolean,
}

FIELDS: Final = pl.Schema(_DTYPES)


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

"""The fields that `normalize` can add, and their dtypes."""

from typing import Final

import polars as pl
from polars.datatypes import DataType, DataTypeClass

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

_DTYPES: Final[dict[str, DataType | DataTypeClass]] = {
    "phone_e164": pl.String,
    "phone_international": pl.String,
    "phone_national": pl.String,
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

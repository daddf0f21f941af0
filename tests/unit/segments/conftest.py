"""Profiles of contacts all over the world, made by the verbs before `segment`, and of all that contacts can be."""

import random
from datetime import UTC, date, datetime, timedelta

import phonenumbers
import polars as pl
import pytest

from phoneseg.contracts import (
    ACTIVITY,
    CONTACT_PROFILE,
    CONTACT_QUARANTINE,
    NUMBER_STATES,
    RAW_CONTACT,
    RAW_PHONE,
    UTC_INSTANT,
    Column,
)
from phoneseg.contracts.risk import RISK_LEVELS
from phoneseg.numbers import mark_primary, read_phones
from phoneseg.privacy import TokenKey, add_tokens
from phoneseg.profiles import build_contact_base, build_profiles
from phoneseg.settings import ProfileSettings

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)


def _example_numbers() -> list[str]:
    """Return libphonenumber's examples of all regions and types, and of all services without a region."""
    regions, types = sorted(phonenumbers.SUPPORTED_REGIONS), phonenumbers.PhoneNumberType.values()
    numbers = [phonenumbers.example_number_for_type(region, kind) for region in regions for kind in types]
    numbers += [phonenumbers.invalid_example_number(region) for region in ("DE", "US", "GB")]
    numbers += [
        phonenumbers.example_number_for_non_geo_entity(code)
        for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    ]
    written = [phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.E164) for n in numbers if n is not None]
    return sorted(set(written))


@pytest.fixture(scope="session")
def phone_profiles() -> pl.DataFrame:
    """Rows of CONTACT_PROFILE, one per example number and one without a phone."""
    numbers = _example_numbers()
    ids = [f"crm:{number}" for number in range(len(numbers))]
    cells = pl.DataFrame({"contact_id": ids, "phone_raw": numbers}).with_columns(
        source=pl.lit("crm"),
        phone_column=pl.lit("mobile"),
        position=1,
        phone_rank=1,
        region_hint=pl.lit(None, pl.String),
        is_hint_unknown=False,
    )
    phones, quarantined = read_phones(RAW_PHONE.conform(cells.lazy()).collect())
    contacts = pl.DataFrame([{"contact_id": contact_id, "source": "crm"} for contact_id in [*ids, "crm:none"]])
    base = build_contact_base(
        pl.concat([RAW_CONTACT.schema.to_frame(), contacts], how="diagonal").lazy(),
        mark_primary(add_tokens(phones, TokenKey(b"a key for tests alone")).lazy()),
        CONTACT_QUARANTINE.conform(quarantined.lazy()),
    )
    no_activity = ACTIVITY.schema.to_frame().lazy()
    return build_profiles(base, no_activity, AS_OF, ProfileSettings()).sort("contact_id").collect()


# What columns of text and of small numbers can hold, besides null.
VALUES: dict[str, list[object]] = {
    "source": ["crm", "web"],
    "gender": ["F", " male", "Divers", "?", ""],
    "attributes": ["{}", '{"language":"de"}', '{"language":" DE ","plan":""}', '{"language":"fr","plan":"gold"}'],
    "region_code": ["DE", "GB", "US", "001"],
    "region_hint": ["DE", "GB", "US"],
    "number_type": ["MOBILE", "FIXED_LINE", "FIXED_LINE_OR_MOBILE", "UNKNOWN"],
    "location_name": ["Berlin", "London", "Germany"],
    "time_zones": ["Europe/Berlin", "Europe/Berlin,Europe/London", "Etc/Unknown"],
    "place_type": ["urban", "town", "rural"],
    "number_state": list(NUMBER_STATES),
    "risk_level": list(RISK_LEVELS),
    "preferred_channel": ["sms", "call", "E-Mail", " "],
    "purchase_seasons": ["christmas", "black_friday,christmas", "summer"],
    **{f"{name}_score": [1, 2, 3, 4, 5] for name in ("recency", "frequency", "monetary")},
}


def _draw(rng: random.Random, column: Column) -> object:
    """Draw a value of a column; null one time in five where it may be."""
    if column.nullable and rng.random() < 0.2:
        return None
    if column.name in VALUES:
        return rng.choice(VALUES[column.name])
    draws = {
        pl.Boolean: lambda: rng.random() < 0.5,
        pl.Float64: lambda: rng.choice([0.0, 1.5, rng.uniform(-10, 200_000), float("nan"), float("inf")]),
        pl.Date: lambda: rng.choice([date(1970, 1, 1), date(1, 1, 1), date(2027, 1, 1)] + [_day(rng)] * 5),
        UTC_INSTANT: lambda: AS_OF - timedelta(days=rng.choice([0.5, 30, 45, 90, 200, 365, 4_000])),
        pl.String: lambda: f"value {rng.randrange(9)}",
    }
    return draws[column.dtype]() if column.dtype in draws else rng.randrange(12)


def _day(rng: random.Random) -> date:
    return date(1930, 1, 1) + timedelta(days=rng.randrange(90 * 365))


@pytest.fixture(scope="session")
def profiles(phone_profiles: pl.DataFrame) -> pl.DataFrame:
    """Rows of CONTACT_PROFILE: those of the example numbers, and 500 with drawn values in all columns."""
    rng = random.Random(20260701)
    drawn = [
        {column.name: _draw(rng, column) for column in CONTACT_PROFILE.columns} | {"contact_id": f"drawn:{number:03}"}
        for number in range(500)
    ]
    return pl.concat([phone_profiles, pl.DataFrame(drawn, CONTACT_PROFILE.schema, strict=False)]).sort("contact_id")

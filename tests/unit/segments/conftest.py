"""Profiles of contacts all over the world, made by the verbs before `segment`."""

import phonenumbers
import polars as pl
import pytest

from phoneseg.contracts import CONTACT_PROFILE, CONTACT_QUARANTINE, RAW_CONTACT, RAW_PHONE
from phoneseg.numbers import mark_primary, read_phones
from phoneseg.privacy import TokenKey, add_tokens
from phoneseg.profiles import build_contact_profile


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
def profiles() -> pl.DataFrame:
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
    profile = build_contact_profile(
        pl.concat([RAW_CONTACT.schema.to_frame(), contacts], how="diagonal").lazy(),
        mark_primary(add_tokens(phones, TokenKey(b"a key for tests alone")).lazy()),
        CONTACT_QUARANTINE.conform(quarantined.lazy()),
    )
    return CONTACT_PROFILE.conform(profile).sort("contact_id").collect()

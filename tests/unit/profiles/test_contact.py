"""One row per contact, phones or not."""

from datetime import UTC, datetime

import polars as pl
from polars.testing import assert_frame_equal

from phoneseg.contracts import CONTACT_BASE, CONTACT_PHONE, CONTACT_QUARANTINE, RAW_CONTACT
from phoneseg.profiles import build_contact_base

MAY = datetime(2026, 5, 1, tzinfo=UTC)
PHONE = {"source": "crm", "position": 1, "is_primary": False, "is_valid": False, "number_type": "UNKNOWN"}
LONDON = {"phone_token": "t1", "is_valid": True, "country_calling_code": 44, "region_code": "GB", "is_geographic": True}


def _build(
    contacts: list[dict[str, object]], phones: list[dict[str, object]], quarantined: list[dict[str, object]]
) -> pl.DataFrame:
    profile = build_contact_base(
        pl.LazyFrame(contacts, RAW_CONTACT.schema),
        pl.LazyFrame([{**PHONE, **phone} for phone in phones], CONTACT_PHONE.schema),
        pl.LazyFrame(quarantined, CONTACT_QUARANTINE.schema),
    )
    return profile.sort("contact_id").collect()


def _expect(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, CONTACT_BASE.schema)


COUNTS = {"phone_count": 0, "valid_phone_count": 0, "quarantined_count": 0}


def test_a_row_is_the_source_row_its_counts_and_its_primary_phone() -> None:
    contact = {
        "contact_id": "crm:1",
        "source": "crm",
        "region_hint": "GB",
        "contact_created_at": MAY,
        "contact_updated_at": None,
        "attributes": '{"plan":"gold"}',
    }
    phones = [
        {"contact_id": "crm:1", "phone_column": "mobile"},
        {"contact_id": "crm:1", "phone_column": "office", "is_primary": True, "number_type": "FIXED_LINE", **LONDON},
        {"contact_id": "crm:1", "phone_column": "home", "is_valid": True},
    ]
    quarantined = [{"contact_id": "crm:1", "phone_column": "fax"}]
    counts = {"phone_count": 3, "valid_phone_count": 2, "quarantined_count": 1}
    expected = _expect({**contact, **counts, **LONDON, "number_type": "FIXED_LINE"})
    assert_frame_equal(_build([contact], phones, quarantined), expected)


def test_a_contact_without_a_phone_has_a_base_row_that_says_so() -> None:
    contacts = [{"contact_id": "crm:1", "source": "crm"}, {"contact_id": "crm:2", "source": "crm"}]
    quarantined = [{"contact_id": "crm:2", "phone_column": name} for name in ("mobile", "office")]
    expected = _expect({**contacts[0], **COUNTS}, {**contacts[1], **COUNTS, "quarantined_count": 2})
    assert_frame_equal(_build(contacts, [], quarantined), expected)


def test_a_contact_whose_primary_phone_is_not_valid_keeps_what_it_says() -> None:
    contact = {"contact_id": "crm:1", "source": "crm"}
    phones = [{"contact_id": "crm:1", "phone_column": "mobile", "is_primary": True, "country_calling_code": 1}]
    primary = {"is_valid": False, "number_type": "UNKNOWN", "country_calling_code": 1}
    assert_frame_equal(_build([contact], phones, []), _expect({**contact, **COUNTS, "phone_count": 1, **primary}))


def test_a_row_keeps_the_source_of_its_contact() -> None:
    contacts = [{"contact_id": "crm:1", "source": "crm"}, {"contact_id": "web:1", "source": "web"}]
    phones = [{"contact_id": "web:1", "source": "web", "phone_column": "phone", "is_primary": True, **LONDON}]
    profile = _build(contacts, phones, [])
    columns = ("contact_id", "source", "phone_count", "region_code")
    assert profile.select(columns).rows() == [("crm:1", "crm", 0, None), ("web:1", "web", 1, "GB")]


def test_no_contacts_give_no_rows() -> None:
    assert_frame_equal(_build([], [], []), CONTACT_BASE.schema.to_frame())

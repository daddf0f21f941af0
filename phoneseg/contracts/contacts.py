"""Contacts, their phones, what was quarantined of them, and the numbers in clear."""

from typing import Final

import polars as pl

from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table


def contact_id(meaning: str = "Contact as `<source>:<id>`.") -> Column:
    """Return the column of a contact's id."""
    return Column("contact_id", pl.String, meaning, PrivacyClass.PSEUDONYM)


def source() -> Column:
    """Return the column of a contact source's name."""
    return Column("source", pl.String, "Name of the contact source in the settings.")


def _phone_cell() -> tuple[Column, ...]:
    return (
        contact_id(),
        source(),
        Column("phone_column", pl.String, "Column of the source that the number stood in."),
        Column("position", pl.Int16, "Position of the number among those of its cell, from 1."),
    )


def _repair() -> Column:
    return Column(
        "repair",
        pl.String,
        "What was repaired before the number was read, comma-separated in order; null if nothing.",
        nullable=True,
    )


def token(nullable: bool = False, meaning: str = "HMAC-SHA-256 of the E.164 number, first 128 bits as hex.") -> Column:
    """Return the column of a number's token."""
    return Column("phone_token", pl.String, meaning, PrivacyClass.PSEUDONYM, nullable)


RAW_CONTACT: Final = Table(
    "raw_contact",
    "One row of a contact source that existed at as_of.",
    Keeping.CURRENT,
    ("contact_id",),
    (
        contact_id(),
        source(),
        Column("region_hint", pl.String, "Region of the source row, ISO 3166 alpha-2.", PrivacyClass.PERSONAL, True),
        Column(
            "contact_created_at", UTC_INSTANT, "When the source row was created (UTC).", PrivacyClass.PERSONAL, True
        ),
        Column(
            "contact_updated_at", UTC_INSTANT, "When the source row last changed (UTC).", PrivacyClass.PERSONAL, True
        ),
        Column("birth_date", pl.Date, "Date of birth that the source holds.", PrivacyClass.PERSONAL, True),
        Column("gender", pl.String, "Gender as the source writes it.", PrivacyClass.PERSONAL, True),
        Column("income_amount", pl.Float64, "Income as the source holds it.", PrivacyClass.PERSONAL, True),
        Column("city", pl.String, "City of the postal address, as the source writes it.", PrivacyClass.PERSONAL, True),
        Column("postal_code", pl.String, "Postal code of the address.", PrivacyClass.PERSONAL, True),
        Column(
            "attributes",
            pl.String,
            "The source's attribute columns as a JSON object of strings, keys sorted.",
            PrivacyClass.PERSONAL,
            nullable=True,
        ),
    ),
    Area.STAGE,
)

RAW_PHONE: Final = Table(
    "raw_phone",
    "One filled phone cell.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *_phone_cell(),
        Column("phone_rank", pl.Int16, "Rank of the column in the configured order, from 1."),
        Column("phone_raw", pl.String, "The cell as the source holds it.", PrivacyClass.RESTRICTED),
        Column("region_hint", pl.String, "Region to read the number in.", PrivacyClass.PERSONAL, nullable=True),
        Column("is_hint_unknown", pl.Boolean, "Whether the row names a country that nobody knows."),
    ),
    Area.STAGE,
)

CHANGED_CONTACT: Final = Table(
    "changed_contact",
    "One contact whose phones a run replaces that reads less than everything.",
    Keeping.CURRENT,
    ("contact_id",),
    (contact_id(),),
    Area.STAGE,
)

RESEGMENTED_CONTACT: Final = Table(
    "resegmented_contact",
    "One contact whose profile and memberships such a run replaces: time passes for contacts that did not change, too.",
    Keeping.CURRENT,
    ("contact_id",),
    (contact_id(),),
    Area.STAGE,
)

NUMBER_ATTRIBUTES: Final = (
    Column("country_calling_code", pl.Int16, "Calling code without the plus, such as 44."),
    Column(
        "region_code",
        pl.String,
        "Region of the number, ISO 3166 alpha-2; 001 is an international service.",
        PrivacyClass.PERSONAL,
        True,
    ),
    Column(
        "national_destination_code",
        pl.String,
        "Area code or mobile prefix.",
        PrivacyClass.PERSONAL,
        nullable=True,
    ),
    Column("is_geographic", pl.Boolean, "Whether the number is tied to a place."),
    Column("number_type", pl.String, "libphonenumber's PhoneNumberType, such as MOBILE."),
    Column("location_name", pl.String, "Place of the number, in English.", PrivacyClass.PERSONAL, nullable=True),
    Column("time_zones", pl.String, "IANA time zones, comma-separated.", PrivacyClass.PERSONAL, nullable=True),
    Column(
        "original_carrier_name",
        pl.String,
        "Carrier the range was first given to; a ported number may be elsewhere.",
        PrivacyClass.PERSONAL,
        nullable=True,
    ),
    Column("is_carrier_portable", pl.Boolean, "Whether mobile numbers of the region can change their carrier."),
)


CONTACT_PHONE: Final = Table(
    "contact_phone",
    "One phone number of a contact that parsed and has a possible length.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *_phone_cell(),
        token(),
        Column("token_key_id", pl.String, "Which key made the token."),
        Column("is_primary", pl.Boolean, "The contact's first valid phone in the configured order, else its first."),
        Column("is_valid", pl.Boolean, "Whether the number is in a range that is in use."),
        Column("validation_result", pl.String, "libphonenumber's ValidationResult, such as IS_POSSIBLE."),
        _repair(),
        *NUMBER_ATTRIBUTES,
        Column("metadata_version", pl.String, "Version of phonenumbers that said all this."),
    ),
    indexes=(("phone_token",),),
)

CONTACT_QUARANTINE: Final = Table(
    "contact_quarantine",
    "One filled phone cell, or one number of several in it, that gave no possible number, or one that too many share.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *_phone_cell(),
        Column("quarantine_reason", pl.String, "Why: see the list of reasons in the documentation."),
        _repair(),
        Column(
            "region_hint", pl.String, "Region the number was read in, ISO 3166 alpha-2.", PrivacyClass.PERSONAL, True
        ),
        Column("phone_length", pl.Int32, "Characters of what quarantine_raw holds."),
        Column("metadata_version", pl.String, "Version of phonenumbers that said so."),
    ),
)

PHONE_NUMBER: Final = Table(
    "phone_number",
    "One distinct phone number in clear.",
    Keeping.CURRENT,
    ("phone_token",),
    (
        token(),
        Column("token_key_id", pl.String, "Which key made the token."),
        Column("phone_e164", pl.String, "The number in E.164.", PrivacyClass.RESTRICTED),
        Column("phone_international", pl.String, "International format, for people.", PrivacyClass.RESTRICTED),
        Column("phone_national", pl.String, "National format, for people.", PrivacyClass.RESTRICTED),
        Column("national_significant_number", pl.String, "Digits after the calling code.", PrivacyClass.RESTRICTED),
    ),
    Area.RESTRICTED,
    referrer=CONTACT_PHONE.name,
    indexes=(("phone_e164",),),
)

PARSED_PHONE: Final = Table(
    "parsed_phone",
    "One possible phone number, before the contact's primary one is known.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *(column for column in CONTACT_PHONE.columns if column.name != "is_primary"),
        next(column for column in RAW_PHONE.columns if column.name == "phone_rank"),
        *(column for column in PHONE_NUMBER.columns if column.privacy is PrivacyClass.RESTRICTED),
    ),
    Area.STAGE,
)

QUARANTINE_RAW: Final = Table(
    "quarantine_raw",
    "What stood in one quarantined phone cell, or in a part of it.",
    Keeping.CURRENT,
    ("contact_id", "phone_column", "position"),
    (
        *_phone_cell(),
        Column(
            "phone_raw",
            pl.String,
            "The cell as the source holds it; of a cell with several numbers, the part that was read; of a number that "
            "too many share, the number.",
            PrivacyClass.RESTRICTED,
        ),
    ),
    Area.RESTRICTED,
)

"""Who is behind the contacts: those that are one person, and the numbers that several share."""

from typing import Final

import polars as pl

from phoneseg.contracts.contacts import RAW_CONTACT, contact_id, source, token
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table

SHARED_BY_TOO_MANY: Final = "SHARED_BY_TOO_MANY"
"""Reason for quarantine of numbers that too many persons share."""

_PERSONAL: Final = PrivacyClass.PERSONAL
_RESTRICTED: Final = PrivacyClass.RESTRICTED
_OF_CONTACT: Final = {column.name: column for column in RAW_CONTACT.columns}


def _canonical(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.String, meaning, PrivacyClass.PSEUDONYM, nullable)


RAW_PERSON: Final = Table(
    "raw_person",
    "What tells who one contact is: of all contacts that exist at as_of, whichever a run reads.",
    Keeping.CURRENT,
    ("contact_id",),
    (
        contact_id(),
        source(),
        Column("first_name", pl.String, "Given name as the source writes it.", _RESTRICTED, nullable=True),
        Column("last_name", pl.String, "Family name as the source writes it.", _RESTRICTED, nullable=True),
        Column("full_name", pl.String, "Whole name as the source writes it.", _RESTRICTED, nullable=True),
        Column("email", pl.String, "Email address as the source writes it.", _RESTRICTED, nullable=True),
        Column("employer", pl.String, "Employer as the source writes it.", _PERSONAL, nullable=True),
        *(_OF_CONTACT[name] for name in ("region_hint", "birth_date", "city", "postal_code")),
    ),
    Area.STAGE,
)

CONTACT_CANONICAL: Final = Table(
    "contact_canonical",
    "One contact, and the person that it is of: the contacts with the same canonical_contact_id are one person.",
    Keeping.CURRENT,
    ("contact_id",),
    (
        contact_id(),
        source(),
        _canonical("canonical_contact_id", "The smallest contact_id of the person."),
        Column("member_count", pl.Int64, "Contacts of the person.", _PERSONAL),
        Column(
            "match_rule",
            pl.String,
            "What the contact has in common with another of the person, comma-separated; null where it is alone.",
            _PERSONAL,
            nullable=True,
        ),
        Column("score", pl.Float64, "How sure that is, 0 to 1; null where it is alone.", _PERSONAL, nullable=True),
    ),
    indexes=(("canonical_contact_id",),),
    replaced_contacts="regrouped_contact",
)

REGROUPED_CONTACT: Final = Table(
    "regrouped_contact",
    "One contact whose row of contact_canonical a partial run replaces: who it is may change with the rows of others.",
    Keeping.CURRENT,
    ("contact_id",),
    (contact_id(),),
    Area.STAGE,
)

KEPT_CANONICAL: Final = Table(
    "kept_canonical",
    "One published row of contact_canonical, read by a partial run.",
    Keeping.CURRENT,
    CONTACT_CANONICAL.key,
    CONTACT_CANONICAL.columns,
    Area.STAGE,
)

KEPT_SHARED_NUMBER: Final = Table(
    "kept_shared_number",
    "One published number in quarantine that too many contacts share, of a contact that a partial run may not read.",
    Keeping.CURRENT,
    ("contact_id", "phone_e164"),
    (contact_id(), Column("phone_e164", pl.String, "The number in E.164.", _RESTRICTED)),
    Area.STAGE,
)

SHARED_NUMBER: Final = Table(
    "shared_number",
    "One number that two or more contacts have.",
    Keeping.CURRENT,
    ("phone_token",),
    (
        token(),
        Column(
            "kind",
            pl.String,
            "Whose it is: same_person, household, business_line, placeholder, or unknown where nothing tells.",
        ),
        Column("contact_count", pl.Int64, "Contacts that have it."),
        Column("person_count", pl.Int64, "Persons that have it, by contact_canonical."),
        Column("evidence", pl.String, "The finding that decided, such as same_address.", _PERSONAL),
    ),
)

CANONICAL_CHANGE: Final = Table(
    "canonical_change",
    "One contact that came to be of another person, came or went between two adjacent published as_ofs.",
    Keeping.LOG,
    ("as_of", "contact_id"),
    (
        Column("as_of", UTC_INSTANT, "The as_of at which it first was so (UTC)."),
        Column("previous_as_of", UTC_INSTANT, "The published as_of before it (UTC)."),
        contact_id(),
        source(),
        _canonical("from_contact_id", "canonical_contact_id before; null for a new contact.", nullable=True),
        _canonical("to_contact_id", "canonical_contact_id since; null for a contact that is gone.", nullable=True),
        Column(
            "change",
            pl.String,
            "new, removed, merged (with contacts of another person), split (from contacts of its person), moved (both) "
            "or renamed (the person's smallest contact_id came or went).",
        ),
    ),
    indexes=(("contact_id",),),
)

"""Segments, who is in them, and how big they were."""

from typing import Final

import polars as pl

from phoneseg.contracts.contacts import RESEGMENTED_CONTACT, contact_id, source
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table

CONTACTABLE: Final = "contactable"
"""The kind of channels and purposes that contacts may be contacted by and for."""
OBJECTION: Final = "objection"
"""The kind of contacts that object to profiling."""
RISK: Final = "risk"
"""The kind of contacts by their risk of fraud."""

_SEGMENT_KEY: Final = (
    Column("segment_kind", pl.String, "Kind of the segment, such as country."),
    Column("segment_code", pl.String, "Code of the segment within its kind, such as DE.", PrivacyClass.PERSONAL),
)

SEGMENT: Final = Table(
    "segment",
    "One segment that has members: the dictionary for labels and definitions.",
    Keeping.CURRENT,
    ("segment_kind", "segment_code"),
    (
        *_SEGMENT_KEY,
        Column("segment_family", pl.String, "Family of the kind, such as geographic."),
        Column("segment_name", pl.String, "Name for people."),
        Column("description", pl.String, "What it says of a contact."),
        Column(
            "owner", pl.String, "Who answers for the definition; null for the kinds that phoneseg ships.", nullable=True
        ),
        Column("definition", pl.String, "Rule that makes a member."),
        Column("definition_version", pl.String, "Version of the rule."),
        Column("is_exclusive", pl.Boolean, "Whether a contact has at most one segment of the kind."),
    ),
)

SEGMENT_MEMBERSHIP: Final = Table(
    "segment_membership",
    "One contact in one segment.",
    Keeping.CURRENT,
    ("contact_id", "segment_kind", "segment_code"),
    (
        contact_id(),
        source(),
        *_SEGMENT_KEY,
        Column("definition_version", pl.String, "Version of the rule that made the member."),
    ),
    indexes=(("segment_kind", "segment_code"),),
    replaced_contacts=RESEGMENTED_CONTACT.name,
)

SEGMENT_SIZE: Final = Table(
    "segment_size",
    "The size of one segment at one as_of.",
    Keeping.DATED,
    ("as_of", "segment_kind", "segment_code"),
    (
        Column("as_of", UTC_INSTANT, "End of the data interval (UTC)."),
        *_SEGMENT_KEY,
        Column("contact_count", pl.Int64, "Members."),
    ),
)

SEGMENT_CHANGE: Final = Table(
    "segment_change",
    "One contact that entered or left one segment between two adjacent published as_ofs.",
    Keeping.LOG,
    ("as_of", "contact_id", "segment_kind", "segment_code"),
    (
        Column("as_of", UTC_INSTANT, "The as_of at which the contact first was a member, or no longer (UTC)."),
        Column("previous_as_of", UTC_INSTANT, "The published as_of before it (UTC)."),
        contact_id(),
        source(),
        *_SEGMENT_KEY,
        Column("change", pl.String, "entered or exited."),
        Column("cause", pl.String, "The first of removed, new contact, consent, definition, metadata, data."),
    ),
    indexes=(("contact_id",), ("segment_kind", "segment_code")),
)

CONTACT_UPDATE: Final = Table(
    "contact_update",
    "One contact, and when readers last saw a change of it.",
    Keeping.LOG,
    ("contact_id",),
    (
        contact_id(),
        source(),
        Column(
            "updated_at", UTC_INSTANT, "When a run last published another profile or other memberships of it (UTC)."
        ),
    ),
)

SEGMENT_RULE: Final = Table(
    "segment_rule",
    "One kind, or one definition from a file, as a run applied it.",
    Keeping.CURRENT,
    ("rule",),
    (
        Column("rule", pl.String, "Name of the kind, or kind:code of the definition."),
        Column("definition_version", pl.String, "Version of the rule."),
        Column("is_exclusive", pl.Boolean, "Whether a contact has at most one segment of its kind."),
        Column("is_number_dependent", pl.Boolean, "Whether another version of phonenumbers may change its members."),
        Column("is_profiling", pl.Boolean, "Whether it reads what contacts do or are: not of those that object to it."),
    ),
    Area.STAGE,
)

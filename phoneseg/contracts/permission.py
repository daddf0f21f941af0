"""Who may be contacted how and for what, and who objects to profiling."""

from typing import Final

import polars as pl

from phoneseg.contracts.contacts import RESEGMENTED_CONTACT, contact_id, source
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table

_PERSONAL: Final = PrivacyClass.PERSONAL
_SOURCE: Final = (
    Column("source_type", pl.String, "consent, objection or suppression."),
    Column("permission_source", pl.String, "Name of the source in the settings."),
)
_CHANNEL: Final = Column(
    "channel", pl.String, "Channel in small letters, such as sms; * where no source names one.", _PERSONAL
)
_PURPOSE: Final = Column(
    "purpose", pl.String, "Purpose in small letters, such as marketing; * where no source names one.", _PERSONAL
)

RAW_PERMISSION: Final = Table(
    "raw_permission",
    "One row of a source of consent or objections from before as_of, or of a suppression list in force at as_of.",
    Keeping.CURRENT,
    (),
    (
        Column("contact_id", pl.String, "Contact, where the source names one.", PrivacyClass.PSEUDONYM, nullable=True),
        Column("phone_raw", pl.String, "Number, where the source names one.", PrivacyClass.RESTRICTED, nullable=True),
        Column("region_hint", pl.String, "Region to read the number in.", _PERSONAL, nullable=True),
        *_SOURCE,
        Column("channel", pl.String, "Channel; null for all.", _PERSONAL, nullable=True),
        Column("purpose", pl.String, "Purpose; null for all.", _PERSONAL, nullable=True),
        Column("is_granted", pl.Boolean, "Whether it allows: consent given, an objection lifted.", _PERSONAL),
        Column(
            "is_status_unread", pl.Boolean, "Whether its status is no word of the settings; then it allows nothing."
        ),
        Column("decided_at", UTC_INSTANT, "When it was said (UTC), or from when the list holds.", _PERSONAL, True),
    ),
    Area.STAGE,
)

DECIDED_PERMISSION: Final = Table(
    "decided_permission",
    "What the sources say of one contact, channel and purpose.",
    Keeping.CURRENT,
    ("contact_id", "channel", "purpose"),
    (
        contact_id(),
        _CHANNEL,
        _PURPOSE,
        Column(
            "is_granted", pl.Boolean, "Whether the newest word is consent; null where there is none.", _PERSONAL, True
        ),
        Column("granted_at", UTC_INSTANT, "When that was said (UTC).", _PERSONAL, nullable=True),
        Column("is_suppressed", pl.Boolean, "Whether a suppression list holds.", _PERSONAL),
        Column("suppressed_at", UTC_INSTANT, "From when it holds (UTC).", _PERSONAL, nullable=True),
    ),
    Area.STAGE,
)

OBJECTING_CONTACT: Final = Table(
    "objecting_contact",
    "One contact that objects to profiling.",
    Keeping.CURRENT,
    ("contact_id",),
    (contact_id(),),
    Area.STAGE,
)

PERMISSION_SUBJECT: Final = Table(
    "permission_subject",
    "One channel and purpose that a source, a list or the settings name.",
    Keeping.CURRENT,
    ("channel", "purpose"),
    (_CHANNEL, _PURPOSE),
    Area.STAGE,
)

CONTACT_PERMISSION: Final = Table(
    "contact_permission",
    "Whether one contact may be contacted by one channel for one purpose: of every contact, for all that a source or "
    "list names.",
    Keeping.CURRENT,
    ("contact_id", "channel", "purpose"),
    (
        contact_id(),
        source(),
        _CHANNEL,
        _PURPOSE,
        Column("is_contactable", pl.Boolean, "Whether the contact may be contacted so.", _PERSONAL),
        Column(
            "reason",
            pl.String,
            "Why, the first that applies: suppressed, withdrawn, no_consent, invalid_number; consent, or not_withdrawn "
            "where the settings ask for no consent.",
            _PERSONAL,
        ),
        Column("decided_at", UTC_INSTANT, "When the row of the source decided that (UTC).", _PERSONAL, nullable=True),
    ),
    indexes=(("channel", "purpose"),),
    replaced_contacts=RESEGMENTED_CONTACT.name,
)

PERMISSION_SIZE: Final = Table(
    "permission_size",
    "One source of consent or objections, or one suppression list, at one as_of.",
    Keeping.DATED,
    ("as_of", "source_type", "permission_source"),
    (
        Column("as_of", UTC_INSTANT, "End of the data interval (UTC)."),
        *_SOURCE,
        Column("row_count", pl.Int64, "Rows from before as_of or without a time; of a list, those in force."),
        Column("matched_count", pl.Int64, "Of those, rows of a contact."),
        Column("unknown_contact_count", pl.Int64, "Of those, rows of a number or id that no contact has."),
        Column("unreadable_count", pl.Int64, "Of those, rows without an id, or whose number is none."),
        Column("shared_number_count", pl.Int64, "Of those, rows that allow, of a number that too many contacts share."),
        Column("undated_count", pl.Int64, "Of those, rows that allow, without a time: they decide nothing."),
        Column(
            "unread_status_count",
            pl.Int64,
            "Rows whose status is no word of the settings: they count as no consent, or as an objection.",
        ),
        Column("newest_decided_at", UTC_INSTANT, "The newest row's time (UTC).", nullable=True),
    ),
)

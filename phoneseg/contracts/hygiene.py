"""What is wrong with numbers and contacts: the state of numbers, issues, and how good a source is."""

from typing import Final

import polars as pl

from phoneseg.contracts.contacts import (
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    RESEGMENTED_CONTACT,
    contact_id,
    source,
    token,
)
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table

_PERSONAL: Final = PrivacyClass.PERSONAL

NUMBER_STATES: Final = {
    "active": "Somebody was reached by it, or wrote or called from it, within `active_days`.",
    "cooling": "That was within `cooling_days`.",
    "dormant": "That was longer ago.",
    "suspected_disconnected": "It looks as if nobody had it any more.",
    "suspected_reassigned": "It looks as if somebody else had it now.",
    "unknown": "Nothing was seen of it.",
}
"""Every state of a number, and what it says."""

SEVERITIES: Final = ("info", "warning", "error")
CONTACT_LEVEL: Final = ""
"""In `phone_column`, of an issue that is of no single phone."""


def _instant(name: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, UTC_INSTANT, f"{meaning} (UTC).", _PERSONAL, nullable)


def _evidence(meaning: str) -> Column:
    return Column("evidence", pl.String, meaning, _PERSONAL, nullable=True)


RAW_NUMBER_LIST: Final = Table(
    "raw_number_list",
    "One row of a list of numbers from before as_of, or one answer of the Reassigned Numbers Database.",
    Keeping.CURRENT,
    (),
    (
        Column("phone_raw", pl.String, "Number, but of an answer.", PrivacyClass.RESTRICTED, nullable=True),
        Column("region_hint", pl.String, "Region to read the number in.", _PERSONAL, nullable=True),
        token(nullable=True),
        Column("number_list", pl.String, "Name of the list in the settings."),
        Column("list_status", pl.String, "disconnected, reassigned or active.", _PERSONAL),
        _instant("listed_at", "When that was so; of a disconnection, when it was, or after when", nullable=False),
    ),
    Area.STAGE,
)

_PHONE_COLUMNS: Final = (
    "contact_id",
    "source",
    "phone_column",
    "position",
    "phone_token",
    "is_primary",
    "is_valid",
    "repair",
    "region_code",
    "number_type",
    "time_zones",
)

KEPT_PHONE: Final = Table(
    "kept_phone",
    "One published phone of a contact whose source row a partial run does not read again.",
    Keeping.CURRENT,
    CONTACT_PHONE.key,
    tuple(column for column in CONTACT_PHONE.columns if column.name in _PHONE_COLUMNS),
    Area.STAGE,
)

KEPT_QUARANTINE: Final = Table(
    "kept_quarantine",
    "One published quarantined cell, or part of one, of such a contact.",
    Keeping.CURRENT,
    CONTACT_QUARANTINE.key,
    tuple(column for column in CONTACT_QUARANTINE.columns if column.name in (*CONTACT_QUARANTINE.key, "source"))
    + tuple(column for column in CONTACT_QUARANTINE.columns if column.name in ("quarantine_reason", "repair")),
    Area.STAGE,
)

EXAMINED_QUARANTINE: Final = Table(
    "examined_quarantine",
    "One quarantined cell, or part of one, of any contact of a run.",
    Keeping.CURRENT,
    KEPT_QUARANTINE.key,
    KEPT_QUARANTINE.columns,
    Area.STAGE,
)

_STATE_COLUMNS: Final = (
    Column("number_state", pl.String, f"State of the number: {', '.join(NUMBER_STATES)}.", _PERSONAL),
    _instant("state_since_at", "Since when it is in that state; null for active and unknown"),
    _instant("confirmed_at", "When the contact itself last showed that the number is its own"),
    _instant("last_alive_at", "The last sign that somebody has the number"),
    _instant("last_failed_at", "The last message that failed after that"),
    Column("failure_count", pl.Int32, "Messages that failed after that.", _PERSONAL),
    _evidence("Codes of what speaks for the state or the issue, comma-separated; null for nothing."),
    Column("state_confidence", pl.Float64, "How sure the state is, 0 to 1; null for unknown.", _PERSONAL, True),
)

EXAMINED_PHONE: Final = Table(
    "examined_phone",
    "One phone of any contact of a run, with the state of its number.",
    Keeping.CURRENT,
    KEPT_PHONE.key,
    (
        *KEPT_PHONE.columns,
        *_STATE_COLUMNS,
        Column("is_unique", pl.Boolean, "Whether no other contact of the source has the number.", _PERSONAL),
    ),
    Area.STAGE,
)

NUMBER_STATE: Final = Table(
    "number_state",
    "One number of one contact, and whether the contact can still be reached by it.",
    Keeping.CURRENT,
    ("contact_id", "phone_token"),
    (contact_id(), source(), token(), *_STATE_COLUMNS),
    replaced_contacts=RESEGMENTED_CONTACT.name,
)

HYGIENE_ISSUE: Final = Table(
    "hygiene_issue",
    "One thing that is wrong, or may be, with a phone or a contact.",
    Keeping.CURRENT,
    ("contact_id", "issue_kind", "phone_column", "position"),
    (
        contact_id(),
        source(),
        Column("issue_kind", pl.String, "Kind of the issue: see docs/hygiene.md."),
        Column("phone_column", pl.String, "Column of the phone; empty for an issue of the contact."),
        Column("position", pl.Int16, "Position of the number among those of its cell; 0 for an issue of the contact."),
        Column("severity", pl.String, f"{', '.join(SEVERITIES)}.", _PERSONAL),
        _evidence("Codes of what speaks for the state or the issue, comma-separated; null for nothing."),
        Column("suggested_fix", pl.String, "What to do."),
    ),
    indexes=(("issue_kind",),),
    replaced_contacts=RESEGMENTED_CONTACT.name,
)


def _share(name: str, meaning: str) -> Column:
    return Column(name, pl.Float64, f"{meaning}, 0 to 1; null where there is none.", nullable=True)


QUALITY_PARTS: Final = {
    "completeness": "Share of the contacts with something in a phone cell",
    "validity": "Share of the numbers in those cells that are valid",
    "consistency": "Share of the contacts with a phone of which nothing contradicts anything",
    "uniqueness": "Share of the phones whose number no other contact of the source has",
    "freshness": "Share of the numbers of a known state that are active or cooling",
}

QUALITY_SCORE: Final = Table(
    "quality_score",
    "How good the phones of one contact source were at one as_of.",
    Keeping.DATED,
    ("as_of", "source"),
    (
        Column("as_of", UTC_INSTANT, "End of the data interval (UTC)."),
        source(),
        Column("contact_count", pl.Int64, "Contacts."),
        *(_share(name, meaning) for name, meaning in QUALITY_PARTS.items()),
        Column("quality_score", pl.Float64, "Weighted mean of the parts, 0 to 100; null for nothing.", nullable=True),
    ),
)

RND_ANSWERS: Final = ("yes", "no", "no_data")
RND_ANSWER: Final = Table(
    "rnd_answer",
    "What the Reassigned Numbers Database answered about one number and one date.",
    Keeping.LOG,
    ("phone_token", "asked_at"),
    (
        token(),
        Column("token_key_id", pl.String, "Which key made the token."),
        _instant("asked_at", "The date that was asked about: is the number disconnected since", nullable=False),
        Column("answer", pl.String, f"{', '.join(RND_ANSWERS)}.", _PERSONAL),
        _instant("answered_at", "When the database answered", nullable=False),
    ),
    Area.RESTRICTED,
)

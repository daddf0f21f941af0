"""What contacts do: calls, messages, purchases and visits."""

from dataclasses import replace
from typing import Final

import polars as pl

from phoneseg.contracts.contacts import contact_id
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table

ACTIVITY_KINDS: Final = ("call", "message", "purchase", "visit")
DELIVERIES: Final = ("delivered", "failed_temporarily", "failed_permanently")
AMOUNT_SCALE: Final = 10_000
"""Amounts are whole ten-thousandths, so that their sums are exact in any order."""

_PERSONAL: Final = PrivacyClass.PERSONAL


def activity_source() -> Column:
    """Return the column of an activity source's name."""
    return Column("activity_source", pl.String, "Name of the activity source in the settings.")


_SOURCE: Final = (activity_source(), Column("kind", pl.String, "call, message, purchase or visit."))
_OCCURRED_AT: Final = Column("occurred_at", UTC_INSTANT, "When it happened (UTC), before as_of.", _PERSONAL)
_EVENT: Final = (
    Column("is_inbound", pl.Boolean, "Whether it came from the contact; null where nobody knows.", _PERSONAL, True),
    Column("channel", pl.String, "Channel of a message or a purchase, such as sms.", _PERSONAL, True),
    Column("counterparty", pl.String, "Who was at the other end, such as an agent or a shop.", _PERSONAL, True),
    Column("duration_s", pl.Int32, "Seconds that it took.", _PERSONAL, True),
    Column("is_answered", pl.Boolean, "Whether a call was picked up.", _PERSONAL, True),
    Column(
        "amount_e4",
        pl.Int64,
        "Money, in ten-thousandths of the profile's currency; null where it is no number, or its currency has no rate.",
        _PERSONAL,
        True,
    ),
    Column("campaign", pl.String, "Campaign that it belongs to.", _PERSONAL, True),
)

RAW_ACTIVITY: Final = Table(
    "raw_activity",
    "One row of an activity source that happened before as_of, or has no time.",
    Keeping.CURRENT,
    (),
    (
        Column("contact_id", pl.String, "Contact, where the source names one.", PrivacyClass.PSEUDONYM, nullable=True),
        Column("phone_raw", pl.String, "Number, where the source names one.", PrivacyClass.RESTRICTED, nullable=True),
        Column("region_hint", pl.String, "Region to read the number in.", _PERSONAL, nullable=True),
        *_SOURCE,
        replace(_OCCURRED_AT, nullable=True),
        *_EVENT,
        Column("is_unpriced", pl.Boolean, "Whether it has an amount that amount_e4 cannot tell."),
        Column(
            "delivery",
            pl.String,
            f"{', '.join(DELIVERIES)}: what became of a message; null where nobody knows.",
            _PERSONAL,
            nullable=True,
        ),
    ),
    Area.STAGE,
)

ACTIVITY: Final = Table(
    "activity",
    "One event of one contact; an event of a number that several contacts share stands once for each.",
    Keeping.CURRENT,
    (),
    (contact_id(), *_SOURCE, _OCCURRED_AT, *_EVENT),
    Area.STAGE,
)

ACTIVITY_SIZE: Final = Table(
    "activity_size",
    "One activity source at one as_of.",
    Keeping.DATED,
    ("as_of", "activity_source"),
    (
        Column("as_of", UTC_INSTANT, "End of the data interval (UTC)."),
        activity_source(),
        Column("row_count", pl.Int64, "Rows that happened before as_of, or have no time."),
        Column("matched_count", pl.Int64, "Of those, rows of a contact."),
        Column("unknown_contact_count", pl.Int64, "Of those, rows of a number or id that no contact has."),
        Column("unreadable_count", pl.Int64, "Of those, rows without an id, or whose number is none."),
        Column("shared_number_count", pl.Int64, "Of those, rows of a number that too many contacts share."),
        Column("undated_count", pl.Int64, "Of those, rows without a time."),
        Column(
            "unpriced_count",
            pl.Int64,
            "Matched rows with an amount that is no number, or in a currency without a rate.",
        ),
        Column("newest_occurred_at", UTC_INSTANT, "The newest row's time (UTC).", nullable=True),
    ),
)

"""Risk: events of numbers, what stands out among them, and what people made of it."""

from typing import Final

import polars as pl

from phoneseg.contracts.activity import activity_source
from phoneseg.contracts.contacts import token
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table

_PERSONAL: Final = PrivacyClass.PERSONAL

PREFIX_LEVELS: Final = ("country", "area_code", "number_block", "carrier")
SUBJECT_KINDS: Final = (*PREFIX_LEVELS, "number", "cluster")


def _text(name: str, meaning: str) -> Column:
    return Column(name, pl.String, meaning, _PERSONAL, nullable=True)


def _hash(name: str, meaning: str) -> Column:
    return Column(name, pl.UInt64, f"{meaning}, hashed; null where nobody knows.", PrivacyClass.PSEUDONYM, True)


RISK_EVENT: Final = Table(
    "risk_event",
    "One event of one number, contact or not, within the data interval.",
    Keeping.CURRENT,
    (),
    (
        token(),
        _text("country", "region_code of the number; null where it has none."),
        _text("area_code", "country_calling_code-national_destination_code of a geographic number, such as 1-212."),
        _text("number_block", "E.164 number without plus and its last four digits."),
        _text("carrier", "region_code:original_carrier_name."),
        _text("number_type", "Type of the number."),
        activity_source(),
        Column("activity_kind", pl.String, "call, message, purchase or visit."),
        Column("occurred_at", UTC_INSTANT, "When it happened (UTC).", _PERSONAL),
        Column("is_outgoing", pl.Boolean, "Whether it came from the number; null where nobody knows.", _PERSONAL, True),
        _hash("counterparty", "Who was at the other end"),
        _text("counterparty_country", "region_code of the other end, where that is a number."),
        _text("counterparty_area_code", "Area code of the other end, where that is a geographic number."),
        Column("duration_s", pl.Int32, "Seconds that it took.", _PERSONAL, True),
        Column("is_answered", pl.Boolean, "Whether a call was picked up.", _PERSONAL, True),
        Column("amount_e4", pl.Int64, "Money, in ten-thousandths of the profile's currency.", _PERSONAL, True),
        _text("campaign", "Campaign that it belongs to."),
        _hash("cell", "Radio cell that the number was in"),
        _hash("device", "Device that the number was used in"),
    ),
    Area.STAGE,
)

PREFIX_ACTIVITY: Final = Table(
    "prefix_activity",
    "Events of one kind of the numbers of one prefix in the hour, or the day, that ends at as_of.",
    Keeping.DATED,
    ("as_of", "window_h", "prefix_level", "prefix", "activity_kind"),
    (
        Column("as_of", UTC_INSTANT, "End of the hour or day (UTC)."),
        Column("window_h", pl.Int16, "1 for an hour, 24 for a day."),
        Column("prefix_level", pl.String, f"{', '.join(PREFIX_LEVELS)}."),
        Column("prefix", pl.String, "The prefix, as the column of risk_event that its level names has it."),
        Column("activity_kind", pl.String, "call, message, purchase or visit."),
        Column("event_count", pl.Int64, "Events."),
        Column("number_count", pl.Int64, "Distinct numbers."),
        Column("answered_count", pl.Int64, "Calls that were picked up."),
        Column("duration_s", pl.Int64, "Seconds that they took together."),
    ),
)

RISK_SIGNAL: Final = Table(
    "risk_signal",
    "One thing that stood out in the window that ends at as_of, by one detector.",
    Keeping.DATED,
    ("as_of", "signal_kind", "subject_kind", "subject", "activity_kind"),
    (
        Column("as_of", UTC_INSTANT, "End of the window (UTC)."),
        Column("signal_kind", pl.String, "Detector: see docs/risk.md."),
        Column("subject_kind", pl.String, f"{', '.join(SUBJECT_KINDS)}."),
        Column(
            "subject",
            pl.String,
            "The prefix, the token of the number, or the smallest token of the cluster.",
            PrivacyClass.PSEUDONYM,
        ),
        Column("activity_kind", pl.String, "call, message, purchase or visit; `any` for all of them."),
        Column("window_start", UTC_INSTANT, "Start of the window (UTC)."),
        Column("observed", pl.Float64, "What was seen, such as events of the window."),
        Column("expected", pl.Float64, "What was expected; null where nothing was.", nullable=True),
        Column("score", pl.Float64, "How far that is from what was expected, on the detector's own scale."),
        Column("p_value", pl.Float64, "Chance of seeing as much by chance; null where there is none.", nullable=True),
        Column("risk_level", pl.String, "monitor or high."),
        Column("reasons", pl.String, "Codes of what speaks for it, comma-separated."),
        Column(
            "evidence",
            pl.String,
            "What stands out inside: a JSON object of figures and prefixes; null for nothing.",
            _PERSONAL,
            nullable=True,
        ),
    ),
)

EVALUATION: Final = Table(
    "evaluation",
    "How good one detector was in one scenario of generated data with known truth.",
    Keeping.CURRENT,
    ("detector", "scenario"),
    (
        Column("detector", pl.String, "Detector, or way of scoring."),
        Column("scenario", pl.String, "What was generated, such as a level of evasion."),
        Column(
            "precision", pl.Float64, "Share of what it flagged that was true; null where nothing was.", nullable=True
        ),
        Column("recall", pl.Float64, "Share of what was true that it flagged; null where nothing was.", nullable=True),
        Column("f1", pl.Float64, "Harmonic mean of the two.", nullable=True),
        Column("false_alarms_per_day", pl.Float64, "Subjects flagged without cause, by day."),
        Column("detection_h", pl.Float64, "Median hours from the start to the first flag.", nullable=True),
        Column("true_count", pl.Int64, "Subjects that were true."),
    ),
    Area.STAGE,
)

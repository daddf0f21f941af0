"""Risk: events of numbers, what stands out among them, and what people made of it."""

from dataclasses import replace
from typing import Final

import polars as pl

from phoneseg.contracts.activity import RAW_ACTIVITY, activity_source
from phoneseg.contracts.contacts import token
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, Pipeline, PrivacyClass, Table

_PERSONAL: Final = PrivacyClass.PERSONAL

PREFIX_LEVELS: Final = ("country", "area_code", "number_block", "carrier")
SUBJECT_KINDS: Final = (*PREFIX_LEVELS, "number", "cluster")
RISK_LEVELS: Final = ("low", "monitor", "high")
FRAUD: Final = "fraud"
LEGITIMATE: Final = "legitimate"
RISK_LABELS: Final = (FRAUD, LEGITIMATE)


def _as_of(of: str = "data interval") -> Column:
    return Column("as_of", UTC_INSTANT, f"End of the {of} (UTC).")


def _subject() -> Column:
    meaning = "The prefix, the token of the number, or the smallest token or contact_id of the cluster."
    return Column("subject", pl.String, meaning, PrivacyClass.PSEUDONYM)


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

STAGED_EVENT: Final = replace(
    RISK_EVENT,
    name="staged_event",
    columns=(
        *RISK_EVENT.columns,
        Column("line_number", pl.UInt16, "Last four digits of the number.", PrivacyClass.RESTRICTED, nullable=True),
    ),
)
"""RISK_EVENT as a run stages it: with what no signal holds."""

_UNMONITORED: Final = ("channel", "is_unpriced", "delivery")

MONITORED_ROW: Final = Table(
    "monitored_row",
    "One row of a monitored source from the time that a run looks at, before anybody knows whose it is.",
    Keeping.CURRENT,
    (),
    (
        *(column for column in RAW_ACTIVITY.columns if column.name not in _UNMONITORED),
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
        _as_of("hour or day"),
        Column("window_h", pl.Int16, "1 for an hour, 24 for a day."),
        Column("prefix_level", pl.String, f"{', '.join(PREFIX_LEVELS)}."),
        Column("prefix", pl.String, "The prefix, as the column of risk_event that its level names has it."),
        Column("activity_kind", pl.String, "call, message, purchase or visit."),
        Column("event_count", pl.Int64, "Events."),
        Column("number_count", pl.Int64, "Distinct numbers."),
        Column("answered_count", pl.Int64, "Calls that were picked up."),
        Column("total_duration_s", pl.Int64, "Seconds that they took together."),
    ),
    pipeline=Pipeline.MONITOR_ACTIVITY,
    has_all_intervals=True,
)

PREFIX_HISTORY: Final = replace(
    PREFIX_ACTIVITY, name="prefix_history", keeping=Keeping.CURRENT, area=Area.STAGE, has_all_intervals=False
)
"""What is published of PREFIX_ACTIVITY from before the window that signals are looked for in."""

MONITORED_SIZE: Final = Table(
    "monitored_size",
    "One activity source in one monitored interval.",
    Keeping.DATED,
    ("as_of", "activity_source"),
    (
        _as_of(),
        activity_source(),
        Column("row_count", pl.Int64, "Rows of the interval."),
        Column("event_count", pl.Int64, "Of those, events of a number: what detectors see."),
        Column("unknown_contact_count", pl.Int64, "Of those, rows of an id that no contact with a phone has."),
        Column("unreadable_count", pl.Int64, "Of those, rows without an id, or whose number is none."),
        Column("erased_count", pl.Int64, "Of those, rows of a contact or number that was erased."),
    ),
    pipeline=Pipeline.MONITOR_ACTIVITY,
)

NUMBER_HOLDER: Final = Table(
    "number_holder",
    "One contact that has a number with events, as published when the run read it.",
    Keeping.CURRENT,
    ("phone_token", "contact_id"),
    (
        token(),
        Column("contact_id", pl.String, "The contact.", PrivacyClass.PSEUDONYM),
        Column("created_at", UTC_INSTANT, "When its source row was created (UTC).", _PERSONAL, True),
    ),
    Area.STAGE,
)

RISK_SIGNAL: Final = Table(
    "risk_signal",
    "One thing that stood out in a window that ends at as_of, or before it, by one detector.",
    Keeping.DATED,
    ("as_of", "window_start", "signal_kind", "subject_kind", "subject", "activity_kind"),
    (
        _as_of(),
        Column("window_start", UTC_INSTANT, "Start of the window (UTC)."),
        Column("signal_kind", pl.String, "Detector: see docs/risk.md."),
        Column("subject_kind", pl.String, f"{', '.join(SUBJECT_KINDS)}."),
        _subject(),
        Column("activity_kind", pl.String, "call, message, purchase or visit; `any` for all of them."),
        Column("observed", pl.Float64, "What was seen, such as events of the window."),
        Column("expected", pl.Float64, "What was expected; null where nothing was.", nullable=True),
        Column("score", pl.Float64, "How far that is from what was expected, on the detector's own scale.", _PERSONAL),
        Column("p_value", pl.Float64, "Chance of seeing as much by chance; null where there is none.", nullable=True),
        Column("risk_level", pl.String, "monitor or high.", _PERSONAL),
        Column("reasons", pl.String, "Codes of what speaks for it, comma-separated."),
        Column(
            "evidence",
            pl.String,
            "What stands out inside: a JSON object of figures and prefixes; null for nothing.",
            _PERSONAL,
            nullable=True,
        ),
    ),
    indexes=(("subject",),),
    pipeline=Pipeline.MONITOR_ACTIVITY,
)

RISK_MEMBER: Final = Table(
    "risk_member",
    "One number or contact that a signal is about; a signal about a prefix alone has none.",
    Keeping.DATED,
    ("as_of", "window_start", "signal_kind", "subject", "member"),
    (
        _as_of(),
        Column("window_start", UTC_INSTANT, "Start of the window (UTC)."),
        Column("signal_kind", pl.String, "Detector."),
        _subject(),
        Column("member_kind", pl.String, "number or contact."),
        Column("member", pl.String, "phone_token of the number, or contact_id.", PrivacyClass.PSEUDONYM),
    ),
    indexes=(("member",),),
    pipeline=Pipeline.MONITOR_ACTIVITY,
)

SIM_BOX_LOSS: Final = Table(
    "sim_box_loss",
    "What one number that looks like a SIM box's may have cost operators of one country in the window.",
    Keeping.DATED,
    ("as_of", "phone_token", "destination_country"),
    (
        _as_of(),
        token(),
        Column("destination_country", pl.String, "region_code of who was called."),
        Column("minutes", pl.Float64, "Minutes of its calls within the country that were picked up.", _PERSONAL),
        Column("international_rate_per_min", pl.Float64, "What a minute from abroad costs.", nullable=True),
        Column("local_rate_per_min", pl.Float64, "What a minute within the country costs.", nullable=True),
        Column("lost_amount", pl.Float64, "The difference of all minutes; null without both rates.", nullable=True),
        Column("currency", pl.String, "Currency of the rates, ISO 4217.", nullable=True),
    ),
    pipeline=Pipeline.MONITOR_ACTIVITY,
)

RISK_REVIEW: Final = Table(
    "risk_review",
    "One number or cluster that a detector has flagged, for a person to check.",
    Keeping.LOG,
    ("signal_kind", "subject"),
    (
        Column("signal_kind", pl.String, "Detector."),
        Column("subject_kind", pl.String, "number or cluster."),
        _subject(),
        Column("as_of", UTC_INSTANT, "As_of of the signal that it was first flagged by (UTC)."),
        Column(
            "label", pl.String, f"What the person found: {' or '.join(RISK_LABELS)}; null until then.", nullable=True
        ),
        Column("labelled_at", UTC_INSTANT, "When (UTC).", nullable=True),
        Column("note", pl.String, "What the person wrote.", _PERSONAL, nullable=True),
    ),
    pipeline=Pipeline.MONITOR_ACTIVITY,
)

MONITOR_TABLES: Final = (PREFIX_ACTIVITY, MONITORED_SIZE, RISK_SIGNAL, RISK_MEMBER, SIM_BOX_LOSS, RISK_REVIEW)
"""Tables of the warehouse that `monitor_activity` keeps."""

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

"""The contact profile: all that segments are made of, in one row per contact."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl

from phoneseg.contracts.contacts import NUMBER_ATTRIBUTES, RAW_CONTACT, RESEGMENTED_CONTACT, token
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table
from phoneseg.settings.profile import DEFAULT_WINDOWS_DAYS

ALL_TIME: Final = "all"
"""Suffix of the columns that are about all activity before as_of; the others end in days, such as `7d`."""


@dataclass(frozen=True)
class WindowMetric:
    """One figure about the activity of a window that ends at as_of.

    Attributes:
        name: What the column's name starts with; the window is its suffix.
        dtype: Its dtype.
        meaning: What it says.
        is_count: Whether it is 0 rather than null without activity.
        has_all_time: Whether it exists for all time, too.
    """

    name: str
    dtype: type[pl.DataType]
    meaning: str
    is_count: bool = False
    has_all_time: bool = True


def _count(name: str, meaning: str) -> WindowMetric:
    return WindowMetric(name, pl.Int32, meaning, is_count=True)


WINDOW_METRICS: Final = (
    _count("event_count", "Calls, messages, purchases and visits."),
    _count("call_in_count", "Calls from the contact."),
    _count("call_out_count", "Calls to the contact."),
    _count("message_in_count", "Messages from the contact."),
    _count("message_out_count", "Messages to the contact."),
    _count("purchase_count", "Purchases."),
    _count("visit_count", "Visits."),
    _count("active_days", "Days (UTC) with an event."),
    _count("counterparty_count", "Distinct counterparties of the events."),
    WindowMetric("counterparty_entropy", pl.Float64, "Shannon entropy of the events over the counterparties, in nats."),
    WindowMetric("amount_sum", pl.Float64, "Money spent on purchases, in the currency of the settings."),
    WindowMetric("amount_mean", pl.Float64, "Mean amount of a purchase, in the currency of the settings."),
    WindowMetric("amount_max", pl.Float64, "Highest amount of a purchase, in the currency of the settings."),
    WindowMetric("gap_mean_hours", pl.Float64, "Mean hours between an event and the next."),
    WindowMetric("gap_std_hours", pl.Float64, "Standard deviation (population) of those hours."),
    WindowMetric(
        "response_rate", pl.Float64, "Share of our messages and calls not picked up that the contact answered in time."
    ),
    WindowMetric("response_delay_median_s", pl.Float64, "Median seconds until the contact answered."),
    WindowMetric("answered_share", pl.Float64, "Share of our calls that the contact picked up."),
    WindowMetric("night_share", pl.Float64, "Share of the events at night, in the contact's local time."),
    WindowMetric("busiest_hour", pl.Int16, "Hour with most events, 0 to 23 in the contact's local time."),
    WindowMetric("busiest_weekday", pl.Int16, "Weekday with most events, 1 (Monday) to 7 in the contact's local time."),
    WindowMetric(
        "trend",
        pl.Float64,
        "Events of the window less those of the window before, by both together; -1 to 1.",
        has_all_time=False,
    ),
)

_PERSONAL: Final = PrivacyClass.PERSONAL


def window_suffixes(windows_days: tuple[int, ...]) -> tuple[str, ...]:
    """Return the suffixes of the windows' columns, the shortest window first and all time last."""
    return (*(f"{days}d" for days in sorted(windows_days)), ALL_TIME)


def window_columns(windows_days: tuple[int, ...]) -> Iterator[Column]:
    """Yield the columns of all metrics for each window, the shortest first, and for all time."""
    for suffix in window_suffixes(windows_days):
        when = "of all time" if suffix == ALL_TIME else f"of the last {suffix.removesuffix('d')} days"
        for metric in WINDOW_METRICS:
            if metric.has_all_time or suffix != ALL_TIME:
                # A warehouse that had other windows before gets new columns, and those take null.
                yield Column(
                    f"{metric.name}_{suffix}", metric.dtype, f"{metric.meaning[:-1]}, {when}.", _PERSONAL, True
                )


def _instant(name: str, meaning: str) -> Column:
    return Column(name, UTC_INSTANT, f"{meaning} (UTC).", _PERSONAL, nullable=True)


def _of_primary_phone(column: Column) -> Column:
    """Return the column as the profile holds it: null for a contact without a phone."""
    return Column(column.name, column.dtype, f"Of the primary phone: {column.meaning}", column.privacy, nullable=True)


SOURCE_COLUMNS: Final = RAW_CONTACT.columns
PHONE_COLUMNS: Final = (
    Column("phone_count", pl.Int16, "Phones in contact_phone."),
    Column("valid_phone_count", pl.Int16, "Phones in contact_phone that are valid."),
    Column("quarantined_count", pl.Int16, "Rows of the contact in contact_quarantine."),
    token(nullable=True, meaning="Token of the primary phone."),
    Column("is_valid", pl.Boolean, "Whether the primary phone is valid.", nullable=True),
    *(_of_primary_phone(column) for column in NUMBER_ATTRIBUTES),
)
PLACE_COLUMNS: Final = (
    Column("place_type", pl.String, "urban, town or rural; null where no place is known.", _PERSONAL, True),
    Column("place_source", pl.String, "postal_address or fixed_line_area: what named the place.", _PERSONAL, True),
    Column("place_confidence", pl.Float64, "How sure the place is, 0 to 1.", _PERSONAL, True),
)
ACTIVITY_COLUMNS: Final = (
    Column(
        "time_zone",
        pl.String,
        "IANA time zone of the contact's local time; null where it is not known.",
        _PERSONAL,
        True,
    ),
    _instant("first_seen_at", "When the contact came to be or first did something, whichever was first"),
    *(
        _instant(f"last_{what}_at", f"The last {what} before as_of")
        for what in ("call", "message", "purchase", "visit")
    ),
    _instant("first_activity_at", "The first event"),
    _instant("last_activity_at", "The last event before as_of"),
    _instant("last_engagement_at", "The last call or message from the contact, purchase or visit before as_of"),
    _instant("first_purchase_at", "The first purchase"),
    Column("repeat_purchase_days", pl.Int32, "Days (UTC) with a purchase after the first such day.", _PERSONAL, True),
    Column(
        "repeat_purchase_span_days", pl.Int32, "Days from the first day with a purchase to the last.", _PERSONAL, True
    ),
    Column(
        "repeat_purchase_amount_mean",
        pl.Float64,
        "Mean of the money spent on a day with a purchase, without the first such day.",
        _PERSONAL,
        True,
    ),
    *(
        Column(f"{what}_score", pl.Int16, f"RFM score of {of}, 1 to 5 (best).", _PERSONAL, True)
        for what, of in (
            ("recency", "the last purchase"),
            ("frequency", "the number of purchases in the window of the scores"),
            ("monetary", "the money spent in that window"),
        )
    ),
    Column(
        "preferred_channel", pl.String, "Channel that the contact used most in the longest window.", _PERSONAL, True
    ),
    Column("purchase_seasons", pl.String, "Peak seasons that the contact bought in, comma-separated.", _PERSONAL, True),
)
CONSENT_COLUMNS: Final = (
    Column(
        "contactable",
        pl.String,
        "What the contact may be contacted by and for, as channel:purpose, comma-separated; null for nothing.",
        _PERSONAL,
        True,
    ),
    Column("has_objection", pl.Boolean, "Whether the contact objects to profiling.", _PERSONAL, True),
)
HYGIENE_COLUMNS: Final = (
    Column(
        "number_state", pl.String, "State of the primary phone's number, as number_state tells it.", _PERSONAL, True
    ),
)
RISK_COLUMNS: Final = (
    Column(
        "risk_level",
        pl.String,
        "low, monitor or high: the highest of the risk signals about the contact or one of its numbers; null where "
        "nothing was monitored, and in shadow mode.",
        _PERSONAL,
        True,
    ),
    Column("risk_reasons", pl.String, "Kinds of those signals, comma-separated.", _PERSONAL, True),
    Column("risk_signal_count", pl.Int32, "How many there are.", _PERSONAL, True),
)


@cache
def contact_profile(windows_days: tuple[int, ...] = DEFAULT_WINDOWS_DAYS) -> Table:
    """Return the contract of the contact profile with the windows of the settings."""
    return Table(
        "contact_profile",
        "One contact.",
        Keeping.CURRENT,
        ("contact_id",),
        (
            *SOURCE_COLUMNS,
            *PHONE_COLUMNS,
            *PLACE_COLUMNS,
            *ACTIVITY_COLUMNS,
            *window_columns(windows_days),
            *CONSENT_COLUMNS,
            *HYGIENE_COLUMNS,
            *RISK_COLUMNS,
            Column(
                "content_hash",
                pl.Int64,
                "Hash of the row, the memberships, the permissions, the states of the numbers and the issues.",
                _PERSONAL,
                True,
            ),
        ),
        replaced_contacts=RESEGMENTED_CONTACT.name,
    )


CONTACT_PROFILE: Final = contact_profile()

CONTACT_BASE: Final = Table(
    "contact_base",
    "One contact as its source and its phones describe it, before its activity.",
    Keeping.CURRENT,
    ("contact_id",),
    (*SOURCE_COLUMNS, *PHONE_COLUMNS),
    Area.STAGE,
)

KEPT_CONTACT: Final = Table(
    "kept_contact",
    "One published contact whose source row a partial run does not read again.",
    Keeping.CURRENT,
    ("contact_id",),
    (*CONTACT_BASE.columns, CONTACT_PROFILE.columns[-1]),
    Area.STAGE,
)

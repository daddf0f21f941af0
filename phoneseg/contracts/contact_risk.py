"""Stage tables on the way from published signals of risk to the profiles of contacts."""

from typing import Final

import polars as pl

from phoneseg.contracts.contacts import contact_id
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table
from phoneseg.contracts.profile import RISK_COLUMNS

_PERSONAL: Final = PrivacyClass.PERSONAL
_PSEUDONYM: Final = PrivacyClass.PSEUDONYM

MEMBER_SIGNAL: Final = Table(
    "member_signal",
    "One signal that counts at as_of, about one number or contact.",
    Keeping.CURRENT,
    ("member", "as_of", "window_start", "signal_kind", "subject_kind", "subject", "activity_kind"),
    (
        Column("member_kind", pl.String, "number or contact."),
        Column("member", pl.String, "phone_token of the number, or contact_id.", _PSEUDONYM),
        Column("as_of", UTC_INSTANT, "End of the signal's window (UTC)."),
        Column("window_start", UTC_INSTANT, "Start of the signal's window (UTC)."),
        Column("signal_kind", pl.String, "Detector."),
        Column("subject_kind", pl.String, "What the signal is about."),
        Column("subject", pl.String, "What the signal is about.", _PSEUDONYM),
        Column("activity_kind", pl.String, "What the signal is about."),
        Column("risk_level", pl.String, "monitor or high; high of what a person labelled as fraud.", _PERSONAL),
    ),
    Area.STAGE,
)

CONTACT_RISK: Final = Table(
    "contact_risk",
    "One contact with signals of risk.",
    Keeping.CURRENT,
    ("contact_id",),
    (contact_id(), *RISK_COLUMNS),
    Area.STAGE,
)

"""Reports: counts of contacts that a wider circle may see, rounded at random, the small ones left out."""

from typing import Final

import polars as pl

from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, PrivacyClass, Table

ALL_SOURCES: Final = "*"

_AS_OF: Final = Column("as_of", UTC_INSTANT, "End of the data interval (UTC).")
_KIND: Final = Column("segment_kind", pl.String, "Kind of the segment, such as country.")
_CODE: Final = Column(
    "segment_code", pl.String, "Code of the segment within its kind, such as DE.", PrivacyClass.PERSONAL
)
_COUNT: Final = Column(
    "contact_count",
    pl.Int64,
    "Contacts, rounded at random to a multiple of privacy.report.round_to, up or down.",
)

CONTACT_REPORT: Final = Table(
    "contact_report",
    "How many contacts of one source something holds for at one as_of; no row where it holds for few.",
    Keeping.DATED,
    ("as_of", "contact_source", "measure"),
    (
        _AS_OF,
        Column("contact_source", pl.String, "Name of the contact source in the settings; * for all together."),
        Column(
            "measure",
            pl.String,
            "contacts: all; valid_phone: those with a valid phone; quarantined_phone: with a cell in quarantine; "
            "activity: with an event.",
        ),
        _COUNT,
    ),
    Area.REPORT,
)

SEGMENT_REPORT: Final = Table(
    "segment_report",
    "The size of one segment at one as_of; no row where it is small.",
    Keeping.DATED,
    ("as_of", "segment_kind", "segment_code"),
    (_AS_OF, _KIND, _CODE, Column("segment_name", pl.String, "Name for people."), _COUNT),
    Area.REPORT,
)

OVERLAP_REPORT: Final = Table(
    "overlap_report",
    "How many contacts are in both of two segments at one as_of; no row where they are few.",
    Keeping.DATED,
    ("as_of", "segment_kind", "segment_code", "other_kind", "other_code"),
    (
        _AS_OF,
        _KIND,
        _CODE,
        Column("other_kind", pl.String, "Kind of the other segment; each pair stands in both orders."),
        Column("other_code", pl.String, "Code of the other segment.", PrivacyClass.PERSONAL),
        _COUNT,
    ),
    Area.REPORT,
)

REPORTS: Final = (CONTACT_REPORT, SEGMENT_REPORT, OVERLAP_REPORT)

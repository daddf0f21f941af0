"""The views that BI tools read: their statements stand in `sql/views/`, one file each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from phoneseg.contracts.contacts import contact_id, source
from phoneseg.contracts.model import UTC_INSTANT, Column, PrivacyClass
from phoneseg.contracts.profile import CONTACT_PROFILE
from phoneseg.contracts.segments import CONTACT_UPDATE, SEGMENT


@dataclass(frozen=True)
class View:
    """One view: what a row is, the columns that tell rows apart, and its columns, in order.

    Attributes:
        name: Its name, and that of its file.
        row_meaning: What a row is.
        key: Columns that tell its rows apart.
        columns: Its columns.
    """

    name: str
    row_meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the view."""
        return tuple(column.name for column in self.columns)


_PERSONAL: Final = PrivacyClass.PERSONAL
_LABEL_SUFFIXES: Final = {True: "_segment", False: "_segments"}


def _kind() -> Column:
    return next(column for column in SEGMENT.columns if column.name == "segment_kind")


def _code(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.String, meaning, _PERSONAL, nullable)


def _as_of(meaning: str = "End of the data interval (UTC).") -> Column:
    return Column("as_of", UTC_INSTANT, meaning)


def _name(name: str, meaning: str) -> Column:
    return Column(name, pl.String, meaning, nullable=True)


def _count(name: str, meaning: str) -> Column:
    return Column(name, pl.Int64, meaning)


def _pct(name: str, meaning: str) -> Column:
    return Column(name, pl.Float64, meaning, nullable=True)


SEGMENT_INTERVAL: Final = View(
    "segment_interval",
    "One time that one contact was in one segment.",
    ("contact_id", "segment_kind", "segment_code", "entered_on"),
    (
        contact_id(),
        source(),
        _kind(),
        _code("segment_code", "Code of the segment within its kind."),
        Column("entered_on", UTC_INSTANT, "The first as_of with the contact (UTC); see is_entry_known.", _PERSONAL),
        Column(
            "exited_on", UTC_INSTANT, "The as_of without the contact (UTC); null while it is in it.", _PERSONAL, True
        ),
        Column("entered_cause", pl.String, "Cause of the entry; null where it is not known.", nullable=True),
        Column("exited_cause", pl.String, "Cause of the exit; null while it is in it.", nullable=True),
        Column("is_entry_known", pl.Boolean, "False where it was in it when the history began, which entered_on is."),
    ),
)

SEGMENT_TREND: Final = View(
    "segment_trend",
    "The size of one segment at one as_of, and how it changed; one that lost its last member has a row with 0.",
    ("as_of", "segment_kind", "segment_code"),
    (
        _as_of(),
        Column("previous_as_of", UTC_INSTANT, "The as_of before it that has sizes (UTC).", nullable=True),
        _kind(),
        _code("segment_code", "Code of the segment within its kind."),
        _name("segment_name", "Name for people, as it is now; null for a segment that is gone."),
        _count("contact_count", "Members."),
        Column("contact_change", pl.Int64, "Members more than at previous_as_of; null without one.", nullable=True),
        _pct("change_pct", "The same in percent of the members then; null where there were none."),
        _pct("contact_pct", "Percent of all contacts at as_of."),
    ),
)

SEGMENT_FLOW: Final = View(
    "segment_flow",
    "The contacts that went from one segment to another of the same kind, which excludes others, at one as_of.",
    ("as_of", "segment_kind", "from_code", "to_code"),
    (
        _as_of(),
        Column("previous_as_of", UTC_INSTANT, "The published as_of before it (UTC)."),
        _kind(),
        _code("from_code", "Code of the segment that they left; null for none.", nullable=True),
        _code("to_code", "Code of the segment that they entered; null for none.", nullable=True),
        _count("contact_count", "Contacts."),
    ),
)

SEGMENT_OVERLAP: Final = View(
    "segment_overlap",
    "Two segments with members in common; each pair stands in both orders.",
    ("segment_kind", "segment_code", "other_kind", "other_code"),
    (
        _kind(),
        _code("segment_code", "Code of the segment within its kind."),
        Column("other_kind", pl.String, "Kind of the other segment."),
        _code("other_code", "Code of the other segment."),
        _count("contact_count", "Members of both."),
        _pct("segment_pct", "Percent of the members of the segment that are in the other, too."),
        _pct("jaccard", "Members of both by members of any of them, 0 to 1."),
    ),
)

FRESHNESS: Final = View(
    "freshness",
    "One source, and how old what is published of it is at this moment.",
    ("source_type", "source"),
    (
        Column("source_type", pl.String, "contacts, activity, consent, objection or suppression."),
        Column("source", pl.String, "Name of the source in the settings."),
        _as_of("The as_of that the source was last published for (UTC)."),
        Column("published_at", UTC_INSTANT, "When that became visible (UTC).", nullable=True),
        Column("newest_row_at", UTC_INSTANT, "The newest updated_at, or time of a row (UTC).", nullable=True),
        _pct("hours_since_as_of", "Hours from as_of to this moment."),
        _pct("hours_since_newest_row", "Hours from the newest row to this moment; the source itself may stand still."),
        Column("is_late", pl.Boolean, "Whether the next interval should have been published six hours ago."),
    ),
)

_OF_PROFILE: Final = (
    "contact_id",
    "source",
    "contact_created_at",
    "phone_count",
    "valid_phone_count",
    "phone_token",
    "is_valid",
    "region_code",
    "number_type",
    "time_zone",
    "place_type",
    "first_seen_at",
    "last_activity_at",
    "last_engagement_at",
    "last_purchase_at",
    "recency_score",
    "frequency_score",
    "monetary_score",
    "preferred_channel",
    "event_count_all",
    "purchase_count_all",
    "amount_sum_all",
    "amount_mean_all",
    "response_rate_all",
)


def contact_360(kinds: Mapping[str, bool]) -> View:
    """Return the contract of the view of contacts with all their labels.

    Args:
        kinds: Whether a contact is in at most one segment, by kind.
    """
    labels = (
        _code(
            label_column(kind, is_exclusive=is_exclusive),
            f"Its segment of kind {kind}." if is_exclusive else f"Its segments of kind {kind}, comma-separated.",
            nullable=True,
        )
        for kind, is_exclusive in sorted(kinds.items())
    )
    updated_at = CONTACT_UPDATE.columns[-1]
    return View(
        "contact_360",
        "One contact with what a CRM wants to know of it, and its segments of each kind.",
        ("contact_id",),
        (
            *(column for column in CONTACT_PROFILE.columns if column.name in _OF_PROFILE),
            Column(updated_at.name, updated_at.dtype, updated_at.meaning, updated_at.privacy, nullable=True),
            *labels,
        ),
    )


def label_column(kind: str, *, is_exclusive: bool) -> str:
    """Return the name of the column of contact_360 with the codes of a kind."""
    return kind + _LABEL_SUFFIXES[is_exclusive]


def labelled_kinds(columns: Iterable[str]) -> dict[str, bool]:
    """Return whether a contact is in at most one segment, by each kind that columns of contact_360 are named after."""
    return {
        column.removesuffix(suffix): is_exclusive
        for column in columns
        for is_exclusive, suffix in _LABEL_SUFFIXES.items()
        if column.endswith(suffix)
    }


def all_views(kinds: Mapping[str, bool]) -> tuple[View, ...]:
    """Return the contracts of all views, for the kinds of segments that there are."""
    return (contact_360(kinds), SEGMENT_TREND, SEGMENT_FLOW, SEGMENT_INTERVAL, SEGMENT_OVERLAP, FRESHNESS)

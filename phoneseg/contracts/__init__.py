"""Every table that phoneseg keeps: the one source of DDL, comments, the data dictionary and the suites' columns.

A *current* table holds the newest published `as_of` and its rows carry no `as_of`; a *dated* table carries `as_of` and
a run replaces exactly its own; a *log* has one row per event. Columns that depend on the clock or on chance
(`run_id`, `started_at`) stand in `pipeline_run` alone, so that the same run twice gives the same tables.
"""

from collections.abc import Iterator
from typing import Final

from phoneseg.contracts.activity import ACTIVITY, ACTIVITY_SIZE, AMOUNT_SCALE, DELIVERIES, RAW_ACTIVITY
from phoneseg.contracts.contacts import (
    CHANGED_CONTACT,
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    PARSED_PHONE,
    PHONE_NUMBER,
    QUARANTINE_RAW,
    RAW_CONTACT,
    RAW_PHONE,
    RESEGMENTED_CONTACT,
)
from phoneseg.contracts.hygiene import (
    CONTACT_LEVEL,
    EXAMINED_PHONE,
    EXAMINED_QUARANTINE,
    HYGIENE_ISSUE,
    KEPT_PHONE,
    KEPT_QUARANTINE,
    NUMBER_STATE,
    NUMBER_STATES,
    QUALITY_PARTS,
    QUALITY_SCORE,
    RAW_NUMBER_LIST,
    RND_ANSWER,
    RND_ANSWERS,
    SEVERITIES,
)
from phoneseg.contracts.model import UTC_INSTANT, Area, Column, Keeping, Pipeline, PrivacyClass, Table
from phoneseg.contracts.people import (
    CANONICAL_CHANGE,
    CONTACT_CANONICAL,
    KEPT_CANONICAL,
    KEPT_SHARED_NUMBER,
    RAW_PERSON,
    REGROUPED_CONTACT,
    SHARED_BY_TOO_MANY,
    SHARED_NUMBER,
)
from phoneseg.contracts.permission import (
    CONTACT_PERMISSION,
    DECIDED_PERMISSION,
    OBJECTING_CONTACT,
    PERMISSION_SIZE,
    PERMISSION_SUBJECT,
    RAW_PERMISSION,
)
from phoneseg.contracts.privacy import ERASURE_RECEIPT, PRIVACY_REQUEST, TOMBSTONE
from phoneseg.contracts.profile import CONTACT_BASE, CONTACT_PROFILE, KEPT_CONTACT, contact_profile
from phoneseg.contracts.report import CONTACT_REPORT, OVERLAP_REPORT, REPORTS, SEGMENT_REPORT
from phoneseg.contracts.risk import MONITOR_TABLES
from phoneseg.contracts.runs import PIPELINE_RUN, SOURCE_SIZE, SOURCE_WATERMARK
from phoneseg.contracts.segments import (
    CONTACT_UPDATE,
    CONTACTABLE,
    OBJECTION,
    RISK,
    SEGMENT,
    SEGMENT_CHANGE,
    SEGMENT_MEMBERSHIP,
    SEGMENT_RULE,
    SEGMENT_SIZE,
)

# A table stands after those that its rows are counted from or referred to by: `publish` fills them in this order.
TABLES: Final = (
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    CONTACT_PROFILE,
    CONTACT_PERMISSION,
    NUMBER_STATE,
    HYGIENE_ISSUE,
    CONTACT_CANONICAL,
    SHARED_NUMBER,
    SEGMENT_MEMBERSHIP,
    SEGMENT,
    SEGMENT_SIZE,
    PHONE_NUMBER,
    QUARANTINE_RAW,
    SOURCE_WATERMARK,
    SOURCE_SIZE,
    ACTIVITY_SIZE,
    PERMISSION_SIZE,
    QUALITY_SCORE,
    *REPORTS,
    SEGMENT_CHANGE,
    CANONICAL_CHANGE,
    CONTACT_UPDATE,
    RND_ANSWER,
    *MONITOR_TABLES,
    PIPELINE_RUN,
    PRIVACY_REQUEST,
    ERASURE_RECEIPT,
    TOMBSTONE,
)


def staged_tables(pipeline: Pipeline = Pipeline.SEGMENT_CONTACTS) -> Iterator[Table]:
    """Yield the tables that a run of a pipeline loads, audits and publishes: all of its own but the logs."""
    return (table for table in TABLES if table.keeping is not Keeping.LOG and table.pipeline is pipeline)


REPLACED_CONTACTS: Final = (CHANGED_CONTACT, RESEGMENTED_CONTACT, REGROUPED_CONTACT)
"""Staged beside them: the contacts whose rows a partial run replaces."""


__all__ = [
    "ACTIVITY",
    "ACTIVITY_SIZE",
    "AMOUNT_SCALE",
    "CANONICAL_CHANGE",
    "CHANGED_CONTACT",
    "CONTACTABLE",
    "CONTACT_BASE",
    "CONTACT_CANONICAL",
    "CONTACT_LEVEL",
    "CONTACT_PERMISSION",
    "CONTACT_PHONE",
    "CONTACT_PROFILE",
    "CONTACT_QUARANTINE",
    "CONTACT_REPORT",
    "CONTACT_UPDATE",
    "DECIDED_PERMISSION",
    "DELIVERIES",
    "ERASURE_RECEIPT",
    "EXAMINED_PHONE",
    "EXAMINED_QUARANTINE",
    "HYGIENE_ISSUE",
    "KEPT_CANONICAL",
    "KEPT_CONTACT",
    "KEPT_PHONE",
    "KEPT_QUARANTINE",
    "KEPT_SHARED_NUMBER",
    "NUMBER_STATE",
    "NUMBER_STATES",
    "OBJECTING_CONTACT",
    "OBJECTION",
    "OVERLAP_REPORT",
    "PARSED_PHONE",
    "PERMISSION_SIZE",
    "PERMISSION_SUBJECT",
    "PHONE_NUMBER",
    "PIPELINE_RUN",
    "PRIVACY_REQUEST",
    "QUALITY_PARTS",
    "QUALITY_SCORE",
    "QUARANTINE_RAW",
    "RAW_ACTIVITY",
    "RAW_CONTACT",
    "RAW_NUMBER_LIST",
    "RAW_PERMISSION",
    "RAW_PERSON",
    "RAW_PHONE",
    "REGROUPED_CONTACT",
    "REPLACED_CONTACTS",
    "REPORTS",
    "RESEGMENTED_CONTACT",
    "RISK",
    "RND_ANSWER",
    "RND_ANSWERS",
    "SEGMENT",
    "SEGMENT_CHANGE",
    "SEGMENT_MEMBERSHIP",
    "SEGMENT_REPORT",
    "SEGMENT_RULE",
    "SEGMENT_SIZE",
    "SEVERITIES",
    "SHARED_BY_TOO_MANY",
    "SHARED_NUMBER",
    "SOURCE_SIZE",
    "SOURCE_WATERMARK",
    "TABLES",
    "TOMBSTONE",
    "UTC_INSTANT",
    "Area",
    "Column",
    "Keeping",
    "Pipeline",
    "PrivacyClass",
    "Table",
    "contact_profile",
    "staged_tables",
]

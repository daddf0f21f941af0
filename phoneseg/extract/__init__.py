"""Reads sources out of the warehouse: contacts, activity, who may be contacted, and lists of numbers."""

from phoneseg.extract.activity import ActivityPlan, ActivityReader, plan_activity, read_activity
from phoneseg.extract.contacts import ContactBatch, SourceReader, check_ids, extract_source
from phoneseg.extract.erased import check_token_key, known_tombstones, list_erased_numbers, read_tombstones
from phoneseg.extract.kept import read_kept
from phoneseg.extract.number_lists import read_number_lists
from phoneseg.extract.permissions import PermissionReader, plan_permissions, read_permissions
from phoneseg.extract.persons import PersonReader, read_contacts_again, read_people
from phoneseg.extract.region_hint import resolve_region
from phoneseg.extract.risk_signals import read_risk_signals, was_monitored
from phoneseg.extract.sources import (
    SourcePlan,
    SourceRead,
    SourceSink,
    append_dropped_sources,
    describe_sources,
    plan_sources,
    read_source,
)

__all__ = [
    "ActivityPlan",
    "ActivityReader",
    "ContactBatch",
    "PermissionReader",
    "PersonReader",
    "SourcePlan",
    "SourceRead",
    "SourceReader",
    "SourceSink",
    "append_dropped_sources",
    "check_ids",
    "check_token_key",
    "describe_sources",
    "extract_source",
    "known_tombstones",
    "list_erased_numbers",
    "plan_activity",
    "plan_permissions",
    "plan_sources",
    "read_activity",
    "read_contacts_again",
    "read_kept",
    "read_number_lists",
    "read_people",
    "read_permissions",
    "read_risk_signals",
    "read_source",
    "read_tombstones",
    "resolve_region",
    "was_monitored",
]

"""Reads sources out of the warehouse: contacts, activity, and who may be contacted."""

from phoneseg.extract.activity import ActivityPlan, ActivityReader, plan_activity, read_activity
from phoneseg.extract.contacts import ContactBatch, SourceReader, check_ids, extract_source
from phoneseg.extract.kept import read_kept
from phoneseg.extract.permissions import PermissionReader, plan_permissions, read_permissions
from phoneseg.extract.persons import PersonReader, read_contacts_again, read_people
from phoneseg.extract.region_hint import resolve_region
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
    "describe_sources",
    "extract_source",
    "plan_activity",
    "plan_permissions",
    "plan_sources",
    "read_activity",
    "read_contacts_again",
    "read_kept",
    "read_people",
    "read_permissions",
    "read_source",
    "resolve_region",
]

"""Reads contact and activity sources out of the warehouse."""

from phoneseg.extract.activity import ActivityPlan, ActivityReader, plan_activity, read_activity
from phoneseg.extract.contacts import ContactBatch, SourceReader, check_ids, extract_source
from phoneseg.extract.kept import read_kept
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
    "SourcePlan",
    "SourceRead",
    "SourceReader",
    "SourceSink",
    "append_dropped_sources",
    "check_ids",
    "describe_sources",
    "extract_source",
    "plan_activity",
    "plan_sources",
    "read_activity",
    "read_kept",
    "read_source",
    "resolve_region",
]

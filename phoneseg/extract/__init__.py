"""Reads contact sources out of the warehouse."""

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
    "ContactBatch",
    "SourcePlan",
    "SourceRead",
    "SourceReader",
    "SourceSink",
    "append_dropped_sources",
    "check_ids",
    "describe_sources",
    "extract_source",
    "plan_sources",
    "read_kept",
    "read_source",
    "resolve_region",
]

"""Reads contact sources out of the warehouse."""

from phoneseg.extract.contacts import ContactBatch, check_ids, extract_source
from phoneseg.extract.region_hint import resolve_region

__all__ = ["ContactBatch", "check_ids", "extract_source", "resolve_region"]

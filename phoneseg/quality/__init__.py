"""Great Expectations on the staging tables, before anything is published."""

from phoneseg.quality.audit import AuditResult, audit_staging, data_docs_folder
from phoneseg.quality.segment_sizes import EarlierSizes, check_segment_sizes, find_jumps
from phoneseg.quality.suites import shipped_suites_folder, suites_folder

__all__ = [
    "AuditResult",
    "EarlierSizes",
    "audit_staging",
    "check_segment_sizes",
    "data_docs_folder",
    "find_jumps",
    "shipped_suites_folder",
    "suites_folder",
]

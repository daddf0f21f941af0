"""Great Expectations on the staging tables, before anything is published."""

from phoneseg.quality.audit import AuditResult, audit_staging
from phoneseg.quality.suites import shipped_suites_folder, suites_folder

__all__ = ["AuditResult", "audit_staging", "shipped_suites_folder", "suites_folder"]

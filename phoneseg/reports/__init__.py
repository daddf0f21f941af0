"""Reports: counts of contacts for a wider circle, which reveal nothing of few."""

from phoneseg.reports.rounding import round_counts
from phoneseg.reports.tally import ReportTally, check_crossed_kinds

__all__ = ["ReportTally", "check_crossed_kinds", "round_counts"]

"""Write, audit, publish: staging tables, then one transaction that makes them visible."""

from phoneseg.publish.fingerprint import fingerprint_sources
from phoneseg.publish.finish import finish_run
from phoneseg.publish.holding import keep_interval, take_interval
from phoneseg.publish.leftovers import remove_leftovers
from phoneseg.publish.load import count_visible, drop_staging, load_staging, tell_planner
from phoneseg.publish.log import (
    begin_run,
    end_run,
    last_published_us,
    published_as_ofs,
    run_state,
)
from phoneseg.publish.monitored import swap_monitored
from phoneseg.publish.numbers import read_numbers
from phoneseg.publish.plan import Plan, PlannedChange, plan_segments
from phoneseg.publish.reassigned_numbers import COVERED_REGIONS, read_askable, write_answers
from phoneseg.publish.risk_reviews import Labelled, Reviewed, read_flagged, read_reviewed, read_reviews, write_label
from phoneseg.publish.signal_counts import SignalCounts, count_signals
from phoneseg.publish.summary import RunSummary, read_summary
from phoneseg.publish.swap import swap_staging

__all__ = [
    "COVERED_REGIONS",
    "Labelled",
    "Plan",
    "PlannedChange",
    "Reviewed",
    "RunSummary",
    "SignalCounts",
    "begin_run",
    "count_signals",
    "count_visible",
    "drop_staging",
    "end_run",
    "fingerprint_sources",
    "finish_run",
    "keep_interval",
    "last_published_us",
    "load_staging",
    "plan_segments",
    "published_as_ofs",
    "read_askable",
    "read_flagged",
    "read_numbers",
    "read_reviewed",
    "read_reviews",
    "read_summary",
    "remove_leftovers",
    "run_state",
    "swap_monitored",
    "swap_staging",
    "take_interval",
    "tell_planner",
    "write_answers",
    "write_label",
]

"""Phone cells as people, forms and spreadsheets leave them: repaired where that gives valid numbers, and named.

And what is wrong with numbers and contacts after that: numbers that are not in use, and what contradicts what.
"""

from phoneseg.hygiene.findings import Findings, Hygiene, open_hygiene
from phoneseg.hygiene.issue_kind import IssueKind
from phoneseg.hygiene.issue_registry import all_issue_kinds
from phoneseg.hygiene.number_state import EVIDENCE, match_number_states
from phoneseg.hygiene.reading import CellReading, read_cells
from phoneseg.hygiene.reasons import QUARANTINE_REASONS
from phoneseg.hygiene.repairs import REPAIRS

__all__ = [
    "EVIDENCE",
    "QUARANTINE_REASONS",
    "REPAIRS",
    "CellReading",
    "Findings",
    "Hygiene",
    "IssueKind",
    "all_issue_kinds",
    "match_number_states",
    "open_hygiene",
    "read_cells",
]

"""Phone cells as people, forms and spreadsheets leave them: repaired where that gives valid numbers, and named."""

from phoneseg.hygiene.reading import CellReading, read_cells
from phoneseg.hygiene.reasons import QUARANTINE_REASONS
from phoneseg.hygiene.repairs import REPAIRS

__all__ = ["QUARANTINE_REASONS", "REPAIRS", "CellReading", "read_cells"]

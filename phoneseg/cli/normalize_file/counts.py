"""What the summary counts, batch by batch."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import polars as pl

COUNTED_FIELDS: Final = ("is_possible", "is_valid", "validation_result", "number_type", "region_code")


@dataclass
class NumberCounts:
    """Counts of rows.

    Attributes:
        rows: All.
        filled: Those whose phone cell has something in it.
        parsed: Those that could be read as a number.
        possible: Those whose number has a length that its country uses.
        valid: Those whose number is of a range in use.
        without_region: Those that nobody can read: no plus, and no country.
        unknown_region: Those whose country is not known.
        number_types: The valid ones, by type.
        regions: The valid ones, by region.
        reasons: The filled ones that are not valid, by `validation_result`.
    """

    rows: int = 0
    filled: int = 0
    parsed: int = 0
    possible: int = 0
    valid: int = 0
    without_region: int = 0
    unknown_region: int = 0
    number_types: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def empty(self) -> int:
        """Rows whose phone cell is null or blank."""
        return self.rows - self.filled

    def add(self, described: pl.DataFrame) -> None:
        """Count a batch.

        Args:
            described: The cells as `PhoneColumns.read` gives them, with the COUNTED_FIELDS.
        """
        is_filled = (pl.col("raw").str.strip_chars().str.len_bytes() > 0).fill_null(False)
        is_valid = pl.col("is_valid").fill_null(False)
        cells = described.select("raw", "region", "is_region_unknown", *COUNTED_FIELDS)
        sums = cells.select(
            rows=pl.len(),
            filled=is_filled.sum(),
            parsed=pl.col("is_valid").count(),
            possible=pl.col("is_possible").sum(),
            valid=is_valid.sum(),
            unknown_region=pl.col("is_region_unknown").sum(),
        )
        for name, count in sums.row(0, named=True).items():
            setattr(self, name, getattr(self, name) + count)
        failed = cells.filter(is_filled & ~is_valid)
        self.without_region += _without_region(failed)
        self.reasons += _counted(failed, "validation_result")
        valid = cells.filter(is_valid)
        self.number_types += _counted(valid, "number_type")
        self.regions += _counted(valid, "region_code")


def _counted(rows: pl.DataFrame, column: str) -> Counter[str]:
    return Counter(dict(rows.group_by(pl.col(column).fill_null("none")).len().iter_rows()))


def _without_region(failed: pl.DataFrame) -> int:
    rows = failed.filter((pl.col("validation_result") == "INVALID_COUNTRY_CODE") & pl.col("region").is_null())
    return rows.height - int(rows.get_column("raw").str.contains(r"[+\x{FF0B}]").sum())

"""A batch of cells at a time, from texts to columns."""

from collections.abc import Sequence

import numpy as np
import phonenumbers
import polars as pl

from phoneseg.numbers import scalar
from phoneseg.numbers.columns import index_of, replaced
from phoneseg.numbers.engine.answers import Answers
from phoneseg.numbers.engine.cells import read_cells
from phoneseg.numbers.engine.lookup import Lookup
from phoneseg.numbers.engine.national import read_national
from phoneseg.numbers.engine.regions import Regions
from phoneseg.numbers.engine.tape import Rows
from phoneseg.numbers.fields import schema_of
from phoneseg.numbers.tables import Tables


class Engine:
    """Reads numbers by the tables of one metadata version.

    Args:
        tables: The tables.
    """

    def __init__(self, tables: Tables) -> None:
        self.lookup = Lookup(tables)
        self._regions = Regions(tables)

    def describe(self, phones: pl.Series, regions: pl.Series, fields: Sequence[str]) -> tuple[pl.DataFrame, int]:
        """Return the fields of a batch of cells, and how many of them `phonenumbers` was asked of.

        Args:
            phones: What was written, strings.
            regions: Region that each is read in, in any case, strings; or one for all.
            fields: The fields.

        Returns:
            A column per field, with a row per cell.
        """
        cells = read_cells(phones)
        region_at = self._regions.find(regions)
        if len(regions) == 1:
            region_at = np.broadcast_to(region_at, len(phones))
        numbers = read_national(cells, region_at, self.lookup)
        is_null = phones.is_null().to_numpy()
        answers = Answers(cells, numbers, is_null, self.lookup)
        columns = [answers.column(field) for field in fields]
        rows = np.flatnonzero(numbers.must_fall_back & ~is_null)
        if rows.size:
            asked = _ask_phonenumbers(phones, regions, rows, fields)
            columns = [replaced(column, rows, asked.get_column(column.name)) for column in columns]
        return pl.DataFrame(columns), len(rows)


def _ask_phonenumbers(phones: pl.Series, regions: pl.Series, rows: Rows, fields: Sequence[str]) -> pl.DataFrame:
    """Return the fields of some cells, asked one by one."""
    phonenumbers.enable_pattern_cache()
    index = index_of(rows)
    upper = regions.str.to_uppercase() if len(regions) == 1 else regions.gather(index).str.to_uppercase()
    hints = upper.to_list() * (len(rows) if len(regions) == 1 else 1)
    answers = [scalar.describe(phone, hint, fields) for phone, hint in zip(phones.gather(index), hints, strict=True)]
    return pl.DataFrame(answers, schema=schema_of(fields), orient="row")

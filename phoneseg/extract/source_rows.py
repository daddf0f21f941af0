"""Rows of a source as its database types them, and what their columns say."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from phoneseg.contracts import UTC_INSTANT
from phoneseg.errors import SettingsError, SourceError
from phoneseg.extract.column_values import as_instants, as_text
from phoneseg.extract.region_hint import resolve_region

_TRUTHS: Final = {"true": True, "yes": True, "y": True, "t": True, "1": True}
_FALSEHOODS: Final = {"false": False, "no": False, "n": False, "f": False, "0": False}


@dataclass(frozen=True)
class SourceRows:
    """A batch of rows of one source.

    Attributes:
        rows: The source's configured columns, typed as its database types them.
        where: Where the settings describe the source, for errors.
    """

    rows: pl.DataFrame
    where: str

    def nothing(self, dtype: pl.DataType | type[pl.DataType] = pl.String) -> pl.Series:
        """Return a null for each row."""
        return self.constant(None, dtype)

    def constant(self, value: object, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        """Return a value for each row."""
        return pl.Series([value], dtype=dtype).new_from_index(0, len(self.rows))

    def text(self, column: str | None) -> pl.Series:
        """Return a column's values as texts; null where the settings name no column.

        Raises:
            SourceError: The column holds lists or structs.
        """
        if column is None:
            return self.nothing()
        values = self.rows.get_column(column)
        if values.dtype.is_nested():
            raise SourceError(
                f"{self.where}: column `{column}` is {values.dtype}; take single values out of it in a query"
            )
        return as_text(values)

    def filled_text(self, column: str | None) -> pl.Series:
        """Return a column's values as texts without blanks around; null where nothing is left.

        Raises:
            SourceError: The column holds lists or structs.
        """
        return self.text(column).str.strip_chars().replace("", None)

    def instants(self, column: str | None, time_zone: str = "UTC") -> pl.Series:
        """Return a column's values as UTC instants; null where the settings name no column.

        Args:
            column: Holds dates, times, or ISO 8601 texts of them.
            time_zone: Zone of those that have none of their own.

        Raises:
            SourceError: The column holds something else.
        """
        if column is None:
            return self.nothing(UTC_INSTANT)
        values = self.rows.get_column(column)
        instants = as_instants(values, time_zone)
        if instants is None:
            raise SourceError(f"{self.where}: column `{column}` holds values that are no date or time ({values.dtype})")
        return instants

    def numbers(self, column: str) -> pl.Series:
        """Return a column's values as numbers, or as texts that may be numbers.

        Raises:
            SourceError: The column is of a type that holds none.
        """
        values = self.rows.get_column(column)
        if values.dtype.is_float():
            return values.fill_nan(None)
        if values.dtype.is_numeric() or values.dtype == pl.Null:
            return values
        if values.dtype == pl.String:
            return values.str.strip_chars().replace("", None)
        raise SourceError(f"{self.where}: column `{column}` holds values that are no numbers ({values.dtype})")

    def truths(self, column: str | None) -> pl.Series:
        """Return booleans, zeros and ones, or words such as yes and no, as booleans; null for anything else.

        Raises:
            SourceError: The column holds lists or structs.
        """
        words = self.text(column).str.strip_chars().str.to_lowercase()
        return words.replace_strict(_TRUTHS | _FALSEHOODS, default=None, return_dtype=pl.Boolean)

    def regions(self, column: str | None, region: str | None) -> pl.Series:
        """Return each row's region as a code: that of the column, else the fixed one; null where nobody knows it.

        Raises:
            SourceError: The column holds lists or structs.
        """
        if column is None:
            return self.constant(resolve_region(region), pl.String)
        hint = self.text(column)
        distinct = hint.unique()
        codes = pl.Series([resolve_region(name) for name in distinct], dtype=pl.String)
        return hint.replace_strict(distinct, codes, return_dtype=pl.String)


def check_region(where: str, region: str | None) -> None:
    """Check that a country goes by a source's fixed region, if it has one.

    Raises:
        SettingsError: None does.
    """
    if region is not None and resolve_region(region) is None:
        raise SettingsError(f"{where}.region: no country is called {region!r}; give a code such as DE or USA")

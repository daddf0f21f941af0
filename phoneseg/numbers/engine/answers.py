"""A column per field, of national numbers that were read."""

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phoneseg.numbers.columns import index_of, replaced
from phoneseg.numbers.engine.cells import Cells
from phoneseg.numbers.engine.lookup import Lookup
from phoneseg.numbers.engine.national import NationalNumbers
from phoneseg.numbers.engine.tape import Flags, Rows
from phoneseg.numbers.engine.texts import Layout, Signs
from phoneseg.numbers.fields import split_field


class Answers:
    """What the tables say of a batch of numbers; each field is worked out when it is asked for.

    Args:
        cells: The cells.
        numbers: The numbers that they are.
        is_null: Whether a cell is null.
        lookup: The tables.
    """

    def __init__(self, cells: Cells, numbers: NationalNumbers, is_null: Flags, lookup: Lookup) -> None:
        self._cells = cells
        self._numbers = numbers
        self._is_null = is_null
        self._lookup = lookup
        self._is_number = numbers.is_number

    def column(self, field: str) -> pl.Series:
        """Return the column of a field, under its name."""
        name, language = split_field(field)
        if language is not None:
            return self._by_leaf(_NAMES[name](self._lookup, language)).alias(field)
        return _COLUMNS[name](self).alias(field)

    @cached_property
    def _leaves(self) -> Rows:
        """The class leaf of each row; the first, "no number", where it is none."""
        lookup, numbers = self._lookup, self._numbers
        roots = lookup.class_trie.roots[numbers.code_at, numbers.lengths]
        return lookup.class_trie.walk(roots, numbers.tape, numbers.starts)

    @cached_property
    def _leaf_index(self) -> pl.Series:
        return index_of(self._leaves)

    @cached_property
    def _signs(self) -> Signs:
        code_digits = self._lookup.code_digits.take(self._numbers.code_at, axis=0)
        return Signs(self._numbers.tape, self._numbers.starts, code_digits)

    @cached_property
    def _code_lengths(self) -> Rows:
        return self._lookup.code_lengths.take(self._numbers.code_at)

    @cached_property
    def _results_at(self) -> Rows:
        """Where each row's validation result or parse error stands in `Lookup.results`."""
        numbers, lookup = self._numbers, self._lookup
        by_length = numbers.code_at * lookup.length_count + numbers.lengths
        return np.where(self._is_number, by_length, lookup.first_error + np.maximum(numbers.errors, 0))

    def _by_leaf(self, names: pl.Series) -> pl.Series:
        return names.gather(self._leaf_index)

    def _flags(self, flags: Flags) -> pl.Series:
        return self._with_nulls(pl.Series(flags))

    def _with_nulls(self, column: pl.Series) -> pl.Series:
        """Return the column with null where a row is no number."""
        if self._is_number.all():
            return column
        return pl.select(pl.when(pl.Series(self._is_number)).then(column)).to_series()

    def _text(self, layout: Layout, template_of: Rows | NDArray[np.uint16]) -> pl.Series:
        return self._signs.write(layout, template_of, self._is_number)

    def e164(self) -> pl.Series:
        """Return E.164."""
        lengths = self._numbers.lengths
        return self._text(self._lookup.e164_layout, self._code_lengths * self._lookup.length_count + lengths)

    def international(self) -> pl.Series:
        """Return INTERNATIONAL."""
        template_of = self._lookup.tables.class_international.take(self._leaves) * np.intp(4) + self._code_lengths
        return self._with_extensions(self._text(self._lookup.international_layout, template_of))

    def national(self) -> pl.Series:
        """Return NATIONAL."""
        template_of = self._lookup.tables.class_national.take(self._leaves)
        return self._with_extensions(self._text(self._lookup.national_layout, template_of))

    def rfc3966(self) -> pl.Series:
        """Return RFC 3966."""
        template_of = self._lookup.tables.class_international.take(self._leaves) * np.intp(4) + self._code_lengths
        return self._with_extensions(self._text(self._lookup.rfc3966_layout, template_of), prefix=";ext=")

    def _with_extensions(self, texts: pl.Series, prefix: str | None = None) -> pl.Series:
        """Return formats with extensions behind (`_maybe_append_formatted_extension`)."""
        rows = self._cells.extension_rows
        if not rows.size:
            return texts
        of_code = pl.Series(self._lookup.tables.extension_prefixes if prefix is None else [prefix], dtype=pl.String)
        prefixes = of_code.gather(index_of(self._numbers.code_at[rows] * (prefix is None)))
        return replaced(texts, rows, texts.gather(index_of(rows)) + prefixes + self._cells.extensions)

    def extension(self) -> pl.Series:
        """Return the extension."""
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(self._is_number))
        return self._with_nulls(replaced(nothing, self._cells.extension_rows, self._cells.extensions))

    def national_significant_number(self) -> pl.Series:
        """Return the national digits."""
        return self._text(self._lookup.digits_layout, self._numbers.lengths)

    def national_destination_code(self) -> pl.Series:
        """Return the first national digits, as many as are a code of their own."""
        lengths = self._lookup.tables.class_destination_code_length.take(self._leaves).astype(np.intp)
        return self._signs.write(self._lookup.digits_layout, lengths, lengths > 0)

    def country_calling_code(self) -> pl.Series:
        """Return the calling code."""
        return self._with_nulls(pl.Series(self._lookup.tables.calling_codes.take(self._numbers.code_at)))

    def validation_result(self) -> pl.Series:
        """Return the validation result, or the parse error of what is no number."""
        names = self._lookup.results.gather(index_of(self._results_at))
        if not self._is_null.any():
            return names
        return pl.select(pl.when(pl.Series(~self._is_null)).then(names)).to_series()

    def is_possible(self) -> pl.Series:
        """Return whether the length is possible."""
        return self._flags(self._lookup.is_possible.take(self._results_at))

    def is_valid(self) -> pl.Series:
        """Return whether the number is valid."""
        return self._flags(self._lookup.is_valid.take(self._leaves))

    def is_geographic(self) -> pl.Series:
        """Return whether the number belongs to a place."""
        return self._flags(self._lookup.tables.class_is_geographic.take(self._leaves))

    def is_carrier_portable(self) -> pl.Series:
        """Return whether numbers of the region, or else of its calling code's main region, may change their carrier."""
        has_region = self._lookup.tables.class_region.take(self._leaves) > 0
        of_region = self._lookup.is_region_portable.take(self._leaves)
        of_code = self._lookup.is_code_portable.take(self._numbers.code_at)
        return self._flags(np.where(has_region, of_region, of_code))

    def number_type(self) -> pl.Series:
        """Return the name of the type."""
        return self._by_leaf(self._lookup.type_names)

    def region_code(self) -> pl.Series:
        """Return the region."""
        return self._by_leaf(self._lookup.region_codes)

    def time_zones(self) -> pl.Series:
        """Return the time zones."""
        return self._by_leaf(self._lookup.time_zones)


_NAMES: Final[dict[str, Callable[[Lookup, str], pl.Series]]] = {
    "location_name": Lookup.location_names,
    "original_carrier_name": Lookup.carrier_names,
}
_COLUMNS: Final[dict[str, Callable[[Answers], pl.Series]]] = {
    "phone_e164": Answers.e164,
    "phone_international": Answers.international,
    "phone_national": Answers.national,
    "phone_rfc3966": Answers.rfc3966,
    "is_possible": Answers.is_possible,
    "is_valid": Answers.is_valid,
    "validation_result": Answers.validation_result,
    "number_type": Answers.number_type,
    "region_code": Answers.region_code,
    "country_calling_code": Answers.country_calling_code,
    "national_significant_number": Answers.national_significant_number,
    "national_destination_code": Answers.national_destination_code,
    "extension": Answers.extension,
    "is_geographic": Answers.is_geographic,
    "time_zones": Answers.time_zones,
    "is_carrier_portable": Answers.is_carrier_portable,
}

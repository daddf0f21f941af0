"""The tables as the engine asks them: unfolded tries, and a column of answers per field, made when first asked for."""

import re
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from phoneseg.numbers.columns import index_of
from phoneseg.numbers.engine.digit_trie import DigitTrie
from phoneseg.numbers.engine.tape import Bytes, Flags, Rows
from phoneseg.numbers.engine.texts import CODE_DIGITS, NATIONAL_DIGITS, Layout
from phoneseg.numbers.languages import split_language
from phoneseg.numbers.scalar import NUMBER_TYPES, PARSE_ERRORS, VALIDATION_RESULTS
from phoneseg.numbers.tables import Tables

_UNKNOWN_TYPE: Final = 99
_POSSIBLE: Final = ("IS_POSSIBLE", "IS_POSSIBLE_LOCAL_ONLY")


class Lookup:
    """What the tables of one metadata version say: by class leaf, or by calling code and national length.

    The first class leaf is "no number": null in every column.

    Args:
        tables: The tables.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.parse_trie = DigitTrie(tables.parse_nodes, tables.parse_roots)
        self.class_trie = DigitTrie(tables.class_nodes, tables.class_roots)
        self._location_names: dict[str, pl.Series] = {}
        self._carrier_names: dict[str, pl.Series] = {}

    def location_names(self, language: str) -> pl.Series:
        """Return the name of each class leaf's area in a language, or of its country where the area has none."""
        if language not in self._location_names:
            spoken, _ = split_language(language)
            areas = self.tables.areas.names(language)
            countries = self.tables.countries.names(spoken, may_be_english=False)
            of_area = areas.gather(index_of(self.tables.class_area))
            of_country = countries.gather(index_of(self.tables.class_country))
            self._location_names[language] = of_area.fill_null(of_country)
        return self._location_names[language]

    def carrier_names(self, language: str) -> pl.Series:
        """Return the name of each class leaf's carrier in a language."""
        if language not in self._carrier_names:
            names = self.tables.carriers.names(language)
            self._carrier_names[language] = names.gather(index_of(self.tables.class_carrier))
        return self._carrier_names[language]

    @cached_property
    def type_names(self) -> pl.Series:
        """The type of each class leaf."""
        names = pl.Series([NUMBER_TYPES.get(number) for number in range(_UNKNOWN_TYPE + 1)], dtype=pl.String)
        return _without_first(names.gather(index_of(self.tables.class_type)))

    @cached_property
    def region_codes(self) -> pl.Series:
        """The region of each class leaf."""
        codes = pl.Series([region or None for region in self.tables.regions], dtype=pl.String)
        return codes.gather(index_of(self.tables.class_region))

    @cached_property
    def time_zones(self) -> pl.Series:
        """The time zones of each class leaf, a list."""
        rows = pl.Series([zones.split(",") for zones in self.tables.zones], dtype=pl.List(pl.String))
        return _without_first(rows.gather(index_of(self.tables.class_zones)))

    @cached_property
    def is_valid(self) -> Flags:
        """Whether numbers of each class leaf are valid."""
        is_valid: Flags = self.tables.class_type != _UNKNOWN_TYPE
        return is_valid

    @cached_property
    def results(self) -> pl.Series:
        """The names of validation results by calling code and national length, then those of parse errors."""
        names = [VALIDATION_RESULTS[int(number)] for number in self.tables.length_results.ravel()]
        return pl.Series([*names, *(PARSE_ERRORS[number] for number in sorted(PARSE_ERRORS))], dtype=pl.String)

    @cached_property
    def is_possible(self) -> Flags:
        """Whether numbers are possible, by calling code and national length; parse errors are not."""
        return self.results.is_in(_POSSIBLE).to_numpy()

    @property
    def length_count(self) -> int:
        """How many national lengths stand beside each other for a calling code."""
        return int(self.tables.length_results.shape[1])

    @property
    def first_error(self) -> int:
        """Where the parse errors begin in `results`."""
        return int(self.tables.length_results.size)

    @cached_property
    def is_code_portable(self) -> Flags:
        """Whether the main region of each calling code lets numbers change their carrier."""
        return self.tables.is_portable_region[self.tables.main_region]

    @cached_property
    def is_region_portable(self) -> Flags:
        """Whether the region of each class leaf lets numbers change their carrier."""
        return self.tables.is_portable_region[self.tables.class_region]

    @cached_property
    def prepended_lengths(self) -> Rows:
        """How many digits belong before the national ones, by parse leaf."""
        return np.array([len(digits) for digits in self.tables.parse_prepended], np.intp)

    @cached_property
    def prepended_digits(self) -> Bytes:
        """The digits that belong before the national ones, by parse leaf, filled up with zeros."""
        width = int(self.prepended_lengths.max())
        return np.array([list(digits.encode().ljust(width, b"0")) for digits in self.tables.parse_prepended], np.uint8)

    @cached_property
    def code_digits(self) -> Bytes:
        """The digits of each calling code, filled up behind."""
        return np.array([list(str(code).ljust(3, "0").encode()) for code in self.tables.calling_codes], np.uint8)

    @cached_property
    def code_lengths(self) -> Rows:
        """How many digits each calling code has."""
        return np.array([len(str(code)) for code in self.tables.calling_codes], np.intp)

    @cached_property
    def e164_layout(self) -> Layout:
        """How numbers are written in E.164, by length of calling code and national length."""
        return Layout(
            [
                f"+{CODE_DIGITS[:code_length]}{NATIONAL_DIGITS[:length]}"
                for code_length in range(4)
                for length in range(self.length_count)
            ]
        )

    @cached_property
    def digits_layout(self) -> Layout:
        """The first national digits alone, by how many."""
        return Layout([NATIONAL_DIGITS[:length] for length in range(self.length_count)])

    @cached_property
    def national_layout(self) -> Layout:
        """How numbers are written in NATIONAL, by template."""
        return Layout([_with_places(template) for template in self.tables.national_templates])

    @cached_property
    def international_layout(self) -> Layout:
        """How numbers are written in INTERNATIONAL, by template and length of calling code."""
        return Layout(
            [
                f"+{CODE_DIGITS[:code_length]} {_with_places(template)}"
                for template in self.tables.international_templates
                for code_length in range(4)
            ]
        )

    @cached_property
    def rfc3966_layout(self) -> Layout:
        """How numbers are written in RFC 3966, by template and length of calling code."""
        return Layout(
            [
                f"tel:+{CODE_DIGITS[:code_length]}-{_with_places(_dashed(template))}"
                for template in self.tables.international_templates
                for code_length in range(4)
            ]
        )


def _without_first(column: pl.Series) -> pl.Series:
    """Return the column with null in place of its first entry."""
    return pl.concat([column.clear(1), column[1:]], rechunk=True)


def _with_places(template: str) -> str:
    """Return a template of the tables, where "a" is the first digit, as `Layout` takes it."""
    return template.translate({ord("a") + at: sign for at, sign in enumerate(NATIONAL_DIGITS)})


def _dashed(template: str) -> str:
    """Return a template with a dash for whatever stands between its digits (`_format_nsn_using_pattern`)."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"^[^a-z0-9]+", "", template))

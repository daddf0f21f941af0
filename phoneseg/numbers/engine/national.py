"""Digits become national numbers: calling code, place and length on the tape. `phonenumbers.parse`, by table."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from phonenumbers import NumberParseException

from phoneseg.numbers.engine.cells import Cells
from phoneseg.numbers.engine.lookup import Lookup
from phoneseg.numbers.engine.tape import Bytes, Flags, Rows, Tape
from phoneseg.numbers.tables import MOST_DIGITS, ParseKind

_NO_ERROR: Final = -1
_PREPENDED_WIDTH: Final = 40  # a rewritten number, with room to read on behind it


@dataclass
class NationalNumbers:
    """What a batch of cells means.

    Attributes:
        tape: All digits.
        starts: Where the national digits of each row begin.
        lengths: How many there are; 0 where the row is no number.
        code_at: Index of the calling code; 0 where the row is no number.
        errors: `NumberParseException` kind of a row that is no number, else -1.
        must_fall_back: Whether `phonenumbers` must be asked.
    """

    tape: Tape
    starts: Rows
    lengths: Rows
    code_at: Rows
    errors: Rows
    must_fall_back: Flags

    @property
    def is_number(self) -> Flags:
        """Whether a row is a number that the tables speak of."""
        return self.lengths > 0


def read_national(cells: Cells, region_at: Rows, lookup: Lookup) -> NationalNumbers:
    """Read cells as numbers.

    Args:
        cells: The cells.
        region_at: Index of the region that each is read in, 0 for none.
        lookup: The tables.
    """
    errors = np.full(len(cells.starts), _NO_ERROR, np.intp)
    errors[~(cells.has_plus | (region_at > 0))] = NumberParseException.INVALID_COUNTRY_CODE
    errors[~cells.is_number] = NumberParseException.NOT_A_NUMBER
    errors[cells.is_too_long] = NumberParseException.TOO_LONG
    reading = _Reading(cells, region_at, errors, lookup)
    reading.read_as_written()
    reading.read_behind_international_prefix(reading.kinds == ParseKind.INTERNATIONAL)
    reading.read_without_wrong_plus()
    return reading.result()


class _Reading:
    """The parse leaves of a batch, walked again where a first answer asks for it."""

    def __init__(self, cells: Cells, region_at: Rows, errors: Rows, lookup: Lookup) -> None:
        self._cells = cells
        self._region_at = region_at
        self._errors = errors
        self._tables = lookup.tables
        self._lookup = lookup
        self._starts = cells.starts
        self._lengths = cells.lengths
        self._leaves: Rows = np.zeros(len(errors), np.intp)
        self.kinds: Bytes = np.zeros(len(errors), np.uint8)

    def _walk(self, rows: Rows | slice, region_at: Rows) -> Rows:
        """Return the parse leaf of rows read in regions, 0 for behind a plus."""
        lengths = np.minimum(self._lengths[rows], MOST_DIGITS)
        roots = self._lookup.parse_trie.roots[region_at, lengths]
        return self._lookup.parse_trie.walk(roots, self._cells.tape, self._starts[rows])

    def read_as_written(self) -> None:
        """Read each row in its region, or behind its plus."""
        self._leaves = self._walk(slice(None), np.where(self._cells.has_plus, 0, self._region_at))
        self.kinds = self._tables.parse_kind.take(self._leaves)

    def read_behind_international_prefix(self, is_prefixed: Flags) -> None:
        """Read rows again as if a plus stood in place of their international prefix."""
        rows = np.flatnonzero(is_prefixed)
        if not rows.size:
            return
        skipped = self._tables.parse_skipped_count.take(self._leaves[rows]).astype(np.intp)
        self._starts, self._lengths = self._starts.copy(), self._lengths.copy()
        self._starts[rows] += skipped
        self._lengths[rows] -= skipped
        self._set(rows, self._walk(rows, np.zeros(len(rows), np.intp)))

    def read_without_wrong_plus(self) -> None:
        """Read rows again whose plus stands before no calling code, as if it were not there.

        A calling code must be found then, else it stays wrong.
        """
        is_wrong = (self.kinds == ParseKind.ERROR) & self._cells.has_plus & (self._region_at > 0)
        rows = np.flatnonzero(is_wrong & (self._errors == _NO_ERROR))
        rows = rows[self._tables.parse_error.take(self._leaves[rows]) == NumberParseException.INVALID_COUNTRY_CODE]
        if not rows.size:
            return
        self._set(rows, self._walk(rows, self._region_at[rows]))
        is_again = np.zeros(len(self.kinds), np.bool_)
        is_again[rows] = True
        is_code_written = self._tables.parse_is_code_written.take(self._leaves[rows])
        found = self.kinds[rows]
        is_wrong_still = ((found == ParseKind.NUMBER) | (found == ParseKind.ERROR)) & ~is_code_written
        self._errors[rows[is_wrong_still]] = NumberParseException.INVALID_COUNTRY_CODE
        self.read_behind_international_prefix(is_again & (self.kinds == ParseKind.INTERNATIONAL))

    def _set(self, rows: Rows, leaves: Rows) -> None:
        self._leaves[rows] = leaves
        self.kinds[rows] = self._tables.parse_kind.take(leaves)

    def result(self) -> NationalNumbers:
        """Return the numbers that the leaves mean."""
        tables, leaves, errors = self._tables, self._leaves, self._errors
        is_alive = errors == _NO_ERROR
        must_fall_back = self._cells.must_fall_back | (is_alive & (self.kinds == ParseKind.FALL_BACK))
        is_error = is_alive & (self.kinds == ParseKind.ERROR)
        errors = np.where(is_error, tables.parse_error.take(leaves), errors)
        is_number = is_alive & (self.kinds == ParseKind.NUMBER) & ~must_fall_back
        skipped = tables.parse_skipped_count.take(leaves)
        numbers = NationalNumbers(
            tape=self._cells.tape,
            starts=self._starts + skipped,
            lengths=np.where(is_number, self._lengths - skipped, 0),
            code_at=np.where(is_number, tables.parse_code_at.take(leaves), 0).astype(np.intp),
            errors=errors,
            must_fall_back=must_fall_back,
        )
        rewritten = np.flatnonzero(is_number & (self._lookup.prepended_lengths.take(leaves) > 0))
        if rewritten.size:
            self._rewrite(numbers, rewritten)
        return numbers

    def _rewrite(self, numbers: NationalNumbers, rows: Rows) -> None:
        """Write numbers whose first digits are not those of the cell behind the others on the tape."""
        leaves = self._leaves[rows]
        counts = self._lookup.prepended_lengths.take(leaves)
        first = self._lookup.prepended_digits.take(leaves, axis=0)
        digits = numbers.tape.windows(numbers.starts[rows], _PREPENDED_WIDTH // 2)
        written = np.full((len(rows), _PREPENDED_WIDTH), ord("0"), np.uint8)
        for count in np.unique(counts):
            of_count = counts == count
            written[of_count, :count] = first[of_count, :count]
            written[of_count, count : count + digits.shape[1]] = digits[of_count]
        numbers.starts[rows] = numbers.tape.length + np.arange(len(rows)) * _PREPENDED_WIDTH
        numbers.lengths[rows] += counts
        numbers.tape = numbers.tape.extended(written.ravel())

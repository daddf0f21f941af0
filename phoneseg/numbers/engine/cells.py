"""Phone cells become places on a tape: the plain ones by looking at bytes, the others by `irregular`."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phoneseg.numbers.columns import index_of
from phoneseg.numbers.engine import irregular
from phoneseg.numbers.engine.tape import Bytes, Flags, Rows, Tape
from phoneseg.numbers.scalar import LONGEST_TEXT

_FEWEST_DIGITS: Final = 3  # of a text with anything but digits; two digits alone are a number too


@dataclass
class Cells:
    """A batch of phone cells, each a plus or none and digits on a tape.

    Attributes:
        tape: All digits.
        starts: Where the digits of each cell begin.
        lengths: How many there are.
        has_plus: Whether a plus stands before them.
        is_number: Whether the cell looks like a number (`_is_viable_phone_number`).
        is_too_long: Whether the text is longer than libphonenumber reads.
        must_fall_back: Whether `phonenumbers` must be asked.
        extension_rows: The cells with an extension.
        extensions: Their extensions.
    """

    tape: Tape
    starts: Rows
    lengths: Rows
    has_plus: Flags
    is_number: Flags
    is_too_long: Flags
    must_fall_back: Flags
    extension_rows: Rows
    extensions: pl.Series


@dataclass
class _Plain:
    """Texts by their bytes: digits, plain punctuation, and odd bytes."""

    digits: Bytes
    starts: Rows
    lengths: Rows
    byte_counts: Rows
    has_plus: Flags
    is_odd: Flags


def read_cells(texts: pl.Series) -> Cells:
    """Read a batch of phone cells.

    Args:
        texts: What was written; null is no number.
    """
    if texts.null_count():
        texts = texts.fill_null("")
    is_too_long = np.zeros(len(texts), np.bool_)
    if (texts.str.len_bytes() > LONGEST_TEXT).any() and (is_long := texts.str.len_chars() > LONGEST_TEXT).any():
        is_too_long = is_long.to_numpy()
        texts = pl.select(pl.when(is_long).then(pl.lit("")).otherwise(texts)).to_series()
    plain = _read_plain(texts)
    cells = Cells(
        tape=Tape(plain.digits),
        starts=plain.starts,
        lengths=plain.lengths,
        has_plus=plain.has_plus,
        is_number=plain.lengths >= _FEWEST_DIGITS,
        is_too_long=is_too_long,
        must_fall_back=np.zeros(len(texts), np.bool_),
        extension_rows=np.zeros(0, np.intp),
        extensions=pl.Series([], dtype=pl.String),
    )
    odd_rows = np.flatnonzero(plain.is_odd | ((plain.lengths == 2) & (plain.byte_counts > 1)))
    if odd_rows.size:
        _read_odd(texts, odd_rows, cells)
    return cells


def _read_plain(texts: pl.Series) -> _Plain:
    """Find digits and odd bytes; a plus may only be the first byte."""
    array = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets_buffer, bytes_buffer = array.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64)[array.offset : array.offset + len(texts) + 1]
    signs = np.frombuffer(bytes_buffer, np.uint8)[offsets[0] : offsets[-1]] if bytes_buffer else np.zeros(0, np.uint8)
    offsets = offsets - offsets[0]
    begins, byte_counts = offsets[:-1], np.diff(offsets)
    is_digit = (signs - np.uint8(ord("0"))) < 10
    is_odd_sign = ~(
        ((signs - np.uint8(ord("-"))) <= ord("9") - ord("-"))  # - . / and digits
        | (signs == ord(" "))
        | ((signs - np.uint8(ord("("))) <= 1)  # ( )
    )
    filled = np.flatnonzero(byte_counts)
    with_plus = filled[signs[begins[filled]] == ord("+")]
    is_odd_sign[begins[with_plus]] = False
    has_plus = np.zeros(len(texts), np.bool_)
    has_plus[with_plus] = True
    digit_counts = _running_count(is_digit)
    starts = digit_counts.take(begins).astype(np.intp)
    return _Plain(
        digits=np.compress(is_digit, signs),
        starts=starts,
        lengths=digit_counts.take(offsets[1:]) - starts,
        byte_counts=byte_counts,
        has_plus=has_plus,
        is_odd=_has_any(is_odd_sign, offsets),
    )


def _running_count(flags: Flags) -> NDArray[np.int32]:
    """Return how many flags are set before each place, and in all."""
    counts = np.zeros(len(flags) + 1, np.int32)
    np.cumsum(flags, out=counts[1:])
    return counts


def _has_any(flags: Flags, offsets: Rows) -> Flags:
    """Return for each piece between two offsets whether any of its flags is set."""
    if not flags.any():
        return np.zeros(len(offsets) - 1, np.bool_)
    return np.diff(_running_count(flags).take(offsets)) > 0


def _read_odd(texts: pl.Series, rows: Rows, cells: Cells) -> None:
    """Read the cells that are not plain, and put what they are into `cells`."""
    odd = irregular.read(texts.gather(index_of(rows)))
    plain = _read_plain(odd.digits)
    cells.starts[rows] = plain.starts + cells.tape.length
    cells.lengths[rows] = plain.lengths
    cells.tape = cells.tape.extended(plain.digits)
    cells.has_plus[rows] = odd.has_plus
    has_digits = (plain.lengths >= _FEWEST_DIGITS) | ((plain.lengths == 2) & (plain.byte_counts == 2))
    cells.is_number[rows] = np.where(odd.is_plain, has_digits, odd.is_number)
    cells.must_fall_back[rows] = odd.must_fall_back
    cells.extension_rows = rows[odd.extension_rows]
    cells.extensions = odd.extensions

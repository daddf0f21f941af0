"""Texts of a column, written a character position at a time for all rows at once, straight into Polars' own layout."""

import sys
from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from phoneseg.numbers.engine.tape import Bytes, Flags, Rows, Tape

NATIONAL_DIGITS: Final = "".join(chr(0xE000 + at) for at in range(17))
"""Stand in a template for the first, second, ... digit of the national number."""

CODE_DIGITS: Final = "".join(chr(0xE100 + at) for at in range(3))
"""Stand in a template for the digits of the calling code."""

_LITERALS: Final = "\0+-./() :;=,0123456789telx"
_PLACES: Final = {sign: at for at, sign in enumerate(NATIONAL_DIGITS + CODE_DIGITS + _LITERALS)}
_INLINE_LENGTH: Final = 12  # a string view holds so many bytes itself


class Layout:
    """Which character stands at each place of a text, by template.

    Args:
        templates: Texts with `NATIONAL_DIGITS` and `CODE_DIGITS` in them.

    Attributes:
        lengths: The length of each template.
        columns: For each place of a text, by template, where in a row of signs its character is.
    """

    def __init__(self, templates: Sequence[str]) -> None:
        self.lengths: Rows = np.array([len(template) for template in templates], np.intp)
        width = -(-int(self.lengths.max()) // 4) * 4  # views are made of words of four bytes
        places = [[_PLACES[sign] for sign in template.ljust(width, "\0")] for template in templates]
        self.columns = np.ascontiguousarray(np.array(places, np.intp).T)


class Signs:
    """The characters that texts of each row are made of: its digits, those of its calling code, and all literals.

    Args:
        tape: The digits.
        starts: Where each row's national digits begin.
        code_digits: The digits of each row's calling code, three bytes.
    """

    def __init__(self, tape: Tape, starts: Rows, code_digits: Bytes) -> None:
        self._width = len(_PLACES)
        signs = np.empty((len(starts), self._width), np.uint8)
        signs[:, : len(NATIONAL_DIGITS)] = tape.windows(starts, len(NATIONAL_DIGITS))
        signs[:, len(NATIONAL_DIGITS) : -len(_LITERALS)] = code_digits
        signs[:, -len(_LITERALS) :] = np.frombuffer(_LITERALS.encode(), np.uint8)
        self._signs = signs.ravel()
        self._begins = np.arange(len(starts), dtype=np.intp) * self._width

    def write(self, layout: Layout, template_of: Rows | NDArray[np.uint16], is_text: Flags) -> pl.Series:
        """Return a text per row.

        Args:
            layout: The templates.
            template_of: The template of each row.
            is_text: Whether a row has a text; else it is null.
        """
        lengths = np.where(is_text, layout.lengths.take(template_of), 0)
        longest = int(lengths.max(initial=0))
        texts = np.zeros((len(lengths), max(-(-longest // 4) * 4, _INLINE_LENGTH)), np.uint8)
        for place in range(longest):
            texts[:, place] = self._signs.take(layout.columns[place].take(template_of) + self._begins)
        texts[~is_text] = 0
        return string_series(texts, lengths, is_text)


def string_series(texts: Bytes, lengths: Rows, is_text: Flags) -> pl.Series:
    """Return fixed-width texts as a column, without copying them.

    A string view is four words: the length, then twelve bytes of text, or its first four, a buffer and a place in it.
    See "Variable-size Binary View Layout" in Arrow's columnar format.

    Args:
        texts: ASCII, a row per text and zeros behind it; the width is a multiple of four, at least twelve.
        lengths: How much of a row is its text.
        is_text: Whether a row has a text; else it is null.
    """
    row_count, width = texts.shape
    words = texts.view(np.int32)
    is_inline = lengths <= _INLINE_LENGTH
    views = np.empty((row_count, 4), np.int32)
    views[:, 0] = lengths
    views[:, 1] = words[:, 0]
    views[:, 2] = np.where(is_inline, words[:, 1], 0)
    views[:, 3] = np.where(is_inline, words[:, 2], np.arange(0, row_count * width, width, dtype=np.int32))
    validity = None if is_text.all() else pa.py_buffer(np.packbits(is_text, bitorder="little"))
    array = pa.Array.from_buffers(pa.string_view(), row_count, [validity, pa.py_buffer(views), pa.py_buffer(texts)])
    series = pl.from_arrow(array)
    assert isinstance(series, pl.Series)
    return series


if sys.byteorder != "little":
    raise ImportError("phoneseg writes Arrow's string views as little-endian machines have them in memory")

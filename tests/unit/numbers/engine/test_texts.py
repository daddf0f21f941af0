"""Texts written a place at a time are texts like any other."""

import numpy as np
import polars as pl
from polars.testing import assert_series_equal

from phoneseg.numbers.engine.tape import Tape
from phoneseg.numbers.engine.texts import CODE_DIGITS, NATIONAL_DIGITS, Layout, Signs, string_series

NUMBERS = [b"123", b"456789012345678", b"90", b"1234567890"]


def _signs() -> Signs:
    tape = Tape(np.frombuffer(b"".join(NUMBERS), np.uint8))
    starts = np.cumsum([0, *map(len, NUMBERS[:-1])])
    return Signs(tape, starts, np.frombuffer(b"490100352490", np.uint8).reshape(4, 3))


def test_digits_and_literals_stand_where_the_template_says() -> None:
    n, c = NATIONAL_DIGITS, CODE_DIGITS
    layout = Layout([f"+{c[:2]} {n[:3]}", f"({n[3]}) {n[:14]}-{n[14]}", n[:2], f"0{n[:10]}"])
    written = _signs().write(layout, np.array([0, 1, 2, 3]), np.array([True, True, True, True]))
    assert written.to_list() == ["+49 123", "(7) 45678901234567-8", "90", "01234567890"]


def test_rows_without_a_text_are_null() -> None:
    layout = Layout([NATIONAL_DIGITS[:2]])
    written = _signs().write(layout, np.zeros(4, np.intp), np.array([True, False, False, True]))
    assert written.to_list() == ["12", None, None, "12"]


def test_texts_of_every_length_compare_hash_sort_and_join_as_polars_own() -> None:
    texts = ["7" * length for length in range(21)]
    matrix = np.frombuffer("".join(text.ljust(24, "\0") for text in texts).encode(), np.uint8).reshape(21, 24).copy()
    ours = string_series(matrix, np.arange(21), np.ones(21, np.bool_)).rename("text")
    own = pl.Series("text", texts)
    assert_series_equal(ours, own)
    assert (ours == own).all()
    assert ours.n_unique() == 21
    assert ours.sort(descending=True).to_list() == sorted(texts, reverse=True)
    assert len(ours.to_frame().join(own.to_frame(), on="text")) == 21
    assert (ours + "x").to_list() == [f"{text}x" for text in texts]
    assert pl.DataFrame({"text": ours}).write_csv() == pl.DataFrame({"text": own}).write_csv()

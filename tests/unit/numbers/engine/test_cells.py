"""Cells become digits on a tape, as libphonenumber's text handling finds them."""

import polars as pl
import pytest

from phoneseg.numbers.engine.cells import Cells, read_cells
from phoneseg.numbers.engine.regions import Regions
from phoneseg.numbers.store import load_engine


def _read(*texts: str | None) -> Cells:
    return read_cells(pl.Series(texts, dtype=pl.String))


def _digits(cells: Cells, row: int) -> str:
    start = int(cells.starts[row])
    return cells.tape.digits[start : start + int(cells.lengths[row])].tobytes().decode()


@pytest.mark.parametrize(
    ("text", "digits", "has_plus"),
    [
        ("030 123", "030123", False),
        ("+49 (30) 12.34-56/7", "49301234567", True),
        (" +49 30 123", "4930123", True),
        ("Tel: 030 123", "030123", False),
        ("030 123 (home)", "0301234663", False),
        ("tel:+49-30-123", "4930123", True),
        ("++49 30 123", "4930123", True),
        ("\uff0b\uff14\uff19 \u0663\u0660\u00a0123", "4930123", True),
        ("\u0442\u0435\u043b. 030 123", "030123", False),
        ("030\u2013123\u200e", "030123", False),
        ("1800FLOWERS", "18003569377", False),
        ("030 123 b", "030123", False),
        ("12", "12", False),
    ],
)
def test_a_number_is_its_digits_and_whether_a_plus_stands_before(text: str, digits: str, has_plus: bool) -> None:
    cells = _read("999", text, "+111")
    assert (_digits(cells, 1), bool(cells.has_plus[1]), bool(cells.is_number[1])) == (digits, has_plus, True)
    assert not cells.must_fall_back.any()


@pytest.mark.parametrize("text", ["", " ", "1", "(1)", "1 2", "+12", "abc", "()", "+", None, "12 ext. 5", "030+123"])
def test_what_is_no_number_is_told(text: str | None) -> None:
    cells = _read("999", text)
    assert cells.is_number.tolist() == [True, False]
    assert not cells.must_fall_back.any()


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("030 1234 x56", "56"),
        ("030 1234 ext. 56", "56"),
        ("030 1234;ext=56", "56"),
        ("030 1234 Extension 56#", "56"),
        ("030 1234,,56", "56"),
        ("030 1234 #56", "56"),
        ("030 1234 - 56#", "56"),
        ("030 1234 x56/x78", "56"),
    ],
)
def test_an_extension_is_kept_apart(text: str, extension: str) -> None:
    cells = _read("030 1234", text)
    assert _digits(cells, 1) == "0301234"
    assert cells.extension_rows.tolist() == [1]
    assert cells.extensions.to_list() == [extension]


@pytest.mark.parametrize("text", ["1" * 251, "1" * 250 + " ", "\uff11" * 251, "a" * 10**6])
def test_a_text_that_libphonenumber_does_not_read_is_too_long(text: str) -> None:
    assert _read("999", text).is_too_long.tolist() == [False, True]
    assert not _read(text[:250]).is_too_long.any()


@pytest.mark.parametrize(
    "text", ["12345;phone-context=+49", "030 123 \u0434\u043e\u0431. 4", "030 12\u1d7e3", "\U0001d7ce12345"]
)
def test_what_only_phonenumbers_can_tell_falls_back(text: str) -> None:
    assert _read("999", text).must_fall_back.tolist() == [False, True]


def test_what_stands_hidden_under_a_null_is_not_read() -> None:
    column = pl.DataFrame({"a": ["+49 30 123", "a" * 2_000]}).select(pl.when(False).then("a")).to_series()
    assert column.null_count() == 2
    cells = read_cells(column)
    assert not (cells.is_number | cells.is_too_long | cells.must_fall_back).any()


def test_a_slice_of_a_column_is_read_like_a_column() -> None:
    column = pl.Series(["+1", None, "", "030 123", "x", "+49 30 456"])
    cells = read_cells(column.slice(3, 3))
    assert [_digits(cells, row) for row in range(3)] == ["030123", "", "4930456"]


def test_regions_are_found_in_any_case_and_unknown_ones_are_none() -> None:
    tables = load_engine().lookup.tables
    codes = ["DE", "de", "dE", None, "", "ZZ", "001", "USA", "\u00df", "\u0131t", "AQ", "D", "XK", "\ufb06"]
    found = Regions(tables).find(pl.Series(codes))
    names = [tables.regions[at] for at in found]
    assert names == ["DE", "DE", "DE", "", "", "", "", "", "SS", "IT", "", "", "XK", "ST"]

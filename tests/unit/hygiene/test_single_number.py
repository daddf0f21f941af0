"""A damaged number is repaired where that makes it valid, and only there."""

from collections.abc import Callable

import pytest

from phoneseg.settings import HygieneSettings, RepairSettings

Read = Callable[..., list[tuple[object, ...]]]
FIRST = "+16502530000"


@pytest.mark.parametrize("raw", ["6502530000.0", " 16502530000.0 ", "+16502530000.00"])
def test_a_float_becomes_the_digits_before_its_point(read_cell: Read, raw: str) -> None:
    assert read_cell(raw, "US") == [(1, "float", FIRST)]


def test_a_comma_and_a_zero_are_an_extension_to_libphonenumber_which_does_no_harm(read_cell: Read) -> None:
    assert read_cell("6502530000,0", "US") == [(1, None, FIRST)]


def test_a_power_of_ten_with_all_its_digits_is_written_out(read_cell: Read) -> None:
    assert read_cell("6.502530000E+09", "US") == [(1, "float", FIRST)]
    assert read_cell("6,502530000e+9", "US") == [(1, "float", FIRST)]


@pytest.mark.parametrize("raw", ["650.253.0000", "650.2530.000", "650 253.00"])
def test_a_point_within_a_number_is_no_float(read_cell: Read, raw: str) -> None:
    assert read_cell(raw, "US")[0][1] is None


def test_a_float_that_is_no_valid_number_is_left_alone(read_cell: Read) -> None:
    assert read_cell("123.0", "US") == [(1, None, "TOO_SHORT")]
    assert read_cell("99999999999999.0", "US") == [(1, None, "TOO_LONG")]


@pytest.mark.parametrize("raw", ["O21 63 53 S6", "o2l635356", "02I 63 S3 56", "tel: O21 63 S3 56", "021 63 53 5G"])
def test_letters_become_the_digits_that_they_look_like(read_cell: Read, raw: str) -> None:
    assert read_cell(raw, "DZ") == [(1, "letters", "+21321635356")]


def test_a_vanity_number_is_read_by_its_keys(read_cell: Read) -> None:
    assert read_cell("1-800-FLOWERS", "US") == [(1, None, "+18003569377")]
    assert read_cell("1-800-GO-SOLID", "US") == [(1, None, "+18004676543")]


@pytest.mark.parametrize(
    "raw", ["Los Bilbos", "SOS 12", "see Bob", "OIl", "021 63 X3 56", "021 63 S3 56 home", "OZl GS SZ S6"]
)
def test_words_are_not_read_as_digits(read_cell: Read, raw: str) -> None:
    ((position, repair, said),) = read_cell(raw, "DZ")
    assert (position, repair) == (1, None)
    assert not str(said).startswith("+21321")


def test_a_zero_that_was_written_twice_is_cut_off(read_cell: Read) -> None:
    expected = [(1, "trunk_zero", "+21321635356")]
    assert read_cell("0021 63 53 56", "DZ") == expected
    assert read_cell("0 021 63 53 56", "DZ") == expected
    assert read_cell("+213 0021 63 53 56", "DZ") == expected


def test_a_zero_that_was_lost_is_put_back_where_it_is_part_of_the_number(read_cell: Read) -> None:
    assert read_cell("669812345", "IT") == [(1, "trunk_zero", "+390669812345")]
    assert read_cell("669812345.0", "IT") == [(1, "float,trunk_zero", "+390669812345")]


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("49361062", "DZ", "+21349361062"),  # without the zero, and libphonenumber needs none
        ("0033 1 42 68 53 00", "DE", "+33142685300"),
        ("+33 (0)1 42 68 53 00", None, "+33142685300"),
        ("06 6981 2345", "IT", "+390669812345"),
    ],
)
def test_zeros_that_libphonenumber_understands_are_left_to_it(
    read_cell: Read, raw: str, region: str | None, e164: str
) -> None:
    assert read_cell(raw, region) == [(1, None, e164)]


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("0650 253 0000", "US"),  # no country that puts a zero before its numbers
        ("+39 669812", "IT"),  # cut off rather than robbed of its zero: nobody stored it as a number
        ("6698 12345", "IT"),
    ],
)
def test_a_zero_is_neither_added_nor_cut_off_where_it_proves_nothing(read_cell: Read, raw: str, region: str) -> None:
    assert [row[1] for row in read_cell(raw, region)] == [None]


@pytest.mark.parametrize(
    ("name", "raw", "region"),
    [
        ("float", "6502530000.0", "US"),
        ("float", "6.502530000E+09", "US"),
        ("letters", "O21 63 53 S6", "DZ"),
        ("trunk_zero", "0021 63 53 56", "DZ"),
    ],
)
def test_each_repair_can_be_switched_off(read_cell: Read, name: str, raw: str, region: str) -> None:
    assert read_cell(raw, region)[0][1] == name
    off = HygieneSettings(repair=RepairSettings(**{name: False}))
    assert read_cell(raw, region, off)[0][1] is None

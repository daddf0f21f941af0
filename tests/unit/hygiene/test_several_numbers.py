"""A cell with several numbers becomes a row for each, and a cell with one stays as it is."""

from collections.abc import Callable

import pytest

from phoneseg.settings import HygieneSettings, RepairSettings

Read = Callable[..., list[tuple[object, ...]]]
FIRST, SECOND = "+16502530000", "+16502530001"


@pytest.mark.parametrize(
    "between",
    [
        " / ",
        "/",
        " - ",
        " \u2013 ",
        ", ",
        ",",
        "; ",
        ";",
        " or ",
        " OR ",
        " ou ",
        " und ",
        " oder ",
        " y ",
        " & ",
        "\n",
    ],
)
def test_two_numbers_in_a_cell_become_two_rows_in_their_order(read_cell: Read, between: str) -> None:
    expected = [(1, "split", FIRST), (2, "split", SECOND)]
    assert read_cell(f"650-253-0000{between}650-253-0001", "US") == expected
    assert read_cell(f"+1 650 253 0000{between}+1 650 253 0001", "US") == expected


def test_a_plus_begins_another_number(read_cell: Read) -> None:
    expected = [(1, "split", FIRST), (2, "split", "+442079460018")]
    assert read_cell("+1 650 253 0000 +44 20 7946 0018") == expected
    assert read_cell("+16502530000(+442079460018)") == expected


@pytest.mark.parametrize("raw", ["6502530000;6502530001", "650 253 0000; 6502530001", "650 253 0000 / x650 253 0001"])
def test_a_second_number_that_libphonenumber_would_drop_or_take_for_an_extension_is_found(
    read_cell: Read, raw: str
) -> None:
    assert read_cell(raw, "US") == [(1, "split", FIRST), (2, "split", SECOND)]


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("650-253-0000", "US"),
        ("1 - 650 - 253 - 0000", "US"),
        ("650-253-0000 x 12", "US"),
        ("650-253-0000 ext. 5", "US"),
        ("650-253-0000 #5", "US"),
        ("650-253-0000, 12", "US"),
        ("650-253-0000; 123456", "US"),
        ("650-253-0000, ext 2530001", "US"),
        ("650 253 0000;ext=2530001", "US"),
        ("tel:+1-650-253-0000", None),
        ("tel:650-253-0000;phone-context=+1", None),
        ("030/1234567", "DE"),
        ("030 / 123 45 67", "DE"),
        ("021-63-53-56", "DZ"),
        ("021 - 63 - 53 - 56", "DZ"),
        ("1-800-FLOWERS", "US"),
    ],
)
def test_a_single_number_is_not_split(read_cell: Read, raw: str, region: str | None) -> None:
    ((position, repair, said),) = read_cell(raw, region)
    assert (position, repair) == (1, None)
    assert str(said).startswith("+")


def test_the_same_number_twice_counts_once(read_cell: Read) -> None:
    assert read_cell("021 63.53.56 - 021.63.53.56", "DZ") == [(1, "split", "+21321635356")]
    assert read_cell("021 63.53.56 - 63.53.56", "DZ") == [(1, "split", "+21321635356")]
    assert read_cell("+213 21 63 53 56 / 021 63 53 57 / 021 63 53 56", "DZ") == [
        (1, "split", "+21321635356"),
        (2, "split", "+21321635357"),
    ]


def test_a_second_number_without_area_code_takes_it_from_the_number_before(read_cell: Read) -> None:
    assert read_cell("021 63.53.56 - 63.53.57", "DZ") == [
        (1, "split", "+21321635356"),
        (2, "split,area_code", "+21321635357"),
    ]
    assert read_cell("650-253-0000, 253-0001 / 415-555-2671 / 555-2672", "US") == [
        (1, "split", FIRST),
        (2, "split,area_code", SECOND),
        (3, "split", "+14155552671"),
        (4, "split,area_code", "+14155552672"),
    ]


def test_a_local_number_that_happens_to_be_valid_elsewhere_still_belongs_to_the_area_before(read_cell: Read) -> None:
    assert read_cell("7654123", "DE") == [(1, None, "+497654123")]
    assert read_cell("030 1234567 / 7654123", "DE")[1] == (2, "split,area_code", "+49307654123")
    assert read_cell("030 1234567 / 0765 4123", "DE")[1] == (2, "split", "+497654123")


def test_a_second_number_without_calling_code_is_of_the_country_of_the_number_before(read_cell: Read) -> None:
    expected = [(1, "split", FIRST), (2, "split,area_code", SECOND)]
    assert read_cell("+1 650-253-0000 or 650-253-0001", "DE") == expected
    assert read_cell("+1 650-253-0000 or 650-253-0001") == expected
    assert read_cell("+1 650-253-0000 or 650-253-0001", "US") == [(1, "split", FIRST), (2, "split", SECOND)]
    assert read_cell("+1 650-253-0000 or 020 7946 0018", "GB")[1] == (2, "split", "+442079460018")


def test_an_extension_is_no_number_without_area_code(read_cell: Read) -> None:
    first, second = read_cell("650-253-0000 - 1234", "US")
    assert first == (1, "split", FIRST)
    assert second == (2, "split", "TOO_SHORT")


def test_a_part_that_is_no_number_is_quarantined_beside_the_one_that_is(read_cell: Read) -> None:
    assert read_cell("650-253-0000 / 12", "US") == [(1, "split", FIRST), (2, "split", "TOO_SHORT")]
    assert read_cell("0000000 / 650-253-0000", "US") == [(1, "split", "PLACEHOLDER"), (2, "split", FIRST)]


def test_words_beside_a_number_are_no_numbers(read_cell: Read) -> None:
    assert read_cell("650-253-0000 or ask J\u00fcrgen", "US") == [(1, "split", FIRST)]
    assert read_cell("650-253-0000 -  - ", "US") == [(1, None, FIRST)]


def test_a_cell_without_a_valid_number_is_not_split(read_cell: Read) -> None:
    assert read_cell("12 / 35 or 56", "US") == [(1, None, "TOO_SHORT")]
    assert read_cell("see file 12, page 34", "US") == [(1, None, "NOT_A_NUMBER")]


def test_parts_are_repaired_too(read_cell: Read) -> None:
    assert read_cell("O21 63 53 S6 / 6502530000.0", "DZ")[0] == (1, "split,letters", "+21321635356")
    assert read_cell("6502530000.0; 6502530001.0", "US") == [
        (1, "split,float", FIRST),
        (2, "split,float", SECOND),
    ]


def test_a_cell_of_thousands_of_parts_is_left_alone(read_cell: Read) -> None:
    assert read_cell("12/" * 40_000, "US") == [(1, None, "TOO_LONG")]


def test_splitting_can_be_switched_off(read_cell: Read) -> None:
    off = HygieneSettings(repair=RepairSettings(split=False))
    assert read_cell("650-253-0000 / 650-253-0001", "US", off) == [(1, None, "TOO_LONG")]
    assert read_cell("6502530000;6502530001", "US", off) == [(1, None, FIRST)]


def test_borrowing_can_be_switched_off(read_cell: Read) -> None:
    off = HygieneSettings(repair=RepairSettings(area_code=False))
    assert read_cell("021 63.53.56 - 63.53.57", "DZ", off)[1] == (2, "split", "TOO_SHORT")

"""What fills a field, and what a spreadsheet lost, is quarantined under a reason of its own."""

import json
import re
from collections.abc import Callable

import polars as pl
import pytest

from phoneseg.contracts import CONTACT_QUARANTINE
from phoneseg.hygiene import QUARANTINE_REASONS, REPAIRS
from phoneseg.quality import shipped_suites_folder
from phoneseg.settings import HygieneSettings, RepairSettings
from tests.unit.hygiene.cells import read_all

Read = Callable[..., list[tuple[object, ...]]]
PLACEHOLDER, NOTATION = [(1, None, "PLACEHOLDER")], [(1, None, "SPREADSHEET_NOTATION")]


@pytest.mark.parametrize(
    "raw",
    [
        "0000000",
        "000-000-0000",
        "00",
        "5555555",
        "555 5555",
        "9999999999",
        "1111111111",
        "1234567890",
        "0123456789",
        "987654321",
        "123456",
        "12345",
        "+1 555 555 5555",
        "+1 000 000 0000",
        "tel: 000000",
    ],
)
def test_a_placeholder_is_quarantined_as_one(read_cell: Read, raw: str) -> None:
    assert read_cell(raw, "US") == PLACEHOLDER
    assert read_cell(raw) == PLACEHOLDER


def test_a_placeholder_is_one_even_where_such_a_number_would_be_valid(read_cell: Read) -> None:
    off = HygieneSettings(quarantine_placeholders=False)
    for raw, region in (("1234567890", "BR"), ("9999999999", "IN"), ("5555555", "DE")):
        assert read_cell(raw, region) == PLACEHOLDER
        assert str(read_cell(raw, region, off)[0][2]).startswith("+")


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("0800 000 000", "NZ", "+64800000000"),
        ("888-888-8888", "US", "+18888888888"),  # toll-free
        ("+45 22 22 22 22", "DK", "+4522222222"),  # with a calling code, somebody means it
        ("22222", "FK", "+50022222"),  # where all numbers are short
        ("650-253-0000", "US", "+16502530000"),
        ("020 7777 7777", "GB", "+442077777777"),
    ],
)
def test_a_valid_number_that_is_easy_to_remember_is_no_placeholder(
    read_cell: Read, raw: str, region: str, e164: str
) -> None:
    assert read_cell(raw, region) == [(1, None, e164)]


@pytest.mark.parametrize("raw", ["4.91513E+12", "4,91513E+12", "4.91513e12", " 2.13E+11 ", "5E+9", "1.65025E+0010"])
def test_a_power_of_ten_that_lost_digits_is_quarantined_as_one(read_cell: Read, raw: str) -> None:
    assert read_cell(raw, "DE") == NOTATION
    assert read_cell(raw) == NOTATION


def test_reasons_can_be_switched_off(read_cell: Read) -> None:
    off = HygieneSettings(quarantine_placeholders=False, quarantine_notation=False)
    assert read_cell("0000000", "US", off) == [(1, None, "+10000000")]
    assert read_cell("4.91513E+12", "DE", off) == [(1, None, "NOT_A_NUMBER")]


def test_a_placeholder_is_found_behind_other_damage_and_keeps_its_text() -> None:
    quarantined = read_all([("1234567890.0", "BR")]).quarantined
    columns = ("quarantine_reason", "repair", "phone_raw", "phone_length")
    assert quarantined.select(columns).rows() == [("PLACEHOLDER", "float", "1234567890.0", 12)]


def test_a_quarantined_part_keeps_its_own_text() -> None:
    quarantined = read_all([("650-253-0000 / 0000000", "US")]).quarantined
    assert quarantined.select("position", "phone_raw", "phone_length").rows() == [(2, "0000000", 7)]


def test_every_repair_and_reason_is_documented_and_every_repair_has_a_switch() -> None:
    assert set(RepairSettings.model_fields) == set(REPAIRS)
    assert {"PLACEHOLDER", "SPREADSHEET_NOTATION", "NOT_A_NUMBER"} < set(QUARANTINE_REASONS)


@pytest.mark.parametrize("table", ["contact_phone", "contact_quarantine"])
def test_the_suites_know_every_repair_and_no_other(table: str) -> None:
    suite = json.loads((shipped_suites_folder() / f"{table}.json").read_text(encoding="utf-8"))
    (pattern,) = (each["kwargs"]["regex"] for each in suite["expectations"] if each["kwargs"].get("column") == "repair")
    assert {name for name in REPAIRS if re.search(pattern, f"split,{name}") or re.search(pattern, name)} == set(REPAIRS)
    assert re.search(pattern, "split,float,trunk_zero")
    assert not re.search(pattern, "split,wings")
    assert not re.search(pattern, "")


def test_no_cells_give_no_rows() -> None:
    read = read_all([])
    assert (len(read.phones), len(read.quarantined), read.number_count) == (0, 0, 0)
    assert (
        CONTACT_QUARANTINE.conform(read.quarantined.lazy())
        .collect()
        .equals(pl.DataFrame(schema=CONTACT_QUARANTINE.schema))
    )

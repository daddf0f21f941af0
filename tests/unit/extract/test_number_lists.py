"""Rows of lists of numbers, as they stood at as_of."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from phoneseg.contracts import RAW_NUMBER_LIST
from phoneseg.errors import SourceError
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.extract.number_lists import read_listed
from phoneseg.extract.source_rows import SourceRows
from phoneseg.settings import Settings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
LIST = '[number_list.it]\ntable = "it"\nphone = "number"\nat = "since"\n'
Read = Callable[..., pl.DataFrame]


@pytest.fixture
def read(make_settings: Callable[..., Settings]) -> Read:
    """Read rows, given as columns, as of July 2026, by the lines of a section of the settings."""

    def rows_of(columns: dict[str, list[object]], more: str) -> pl.DataFrame:
        source = make_settings(more=LIST + more).number_list["it"]
        readings = ColumnReadings("it")
        listed = read_listed(SourceRows(pl.DataFrame(columns), "it"), "it", source, JULY, readings)
        readings.check()
        assert listed.schema == RAW_NUMBER_LIST.schema
        return listed

    return rows_of


def test_a_row_says_what_became_of_a_number_and_when(read: Read) -> None:
    columns: dict[str, list[object]] = {"number": ["650 253 0000"], "since": ["2026-06-01"], "land": ["USA"]}
    (row,) = read(columns, 'status = "reassigned"\nregion_column = "land"').rows(named=True)
    assert row == {
        "phone_raw": "650 253 0000",
        "region_hint": "US",
        "phone_token": None,
        "number_list": "it",
        "list_status": "reassigned",
        "listed_at": datetime(2026, 6, 1, tzinfo=UTC),
    }


def test_a_column_may_say_what_became_of_each(read: Read) -> None:
    words = ["Disconnected", "recycled", "in service", "off", "whatever", None]
    listed = read({"number": ["1"] * 6, "since": ["2026-06-01"] * 6, "is": words}, 'status_column = "is"')
    assert listed["list_status"].to_list() == ["disconnected", "reassigned", "active", "disconnected"]


def test_rows_of_later_days_without_a_day_and_without_a_number_say_nothing(read: Read) -> None:
    since = ["2026-06-30 23:59:59", "2026-07-01", None, "2026-06-01"]
    listed = read({"number": ["1", "2", "3", " "], "since": since}, 'status = "active"')
    assert listed["phone_raw"].to_list() == ["1"]


def test_a_column_that_holds_no_times_is_told_without_its_values(read: Read) -> None:
    with pytest.raises(SourceError, match=r"^it: column `since` holds values that are no date or time \(String\)$"):
        read({"number": ["1"], "since": ["+16502530000"]}, 'status = "active"')

"""A contact is there as of an instant or not, whatever type its times have."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from phoneseg.errors import SourceError
from phoneseg.extract import ContactBatch

JULY = datetime(2026, 7, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
US, GB = "+1 650-253-0000", "+44 20 7946 0018"
Read = Callable[..., ContactBatch]


def test_whoever_was_created_at_as_of_or_later_is_not_there(read: Read) -> None:
    made = [JULY - timedelta(microseconds=1), JULY, JULY + MINUTE, None]
    batch = read({"id": [1, 2, 3, 4], "mobile": [US, GB, "", ""], "made": made}, 'created_at = "made"')
    assert batch.contacts.get_column("contact_id").to_list() == ["crm:1", "crm:4"]
    assert batch.phones.get_column("phone_raw").to_list() == [US]
    assert batch.empty_cell_count == 1


EVENING = datetime(2026, 6, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "instant"),
    [
        (pl.Series([date(2026, 6, 30)]), datetime(2026, 6, 30, tzinfo=UTC)),
        (pl.Series([EVENING]), EVENING),
        (pl.Series([EVENING.replace(tzinfo=None)]), EVENING),
        (pl.Series([EVENING]).dt.convert_time_zone("Europe/Berlin"), EVENING),
        (pl.Series([EVENING.replace(tzinfo=None)]).dt.cast_time_unit("ns"), EVENING),
        (pl.Series(["2026-06-30"]), datetime(2026, 6, 30, tzinfo=UTC)),
        (pl.Series(["2026-06-30 22:00"]), EVENING),
        (pl.Series([" 2026-06-30 22:00:00.000 "]), EVENING),
        (pl.Series(["2026-06-30T22:00:00.000000Z"]), EVENING),
        (pl.Series(["2026-07-01T00:00:00+02:00"]), EVENING),
        (pl.Series([None]), None),
        (pl.Series([None], dtype=pl.String), None),
    ],
    ids=lambda value: str(value.dtype) if isinstance(value, pl.Series) else "",
)
def test_a_time_is_utc_whatever_type_its_column_has(read: Read, values: pl.Series, instant: datetime | None) -> None:
    batch = read(pl.DataFrame({"id": [1], "mobile": [US], "made": values}), 'created_at = "made"\nupdated_at = "made"')
    assert batch.contacts.select("contact_created_at", "contact_updated_at").rows() == [(instant, instant)]


@pytest.mark.parametrize("values", [["2026-06-30", "soon"], [20260630, 20260629], [6502530000.0, 1.0], [True, False]])
def test_a_time_column_without_times_stops_and_no_value_is_shown(read: Read, values: list[object]) -> None:
    with pytest.raises(SourceError) as raised:
        read({"id": [1, 2], "mobile": [US, GB], "made": values}, 'created_at = "made"')
    told = str(raised.value)
    assert told.startswith("phoneseg.toml: contacts.crm: column `made` holds values that are no date or time (")
    assert "soon" not in told
    assert "2530000" not in told


@pytest.mark.parametrize("first", ["soon", "20260630", "06/30/2026"])
def test_a_time_column_whose_first_text_is_no_time_is_told_as_one(read: Read, first: str) -> None:
    with pytest.raises(SourceError, match="column `made` holds values that are no date or time"):
        read({"id": [1, 2], "mobile": [US, GB], "made": [first, "2026-06-30"]}, 'created_at = "made"')


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_time_is_no_time(read: Read, blank: str) -> None:
    batch = read({"id": [1, 2], "mobile": [US, GB], "made": ["2026-06-30", blank]}, 'created_at = "made"')
    assert batch.contacts.get_column("contact_created_at").null_count() == 1


def test_a_time_that_reads_two_ways_is_not_guessed(read: Read) -> None:
    with pytest.raises(SourceError, match="column `made` holds values that are no date or time"):
        read({"id": [1], "mobile": [US], "made": ["01/06/2026"]}, 'created_at = "made"')


def test_texts_of_one_column_may_be_written_in_several_ways(read: Read) -> None:
    made = ["2026-06-30", "2026-06-30 22:00:00", "2026-06-30T22:00:00.5", "2026-06-30T22:00:00Z", None]
    columns = {"id": [1, 2, 3, 4, 5], "mobile": [US] * 5, "made": made}
    instants = [EVENING.replace(hour=0), EVENING, EVENING.replace(microsecond=500_000), EVENING, None]
    assert read(columns, 'created_at = "made"').contacts.get_column("contact_created_at").to_list() == instants


@pytest.mark.parametrize("text", ["2026-06-30 22:00:00+00", "2026-07-01T00:00+02:00", "2026-06-30T22:00:00z"])
def test_an_iso_text_is_a_time(read: Read, text: str) -> None:
    batch = read({"id": [1], "mobile": [US], "made": [text]}, 'created_at = "made"')
    assert batch.contacts.get_column("contact_created_at").to_list() == [EVENING]

"""A naive time becomes the instant that PEP 495 means by it, in the hours that a clock skips or repeats, too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phoneseg.extract.column_values import as_instants

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1))  # naive, as a source has them
SKIPPED = datetime(2026, 3, 29, 2, 30)
REPEATED = datetime(2026, 10, 25, 2, 30)
DAY_THAT_SAMOA_SKIPPED = datetime(2011, 12, 30, 12)


@given(TIMES, st.sampled_from(ZONES))
@example(SKIPPED, "Europe/Berlin")
@example(REPEATED, "Europe/Berlin")
@example(DAY_THAT_SAMOA_SKIPPED, "Pacific/Apia")
def test_a_naive_time_is_the_instant_of_its_zone(time: datetime, zone: str) -> None:
    instant = time.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    for column in (pl.Series([time]), pl.Series([time.isoformat()])):
        instants = as_instants(column, zone)
        assert instants is not None
        assert instants.to_list() == [instant]


@pytest.mark.parametrize(("time", "hour"), [(SKIPPED, 1), (REPEATED, 0)])
def test_a_skipped_time_goes_by_the_clock_before_the_change_and_a_repeated_one_is_the_first(
    time: datetime, hour: int
) -> None:
    instants = as_instants(pl.Series([time]), "Europe/Berlin")
    assert instants is not None
    assert instants.to_list() == [time.replace(hour=hour, tzinfo=UTC)]


@given(TIMES, st.sampled_from(ZONES))
def test_a_time_with_an_offset_of_its_own_is_not_of_the_zone(time: datetime, zone: str) -> None:
    instant = time.replace(tzinfo=UTC)
    for column in (pl.Series([instant]), pl.Series([f"{time.isoformat()}Z"])):
        instants = as_instants(column, zone)
        assert instants is not None
        assert instants.to_list() == [instant]

"""Known causes: which windows they cover, and whose events they drop."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from phoneseg.risk.calendar import KNOWN_CAUSE, cover_windows, drop_campaigns, list_holidays, read_causes
from tests.unit.risk.prefix_days import AS_OF, list_events

DAY = timedelta(days=1)
SERIES = pl.DataFrame(
    [
        ("country", "DE", "call"),
        ("country", "AT", "call"),
        ("carrier", "DE:Eins", "call"),
        ("area_code", "49-30", "call"),
        ("area_code", "43-1", "call"),
        ("number_block", "4930123", "call"),
        ("number_block", "4930123", "visit"),
        ("number_block", "431234", "call"),
        ("number_block", "1212555", "call"),
    ],
    ["prefix_level", "prefix", "activity_kind"],
    orient="row",
)


def _causes(**told: Any) -> pl.DataFrame:
    row = {"starts_at": AS_OF - DAY, "ends_at": AS_OF, "cause": "campaign", **told}
    return read_causes(pl.DataFrame([row]))


@pytest.mark.parametrize(
    ("told", "covered"),
    [
        ({}, range(9)),
        ({"activity_kind": "visit"}, [6]),
        ({"prefix_level": "number_block"}, [5, 6, 7, 8]),
        ({"prefix_level": "number_block", "prefix": "4930123"}, [5, 6]),
        ({"prefix_level": "country", "prefix": "4930123"}, []),
        ({"region": "DE"}, [0, 2, 3, 5, 6]),
        ({"region": "AT", "prefix_level": "number_block"}, [7]),
        ({"region": "CA"}, [8]),
        ({"campaign": "spring"}, []),
    ],
)
def test_a_cause_covers_the_series_that_it_is_about(told: dict[str, str], covered: list[int]) -> None:
    found = cover_windows(SERIES, [(AS_OF - DAY, AS_OF)], _causes(**told))
    assert found[:, 0].nonzero()[0].tolist() == list(covered)


@pytest.mark.parametrize(
    ("starts_h", "ends_h", "covered"),
    [(-24, 0, [1]), (-25, -23, [0, 1]), (-30, -24, [0]), (0, 5, []), (-1, 0, [1]), (-60, 60, [0, 1])],
)
def test_a_window_that_a_cause_is_a_part_of_is_covered(starts_h: int, ends_h: int, covered: list[int]) -> None:
    causes = _causes(starts_at=AS_OF + timedelta(hours=starts_h), ends_at=AS_OF + timedelta(hours=ends_h))
    found = cover_windows(SERIES, [(AS_OF - 2 * DAY, AS_OF - DAY), (AS_OF - DAY, AS_OF)], causes)
    assert found[0].nonzero()[0].tolist() == covered


def test_events_of_a_named_campaign_are_dropped_in_its_time_and_no_others() -> None:
    place = {"country": "DE", "number_block": "4930123"}
    rows = [
        {**place, "campaign": "spring"},
        {**place, "campaign": "spring", "occurred_at": AS_OF},
        {**place, "campaign": "autumn"},
        place,
        {"country": "AT", "campaign": "spring"},
    ]
    events = list_events(rows)
    dropped = drop_campaigns(events, _causes(campaign="spring")).collect()
    assert dropped.rows() == events.collect()[1:4].rows()
    of_block = _causes(campaign="spring", prefix_level="number_block", prefix="4930123")
    assert len(drop_campaigns(events, of_block).collect()) == 4
    assert len(drop_campaigns(events, _causes()).collect()) == 5


def test_public_holidays_of_a_region_are_days_and_unknown_regions_have_none() -> None:
    found = list_holidays(["DE", "XX"], 2026, 2026)
    assert found.schema == KNOWN_CAUSE
    christmas = found.filter(pl.col("starts_at") == datetime(2026, 12, 25, tzinfo=UTC))
    assert christmas.select("region", "cause").rows() == [("DE", "Christmas Day")]
    assert (found["ends_at"] - found["starts_at"]).unique().to_list() == [DAY]
    assert set(found["region"]) == {"DE"}


@pytest.mark.parametrize("wrong", [{"ends_at": AS_OF - DAY}, {"cause": None}, {"prefix": "DE"}, {"starts_at": None}])
def test_a_cause_that_says_too_little_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a known cause has"):
        _causes(**wrong)

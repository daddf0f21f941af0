"""What a calendar, a list of prefixes and a table of rates say, and what is wrong with them, without their values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import polars as pl
import pytest

from phoneseg.errors import SourceError
from phoneseg.extract.source_rows import SourceRows
from phoneseg.monitor.known_tables import read_calendar, read_listed, read_rates
from phoneseg.risk.calendar import KNOWN_CAUSE
from phoneseg.risk.prefix_lists import PREFIX_LIST_SCHEMA

START: Final = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
CAUSE: Final = {"starts_at": START, "ends_at": START + HOUR, "cause": "summer sale"}
PREFIX: Final = {"list_level": "block", "source": "own", "valid_from": START, "prefix": "233 24"}
RATE: Final = {"origin_country": "*", "destination_country": "gh", "rate_per_min": "0.19", "currency": "usd"}


def rows_of(name: str, *rows: dict[str, object]) -> SourceRows:
    return SourceRows(pl.DataFrame(rows, infer_schema_length=None), f"phoneseg.toml: risk.{name}")


def test_a_cause_is_about_everything_that_it_does_not_name() -> None:
    causes = read_calendar(rows_of("calendar", CAUSE | {"campaign": " summer ", "region": "de", "prefix": ""}))
    assert causes.schema == KNOWN_CAUSE
    (cause,) = causes.rows(named=True)
    assert cause == CAUSE | {
        "prefix_level": None,
        "prefix": None,
        "activity_kind": None,
        "campaign": "summer",
        "region": "DE",
    }


def test_times_of_a_calendar_may_be_dates_and_texts() -> None:
    cause = CAUSE | {"starts_at": date(2026, 7, 1), "ends_at": "2026-07-01T14:00:00+02:00"}
    (read,) = read_calendar(rows_of("calendar", cause)).rows(named=True)
    assert (read["starts_at"], read["ends_at"]) == (datetime(2026, 7, 1, tzinfo=UTC), START)


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("starts_at", {"starts_at": None}),
        ("ends_at", {"ends_at": None}),
        ("ends_at", {"ends_at": START}),
        ("cause", {"cause": " "}),
        ("prefix_level", {"prefix": "secret"}),
        ("prefix_level", {"prefix_level": "secret", "prefix": "GH"}),
        ("activity_kind", {"activity_kind": "secret"}),
        ("region", {"region": "secret"}),
    ],
)
def test_a_wrong_cause_is_told_by_its_column(column: str, wrong: dict[str, object]) -> None:
    with pytest.raises(SourceError, match=rf"^phoneseg\.toml: risk\.calendar: column `{column}` .*1 of 2") as raised:
        read_calendar(rows_of("calendar", CAUSE, CAUSE | wrong))
    assert "secret" not in str(raised.value)


def test_what_is_no_time_is_told_by_its_column() -> None:
    with pytest.raises(SourceError, match=r"risk\.calendar: column `starts_at` holds values that are no date"):
        read_calendar(rows_of("calendar", CAUSE | {"starts_at": "soon"}))


def test_a_listed_prefix_is_read_as_one_of_a_file() -> None:
    listed = read_listed(rows_of("prefix_list", PREFIX, {**PREFIX, "prefix": None, "region_code": "CU"}))
    assert listed.schema == PREFIX_LIST_SCHEMA
    assert listed.rows() == [
        ("23324", None, "block", "own", START, None, None),
        (None, "CU", "block", "own", START, None, None),
    ]


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("prefix", {"prefix": "02335551234"}),
        ("prefix", {"prefix": None}),
        ("region_code", {"prefix": None, "region_code": "Kuba"}),
        ("list_level", {"list_level": "secret"}),
        ("source", {"source": ""}),
        ("valid_from", {"valid_from": None}),
        ("valid_to", {"valid_to": START}),
    ],
)
def test_a_wrong_listed_prefix_is_told_by_its_column(column: str, wrong: dict[str, object]) -> None:
    name = rf"^phoneseg\.toml: risk\.prefix_list: column `{column}`: .*1 of 2 rows"
    with pytest.raises(SourceError, match=name) as raised:
        read_listed(rows_of("prefix_list", PREFIX, PREFIX | {"source": "other"} | wrong))
    assert not any(word in str(raised.value) for word in ("secret", "5551234", "Kuba"))


@pytest.mark.parametrize("rate", ["0.19", 0.19, Decimal("0.19")])
def test_a_rate_is_read_from_any_type_of_number(rate: object) -> None:
    rates = read_rates(rows_of("rates", RATE | {"rate_per_min": rate}))
    assert rates.rows() == [("*", "GH", 0.19, "USD")]


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("rate_per_min", {"rate_per_min": "-0.25"}),
        ("rate_per_min", {"rate_per_min": "cheap"}),
        ("rate_per_min", {"rate_per_min": None}),
        ("rate_per_min", {"rate_per_min": "inf"}),
        ("currency", {"currency": None}),
        ("origin_country", {"origin_country": ""}),
        ("destination_country", {"destination_country": None}),
        ("origin_country", {"origin_country": "Ghana"}),
        ("destination_country", {"destination_country": "*"}),
    ],
)
def test_a_wrong_rate_is_told_by_its_column(column: str, wrong: dict[str, object]) -> None:
    with pytest.raises(SourceError, match=rf"^phoneseg\.toml: risk\.rates: column `{column}` .*1 of 2") as raised:
        read_rates(rows_of("rates", RATE | {"origin_country": "GB"}, RATE | wrong))
    assert "0.25" not in str(raised.value)


def test_two_rates_of_the_same_countries_stop_the_run() -> None:
    with pytest.raises(SourceError, match=r"risk\.rates: column `destination_country` says again .*2 of 2"):
        read_rates(rows_of("rates", RATE, RATE | {"destination_country": "GH", "rate_per_min": "0.2"}))

"""Rows of an activity source become activity: what happened before as_of, with its columns read."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from phoneseg.contracts import RAW_ACTIVITY
from phoneseg.errors import SettingsError, SourceError
from phoneseg.extract import ActivityReader
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.settings import Settings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)
US = "+1 650-253-0000"
BY_ID = 'contact_id = "who"\ncontacts = "crm"\n'
MakeSettings = Callable[..., Settings]
Read = Callable[..., pl.DataFrame]


@pytest.fixture
def read(make_settings: MakeSettings) -> Read:
    """Read rows, given as columns, as of July 2026; `at` says when it happened, and `who` whose it is."""

    def rows_of(columns: dict[str, object] | pl.DataFrame, more: str = "", key: str = BY_ID) -> pl.DataFrame:
        activity = f'[activity.sales]\nkind = "purchase"\ntable = "sale"\noccurred_at = "at"\n{key}{more}'
        settings = make_settings(more=activity)
        rows = pl.DataFrame(columns)
        if "at" not in rows.columns:
            rows = rows.with_columns(at=pl.lit(JUNE))
        readings = ColumnReadings("sales")
        activity = ActivityReader.of(settings, "sales").read(rows, JULY, readings)
        readings.check()
        return activity

    return rows_of


def test_a_row_becomes_an_event(read: Read) -> None:
    columns = {
        "who": [7],
        "way": ["inbound"],
        "via": ["sms"],
        "seconds": [12.4],
        "ok": ["yes"],
        "total": [1.5],
        "shop": ["berlin"],
        "action": ["summer"],
    }
    more = (
        'direction = "way"\nchannel = "via"\nduration_s = "seconds"\nis_answered = "ok"\namount = "total"\n'
        'counterparty = "shop"\ncampaign = "action"\n'
    )
    rows = read(columns, more)
    assert rows.schema == RAW_ACTIVITY.schema
    assert rows.rows(named=True) == [
        {
            "contact_id": "crm:7",
            "phone_raw": None,
            "region_hint": None,
            "activity_source": "sales",
            "kind": "purchase",
            "occurred_at": JUNE,
            "is_inbound": True,
            "channel": "sms",
            "counterparty": "berlin",
            "duration_s": 12,
            "is_answered": True,
            "amount_e4": 15_000,
            "campaign": "summer",
            "is_unpriced": False,
            "delivery": None,
        }
    ]


def test_what_is_not_mapped_is_not_known(read: Read) -> None:
    (row,) = read({"who": [7]}).drop("contact_id", "activity_source", "kind", "occurred_at").rows()
    assert row == (None,) * 9 + (False, None)


def test_an_event_at_as_of_or_later_is_not_read_and_one_without_a_time_is(read: Read) -> None:
    times = [JULY - timedelta(microseconds=1), JULY, JULY + timedelta(days=400), None]
    rows = read({"who": [1, 2, 3, 4], "at": times})
    assert rows.select("contact_id", "occurred_at").rows() == [("crm:1", times[0]), ("crm:4", None)]


def test_with_a_start_what_was_before_it_or_has_no_time_is_not_read(make_settings: MakeSettings) -> None:
    times = [JUNE - timedelta(microseconds=1), JUNE, JULY - timedelta(microseconds=1), JULY, None]
    rows = pl.DataFrame({"who": range(5), "at": times, "mast": [7.0, 7.0, None, 7.0, 7.0]})
    source = f'[activity.sales]\nkind = "purchase"\ntable = "sale"\noccurred_at = "at"\n{BY_ID}cell = "mast"\n'
    reader = ActivityReader.of(make_settings(more=source), "sales", ("cell", "device"))
    assert reader.columns == ("who", "at", "mast")
    read = reader.read(rows, JULY, ColumnReadings("sales"), since=JUNE)
    assert read.columns == [*RAW_ACTIVITY.column_names, "cell", "device"]
    assert read.select("contact_id", "cell", "device").rows() == [("crm:1", "7", None), ("crm:2", None, None)]


def test_as_of_cuts_by_the_instant_not_by_what_the_clock_shows(read: Read) -> None:
    shown = pl.Series([datetime(2026, 7, 1, 1, 59, 59), datetime(2026, 7, 1, 2)])
    rows = read(pl.DataFrame({"who": [1, 2], "at": shown}), 'time_zone = "Europe/Berlin"')
    assert rows["occurred_at"].to_list() == [datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)]
    shown = shown.dt.offset_by("-6h")
    rows = read(pl.DataFrame({"who": [1, 2], "at": shown}), 'time_zone = "America/New_York"')
    assert rows["occurred_at"].to_list() == [datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        (date(2026, 6, 1), datetime(2026, 5, 31, 22, tzinfo=UTC)),
        ("2026-06-01 14:00", JUNE),
        ("2026-06-01T12:00:00Z", JUNE),
        ("2026-06-01T05:00:00-07:00", JUNE),
        (JUNE, JUNE),
        (JUNE.replace(tzinfo=None), datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("2026-03-29 02:30:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (" ", None),
        (None, None),
    ],
)
def test_a_time_is_of_the_zone_unless_it_has_one(read: Read, value: object, instant: datetime | None) -> None:
    rows = read({"who": [1], "at": [value]}, 'time_zone = "Europe/Berlin"')
    assert rows["occurred_at"].to_list() == [instant]


@pytest.mark.parametrize("values", [["2026-06-30", "soon"], [20260630, 20260629]])
def test_a_time_column_without_times_stops_and_no_value_is_shown(read: Read, values: list[object]) -> None:
    with pytest.raises(SourceError) as raised:
        read({"who": [1, 2], "at": values})
    told = str(raised.value)
    assert told.startswith("phoneseg.toml: activity.sales: column `at` holds values that are no date or time (")
    assert "soon" not in told


@pytest.mark.parametrize(
    ("ids", "contact_ids"),
    [
        (pl.Series([7, None]), ["crm:7", None]),
        (pl.Series([7.0, None]), ["crm:7", None]),
        (pl.Series([Decimal("7.00"), None]), ["crm:7", None]),
        (pl.Series(["A 7", " "]), ["crm:A 7", None]),
        (pl.Series([" 7", ""]), ["crm: 7", None]),
        (pl.Series([str(uuid.UUID(int=7))]), ["crm:00000000-0000-0000-0000-000000000007"]),
    ],
)
def test_an_id_is_written_as_the_contact_source_writes_it(
    read: Read, ids: pl.Series, contact_ids: list[str | None]
) -> None:
    assert read(pl.DataFrame({"who": ids}))["contact_id"].to_list() == contact_ids


def test_a_number_is_read_later_in_the_region_of_its_row(read: Read) -> None:
    columns = {"who": [US, " ", None, "030 123"], "land": ["us", "DE", None, "Germany"]}
    rows = read(columns, 'region_column = "land"', 'phone = "who"\n')
    assert rows.select("contact_id", "phone_raw", "region_hint").rows() == [
        (None, US, "US"),
        (None, None, "DE"),
        (None, None, None),
        (None, "030 123", "DE"),
    ]
    rows = read(columns, 'region = "Italy"', 'phone = "who"\n')
    assert rows["region_hint"].to_list() == ["IT"] * 4


def test_a_region_that_no_country_goes_by_is_told(read: Read) -> None:
    with pytest.raises(SettingsError, match=r"phoneseg\.toml: activity\.sales\.region: no country is called 'Nowhere'"):
        read({"who": [US]}, 'region = "Nowhere"', 'phone = "who"\n')


def test_a_direction_is_one_of_six_words_in_any_case(read: Read) -> None:
    words = ["inbound", "In", "INCOMING ", "outbound", "Out", " outgoing", "both", "", None]
    rows = read({"who": range(9), "way": words}, 'direction = "way"')
    assert rows["is_inbound"].to_list() == [True] * 3 + [False] * 3 + [None] * 3
    assert read({"who": [1, 2]}, "is_inbound = false")["is_inbound"].to_list() == [False, False]


@pytest.mark.parametrize(
    ("values", "answered"),
    [
        ([True, False, None], [True, False, None]),
        ([1, 0, 2], [True, False, None]),
        ([1.0, 0.0, None], [True, False, None]),
        (["Yes", "n", "perhaps"], [True, False, None]),
        (["TRUE", "f", ""], [True, False, None]),
    ],
)
def test_whether_a_call_was_answered_is_read_from_booleans_numbers_and_words(
    read: Read, values: list[object], answered: list[bool | None]
) -> None:
    assert read({"who": [1, 2, 3], "ok": values}, 'is_answered = "ok"')["is_answered"].to_list() == answered


@pytest.mark.parametrize(
    "values",
    [[60, None, -1], [60.4, None, -0.6], ["60", "?", "-5"], [Decimal("60.00"), None, Decimal(-1)], ["60", "", "9e99"]],
)
def test_seconds_are_whole_and_not_negative(read: Read, values: list[object]) -> None:
    rows = read({"who": [1, 2, 3], "seconds": values}, 'duration_s = "seconds"')
    assert rows["duration_s"].to_list() == [60, None, None]


EUROS = '[profile]\ncurrency = "EUR"\nexchange_rates = { USD = 0.92, VND = 3.5e-5 }'
MONEY = f'amount = "total"\ncurrency_column = "code"\n{EUROS}'


@pytest.mark.parametrize(
    "totals",
    [
        pl.Series(["10.01", "10.01", "1000", "10", "", "free"]),
        pl.Series([Decimal("10.01"), Decimal("10.01"), Decimal(1000), Decimal(10), None, Decimal(1)]),
        pl.Series([10.01, 10.01, 1000.0, 10.0, float("nan"), float("inf")]),
    ],
    ids=lambda totals: str(totals.dtype),
)
def test_amounts_are_converted_and_those_that_cannot_be_are_unpriced(read: Read, totals: pl.Series) -> None:
    codes = ["EUR", " usd", "VND", "GBP", "EUR", None]
    rows = read(pl.DataFrame({"who": range(6), "total": totals, "code": codes}), MONEY)
    assert rows["amount_e4"].to_list() == [100_100, 92_092, 350, None, None, None]
    assert rows["is_unpriced"].to_list() == [False, False, False, True, False, True]


def test_an_amount_of_nowhere_is_in_the_currency_of_the_profile(read: Read) -> None:
    rows = read({"who": [1], "total": [3]}, 'amount = "total"\n[profile]\ncurrency = "EUR"')
    assert rows["amount_e4"].to_list() == [30_000]


def test_without_a_currency_amounts_stand_as_they_are(read: Read) -> None:
    columns = {"who": [1, 2], "total": [3, 4], "code": ["USD", "EUR"]}
    assert read(columns, 'amount = "total"\ncurrency_column = "code"')["amount_e4"].to_list() == [30_000, 40_000]


def test_one_currency_may_hold_for_all_rows(read: Read) -> None:
    more = 'amount = "total"\ncurrency = "USD"\n[profile]\ncurrency = "EUR"\nexchange_rates = { USD = 0.5 }'
    assert read({"who": [1], "total": [3]}, more)["amount_e4"].to_list() == [15_000]


@pytest.mark.parametrize("value", [True, date(2026, 6, 1), timedelta(seconds=5), [1]])
def test_a_column_that_should_hold_numbers_and_is_of_another_type_stops(read: Read, value: object) -> None:
    with pytest.raises(SourceError, match=r"^phoneseg\.toml: activity\.sales: column `x` holds values that are no "):
        read({"who": [1], "x": [value]}, 'amount = "x"')


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("direction", ["eingehend", "ausgehend"] * 5),
        ("duration_s", ["agent_006"] * 10),
        ("is_answered", ["ANSWERED", "BUSY"] * 5),
        ("amount", ["EUR", "USD"] * 5),
    ],
)
def test_a_column_of_which_nothing_can_be_read_stops_and_no_value_is_shown(
    read: Read, setting: str, values: list[str]
) -> None:
    more = f'{setting} = "column"\n'
    columns: dict[str, object] = {"who": list(range(11)), "column": [*values, " "]}
    with pytest.raises(SourceError, match=rf"sales\.{setting}: none of the column's 10 values") as caught:
        read(columns, more)
    assert values[0] not in str(caught.value)


def test_a_few_values_that_cannot_be_read_are_told_in_the_log(read: Read, caplog: pytest.LogCaptureFixture) -> None:
    seconds = read({"who": [1, 2], "seconds": ["12", "long"]}, 'duration_s = "seconds"\n')["duration_s"]
    assert seconds.to_list() == [12, None]
    assert [record.getMessage() for record in caplog.records] == [
        "sales.duration_s: 1 of 2 values are not a number of seconds"
    ]


def test_blank_texts_are_null(read: Read) -> None:
    rows = read({"who": [1, 2], "via": [" sms ", " "]}, 'channel = "via"\ncampaign = "via"\ncounterparty = "via"')
    assert rows.select("channel", "campaign", "counterparty").rows() == [("sms",) * 3, (None,) * 3]


def test_no_row_is_fine(read: Read) -> None:
    rows = read(pl.DataFrame(schema={"who": pl.Int64, "total": pl.Null, "code": pl.String, "at": pl.Null}), MONEY)
    assert rows.schema == RAW_ACTIVITY.schema
    assert rows.is_empty()

"""Who buys in a peak season of the own region is known for it, by the clock at home."""

from datetime import UTC, datetime

import polars as pl
import pytest

from phoneseg.contracts import ACTIVITY, CONTACT_BASE
from phoneseg.errors import SettingsError
from phoneseg.profiles.seasons import summarize_seasons
from phoneseg.settings.seasons import SHIPPED_SEASONS, SeasonSettings

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
US = {"is_valid": True, "region_code": "US"}
Contact = dict[str, object]
NEW_YEAR = {"turn": {"from_day": "12-30", "to_day": "01-02"}}
ONLY_OWN = tuple(SHIPPED_SEASONS)


def _base(*contacts: Contact) -> pl.LazyFrame:
    rows = [{"contact_id": f"crm:{number}", "source": "crm", **contact} for number, contact in enumerate(contacts)]
    return pl.LazyFrame(rows, {**CONTACT_BASE.schema, "time_zone": pl.String})


def _events(*moments: str, contact: int = 0, kind: str = "purchase") -> pl.LazyFrame:
    rows = [
        {
            "contact_id": f"crm:{contact}",
            "activity_source": "shop",
            "kind": kind,
            "occurred_at": datetime.fromisoformat(moment).replace(tzinfo=UTC),
        }
        for moment in moments
    ]
    return pl.LazyFrame(rows, ACTIVITY.schema)


def _seasons(contact: Contact, *moments: str, kind: str = "purchase", **settings: object) -> str | None:
    """Return the seasons of a contact with purchases at some moments, UTC."""
    found = summarize_seasons(
        _events(*moments, kind=kind),
        _base(contact),
        AS_OF,
        SeasonSettings(**settings),  # type: ignore[arg-type]  # pydantic checks the values
    ).collect()
    return None if found.is_empty() else found.select("purchase_seasons").item()


@pytest.mark.parametrize(
    ("region", "moment", "seasons"),
    [
        ("US", "2025-11-28T12:00", "black_friday"),  # the day itself
        ("DE", "2025-11-24T12:00", "black_friday"),
        ("DE", "2025-11-23T12:00", None),
        ("US", "2025-12-01T12:00", "black_friday,christmas"),
        ("US", "2025-12-02T12:00", "christmas"),
        ("DE", "2025-12-24T12:00", "christmas"),
        ("RU", "2025-12-24T12:00", "christmas"),
        ("RU", "2026-01-05T12:00", "christmas"),
        ("DE", "2026-01-05T12:00", None),
        ("CN", "2025-12-24T12:00", None),
        ("CN", "2026-02-10T12:00", "lunar_new_year"),  # it was on 17 February
        ("US", "2026-02-10T12:00", "valentines"),
        ("IN", "2025-10-15T12:00", "diwali"),  # it was on 20 October
        ("SA", "2026-03-10T12:00", "ramadan_eid"),  # Eid was on 20 March
        ("US", "2026-05-09T12:00", "mothers_day"),
        ("GB", "2026-05-09T12:00", None),
        ("GB", "2026-03-14T12:00", "mothering_sunday"),
        ("CN", "2025-11-11T12:00", "singles_day"),
        ("US", "2025-11-11T12:00", None),
        ("US", "2025-08-15T12:00", "back_to_school"),
        ("BR", "2025-08-15T12:00", None),
        ("US", "2025-06-20T12:00", "summer"),
    ],
)
def test_a_purchase_is_in_the_seasons_of_the_region_of_the_phone(region: str, moment: str, seasons: str | None) -> None:
    assert _seasons({"is_valid": True, "region_code": region}, moment) == seasons


@pytest.mark.parametrize(
    ("contact", "seasons"),
    [
        ({"region_hint": "US"}, "mothers_day"),
        ({"region_hint": "GB", **US}, "mothers_day"),
        ({"region_hint": "US", "is_valid": False, "region_code": "GB"}, "mothers_day"),
        ({"region_hint": "US", "is_valid": True, "region_code": "001"}, "mothers_day"),
        ({"region_hint": "GB", "is_valid": True, "region_code": None}, None),
        ({}, None),
    ],
)
def test_the_region_is_that_of_a_valid_phone_else_that_of_the_source_row(contact: Contact, seasons: str | None) -> None:
    assert _seasons(contact, "2026-05-09T12:00") == seasons


def test_a_contact_of_no_known_region_has_the_seasons_that_all_regions_have() -> None:
    assert _seasons({}, "2025-11-28T12:00", "2025-12-20T12:00") == "black_friday"


@pytest.mark.parametrize(
    ("zone", "first", "last", "outside"),
    [
        (None, "2025-12-30T00:00", "2026-01-02T23:59:59.999999", ["2025-12-29T23:59:59.999999", "2026-01-03T00:00"]),
        (
            "Asia/Kolkata",
            "2025-12-29T18:30",
            "2026-01-02T18:29:59.999999",
            ["2025-12-29T18:29:59.999999", "2026-01-02T18:30"],
        ),
        (
            "America/New_York",
            "2025-12-30T05:00",
            "2026-01-03T04:59:59.999999",
            ["2025-12-30T04:59:59.999999", "2026-01-03T05:00"],
        ),
    ],
)
def test_a_season_begins_and_ends_at_midnight_of_the_contact(
    zone: str | None, first: str, last: str, outside: list[str]
) -> None:
    def turn(moment: str) -> str | None:
        return _seasons({**US, "time_zone": zone}, moment, calendar=NEW_YEAR, without=ONLY_OWN)

    assert [turn(moment) for moment in (first, last)] == ["turn", "turn"]
    assert [turn(moment) for moment in outside] == [None, None]


def test_where_the_clocks_leap_over_midnight_the_day_begins_an_hour_later() -> None:
    calendar = {"spring": {"from_day": "04-24", "to_day": "04-25"}}  # Egypt, 2026: from 23:59:59 to 01:00
    contact = {**US, "time_zone": "Africa/Cairo"}
    moments = ["2026-04-23T21:59:59", "2026-04-23T22:00"]
    found = [_seasons(contact, moment, calendar=calendar, without=ONLY_OWN) for moment in moments]
    assert found == [None, "spring"]


def test_a_purchase_at_as_of_or_before_the_years_that_are_looked_back_on_is_not_counted() -> None:
    calendar = {"always": {"from_day": "01-01", "to_day": "12-31"}}
    moments = ["2026-06-30T23:59:59.999999", "2026-07-01T00:00", "2024-07-01T00:00", "2024-06-30T23:59:59.999999"]
    found = [_seasons(US, moment, calendar=calendar, without=ONLY_OWN) for moment in moments]
    assert found == ["always", None, "always", None]
    assert _seasons(US, moments[2], calendar=calendar, without=ONLY_OWN, look_back_years=1) is None


@pytest.mark.parametrize("kind", ["call", "message", "visit"])
def test_only_purchases_count(kind: str) -> None:
    assert _seasons(US, "2025-12-02T12:00", kind=kind) is None


def test_a_contact_buys_in_a_season_from_as_many_purchases_and_years_on_as_the_settings_say() -> None:
    one_year, two_years = ["2025-12-02T12:00", "2025-12-03T12:00"], ["2024-12-02T12:00", "2025-12-03T12:00"]
    assert _seasons(US, *one_year, min_purchases=2) == "christmas"
    assert _seasons(US, *one_year, min_purchases=3) is None
    assert _seasons(US, *one_year, min_years=2) is None
    assert _seasons(US, *two_years, min_years=2) == "christmas"


def test_seasons_of_the_settings_come_to_the_shipped_ones_replace_them_or_leave_them_out() -> None:
    moment = "2025-12-02T12:00"
    own = {"advent": {"regions": ["DE", "US"], "holidays": ["Christmas Day"], "from_offset_days": -30}}
    assert _seasons(US, moment, calendar=own) == "advent,christmas"
    assert _seasons({**US, "region_code": "GB"}, moment, calendar=own) == "christmas"
    replaced = {"christmas": {"from_day": "12-20", "to_day": "12-24"}}
    assert _seasons(US, moment, calendar=replaced) is None
    assert _seasons(US, moment, without=("christmas",)) is None


def test_a_holiday_that_is_in_no_calendar_is_told() -> None:
    for season in (
        {"holidays": ["Chrismas"], "calendar_region": "US"},
        {"holidays": ["Christmas"], "calendar_region": "XX"},
    ):
        with pytest.raises(SettingsError, match=r"^profile\.seasons\.calendar\.own: the library `holidays` has no Chr"):
            _seasons(US, "2025-12-02T12:00", calendar={"own": season})


def test_contacts_do_not_see_the_purchases_of_others_and_are_rows_only_where_they_buy_in_season() -> None:
    base = _base(US, {**US, "region_code": "CN"}, US, US)
    events = pl.concat(
        [
            _events("2025-12-02T12:00", "2025-11-28T12:00", "2025-12-02T12:00", contact=0),
            _events("2025-12-02T12:00", "2026-02-10T12:00", contact=1),
            _events("2025-10-02T12:00", contact=2),
        ]
    )
    expected = [("crm:0", "black_friday,christmas"), ("crm:1", "lunar_new_year")]
    for order in (events, events.reverse()):
        found = summarize_seasons(order, base, AS_OF, SeasonSettings()).sort("contact_id").collect()
        assert found.rows() == expected


def test_without_purchases_there_are_no_rows() -> None:
    nobody = CONTACT_BASE.schema.to_frame().with_columns(time_zone=pl.lit(None, pl.String)).lazy()
    for base in (nobody, _base(US)):
        found = summarize_seasons(_events(), base, AS_OF, SeasonSettings()).collect()
        assert found.schema == {"contact_id": pl.String, "purchase_seasons": pl.String}
        assert found.rows() == []

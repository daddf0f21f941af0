"""Rows of consent, objections and lists become permissions, as they stood at as_of."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest

from phoneseg.contracts import RAW_PERMISSION
from phoneseg.errors import SettingsError, SourceError
from phoneseg.extract import PermissionReader
from phoneseg.extract.column_readings import ColumnReadings
from phoneseg.settings import Settings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)
BY_ID = 'contact_id = "who"\ncontacts = "crm"\n'
Read = Callable[..., pl.DataFrame]


@pytest.fixture
def read(make_settings: Callable[..., Settings]) -> Read:
    """Read rows, given as columns, as of July 2026, by the lines of a section of the settings."""

    def rows_of(
        section: str, columns: dict[str, object] | pl.DataFrame, more: str = "", key: str = BY_ID
    ) -> pl.DataFrame:
        ((name, source),) = make_settings(more=f'[{section}.it]\ntable = "it"\n{key}{more}').permission_sources
        readings = ColumnReadings("it")
        reader = PermissionReader(name, source, f"phoneseg.toml: {section}.it")
        permissions = reader.read(pl.DataFrame(columns), JULY, readings)
        readings.check()
        assert permissions.schema == RAW_PERMISSION.schema
        return permissions

    return rows_of


CONSENT = 'status_column = "status"\nat = "at"\n'


def test_a_row_says_who_allowed_what_and_when(read: Read) -> None:
    columns = {"who": [7], "via": [" SMS "], "for": ["News, weekly"], "status": ["Yes"], "at": [JUNE]}
    rows = read("consent", columns, CONSENT + 'channel_column = "via"\npurpose_column = "for"\n')
    assert rows.rows(named=True) == [
        {
            "contact_id": "crm:7",
            "phone_raw": None,
            "region_hint": None,
            "source_type": "consent",
            "permission_source": "it",
            "channel": "sms",
            "purpose": "news_ weekly",
            "is_granted": True,
            "is_status_unread": False,
            "decided_at": JUNE,
        }
    ]


@pytest.mark.parametrize(
    "statuses", [["granted", "withdrawn"], ["OPT_IN", "opt-out"], [True, False], [1, 0], [1.0, 0.0]]
)
def test_statuses_are_read_as_words_booleans_and_numbers(read: Read, statuses: list[object]) -> None:
    rows = read("consent", {"who": [1, 2], "status": statuses, "at": [JUNE, JUNE]}, CONSENT)
    assert rows["is_granted"].to_list() == [True, False]
    assert rows["is_status_unread"].to_list() == [False, False]


def test_a_status_that_nobody_knows_allows_nothing(read: Read) -> None:
    columns = {"who": [1, 2, 3], "status": ["perhaps", " ", None], "at": [JUNE] * 3}
    for section, more in (("consent", CONSENT), ("objection", CONSENT)):
        rows = read(section, columns, more)
        assert rows["is_granted"].to_list() == [False] * 3
        assert rows["is_status_unread"].to_list() == [True] * 3


def test_a_column_without_a_single_status_is_another_column(read: Read) -> None:
    columns = {"who": range(10), "status": ["blue"] * 10, "at": [JUNE] * 10}
    with pytest.raises(SourceError, match=r"status_column: none of the column's 10 values is a word that the settings"):
        read("consent", columns, CONSENT)
    assert read("consent", columns, CONSENT + 'granted = ["blue"]\n')["is_granted"].all()


def test_no_channel_a_star_and_all_are_about_every_channel(read: Read) -> None:
    columns = {"who": range(5), "via": ["*", "All", "any", "", None], "status": ["yes"] * 5, "at": [JUNE] * 5}
    assert read("consent", columns, CONSENT + 'channel_column = "via"\n')["channel"].null_count() == 5
    assert read("consent", columns, CONSENT)["channel"].null_count() == 5
    assert set(read("consent", columns, CONSENT + 'channel = "call"\n')["channel"]) == {"call"}


def test_what_was_said_at_as_of_or_later_is_not_known_yet_by_the_clock_of_its_zone(read: Read) -> None:
    at = ["2026-07-01 01:59:59", "2026-07-01 02:00:00", None]
    for section in ("consent", "objection"):
        columns = {"who": [1, 2, 3], "status": ["no"] * 3, "at": at}
        rows = read(section, columns, CONSENT + 'time_zone = "Europe/Berlin"\n')
        assert rows["contact_id"].to_list() == ["crm:1", "crm:3"]
        assert rows["decided_at"].to_list() == [datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC), None]


def test_a_list_holds_from_its_first_day_to_its_last(read: Read) -> None:
    first, last = date(2026, 7, 1), date(2026, 7, 1)
    columns = {
        "number": ["1", "2", "3", "4", "5"],
        "since": [first, None, date(2026, 7, 2), None, first],
        "until": [None, last, None, date(2026, 6, 30), last],
    }
    more = 'valid_from = "since"\nvalid_until = "until"\nchannel = "call"\n'
    rows = read("suppression", columns, more, key='phone = "number"\nregion = "DE"\n')
    assert rows["phone_raw"].to_list() == ["1", "2", "5"]
    assert rows["decided_at"].to_list() == [JULY, None, JULY]
    assert set(rows.select("region_hint", "channel", "purpose", "is_granted").rows()) == {("DE", "call", None, False)}


def test_ids_and_numbers_that_are_blank_are_none(read: Read) -> None:
    assert read("suppression", {"who": ["", " ", None, "a "]})["contact_id"].to_list() == [None, None, None, "crm:a "]
    numbers = read("suppression", {"number": ["", " ", None, " 1 "]}, key='phone = "number"\n')
    assert numbers["phone_raw"].to_list() == [None, None, None, "1"]


def test_a_time_that_is_none_is_told_without_its_value(read: Read) -> None:
    with pytest.raises(SourceError, match="column `at` holds values that are no date or time") as raised:
        read("consent", {"who": [1], "status": ["yes"], "at": ["+49 30 901820"]}, CONSENT)
    assert "90" not in str(raised.value)


def test_a_country_that_nobody_knows_is_told(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(more='[suppression.it]\ntable = "it"\nphone = "x"\nregion = "Atlantis"\n')
    ((name, source),) = settings.permission_sources
    with pytest.raises(SettingsError, match=r"suppression\.it\.region: no country is called 'Atlantis'"):
        PermissionReader.of(settings, name, source)

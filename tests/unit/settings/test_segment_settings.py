"""Bounds of segments, places and seasons: a wrong one is told with its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings, load_settings

MakeSettings = Callable[..., Settings]
WriteToml = Callable[[str], Path]
HEAD = (
    '[warehouse]\nurl = "duckdb:///w"\n[contacts.crm]\ntable = "c"\nid = "id"\nphones = ["p"]\nattributes = ["plan"]\n'
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[segments.rfm.best]\nrecency = [5, 4]\nfrequency_monetary = [1, 5]",
            "9: segments.rfm.best.recency: give the low",
        ),
        (
            "[segments.rfm.best]\nrecency = [0, 4]\nfrequency_monetary = [1, 5]",
            "9: segments.rfm.best.recency: give the low",
        ),
        ("[segments.rfm.Best]\nrecency = [4, 5]\nfrequency_monetary = [1, 5]", "should be lower-case letters"),
        ("[segments.rfm.best]\nrecency = [4, 5]", "8: segments.rfm.best.frequency_monetary: this key is missing"),
        ("[segments.rfm.best]\nrecensy = [4, 5]", "9: segments.rfm.best.recensy: unknown key; did you mean `recency`?"),
        ("[segments.lifecycle]\ncooling_days = 20", "8: segments.lifecycle: `active_days` is below `cooling_days`"),
        ("[segments.lifecycle]\nnew_days = 0", "9: segments.lifecycle.new_days: input should be greater than or equal"),
        ("[segments.engagement]\nhigh_from_count = 3\nmedium_from_count = 3", "8: segments.engagement: `medium_from_"),
        (
            "[segments.engagement]\nwindow_days = 60",
            "segments.engagement.window_days: it is one of profile.windows_days",
        ),
        ("[profile]\nwindows_days = [7, 365]", "it is one of profile.windows_days, which are: 7, 365"),
        ("[segments.age]\nbands_from_years = [18, 18]", "9: segments.age.bands_from_years: the numbers have to rise"),
        ("[segments.age]\nbands_from_years = [0, 18]", "9: segments.age.bands_from_years: the numbers have to rise"),
        ("[segments.age]\nbands_from_years = []", "9: segments.age.bands_from_years: "),
        ('[segments.age]\nplaceholder_birth_dates = ["1900-13-01"]', "9: segments.age.placeholder_birth_dates"),
        ("[segments.income]\nbands_from = [2000, 1000]", "9: segments.income.bands_from: the numbers have to rise"),
        ('[segments.gender]\nmale = ["h"]\nother = [" H"]', "8: segments.gender: a spelling stands twice"),
        ('[segments]\nattributes = ["plan", "plan"]', "8: segments: `attributes` names an attribute twice"),
        (
            '[segments]\nattributes = ["plna"]',
            "segments.attributes: no contact source has `plna` among its `attributes`",
        ),
        ("[profile.place]\ntown_from_population = 50000", "8: profile.place: `town_from_population` is below"),
        (
            '[profile.seasons]\nwithout = ["sumer"]',
            "8: profile.seasons: `without`: no shipped season `sumer`; there is: bla",
        ),
        ("[profile.seasons]\nmin_years = 4", "8: profile.seasons: `min_years` is at most one more"),
        (
            '[profile.seasons.calendar.own]\nfrom_day = "12-24"',
            "8: profile.seasons.calendar.own: give either `from_day` an",
        ),
        ("[profile.seasons.calendar.own]", "8: profile.seasons.calendar.own: give either `from_day` and `to_day`, or"),
        (
            '[profile.seasons.calendar.own]\nfrom_day = "12-24"\nto_day = "12-31"\nholidays = ["Christmas"]',
            "8: profile.seasons.calendar.own: give either `from_day` and `to_day`, or `holidays`",
        ),
        (
            '[profile.seasons.calendar.own]\nfrom_day = "02-29"\nto_day = "03-01"',
            "9: profile.seasons.calendar.own.from_day: '02-29' should be a month and a day of every year",
        ),
        (
            '[profile.seasons.calendar.own]\nfrom_day = "12-24"\nto_day = "12-31"\nto_offset_days = 2',
            "8: profile.seasons.calendar.own: `calendar_region` and offsets are for `holidays`",
        ),
        (
            '[profile.seasons.calendar.own]\nholidays = ["Diwali"]\nfrom_offset_days = 2',
            "8: profile.seasons.calendar.own: `from_offset_days` is at most `to_offset_days`",
        ),
        (
            '[profile.seasons.calendar.own]\nregions = ["Germany"]\nholidays = ["Diwali"]',
            "9: profile.seasons.calendar.own.regions.0: 'Germany' should be an ISO 3166 alpha-2 code",
        ),
    ],
)
def test_a_wrong_bound_is_told_with_its_line(write_toml: WriteToml, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(write_toml(HEAD + text))
    told = str(raised.value)
    assert message in told
    assert told.startswith("phoneseg.toml:")
    assert "\n" not in told


def test_bounds_are_read(make_settings: MakeSettings) -> None:
    settings = make_settings(
        'table = "c"\nid = "id"\nphones = ["p"]\nattributes = ["plan"]',
        more=(
            '[profile]\nwindows_days = [14, 365]\n[profile.seasons]\nwithout = ["summer"]\n'
            '[profile.seasons.calendar.golden_week]\nregions = ["JP"]\nfrom_day = "04-25"\nto_day = "05-06"\n'
            '[segments]\nattributes = ["plan"]\n[segments.engagement]\nwindow_days = 14\n'
            "[segments.rfm.best]\nrecency = [5, 5]\nfrequency_monetary = [5, 5]\n"
            "[segments.age]\nplaceholder_birth_dates = [1900-01-01]\n"
        ),
    )
    seasons = settings.profile.seasons.by_name
    assert list(seasons) == sorted(seasons)
    assert {"golden_week", "christmas"} <= set(seasons)
    assert "summer" not in seasons
    assert seasons["golden_week"].regions == ("JP",)
    assert list(settings.segments.rfm) == ["best"]
    assert settings.segments.rfm["best"].recency == (5, 5)
    assert settings.segments.age.placeholder_birth_dates[0].year == 1900
    assert settings.segments.lifecycle.dormant_days == 365


def test_a_bound_of_a_section_within_a_section_can_stand_in_the_environment(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONESEG_SEGMENTS__LIFECYCLE__ACTIVE_DAYS", "14")
    monkeypatch.setenv("PHONESEG_SEGMENTS__AGE__BANDS_FROM_YEARS", "[30]")
    segments = make_settings().segments
    assert (segments.lifecycle.active_days, segments.age.bands_from_years) == (14, (30,))

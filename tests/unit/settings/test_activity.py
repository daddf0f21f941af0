"""A wrong activity source is told in one line, as a contact source is."""

import json
from collections.abc import Callable

import pytest

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings

MakeSettings = Callable[..., Settings]
CALLS = '[activity.calls]\nkind = "call"\ntable = "call"\noccurred_at = "at"\n'  # the sixth line is the next to come
BY_ID = CALLS + 'contact_id = "customer"\ncontacts = "crm"\n'
BY_NUMBER = CALLS + 'phone = "caller"\n'


def test_an_activity_source_reads_each_of_its_columns_once(make_settings: MakeSettings) -> None:
    more = BY_NUMBER + 'region_column = "land"\ndirection = "way"\ncounterparty = "land"\nduration_s = "seconds"\n'
    assert make_settings(more=more).activity["calls"].columns == ("caller", "land", "at", "way", "seconds")
    assert make_settings(more=BY_ID).activity["calls"].columns == ("customer", "at")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (CALLS, "9: activity.calls: give either `contact_id` or `phone`"),
        (BY_ID + 'phone = "caller"', "9: activity.calls: give either `contact_id` or `phone`"),
        (CALLS + 'contact_id = "customer"', "9: activity.calls: `contacts` says which contact source the ids"),
        (BY_ID.replace('"crm"', '"crn"'), "14: activity.calls.contacts: no contact source `crn`; there is: crm"),
        (BY_ID.replace('"call"', '"cal"', 1), "10: activity.calls.kind: input should be 'call', 'message', 'purch"),
        (BY_ID + 'query = "SELECT 1"', "9: activity.calls: give either `table` or `query`"),
        (BY_ID + 'direktion = "way"', "15: activity.calls.direktion: unknown key; did you mean `direction`?"),
        (BY_ID.replace('occurred_at = "at"\n', ""), "9: activity.calls.occurred_at: this key is missing"),
        (BY_ID + 'direction = "way"\nis_inbound = true', "9: activity.calls: give either `is_inbound` or `direction`"),
        (BY_ID + 'time_zone = "Berlin"', "9: activity.calls: no time zone is called 'Berlin'; give one such as Eu"),
        (BY_ID + 'time_zone = "localtime"', "9: activity.calls: no time zone is called 'localtime'"),
        (BY_ID + 'region = "DE"', "9: activity.calls: `region` is of no use without `phone`"),
        (BY_ID + 'currency = "EUR"', "9: activity.calls: `currency` is of no use without `amount`"),
        (BY_ID + 'amount = "x"\ncurrency = "Euro"', "16: activity.calls.currency: a currency is its code of ISO 4217"),
        (BY_NUMBER + 'counterparty = "caller"', "9: activity.calls: no other key may name the `phone` column"),
        (BY_ID.replace("activity.calls", "activity.CALLS"), "should be lower-case letters, digits and underscores"),
        ('[profile]\ncurrency = "eur"', "10: profile.currency: a currency is its code of ISO 4217, three capital"),
        ("[profile]\nexchange_rates = { USD = 0.9 }", "9: profile: `exchange_rates` say what others are worth in `cu"),
        (
            '[profile]\ncurrency = "EUR"\nexchange_rates = { usd = 0.9 }',
            "11: profile.exchange_rates.usd: a currency is",
        ),
        ('[profile]\ncurrency = "EUR"\nexchange_rates = { USD = 0 }', "11: profile.exchange_rates.USD: a rate is bet"),
        ('[profile]\ncurrency = "EUR"\nexchange_rates = { USD = nan }', "11: profile.exchange_rates.USD: a rate is b"),
        ('[profile]\ncurrency = "EUR"\nexchange_rates = { USD = 0.1234567890123 }', "USD: a rate has at most 12 dig"),
        ('[profile]\ncurrency = "EUR"\nexchange_rates = { EUR = 2 }', "9: profile: `exchange_rates` give EUR another"),
    ],
)
def test_a_wrong_activity_source_is_told_with_its_line(make_settings: MakeSettings, more: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        make_settings(more=more)
    assert message in str(raised.value)
    assert str(raised.value).startswith("phoneseg.toml:")
    assert "\n" not in str(raised.value)


def test_a_currency_that_no_rate_is_of_is_told_before_all_amounts_are_lost(make_settings: MakeSettings) -> None:
    sales = BY_ID + 'amount = "total"\ncurrency = "USD"\n[profile]\ncurrency = "EUR"\n'
    with pytest.raises(SettingsError, match=r":16: activity\.calls\.currency: `profile\.exchange_rates` does not say"):
        make_settings(more=sales)
    for fine in (sales + "exchange_rates = { USD = 0.92 }", sales.replace('currency = "EUR"', 'currency = "USD"')):
        assert make_settings(more=fine).activity["calls"].currency == "USD"


def test_the_environment_goes_before_the_file(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONESEG_ACTIVITY__CALLS__TABLE", "other")
    monkeypatch.setenv("PHONESEG_PROFILE__CURRENCY", "EUR")
    monkeypatch.setenv("PHONESEG_PROFILE__EXCHANGE_RATES", json.dumps({"USD": 0.92}))
    settings = make_settings(more=BY_ID)
    assert settings.activity["calls"].table == "other"
    assert settings.profile.exchange_rates == {"USD": 0.92}


@pytest.mark.parametrize("variable", ["PHONESEG_PROFILE__EXCHANGE_RATES", "PHONESEG_PROFILE__EXCHANGE_RATES__USD"])
def test_rates_in_the_environment_that_are_none_are_told(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "much")
    with pytest.raises(SettingsError, match=r"^(environment|phoneseg\.toml)"):
        make_settings()


def test_a_pipeline_reads_the_sources_that_are_for_it_and_both_read_the_others(make_settings: MakeSettings) -> None:
    network = BY_NUMBER.replace("calls", "network") + 'pipelines = ["monitor_activity"]\n'
    own = BY_ID.replace("calls", "own") + 'pipelines = ["segment_contacts"]\n'
    settings = make_settings(more=BY_NUMBER + network + own)
    assert list(settings.activity_of("segment_contacts")) == ["calls", "own"]
    assert list(settings.activity_of("monitor_activity")) == ["calls", "network"]
    assert settings.activity_of("monitor_activity")["network"] is settings.activity["network"]

"""A wrong source of consent, objections or suppressions is told in one line, as a contact source is."""

from collections.abc import Callable

import pytest

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings

MakeSettings = Callable[..., Settings]
CONSENT = '[consent.app]\ntable = "consent"\nstatus_column = "status"\nat = "at"\n'  # on the tenth line and after
BY_ID = CONSENT + 'contact_id = "customer"\ncontacts = "crm"\n'
BY_NUMBER = CONSENT + 'phone = "number"\n'
LISTED = '[suppression.list]\ntable = "listed"\n'


def test_a_source_reads_each_of_its_columns_once(make_settings: MakeSettings) -> None:
    more = BY_NUMBER + 'region_column = "land"\nchannel_column = "via"\npurpose_column = "via"\n'
    more += '[objection.all]\ntable = "objection"\ncontact_id = "who"\ncontacts = "crm"\n'
    more += LISTED + 'phone = "number"\nvalid_until = "until"\n'
    settings = make_settings(more=more)
    assert [(name, source.columns) for name, source in settings.permission_sources] == [
        ("app", ("number", "land", "via", "status", "at")),
        ("all", ("who",)),
        ("list", ("number", "until")),
    ]


def test_nobody_is_contactable_without_consent_unless_the_settings_say_so(make_settings: MakeSettings) -> None:
    assert make_settings().privacy.contact.default == "opt_in"
    policy = make_settings(more='[privacy.contact]\nchannels = { call = "opt_out" }').privacy.contact
    assert (policy.default, policy.channels) == ("opt_in", {"call": "opt_out"})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (CONSENT, "9: consent.app: give either `contact_id` or `phone`"),
        (BY_ID + 'phone = "number"', "9: consent.app: give either `contact_id` or `phone`"),
        (CONSENT + 'contact_id = "who"', "9: consent.app: `contacts` says which contact source the ids"),
        (BY_ID.replace('"crm"', '"crn"'), "14: consent.app.contacts: no contact source `crn`; there is: crm"),
        (BY_ID + 'query = "SELECT 1"', "9: consent.app: give either `table` or `query`"),
        (BY_ID + 'region = "DE"', "9: consent.app: `region` and `region_column` are of no use without `phone`"),
        (BY_ID + 'time_zone = "Berlin"', "9: consent.app: no time zone is called 'Berlin'"),
        (BY_ID.replace('at = "at"\n', ""), "9: consent.app.at: this key is missing"),
        (BY_ID + 'channel = "sms"\nchannel_column = "via"', "9: consent.app: give either `channel` or `channel_col"),
        (BY_ID + 'channel = "SMS"', "15: consent.app.channel: 'SMS' should be in small letters"),
        (BY_ID + 'purpose = "a:b"', "15: consent.app.purpose: 'a:b' should be in small letters, without comma, col"),
        (BY_ID + 'granted = ["no"]', "9: consent.app: `granted` and `withdrawn` share `no`"),
        (BY_NUMBER + 'channel_column = "number"', "9: consent.app: no other key may name the `phone` column"),
        (LISTED + 'phone = "x"\nvalid_from = "x"', "9: suppression.list: no other key may name the `phone` column"),
        (LISTED + 'phone = "x"\npurpose = "a"', "12: suppression.list.purpose: unknown key"),
        ('[privacy.contact]\ndefault = "never"', "10: privacy.contact.default: input should be 'opt_in' or 'opt_out'"),
        ('[privacy.contact]\nchannels = { SMS = "opt_in" }', "10: privacy.contact.channels.SMS: 'SMS' should be in sm"),
    ],
)
def test_a_wrong_source_is_told_with_its_line(make_settings: MakeSettings, more: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        make_settings(more=more)
    assert message in str(raised.value)
    assert str(raised.value).startswith("phoneseg.toml:")
    assert "\n" not in str(raised.value)

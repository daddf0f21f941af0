"""Wrong lists of numbers, and wrong words and columns of deliveries, are told in one line."""

from collections.abc import Callable

import pytest

from phoneseg.errors import SettingsError
from phoneseg.settings import Settings

MakeSettings = Callable[..., Settings]
LIST = '[number_list.gone]\ntable = "gone"\nat = "since"\n'  # on the tenth line and after
CALLS = '[activity.sms]\nkind = "message"\ntable = "sms"\noccurred_at = "at"\n'
BY_ID = CALLS + 'contact_id = "who"\ncontacts = "crm"\n'


def test_a_list_reads_each_of_its_columns_once(make_settings: MakeSettings) -> None:
    settings = make_settings(more=LIST + 'phone = "number"\nstatus_column = "since"\nregion_column = "land"')
    assert settings.number_list["gone"].columns == ("number", "land", "since")
    by_id = make_settings(more=BY_ID + 'sent_to = "mobile"\ndelivery_status = "s"\nfailure_reason = "r"')
    assert by_id.activity["sms"].columns == ("who", "at", "s", "r")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (LIST + 'status = "active"', "number_list.gone: give either `contact_id` or `phone`"),
        (LIST + 'status = "active"\ncontact_id = "who"\ncontacts = "crm"', "give `phone`: a list is of numbers"),
        (LIST + 'phone = "n"', "give either `status` or `status_column`"),
        (LIST + 'phone = "n"\nstatus = "active"\nstatus_column = "s"', "`status` or `status_column`, not both"),
        (LIST + 'phone = "n"\nstatus_column = "n"', "no other key may name the `phone` column"),
        (LIST + 'phone = "n"\nstatus = "dead"', "status: input should be 'disconnected', 'reassigned' or 'active'"),
        (LIST + 'phone = "n"\nstatus_column = "s"\nactive = ["off"]', "words of other statuses share `off`"),
        (BY_ID + 'sent_to = "fax"', r"activity.sms.sent_to: contacts.crm has no phone column `fax`; there is: mobile"),
        (CALLS + 'phone = "n"\nsent_to = "mobile"', "`sent_to` is of no use without `contact_id`"),
        (BY_ID + 'failed = ["read"]', "`delivered` and words of failures share `read`"),
        ("[hygiene.number_state]\ncooling_days = 90", "`cooling_days` has to be more than `active_days`, which is 90"),
        ('[hygiene.issues]\nmobile_columns = ["fax"]', "mobile_columns: no contact source has `fax`; there is: mobile"),
        ('[hygiene.issues]\nlanguage_attributes = ["l"]', "language_attributes: no contact source has `l`; there is"),
        ("[hygiene.quality]\nvalidity = -1", "validity: input should be greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_told(make_settings: MakeSettings, more: str, message: str) -> None:
    with pytest.raises(SettingsError, match=rf"^phoneseg\.toml:\d+: .*{message}"):
        make_settings(more=more)

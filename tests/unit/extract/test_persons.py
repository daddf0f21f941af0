"""What tells who contacts are, as sources write it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest

from phoneseg.contracts import RAW_PERSON
from phoneseg.errors import SettingsError
from phoneseg.extract import PersonReader, SourceReader
from phoneseg.settings import Settings

HEAD = 'table = "contact"\nid = "id"\nphones = ["mobile"]\n'
NAMED = HEAD + 'first_name = "first"\nlast_name = "last"\nemail = "mail"\nbirth_date = "born"\ncreated_at = "since"\n'
JULY = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_contact_is_told_by_what_the_settings_map_and_no_more(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(NAMED + 'region = "DE"')
    assert settings.contacts["crm"].person_columns == ("id", "first", "last", "mail", "since", "born")
    rows = pl.DataFrame(
        {
            "id": [1, 2, 3],
            "first": [" Ann ", "", None],
            "last": ["Lee", "Ray", None],
            "mail": ["a@b.example", None, "-"],
            "since": ["2026-01-01", None, "2026-07-01"],
            "born": ["1980-05-17", "unknown", None],
        }
    )
    told = PersonReader(SourceReader.of(settings, "crm")).read(rows, JULY)
    assert told.schema == RAW_PERSON.schema
    known = [{name: value for name, value in row.items() if value is not None} for row in told.iter_rows(named=True)]
    common = {"source": "crm", "region_hint": "DE"}
    ann = {"first_name": "Ann", "last_name": "Lee", "email": "a@b.example", "birth_date": date(1980, 5, 17)}
    assert known == [{"contact_id": "crm:1", **common, **ann}, {"contact_id": "crm:2", **common, "last_name": "Ray"}]


def test_a_source_without_names_and_addresses_is_not_read_for_them(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(HEAD + 'birth_date = "born"\nemployer = "firm"')
    assert settings.contacts["crm"].person_columns == ()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('full_name = "name"\nlast_name = "last"', "give either `full_name`, or `first_name` and `last_name`"),
        ('email = "mobile"', "`email` may not be a phone column"),
    ],
)
def test_mappings_that_make_no_sense_are_told(make_settings: Callable[..., Settings], more: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        make_settings(HEAD + more)

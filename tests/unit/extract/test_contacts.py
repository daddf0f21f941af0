"""Source rows become contacts and filled cells."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts import RAW_CONTACT, RAW_PHONE
from phoneseg.errors import SettingsError, SourceError
from phoneseg.extract import ContactBatch, check_ids
from phoneseg.extract.contacts import SourceReader
from phoneseg.settings import Settings

JULY = datetime(2026, 7, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
US, GB = "+1 650-253-0000", "+44 20 7946 0018"
MakeSettings = Callable[..., Settings]
Read = Callable[..., ContactBatch]


def test_a_row_becomes_a_contact_and_its_filled_cells(read: Read) -> None:
    batch = read(
        {"id": [7, 8], "mobile": [US, None], "office": [None, GB], "land": ["us", None], "made": [JULY - MINUTE, None]},
        'region_column = "land"\ncreated_at = "made"\nattributes = ["land"]',
        '["office", "mobile"]',
    )
    contacts = {
        "contact_id": ["crm:7", "crm:8"],
        "source": ["crm", "crm"],
        "region_hint": ["US", None],
        "contact_created_at": [JULY - MINUTE, None],
        "contact_updated_at": [None, None],
        "attributes": ['{"land":"us"}', '{"land":null}'],
    }
    person = {key: [None, None] for key in ("birth_date", "gender", "income_amount", "city", "postal_code")}
    phones = {
        "contact_id": ["crm:8", "crm:7"],
        "source": ["crm", "crm"],
        "phone_column": ["office", "mobile"],
        "position": [1, 1],
        "phone_rank": [1, 2],
        "phone_raw": [GB, US],
        "region_hint": [None, "US"],
        "is_hint_unknown": [False, False],
    }
    assert_frame_equal(batch.contacts, pl.DataFrame({**contacts, **person}, RAW_CONTACT.schema))
    assert_frame_equal(batch.phones, pl.DataFrame(phones, RAW_PHONE.schema))
    assert batch.empty_cell_count == 2


def test_what_the_source_says_of_the_person_is_kept_and_what_is_no_date_or_number_is_not_known(read: Read) -> None:
    rows = {
        "id": [1, 2, 3],
        "mobile": [US, GB, None],
        "born": ["1980-02-29", "1980-02-30", "1999-12-31 00:00:00"],
        "sex": ["f", None, "M"],
        "pay": ["52000.50", "a lot", None],
        "town": ["Bonn", None, " "],
        "plz": [53111, 1099, None],
    }
    keys = 'birth_date = "born"\ngender = "sex"\nincome = "pay"\ncity = "town"\npostal_code = "plz"'
    person = read(rows, keys).contacts.select("birth_date", "gender", "income_amount", "city", "postal_code")
    assert person.rows() == [
        (date(1980, 2, 29), "f", 52000.5, "Bonn", "53111"),
        (None, None, None, None, "1099"),
        (date(1999, 12, 31), "M", None, " ", None),
    ]


def _cells(batch: ContactBatch) -> list[str]:
    return batch.phones.get_column("phone_raw").to_list()


@pytest.mark.parametrize(
    ("ids", "contact_ids"),
    [
        ([1, 2], ["crm:1", "crm:2"]),
        ([1.0, 2.0], ["crm:1", "crm:2"]),
        (["a:b", "0042"], ["crm:a:b", "crm:0042"]),
    ],
)
def test_a_contact_is_named_by_its_source_and_id(read: Read, ids: list[object], contact_ids: list[str]) -> None:
    assert read({"id": ids, "mobile": [US, US]}).contacts.get_column("contact_id").to_list() == contact_ids


def test_a_row_without_an_id_stops_and_is_counted_not_shown(read: Read) -> None:
    with pytest.raises(SourceError, match=r"^phoneseg\.toml: contacts\.crm\.id: 2 rows have no `id`$"):
        read({"id": [None, 1, None], "mobile": [US, GB, US]})


def test_doubled_ids_stop_and_are_counted_not_shown() -> None:
    rows = pl.LazyFrame({"contact_id": ["crm:1", "crm:2", "crm:1", "crm:1", "crm:3", "crm:3"]})
    with pytest.raises(SourceError, match=r"^here\.id: 2 ids stand in more than one row; the id column has to be a"):
        check_ids(rows, "here")
    check_ids(rows.unique(), "here")


@pytest.mark.parametrize(
    ("hint", "region", "is_unknown"),
    [
        ("de", "DE", False),
        ("Vereinigtes K\u00f6nigreich", "GB", False),
        (None, None, False),
        (" \u00a0", None, False),
        ("Atlantis", None, True),
    ],
)
def test_the_countrys_hint_is_read_and_an_unknown_one_is_marked(
    read: Read, hint: str | None, region: str | None, is_unknown: bool
) -> None:
    batch = read({"id": [1, 2], "mobile": [US, GB], "land": [hint, "FR"]}, 'region_column = "land"')
    assert batch.contacts.get_column("region_hint").to_list() == [region, "FR"]
    assert batch.phones.select("region_hint", "is_hint_unknown").rows() == [(region, is_unknown), ("FR", False)]


def test_one_country_can_stand_for_all_rows(read: Read) -> None:
    batch = read({"id": [1, 2], "mobile": [US, None]}, 'region = "germany"')
    assert batch.contacts.get_column("region_hint").to_list() == ["DE", "DE"]
    assert batch.phones.get_column("region_hint").to_list() == ["DE"]


def test_a_fixed_country_that_nobody_knows_is_a_wrong_setting(make_settings: MakeSettings) -> None:
    settings = make_settings('table = "contact"\nid = "id"\nphones = ["mobile"]\nregion = "Atlantis"')
    with pytest.raises(SettingsError, match=r"^phoneseg\.toml: contacts\.crm\.region: no country is called 'Atlantis'"):
        SourceReader.of(settings, "crm")


def test_attributes_are_one_json_object_of_strings_with_sorted_keys(read: Read) -> None:
    columns = {
        "id": [1, 2],
        "mobile": [US, None],
        "plan": ['a "b" \u00e9', None],
        "age": [41.0, 2.5],
        "is_vip": [True, None],
    }
    batch = read(columns, 'attributes = ["plan", "is_vip", "age"]')
    attributes = batch.contacts.get_column("attributes").to_list()
    assert [json.loads(text) for text in attributes] == [
        {"age": "41", "is_vip": "true", "plan": 'a "b" \u00e9'},
        {"age": "2.5", "is_vip": None, "plan": None},
    ]
    assert [list(json.loads(text)) for text in attributes] == [["age", "is_vip", "plan"]] * 2


@pytest.mark.parametrize("dtype", [pl.Null, pl.String])
def test_an_empty_batch_gives_empty_frames_of_the_contracts(read: Read, dtype: type[pl.DataType]) -> None:
    rows = pl.DataFrame(schema=dict.fromkeys(("id", "mobile", "land", "made"), dtype))
    batch = read(rows, 'region_column = "land"\ncreated_at = "made"\nattributes = ["land"]')
    assert_frame_equal(batch.contacts, RAW_CONTACT.schema.to_frame())
    assert_frame_equal(batch.phones, RAW_PHONE.schema.to_frame())
    assert batch.empty_cell_count == 0


@pytest.mark.parametrize("column", ["source", "region_hint", "contact_id", "contact_created_at"])
def test_a_source_may_call_its_columns_as_phoneseg_does(read: Read, column: str) -> None:
    batch = read({"id": [1], "mobile": [US], column: ["as it was"]}, f'attributes = ["{column}"]')
    assert batch.contacts.get_column("attributes").to_list() == [
        json.dumps({column: "as it was"}, separators=(",", ":"))
    ]


def test_a_phone_column_may_be_called_source(read: Read) -> None:
    assert _cells(read({"id": [1], "source": [US]}, phones='["source"]')) == [US]


@pytest.mark.parametrize("settings", ['attributes = ["tags"]', 'region_column = "tags"'])
def test_a_column_that_cannot_be_text_is_named(read: Read, settings: str) -> None:
    with pytest.raises(SourceError, match="tags"):
        read({"id": [1], "mobile": [US], "tags": [["a", "b"]]}, settings)


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_id_is_no_id(read: Read, blank: str) -> None:
    with pytest.raises(SourceError, match=r"contacts\.crm\.id: 1 rows have no `id`"):
        read({"id": ["1", blank], "mobile": [US, GB]})

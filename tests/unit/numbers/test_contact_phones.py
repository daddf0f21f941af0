"""A filled cell becomes a phone or is quarantined with a reason; one phone of a contact is its primary one."""

import phonenumbers
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.contracts import CONTACT_PHONE, CONTACT_QUARANTINE, PARSED_PHONE, QUARANTINE_RAW, RAW_PHONE
from phoneseg.numbers import QUARANTINE_REASONS, mark_primary, metadata_version, read_phones
from phoneseg.privacy import TokenKey, add_tokens

KEY = TokenKey(b"a key for tests alone")


def _cell(raw: str, region: str | None = None, **more: object) -> dict[str, object]:
    return {
        "contact_id": "crm:1",
        "source": "crm",
        "phone_column": "mobile",
        "position": 1,
        "phone_rank": 1,
        "phone_raw": raw,
        "region_hint": region,
        "is_hint_unknown": False,
        **more,
    }


def _read(*cells: dict[str, object]) -> tuple[pl.DataFrame, pl.DataFrame]:
    return read_phones(pl.DataFrame(cells, RAW_PHONE.schema))


def _reason(cell: dict[str, object]) -> str:
    phones, quarantined = _read(cell)
    assert len(phones) == 0
    return str(quarantined.get_column("quarantine_reason").item())


def test_a_phone_has_all_that_the_contract_asks_for() -> None:
    phones, quarantined = _read(_cell("020 7946 0018", "GB"))
    expected = {
        "contact_id": "crm:1",
        "source": "crm",
        "phone_column": "mobile",
        "position": 1,
        "is_valid": True,
        "validation_result": "IS_POSSIBLE",
        "country_calling_code": 44,
        "region_code": "GB",
        "national_destination_code": "20",
        "is_geographic": True,
        "number_type": "FIXED_LINE",
        "location_name": "London",
        "time_zones": "Europe/London",
        "original_carrier_name": None,
        "is_carrier_portable": True,
        "metadata_version": metadata_version(),
        "phone_rank": 1,
        "phone_e164": "+442079460018",
        "phone_international": "+44 20 7946 0018",
        "phone_national": "020 7946 0018",
        "national_significant_number": "2079460018",
        "phone_token": KEY.token("+442079460018"),
        "token_key_id": KEY.key_id,
    }
    parsed = PARSED_PHONE.conform(add_tokens(phones, KEY).lazy()).collect()
    assert_frame_equal(parsed, pl.DataFrame([expected], PARSED_PHONE.schema))
    assert len(quarantined) == 0


def test_a_quarantined_cell_has_all_that_the_contracts_ask_for_and_its_text_in_the_restricted_one() -> None:
    phones, quarantined = _read(_cell("ask J\u00fcrgen", "DE"))
    cell = {"contact_id": "crm:1", "source": "crm", "phone_column": "mobile", "position": 1}
    reason = {"quarantine_reason": "NOT_A_NUMBER", "region_hint": "DE", "phone_length": 10}
    expected = pl.DataFrame([{**cell, **reason, "metadata_version": metadata_version()}], CONTACT_QUARANTINE.schema)
    assert len(phones) == 0
    assert_frame_equal(CONTACT_QUARANTINE.conform(quarantined.lazy()).collect(), expected)
    expected_raw = pl.DataFrame([{**cell, "phone_raw": "ask J\u00fcrgen"}], QUARANTINE_RAW.schema)
    assert_frame_equal(QUARANTINE_RAW.conform(quarantined.lazy()).collect(), expected_raw)


@pytest.mark.parametrize(
    ("raw", "region", "is_hint_unknown", "reason"),
    [
        ("650 253 0000", None, False, "NO_REGION"),
        ("650 253 0000", None, True, "UNKNOWN_REGION_HINT"),
        ("+999 123 4567", None, True, "INVALID_COUNTRY_CODE"),
        ("\uff0b999 123 4567", None, False, "INVALID_COUNTRY_CODE"),
        ("+999 123 4567", "US", False, "INVALID_COUNTRY_CODE"),
        ("hello", None, True, "NOT_A_NUMBER"),
        ("+", "US", False, "NOT_A_NUMBER"),
        ("011 44", "US", False, "TOO_SHORT_AFTER_IDD"),
        ("+44 1", None, False, "TOO_SHORT_NSN"),
        ("650253", "US", False, "TOO_SHORT"),
        ("650253000000", "US", False, "TOO_LONG"),
        ("6" * 300, "US", False, "TOO_LONG"),
        ("+43 12 3456 7890 1234 56", None, False, "TOO_LONG"),
        ("+49 1", None, False, "TOO_SHORT_NSN"),
    ],
)
def test_a_cell_is_quarantined_for_a_reason(raw: str, region: str | None, is_hint_unknown: bool, reason: str) -> None:
    assert _reason(_cell(raw, region, is_hint_unknown=is_hint_unknown)) == reason
    assert reason in QUARANTINE_REASONS


def test_every_word_of_libphonenumber_for_an_impossible_number_is_a_documented_reason() -> None:
    constants = vars(phonenumbers.NumberParseException) | vars(phonenumbers.ValidationResult)
    names = {name: value for name, value in constants.items() if name.isupper()}
    words = {name for name, value in names.items() if isinstance(value, int)}
    assert words - {"IS_POSSIBLE", "IS_POSSIBLE_LOCAL_ONLY"} <= set(QUARANTINE_REASONS)


def test_a_possible_number_that_is_not_valid_is_no_case_for_quarantine() -> None:
    phones, quarantined = _read(_cell("+1 253 0000", "US"), _cell("+1 123 456 7890", "US", position=2))
    assert phones.get_column("is_valid").to_list() == [False, False]
    assert phones.get_column("number_type").to_list() == ["UNKNOWN", "UNKNOWN"]
    assert len(quarantined) == 0


def test_the_same_number_in_two_cells_is_two_phones_of_one_token() -> None:
    phones, _ = _read(_cell("+1 650-253-0000"), _cell("650 253 0000", "US", phone_column="office", phone_rank=2))
    assert add_tokens(phones, KEY).get_column("phone_token").n_unique() == 1
    assert phones.get_column("phone_column").to_list() == ["mobile", "office"]


def test_no_cells_give_no_rows() -> None:
    phones, quarantined = _read()
    assert len(phones) == len(quarantined) == 0
    assert_frame_equal(PARSED_PHONE.conform(add_tokens(phones, KEY).lazy()).collect(), PARSED_PHONE.schema.to_frame())


def _phone(contact_id: str, rank: int, is_valid: bool, position: int = 1) -> dict[str, object]:
    return {
        "contact_id": contact_id,
        "phone_column": f"phone_{rank}",
        "phone_rank": rank,
        "position": position,
        "is_valid": is_valid,
    }


def _primary(*phones: dict[str, object]) -> list[tuple[str, str, int]]:
    marked = mark_primary(pl.DataFrame(phones, PARSED_PHONE.schema).lazy()).collect()
    assert marked.schema == CONTACT_PHONE.schema
    assert len(marked) == len(phones)
    return marked.filter("is_primary").select("contact_id", "phone_column", "position").sort("contact_id").rows()


@pytest.mark.parametrize(
    ("phones", "primary"),
    [
        ([_phone("a", 1, True), _phone("a", 2, True)], ("a", "phone_1", 1)),
        ([_phone("a", 2, True), _phone("a", 1, True)], ("a", "phone_1", 1)),
        ([_phone("a", 1, False), _phone("a", 2, True)], ("a", "phone_2", 1)),
        ([_phone("a", 1, False), _phone("a", 2, False)], ("a", "phone_1", 1)),
        ([_phone("a", 1, True, 2), _phone("a", 1, True, 1)], ("a", "phone_1", 1)),
        ([_phone("a", 1, False, 1), _phone("a", 1, True, 2), _phone("a", 2, True)], ("a", "phone_1", 2)),
        ([_phone("a", 1, True, 30_000), _phone("a", 2, True, 1)], ("a", "phone_1", 30_000)),
        ([_phone("a", 30_000, True), _phone("a", 1, False)], ("a", "phone_30000", 1)),
    ],
)
def test_the_primary_phone_is_the_first_valid_one_else_the_first(
    phones: list[dict[str, object]], primary: tuple[str, str, int]
) -> None:
    assert _primary(*phones) == [primary]


def test_every_contact_has_its_own_primary_phone() -> None:
    phones = [_phone("b", 2, True), _phone("a", 1, False), _phone("b", 1, False), _phone("c", 3, False)]
    assert _primary(*phones) == [("a", "phone_1", 1), ("b", "phone_2", 1), ("c", "phone_3", 1)]
    assert _primary() == []


@pytest.mark.parametrize("region", ["QQ", "AQ", "EU"])
def test_a_number_of_a_region_without_numbers_is_not_told_to_start_with_a_wrong_calling_code(region: str) -> None:
    assert _reason(_cell("650 253 0000", region)) in {"UNKNOWN_REGION_HINT", "NO_REGION"}


def test_one_number_has_one_row_in_clear_with_or_without_an_extension() -> None:
    phones, _ = _read(_cell("+1 650-253-0000"), _cell("+1 650-253-0000 ext. 5", position=2))
    in_clear = phones.select("phone_e164", "phone_international", "phone_national", "national_significant_number")
    assert len(in_clear.unique()) == in_clear.get_column("phone_e164").n_unique() == 1


@pytest.mark.parametrize(("raw", "region"), [("0023756818", "KH"), ("0153445784", "JE"), ("88152450188", "BY")])
def test_an_extension_changes_nothing_of_a_number_in_clear_whichever_batch_it_is_in(raw: str, region: str) -> None:
    columns = ("phone_e164", "phone_international", "phone_national", "national_significant_number")
    plain, extended = (_read(_cell(text, region))[0].select(columns) for text in (raw, f"{raw} ext. 5"))
    assert len(plain) == 1
    assert_frame_equal(extended, plain)

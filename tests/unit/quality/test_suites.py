"""The suites in `expectations/` and the contracts say the same of every table."""

import json
from pathlib import Path

import phonenumbers
import pytest

import phoneseg
from phoneseg.contracts import CONTACT_PHONE, CONTACT_QUARANTINE, Pipeline, PrivacyClass, Table, staged_tables
from phoneseg.errors import SettingsError
from phoneseg.hygiene import QUARANTINE_REASONS
from phoneseg.quality import shipped_suites_folder
from phoneseg.quality.suites import Suite, load_suite

STAGED = tuple(table for pipeline in Pipeline for table in staged_tables(pipeline))
each_table = pytest.mark.parametrize("table", STAGED, ids=[table.name for table in STAGED])
NOT_NULL = "expect_column_values_to_not_be_null"


def _suite(table: Table) -> Suite:
    return load_suite(shipped_suites_folder(), table)


def test_the_shipped_suites_stand_beside_the_package() -> None:
    assert shipped_suites_folder() == Path(phoneseg.__file__).parents[1] / "expectations"


def test_every_staged_table_has_a_suite_and_nothing_else_lies_there() -> None:
    assert sorted(file.name for file in shipped_suites_folder().iterdir()) == sorted(f"{t.name}.json" for t in STAGED)


@each_table
def test_a_suite_is_called_as_its_table_and_says_what_a_row_is(table: Table) -> None:
    suite = _suite(table)
    assert suite.name == table.name
    assert suite.meta["contract"] == table.row_meaning


@each_table
def test_a_suite_reads_only_columns_of_its_contract(table: Table) -> None:
    suite = _suite(table)
    assert set(suite.columns) <= set(table.column_names)
    named = {
        value
        for expectation in suite.expectations
        for argument, value in expectation["kwargs"].items()
        if argument.startswith("column") and isinstance(value, str)
    }
    assert named <= set(suite.columns), "an argument that names a column and that Suite.columns does not know"


@each_table
def test_a_suite_demands_a_value_of_exactly_the_columns_that_allow_no_null(table: Table) -> None:
    demanded = [each["kwargs"] for each in _suite(table).expectations if each["type"] == NOT_NULL]
    required = {column.name for column in table.columns if not column.nullable}
    assert sorted(kwargs["column"] for kwargs in demanded) == sorted(required)
    assert [kwargs for kwargs in demanded if set(kwargs) != {"column"}] == [], "no `mostly` here"


@each_table
def test_a_suite_demands_that_the_key_is_one(table: Table) -> None:
    unique: dict[str, object] = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": table.key[0]}}
    if len(table.key) > 1:
        unique = {"type": "expect_compound_columns_to_be_unique", "kwargs": {"column_list": list(table.key)}}
    bare = [{key: each[key] for key in ("type", "kwargs")} for each in _suite(table).expectations]
    assert unique in bare


@each_table
def test_a_suite_asks_nothing_twice(table: Table) -> None:
    asked = [json.dumps([each["type"], each["kwargs"]], sort_keys=True) for each in _suite(table).expectations]
    assert len(set(asked)) == len(asked)


@each_table
def test_no_bound_on_a_column_with_numbers_can_show_one(table: Table) -> None:
    numbers = {column.name for column in table.columns if column.privacy is PrivacyClass.RESTRICTED}
    revealing = ("_between", "_max_", "_min_", "_most_common_", "_distinct_values_", "_quantile_", "_median_", "_mean_")
    wrong = [
        each["type"]
        for each in _suite(table).expectations
        if each["kwargs"].get("column") in numbers
        and any(word in f"{each['type']}_" for word in revealing)
        and "value_lengths" not in each["type"]
    ]
    assert wrong == []


def _value_set(table: Table, column: str) -> set[str]:
    (values,) = (
        each["kwargs"]["value_set"]
        for each in _suite(table).expectations
        if each["kwargs"].get("column") == column and "value_set" in each["kwargs"]
    )
    return set(values)


def test_a_suite_allows_every_quarantine_reason_and_no_other() -> None:
    assert _value_set(CONTACT_QUARANTINE, "quarantine_reason") == set(QUARANTINE_REASONS)


def test_a_suite_allows_every_number_type_and_no_other() -> None:
    types = {phonenumbers.PhoneNumberType.to_string(value) for value in phonenumbers.PhoneNumberType.values()}
    assert _value_set(CONTACT_PHONE, "number_type") == types


WRONG = {
    "{": r"contact_phone\.json:1:2: not valid JSON: ",
    '{\n"name": 1,\n}': r"contact_phone\.json:\d+:\d+: not valid JSON: ",
    "[]": r"contact_phone\.json: not a suite of Great Expectations: ",
    '{"name": "contact_phone"}': r"contact_phone\.json: not a suite of Great Expectations: it lacks 'expectations'$",
    '{"name": "contact_phone", "expectations": [{"type": "x"}]}': r"not a suite .*: it lacks 'kwargs'$",
    '{"name": "contact_phone", "expectations": [{"type": "x", "kwargs": {"column": "shoe_size"}}]}': (
        r"contact_phone\.json: no column `shoe_size`; contact_phone has contact_id, source, "
    ),
    '{"name": "contact_phone", "expectations": [{"type": "x", "kwargs": {"column_list": ["source", "size"]}}]}': (
        r"contact_phone\.json: no column `size`; "
    ),
    '{"name": "contact_phone", "expectations": [{"type": "x", "kwargs": {"column_A": "source", "column_B": "b"}}]}': (
        r"contact_phone\.json: no column `b`; "
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.items())
def test_a_wrong_suite_is_told_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "contact_phone.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        load_suite(tmp_path, CONTACT_PHONE)


def test_a_missing_suite_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"contact_phone\.json: every published table needs a suite"):
        load_suite(tmp_path, CONTACT_PHONE)


def test_a_suite_lists_its_columns_once_in_their_order(tmp_path: Path) -> None:
    kwargs = [
        {"column": "source"},
        {"column_list": ["contact_id", "source"]},
        {"column_A": "position", "column_B": "source"},
    ]
    content = {"name": "contact_phone", "expectations": [{"type": "x", "kwargs": each} for each in kwargs]}
    (tmp_path / "contact_phone.json").write_text(json.dumps(content), encoding="utf-8")
    assert load_suite(tmp_path, CONTACT_PHONE).columns == ("source", "contact_id", "position")


@pytest.mark.parametrize("kind", ["folder", "bytes"])
def test_a_suite_that_cannot_be_read_is_told_with_its_file(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "contact_phone.json"
    if kind == "folder":
        file.mkdir()
    else:
        file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"contact_phone\.json"):
        load_suite(tmp_path, CONTACT_PHONE)


def test_what_is_asked_of_each_row_is_parted_from_what_is_asked_of_all() -> None:
    each = [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "a"}},
        {"type": "expect_compound_columns_to_be_unique", "kwargs": {"column_list": ["a", "b"]}},
        {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "a", "value_set": [1], "mostly": 1.0}},
    ]
    of_all = [
        {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "a", "value_set": [1], "mostly": 0.3}},
        {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}},
        {"type": "expect_column_mean_to_be_between", "kwargs": {"column": "a", "min_value": 1}},
    ]
    parts = Suite("t", [*of_all, *each], {}).parted()
    assert [part.expectations for part in parts] == [each, of_all]
    assert parts[0].name != parts[1].name, "Great Expectations takes a name once"

"""What the contracts say of persons is what erasure, access and retention know, so that no new table is forgotten."""

from collections.abc import Callable

import pytest

from phoneseg.contracts import TABLES, Keeping, PrivacyClass, Table
from phoneseg.governance.retention import STAYING, retention_days
from phoneseg.governance.targets import chunks, contact_columns, contact_tables, token_columns, token_tables
from phoneseg.settings import Settings

# Columns that stand for a person or a number and are no target of their own, and why.
ELSEWHERE = {
    ("privacy_request", "contact_id"): "goes as the request is served",
    ("privacy_request", "phone_e164"): "goes as the request is served",
    ("tombstone", "erasure_token"): "keeps the erased away",
}
each_table = pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])


@each_table
def test_every_pseudonym_and_number_is_within_the_reach_of_an_erasure(table: Table) -> None:
    by_contact, by_token = table in tuple(contact_tables()), table in tuple(token_tables())
    for column in table.columns:
        if (table.name, column.name) in ELSEWHERE:
            continue
        if column.privacy is PrivacyClass.PSEUDONYM:
            assert column.name in {*contact_columns(table), *token_columns(table)}, column.name
        if column.privacy is PrivacyClass.RESTRICTED:
            assert by_contact or by_token, column.name


@each_table
def test_a_table_of_past_days_has_a_retention_or_a_reason_to_stay(
    table: Table, make_settings: Callable[..., Settings]
) -> None:
    days = "[privacy.retention]\npersonal_days = 1\npublic_days = 1\nreceipt_days = 1\n"
    settings = make_settings(more=days)
    is_past = table.keeping is not Keeping.CURRENT
    assert (retention_days(settings, table) is not None) == (is_past and table.name not in STAYING)
    assert retention_days(make_settings(), table) is None


def test_values_go_into_statements_in_parts_each_once() -> None:
    parts = list(chunks([*range(1_200), *range(1_200)]))
    assert [len(part) for part in parts] == [500, 500, 200]
    assert [value for part in parts for value in part] == list(range(1_200))

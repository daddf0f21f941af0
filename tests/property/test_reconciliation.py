"""Filled cells in are phones plus quarantined cells out, whatever stands in the cells."""

from collections import Counter
from typing import Any

import phonenumbers
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from phoneseg.contracts import (
    CONTACT_PHONE,
    CONTACT_QUARANTINE,
    PARSED_PHONE,
    PHONE_NUMBER,
    QUARANTINE_RAW,
    RAW_PHONE,
    Table,
)
from phoneseg.numbers import QUARANTINE_REASONS, mark_primary, read_phones
from phoneseg.privacy import TokenKey, add_tokens
from phoneseg.quality import shipped_suites_folder
from phoneseg.quality.suites import load_suite

KEY = TokenKey(b"a key for tests alone")
KEY_COLUMNS = ["contact_id", "phone_column", "position"]

example_numbers = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)).map(
    lambda region: phonenumbers.format_number(
        phonenumbers.example_number(region), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
)
raws = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    st.text("0123456789+()-. x\u00a0\uff0b\u0661", min_size=1, max_size=25),
    st.text("0123456789", min_size=1, max_size=20).map("+{}".format),
    example_numbers,
)
hints = st.one_of(st.none(), st.sampled_from(["US", "GB", "DE", "IT", "AR", "AQ", "ZZ"]))


@st.composite
def cells(draw: st.DrawFn) -> pl.DataFrame:
    """Draw rows of RAW_PHONE: a few contacts, each with a few cells in different places."""
    places = draw(
        st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)), unique=True, max_size=12)
    )
    rows = [
        {
            "contact_id": f"crm:{contact}",
            "source": "crm",
            "phone_column": f"phone_{rank}",
            "position": position,
            "phone_rank": rank,
            "phone_raw": draw(raws),
            "region_hint": draw(hints),
            "is_hint_unknown": draw(st.booleans()),
        }
        for contact, rank, position in places
    ]
    return pl.DataFrame(rows, RAW_PHONE.schema)


def _nulls(frame: pl.DataFrame, table: Table) -> dict[str, int]:
    """Return the columns of a frame of the table that hold nulls and should not."""
    rows = table.conform(frame.lazy()).collect()
    required = [column.name for column in table.columns if not column.nullable]
    return {name: count for name in required if (count := rows[name].null_count())}


@settings(deadline=None, max_examples=200)
@given(cells())
def test_each_cell_is_one_row_in_one_of_the_two_frames(rows: pl.DataFrame) -> None:
    phones, quarantined = read_phones(rows)
    out = Counter(phones.select(KEY_COLUMNS).rows()) + Counter(quarantined.select(KEY_COLUMNS).rows())
    assert out == Counter(rows.select(KEY_COLUMNS).rows())


@settings(deadline=None, max_examples=100)
@given(cells())
def test_a_quarantined_cell_keeps_its_text_and_has_a_documented_reason(rows: pl.DataFrame) -> None:
    _, quarantined = read_phones(rows)
    assert set(quarantined["quarantine_reason"]) <= set(QUARANTINE_REASONS)
    kept = quarantined.join(rows, on=KEY_COLUMNS, suffix="_in", validate="1:1")
    assert kept["phone_raw"].to_list() == kept["phone_raw_in"].to_list()
    assert kept["phone_length"].to_list() == [len(text) for text in kept["phone_raw"]]


@settings(deadline=None, max_examples=100)
@given(cells())
def test_no_cell_leaves_a_null_where_the_contracts_allow_none(rows: pl.DataFrame) -> None:
    phones, quarantined = read_phones(rows)
    assert _nulls(add_tokens(phones, KEY), PARSED_PHONE) == {}
    assert _nulls(quarantined, CONTACT_QUARANTINE) == {}
    assert _nulls(quarantined, QUARANTINE_RAW) == {}


@settings(deadline=None, max_examples=100)
@given(cells())
def test_a_contact_with_phones_has_exactly_one_primary_phone_valid_if_it_has_a_valid_one(rows: pl.DataFrame) -> None:
    phones, _ = read_phones(rows)
    marked = mark_primary(add_tokens(phones, KEY).lazy()).collect()
    assert len(marked) == len(phones)
    primary = marked.filter("is_primary")
    assert sorted(primary["contact_id"]) == sorted(set(phones["contact_id"]))
    with_valid = set(marked.filter("is_valid")["contact_id"])
    assert set(primary.filter("is_valid")["contact_id"]) == with_valid


def _is_met(kind: str, kwargs: dict[str, Any]) -> pl.Expr | None:
    """Return an expectation about single values as an expression; null for any other expectation."""
    if "mostly" in kwargs or "column" not in kwargs:
        return None
    column = pl.col(kwargs["column"])
    met = {
        "expect_column_values_to_not_be_null": lambda: column.is_not_null(),
        "expect_column_values_to_be_in_set": lambda: column.is_in(kwargs["value_set"]),
        "expect_column_values_to_match_regex": lambda: column.str.contains(kwargs["regex"]),
        "expect_column_value_lengths_to_equal": lambda: column.str.len_chars() == kwargs["value"],
        "expect_column_values_to_be_between": lambda: column.is_between(
            kwargs["min_value"], kwargs.get("max_value", 2**31 - 1)
        ),
    }
    return met[kind]() if kind in met else None


@settings(deadline=None, max_examples=100)
@given(cells())
def test_no_cell_can_fail_the_audit(rows: pl.DataFrame) -> None:
    phones, quarantined = read_phones(rows)
    parsed = add_tokens(phones, KEY).lazy()
    frames = {
        CONTACT_PHONE: mark_primary(parsed),
        PHONE_NUMBER: PHONE_NUMBER.conform(parsed),
        CONTACT_QUARANTINE: CONTACT_QUARANTINE.conform(quarantined.lazy()),
    }
    for table, frame in frames.items():
        met = {
            f"{each['type']} {each['kwargs']}": expression
            for each in load_suite(shipped_suites_folder(), table).expectations
            if (expression := _is_met(each["type"], each["kwargs"])) is not None
        }
        assert len(met) > 3
        failed = frame.select(~expression.all().alias(name) for name, expression in met.items()).collect()
        assert [name for name, is_failed in failed.row(0, named=True).items() if is_failed] == []

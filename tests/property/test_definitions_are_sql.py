"""Members are the rows for which SQL says TRUE: the same WHERE over the same rows in DuckDB finds the same ones."""

import re
from datetime import date

import duckdb
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from phoneseg.segments.definitions import DefinitionRules, assign_definitions
from tests.unit.segments.definitions.making import profiles, rules

COLUMNS = "amount_sum_365d|event_count_7d|city|gender|birth_date|is_"
NUMBERS = st.sampled_from(["amount_sum_365d", "event_count_7d", "3", "0", "2.5", "-1", "NULL"])
TEXTS = st.sampled_from(["city", "gender", "'x'", "'Bonn'", "''", "NULL"])
COMPARED = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def _numbers() -> st.SearchStrategy[str]:
    return st.recursive(
        NUMBERS,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
            st.builds("({} / NULLIF({}, 0))".format, inner, inner),
            st.builds("COALESCE(amount_sum_365d, {})".format, inner),
            st.builds("GREATEST({}, {})".format, inner, inner),
            st.builds("ABS({})".format, st.sampled_from(["amount_sum_365d", "event_count_7d"])),
            st.builds("LENGTH({})".format, st.sampled_from(["city", "gender"])),
        ),
        max_leaves=3,
    )


def _texts() -> st.SearchStrategy[str]:
    calls = st.builds("{}({})".format, st.sampled_from(["UPPER", "LOWER", "TRIM"]), st.sampled_from(["city", "gender"]))
    joined = st.builds("({} || {})".format, st.sampled_from(["city", "gender"]), st.sampled_from(["city", "'x'"]))
    return st.one_of(TEXTS, calls, joined, st.builds("COALESCE(city, {})".format, TEXTS))


def _conditions() -> st.SearchStrategy[str]:
    listed = st.lists(st.sampled_from(["'x'", "'Bonn'", "''", "NULL"]), min_size=1, max_size=3).map(", ".join)
    leaves = st.one_of(
        st.builds("{} {} {}".format, _numbers(), COMPARED, _numbers()),
        st.builds("{} BETWEEN {} AND {}".format, _numbers(), NUMBERS, NUMBERS),
        st.builds("{} {} {}".format, _texts(), COMPARED, _texts()),
        st.builds("city {} ({})".format, st.sampled_from(["IN", "NOT IN"]), listed),
        st.builds(
            "city {} '{}'".format, st.sampled_from(["LIKE", "NOT LIKE", "ILIKE"]), st.sampled_from(["B%", "_o%"])
        ),
        st.builds("{} IS {}".format, st.one_of(NUMBERS, TEXTS), st.sampled_from(["NULL", "NOT NULL"])),
        st.builds("birth_date {} DATE '1990-01-01'".format, COMPARED),
        st.sampled_from(["is_valid", "is_geographic", "NOT is_valid", "STARTS_WITH(city, 'B')"]),
        st.sampled_from(["EXTRACT(YEAR FROM birth_date) = 1990", "is_valid = is_geographic", "is_valid IS NULL"]),
    )
    return st.recursive(
        leaves.filter(lambda leaf: re.search(COLUMNS, leaf)),
        lambda inner: st.one_of(
            st.builds("({} AND {})".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("NOT ({})".format, inner),
            st.builds("CASE WHEN {} THEN {} ELSE {} END".format, inner, inner, inner),
            st.builds("COALESCE({}, FALSE)".format, inner),
        ),
        max_leaves=5,
    )


def _rows() -> st.SearchStrategy[list[dict[str, object]]]:
    row = st.fixed_dictionaries(
        {
            "amount_sum_365d": st.sampled_from([None, 0.0, 2.5, 3.0, -7.25, 1e6]),
            "event_count_7d": st.sampled_from([None, 0, 1, 3, 40_000]),
            "city": st.sampled_from([None, "", "x", "Bonn", " bonn "]),
            "gender": st.sampled_from([None, "x", "f"]),
            "birth_date": st.sampled_from([None, date(1990, 1, 1), date(1955, 12, 31)]),
            "is_valid": st.sampled_from([None, True, False]),
            "is_geographic": st.sampled_from([None, True, False]),
        }
    )
    return st.lists(row, min_size=1, max_size=24)


@settings(max_examples=150, deadline=None)
@given(where=_conditions(), rows=_rows(), copies=st.sampled_from([0, 20]))
def test_members_are_the_rows_for_which_sql_says_true(where: str, rows: list[dict[str, object]], copies: int) -> None:
    contacts = profiles(*rows, *rows * copies)  # many rows of few texts are looked at in another way
    expected = duckdb.sql(f"SELECT contact_id FROM contacts WHERE {where}").pl()["contact_id"].sort()
    assert _members(contacts, rules(a=where)) == expected.to_list()


def _members(contacts: pl.DataFrame, found: DefinitionRules) -> list[str]:
    return assign_definitions(contacts, found)["contact_id"].sort().to_list()

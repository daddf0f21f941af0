"""The longest prefix has the last word; a file of a list is read whole or refused with its line and column."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoneseg.errors import SourceError
from phoneseg.risk.prefix_list_file import read_prefix_list
from phoneseg.risk.prefix_lists import (
    LIST_LEVELS,
    PREFIX_LIST_SCHEMA,
    leave_out_allowed,
    match_prefix_list,
    valid_at,
    valid_before,
)

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
_HEADING = "prefix,region_code,list_level,source,valid_from,valid_to,reason\n"
_DIGITS = st.text("123", min_size=1, max_size=5)


def _list(*rows: str) -> pl.DataFrame:
    return read_prefix_list((_HEADING + "\n".join(rows)).encode(), "list.csv")


def _level(listed: pl.DataFrame, digits: str | None, region: str | None = "DE") -> str | None:
    subjects = pl.LazyFrame(
        {"number_block": [digits], "country": [region]}, {"number_block": pl.String, "country": pl.String}
    )
    return match_prefix_list(subjects, valid_at(listed, AS_OF)).collect().item(0, "list_level")


def test_the_longest_prefix_wins_also_where_it_allows() -> None:
    listed = _list("49,,monitor,a,2026-01-01,,", "4915,,block,a,2026-01-01,,", "49151,,allow,b,2026-01-01,,")
    assert [_level(listed, each) for each in ("4930", "4915", "49150", "491512")] == [
        "monitor",
        "block",
        "block",
        "allow",
    ]


def test_a_country_says_something_where_no_prefix_does() -> None:
    listed = _list(",DE,block,a,2026-01-01,,", "4930,,allow,a,2026-01-01,,")
    assert [_level(listed, each) for each in ("4940", "4930", None)] == ["block", "allow", "block"]
    assert _level(listed, "3312", "FR") is None
    assert _level(listed, "3312", None) is None


def test_a_row_counts_from_its_first_instant_up_to_its_last() -> None:
    listed = _list("49,,block,a,2026-07-01,2026-08-01,")
    subjects = pl.LazyFrame({"number_block": ["49"], "country": ["DE"]})
    for at, level in ((AS_OF - timedelta(seconds=1), None), (AS_OF, "block"), (datetime(2026, 8, 1, tzinfo=UTC), None)):
        assert match_prefix_list(subjects, valid_at(listed, at)).collect().item(0, "list_level") == level


def test_of_one_source_the_newer_row_counts_and_of_two_sources_the_stricter() -> None:
    newer = _list("49,,block,a,2026-01-01,,", "49,,allow,a,2026-02-01,,")
    stricter = _list("49,,allow,a,2026-02-01,,", "49,,monitor,b,2026-01-01,,")
    assert (_level(newer, "49"), _level(stricter, "49")) == ("allow", "monitor")


def test_a_block_that_holds_longer_prefixes_says_so() -> None:
    listed = valid_at(_list("4930123,,block,a,2026-01-01,,"), AS_OF)
    subjects = pl.LazyFrame({"number_block": ["4930", "4930123", "49301234", "4931"], "country": ["DE"] * 4})
    assert match_prefix_list(subjects, listed).collect()["is_partly_listed"].to_list() == [True, False, False, False]


def test_events_of_allowed_numbers_are_left_out_unless_a_part_of_their_block_is_not() -> None:
    allowed = ("4930,,allow,a,2026-01-01,,", "4950,,allow,a,2026-01-01,,", ",FR,allow,a,2026-01-01,,")
    listed = valid_at(_list("49,,block,a,2026-01-01,,", "49301,,block,a,2026-01-01,,", *allowed), AS_OF)
    places = [
        ("4930", "DE"),
        ("49302", "DE"),
        ("4940", "DE"),
        ("4950", "DE"),
        ("331", "FR"),
        ("341", "ES"),
        (None, "FR"),
    ]
    events = pl.LazyFrame(places, {"number_block": pl.String, "country": pl.String}, orient="row")
    left = leave_out_allowed(events, listed).collect()["number_block"].to_list()
    assert sorted(left) == ["341", "4930", "4940"]


def test_rows_stay_in_their_order_and_number_whatever_is_listed() -> None:
    subjects = pl.LazyFrame({"number_block": ["3", "1", "2", "1", None], "country": ["AT", "BE", "CH", "BE", None]})
    for listed in (
        _list("1,,block,a,2026-01-01,,", ",BE,block,a,2026-01-01,,"),
        pl.DataFrame(schema=PREFIX_LIST_SCHEMA),
    ):
        matched = match_prefix_list(subjects, valid_at(listed, AS_OF)).collect()
        assert matched["number_block"].to_list() == ["3", "1", "2", "1", None]


@given(st.dictionaries(_DIGITS, st.sampled_from(LIST_LEVELS), max_size=8), st.lists(_DIGITS, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_matches_are_those_of_a_search_by_hand(levels: dict[str, str], digits: list[str]) -> None:
    listed = _list(*(f"{prefix},,{level},a,2026-01-01,," for prefix, level in levels.items()))
    subjects = pl.LazyFrame({"number_block": digits, "country": ["DE"] * len(digits)})
    found = match_prefix_list(subjects, valid_at(listed, AS_OF)).collect()["list_level"].to_list()
    by_hand = [
        next((levels[each[:length]] for length in range(len(each), 0, -1) if each[:length] in levels), None)
        for each in digits
    ]
    assert found == by_hand


def test_a_file_may_be_written_as_people_do() -> None:
    heading = "\ufeffSource, Prefix ,list_level,valid_from,reason\n"
    lines = 'us,+44 (20),BLOCK,2026-01-01 12:00:00,"two\nlines"\n\n,,,,\n'
    row = read_prefix_list((heading + lines).encode(), "list.csv").row(0, named=True)
    assert (row["prefix"], row["list_level"], row["region_code"]) == ("4420", "block", None)
    assert row["valid_from"] == datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("prefix,list_level\n", "line 1: no column `source`"),
        (_HEADING.replace("reason", "why"), "line 1, column 7"),
        (_HEADING + "\n49,,block,a,2026-01-01,,\n0049,,block,a,2026-01-01,,\n", "line 4, column `prefix`"),
        (_HEADING + '49,,block,"a\nb",2026-01-01,,\n49,,deny,a,2026-01-01,,\n', "line 4, column `list_level`"),
        (_HEADING + ",Germany,block,a,2026-01-01,,\n", "line 2, column `region_code`"),
        (_HEADING + "49,,block,,2026-01-01,,\n", "line 2, column `source`"),
        (_HEADING + "49,,block,a,yesterday,,\n", "line 2, column `valid_from`"),
        (_HEADING + "49,,block,a,2026-01-01,never,\n", "line 2, column `valid_to`"),
        (_HEADING + "49,,block,a,2026-02-01,2026-01-01,\n", "line 2, column `valid_to`"),
        (_HEADING + "49,DE,block,a,2026-01-01,,\n", "not both"),
        (_HEADING + ",,block,a,2026-01-01,,\n", "line 2, column `prefix`"),
        (_HEADING + "49,,block,a,2026-01-01,,\n49,,allow,a,2026-01-01,,\n", "line 3, column `prefix`: says again"),
        (_HEADING + "49,,block\n", "line 2: 3 cells"),
        (_HEADING + '49,,"block,a,2026-01-01,,\n', "not a CSV"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_column_and_no_value(text: str, words: str) -> None:
    with pytest.raises(SourceError, match=r"list\.csv") as refused:
        read_prefix_list(text.encode(), "list.csv")
    assert words in str(refused.value)
    assert not {"0049", "deny", "Germany", "yesterday", "never"} & set(str(refused.value).replace("`", " ").split())


def test_a_file_that_is_not_in_utf_8_is_refused() -> None:
    with pytest.raises(SourceError, match="UTF-8"):
        read_prefix_list(_HEADING.encode() + b"49,,block,\xff,2026-01-01,,\n", "list.csv")


def test_an_interval_goes_by_what_a_list_said_up_to_its_end() -> None:
    listed = _list("4930,,allow,a,2026-01-01,2026-07-01,", "4940,,block,a,2026-07-01,,")
    assert valid_before(listed, AS_OF)["prefix"].to_list() == ["4930"]
    assert valid_at(listed, AS_OF)["prefix"].to_list() == ["4940"]

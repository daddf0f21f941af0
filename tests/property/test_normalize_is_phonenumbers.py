"""`normalize` says of every number what `phonenumbers` says of it: Hypothesis looks for one where it does not."""

from collections.abc import Iterable

import phonenumbers
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from polars.testing import assert_frame_equal

from phoneseg.numbers import FIELDS, normalize
from tests.parity.oracle import ask

Row = tuple[str | None, str | None]

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMATS = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)


def check(rows: Iterable[Row]) -> None:
    """Compare `normalize`, eager and lazy, with `phonenumbers`; rows and their order are part of it."""
    given_rows = list(rows)
    frame = pl.DataFrame(given_rows, {"raw": pl.String, "region": pl.String}, orient="row").with_row_index()
    answers = pl.DataFrame([ask(*row, FIELDS) for row in given_rows], FIELDS, orient="row")
    expected = pl.concat([frame, answers], how="horizontal")
    assert_frame_equal(normalize(frame, fields=tuple(FIELDS)), expected)
    assert_frame_equal(normalize(frame.lazy(), fields=tuple(FIELDS)).collect(), expected)


regions = st.one_of(
    st.none(),
    st.sampled_from(REGIONS),
    st.sampled_from(REGIONS).map(str.lower),
    st.sampled_from(["", "ZZ", "001", "USA", "us ", "xx", "\u00df", "\u0131t", "AQ", "XK"]),
    st.text(max_size=3),
)
texts = st.text(st.characters(codec="utf-8"), max_size=40)
digits = st.text("0123456789", min_size=1, max_size=18)
typed = st.text("0123456789" * 6 + "+()-. /xX#*;,~\uff0b\u00a0\u2010\u200b\uff11\u0661\u096aAZoext", max_size=30)
numbers = st.builds(
    lambda region, kind: phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region),
    st.sampled_from(REGIONS),
    st.sampled_from(list(PhoneNumberType.values())),
)
formatted = st.builds(phonenumbers.format_number, numbers, st.sampled_from(FORMATS))
dialled_abroad = st.builds(phonenumbers.format_out_of_country_calling_number, numbers, st.sampled_from(REGIONS))
one_digit_off = st.builds(
    lambda text, at, digit: text[:at] + digit + text[at + 1 :], formatted, st.integers(0, 15), digits
)
raws = st.one_of(st.none(), texts, typed, digits, digits.map("+{}".format), formatted, dialled_abroad, one_digit_off)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(raws, regions), max_size=12))
@example([])
@example([(None, None), (None, "US"), ("", None), ("", "")])
@example([("020 7946 0018", "GB"), ("020 7946 0018", "DE"), ("020 7946 0018", None), ("020 7946 0018", "GB")])
@example([("tel:+1-650-253-0000;ext=5", None), ("6502530000;phone-context=+1", None), ("+39 06 0 1234", None)])
@example([("1" * 251, "US"), ("+800 1234 5678", None), ("+979 123456789", "de"), ("8 (495) 123-45-67", "ru")])
def test_any_rows_are_read_as_phonenumbers_reads_them(rows: list[Row]) -> None:
    check(rows)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(texts, regions), min_size=1, max_size=8))
def test_arbitrary_text_is_read_as_phonenumbers_reads_it(rows: list[Row]) -> None:
    check(rows)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.one_of(typed, digits, one_digit_off), st.sampled_from(REGIONS)), min_size=1, max_size=12))
def test_digits_with_punctuation_are_read_as_phonenumbers_reads_them(rows: list[Row]) -> None:
    check(rows)


def test_example_numbers_of_all_regions_and_types_in_all_formats_are_read_as_phonenumbers_reads_them() -> None:
    rows: list[Row] = []
    for at, region in enumerate(REGIONS):
        another = REGIONS[at - 1]
        examples = [phonenumbers.example_number_for_type(region, kind) for kind in PhoneNumberType.values()]
        for number in [*filter(None, examples), phonenumbers.invalid_example_number(region)]:
            written = [phonenumbers.format_number(number, style) for style in FORMATS]
            rows += [(text, hint) for text in written for hint in (region, another.lower(), None)]
    assert len({region for _, region in rows}) > 2 * 200
    check(dict.fromkeys(rows))


def test_example_numbers_without_a_region_are_read_as_phonenumbers_reads_them() -> None:
    codes = sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    examples = [phonenumbers.example_number_for_non_geo_entity(code) for code in codes]
    check((phonenumbers.format_number(number, style), "US") for number in filter(None, examples) for style in FORMATS)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(raws, regions), min_size=1, max_size=8), st.data())
def test_a_row_depends_on_itself_alone(rows: list[Row], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    frame = pl.DataFrame(rows, {"raw": pl.String, "region": pl.String}, orient="row")
    assert_frame_equal(normalize(frame[order]), normalize(frame)[order])

"""Every error says what to do next, and no error says anybody's number."""

import traceback
from collections.abc import Iterator

import phonenumbers
import polars as pl
import pytest

from phoneseg.errors import (
    PhonesegError,
    RetryableError,
    SettingsError,
    StopError,
    UnexpectedError,
    WarehouseBusyError,
    told_without_values,
    without_values,
)
from phoneseg.numbers import normalize


def _subclasses(error: type[PhonesegError]) -> Iterator[type[PhonesegError]]:
    for each in error.__subclasses__():
        yield each
        yield from _subclasses(each)


def test_every_error_is_either_for_a_retry_or_for_a_person() -> None:
    for error in _subclasses(PhonesegError):
        assert issubclass(error, RetryableError) != issubclass(error, StopError), error


@pytest.mark.parametrize("error", [SettingsError("phoneseg.toml: wrong"), WarehouseBusyError("held by another")])
def test_an_error_that_phoneseg_raised_on_purpose_passes_as_it_is(error: PhonesegError) -> None:
    with pytest.raises(type(error)) as raised, told_without_values("extract"):
        raise error
    assert raised.value is error


def test_an_unforeseen_error_is_told_with_its_place_and_kind() -> None:
    with (
        pytest.raises(UnexpectedError, match=r"^run r1: extract: KeyError: '<value>' \(at .*\)$"),
        told_without_values("run r1: extract"),
    ):
        raise KeyError("mobile")


def test_an_unforeseen_error_names_the_steps_inside_phoneseg_that_led_to_it() -> None:
    with pytest.raises(UnexpectedError, match=r"\(at normalize\.py:\d+ normalize > .*\)$"), told_without_values("here"):
        normalize(pl.DataFrame({"raw": [""], "region": [""]}), fields=["shoe_size"])


def test_an_unforeseen_error_prints_no_number_not_even_with_its_traceback() -> None:
    number = phonenumbers.format_number(phonenumbers.example_number("US"), phonenumbers.PhoneNumberFormat.E164)

    def fail() -> None:
        with told_without_values("normalize"):
            raise ValueError(f"cannot read {number} as a number")

    with pytest.raises(UnexpectedError) as raised:
        fail()
    assert number not in "".join(traceback.format_exception(raised.value))
    assert "normalize: ValueError: cannot read <digits> as a number" in str(raised.value)


def test_an_interruption_passes() -> None:
    with pytest.raises(KeyboardInterrupt), told_without_values("extract"):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("no such table: contact", "no such table: contact"),
        ("3 of 12 rows, 1999 in all", "3 of 12 rows, 1999 in all"),
        ("+16502530000", "<digits>"),
        ("6502530000x", "<digits>x"),
        ("'(650) 253-0000'", "'<value>'"),
        ("+44 (0)20 7946 0018!", "<digits>!"),
        ("650.253.0000 and 650/253/0000", "<digits> and <digits>"),
        ("\uff16\uff15\uff10\uff12\uff15\uff13\uff10\uff10\uff10\uff10", "<digits>"),  # full-width digits
        ("12345", "<digits>"),
        ("1234", "1234"),
        ("", ""),
    ],
)
def test_runs_of_digits_are_hidden_and_words_are_kept(message: str, told: str) -> None:
    assert without_values(message) == told


def test_only_the_first_two_lines_of_a_message_are_told() -> None:
    assert without_values("what\n  where\nLINE 1: SELECT secret\n") == "what where"


def test_every_way_in_which_libphonenumber_writes_a_number_is_hidden() -> None:
    styles = (
        phonenumbers.PhoneNumberFormat.E164,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.NATIONAL,
        phonenumbers.PhoneNumberFormat.RFC3966,
    )
    leaks = [
        written
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for written in (phonenumbers.format_number(phonenumbers.example_number(region), style) for style in styles)
        if sum(character.isdigit() for character in without_values(written)) > 4
    ]
    assert leaks == []


def test_a_number_is_hidden_whatever_stands_between_its_groups() -> None:
    separators = ("\u00a0", "\u202f", "\u2010", "\u2011", "\u2013", "\t", ",", "~", "_", "][", " - ", "\u3000")
    leaks = [
        separator
        for separator in separators
        if "253" in without_values(f"cannot read [{separator.join(('650', '253', '0000'))}]")
    ]
    assert leaks == []


def test_a_quoted_value_of_a_row_is_hidden() -> None:
    values = ("Jane Doe", "jane@example.org", "+1 800-FLOWERS", "1990-12-31")
    message = "Conversion Error: Could not convert string '{}' to INT32"
    assert [value for value in values if value in without_values(message.format(value))] == []


@pytest.mark.parametrize(
    "message",
    [
        "Couldn't convert 'Jane Doe' to an integer",
        'invalid input syntax for type integer: "Jane Doe"',  # PostgreSQL
        'conversion from `str` to `i64` failed in column "age" for 1 out of 2 values: ["Jane Doe"]',  # Polars
    ],
)
def test_a_value_is_hidden_however_a_library_quotes_it(message: str) -> None:
    assert "Jane Doe" not in without_values(message)

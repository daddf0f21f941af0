"""Names of many habits, compared."""

import polars as pl
import pytest

from phoneseg.people.comparison import compare_names
from phoneseg.people.names import name_key, normalize_email, normalize_name


def _key(name: str) -> str | None:
    key: str | None = pl.select(name_key(normalize_name(pl.lit(name)))).item()
    return key


def _compare(one: str, other: str, counts: dict[str, int] | None = None) -> str | None:
    pairs = pl.DataFrame(
        {"words_a": [_key(one)], "words_b": [_key(other)]}, {"words_a": pl.String, "words_b": pl.String}
    )
    words = {word: 1 for name in (one, other) for word in (_key(name) or "").split()} | (counts or {})
    counted = pl.DataFrame({"word": list(words), "count": list(words.values())})
    level: str | None = compare_names(pairs, counted).item()
    assert level == compare_names(pairs.rename({"words_a": "words_b", "words_b": "words_a"}), counted).item()
    return level


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller, Jürgen", "JURGEN MULLER"),
        ("Dr. Søren Ørsted", "soren orsted"),
        ("O'Brien Ann-Marie", "Ann Marie O\u2019Brien"),
        ("Łukasz Dąbrowski", "dabrowski lukasz"),
        ("\u0130brahim Y\u0131ld\u0131z", "Ibrahim Yildiz"),
        ("Nguyễn Thị Hương", "HUONG NGUYEN THI"),
        ("Mrs Jane  Doe", "Jane Doe"),
        ("राम शर्मा", "शर्मा राम"),
    ],
)
def test_order_case_accents_and_titles_make_no_other_name(one: str, other: str) -> None:
    assert _compare(one, other) == "same"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("J. Smith", "John Smith", "initial"),
        ("M. Santos", "Mary Grace Santos", "initial"),
        ("John Q Smith", "John Smith", "initial"),
        ("J. P. Smith", "Jean Paul Smith", "initial"),
        ("John Smith", "John Smiht", "typo"),
        ("Jessica Hall", "Jessica Hal", "short_typo"),
        ("Abdullah Al-Sayed", "Abdullah Alsayed", "typo"),
        ("Ana Li", "Ana Lui", "other"),
        ("Anna Hill", "Anna Hlil", "short_typo"),
        ("María García", "María García López", "part"),
        ("John Smith", "James Smith", "other"),
        ("Amy Hart", "May Hart", "short_typo"),
        ("Mario Rossi", "Maria Rossi", "other"),
        ("Ivan Petrov", "Ivana Petrov", "other"),
        ("J. Smith", "K. Smith", "other"),
        ("John Smith", "Jane Doe", "other"),
    ],
)
def test_initials_and_slips_are_told_from_other_names(one: str, other: str, level: str) -> None:
    assert _compare(one, other) == level


def test_two_names_that_are_both_common_are_no_slip_of_each_other() -> None:
    assert _compare("Martin Lee", "Marvin Lee", {"martin": 100, "marvin": 60}) == "other"
    assert _compare("Martin Lee", "Matrin Lee", {"martin": 100, "matrin": 3}) == "typo"


def test_nothing_is_compared_with_no_name() -> None:
    assert _compare("—", "Jane Doe") is None


@pytest.mark.parametrize(
    ("written", "email"),
    [(" Ann.Lee+shop@Example.COM ", "ann.lee@example.com"), ("n/a", None), ("ann@lee", None), ("", None)],
)
def test_an_address_is_itself_in_capitals_and_with_a_tag(written: str, email: str | None) -> None:
    assert pl.select(normalize_email(pl.lit(written))).item() == email

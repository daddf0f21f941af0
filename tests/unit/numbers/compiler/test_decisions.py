"""Decisions about the first digits hold for every number that begins so, and agree with `phonenumbers`."""

import random

import phonenumbers
import pytest
from phonenumbers import NumberParseException, carrier, geocoder, timezone

from phoneseg.numbers.compiler import names
from phoneseg.numbers.compiler.class_decisions import Known, classify
from phoneseg.numbers.compiler.parse_decisions import read_in_region, read_international
from phoneseg.numbers.compiler.symbolic_digits import SymbolicDigits, Undecided
from phoneseg.numbers.tables import ParseKind


@pytest.mark.parametrize("region", ["US", "DE", "AR", "BR", "MX", "CN", "IT", "GB", "KZ", "SM", "AU"])
def test_digits_dialled_in_a_region_are_read_as_phonenumbers_reads_them(region: str) -> None:
    chance = random.Random(region)
    for _ in range(400):
        text = "".join(chance.choices("0123456789", k=chance.randint(3, 15)))
        decision = read_in_region(SymbolicDigits(text, 0), region)
        if decision.kind == ParseKind.NUMBER:
            number = phonenumbers.parse(text, region)
            assert decision.calling_code == number.country_code
            national = decision.prepended + text[decision.skipped_count :]
            assert national == phonenumbers.national_significant_number(number)
        elif decision.kind == ParseKind.ERROR:
            with pytest.raises(NumberParseException) as raised:
                phonenumbers.parse(text, region)
            assert decision.error == raised.value.error_type


def test_a_decision_holds_for_all_numbers_that_begin_so() -> None:
    chance = random.Random(4)
    decided = 0
    for _ in range(3_000):
        known = "".join(chance.choices("0123456789", k=chance.randint(1, 7)))
        rest = "".join(chance.choices("0123456789", k=chance.randint(1, 6)))
        try:
            early = read_international(SymbolicDigits(known, len(rest)))
        except Undecided:
            continue
        decided += 1
        assert early == read_international(SymbolicDigits(known + rest, 0))
    assert decided > 1_000


@pytest.mark.parametrize("calling_code", [1, 7, 39, 44, 49, 54, 61, 86, 262, 800])
def test_a_national_number_is_what_phonenumbers_says(calling_code: int) -> None:
    chance = random.Random(calling_code)
    for _ in range(300):
        text = "".join(chance.choices("0123456789", k=chance.randint(6, 11)))
        number = phonenumbers.PhoneNumber(
            calling_code,
            int(text),
            italian_leading_zero=text[0] == "0" or None,
            number_of_leading_zeros=min(len(text) - len(text.lstrip("0")), len(text) - 1) or None,
        )
        decision = classify(calling_code, SymbolicDigits(text, 0), Known())
        assert decision.region == phonenumbers.region_code_for_number(number)
        assert decision.number_type == phonenumbers.number_type(number)
        assert names.zones().rows[decision.zones] == timezone.time_zones_for_number(number)
        carrier_name = names.carriers().rows[decision.carrier][0] or ""
        assert carrier_name == carrier.name_for_number(number, "en")
        area_name = names.areas().rows[decision.area][0]
        country_name = names.country_names(decision.country or "", ["en"])[0]
        assert (area_name or country_name or "") == geocoder.description_for_number(number, "en")


def test_a_language_takes_its_own_name_then_english_and_chinese_takes_none() -> None:
    named = names.PrefixNames(
        {"49": {"en": "Germany"}, "491": {"en": "Cologne", "de": "K\u00f6ln"}, "492": {"zh": "x"}}
    )
    rows = {prefix: named.rows[named.tree.find(prefix, 0)] for prefix in ("49", "491", "492", "50")}
    at = {language: named.languages.index(language) for language in named.languages}
    assert named.languages == ("en", "de", "zh")
    assert rows["491"] == ("Cologne", "K\u00f6ln", None)
    assert rows["492"][at["zh"]] == "x"
    assert rows["492"][at["en"]] == "Germany"
    assert rows["50"] == (None, None, None)


def test_a_prefix_is_undecided_while_a_longer_one_may_apply() -> None:
    tree = names.PrefixTree({"1": 1, "123": 2}, default=0)
    assert tree.find("13", 5) == 1
    assert tree.find("123", 5) == 2
    assert tree.find("12", 0) == 1
    with pytest.raises(Undecided):
        tree.find("12", 1)

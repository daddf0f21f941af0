"""Numbers drawn at random follow the numbering plans."""

import numpy as np
import phonenumbers
import polars as pl
import pytest

from phoneseg.demo.countries import load_countries
from phoneseg.demo.phone_numbers import draw_numbers, find_idd_prefix, has_kind, write_forms

REGIONS = [country.region_code for country in load_countries()]
NONE_TAKEN = pl.Series(dtype=pl.String)


@pytest.fixture(scope="module")
def numbers() -> pl.DataFrame:
    rng = np.random.default_rng(3)
    return write_forms(
        pl.concat(
            pl.DataFrame({"national_significant_number": draw_numbers(rng, region, kind, 8, NONE_TAKEN)}).select(
                region_code=pl.lit(region), kind=pl.lit(kind), national_significant_number="national_significant_number"
            )
            for region in REGIONS
            for kind in ("mobile", "fixed_line")
        )
    )


def test_drawn_numbers_are_valid_in_their_region(numbers: pl.DataFrame) -> None:
    parsed = [phonenumbers.parse(e164) for e164 in numbers["e164"]]
    regions = [phonenumbers.region_code_for_number(number) for number in parsed]
    assert regions == numbers["region_code"].to_list()
    are_valid = [phonenumbers.is_valid_number(number) for number in parsed]
    assert all(are_valid)


def test_drawn_numbers_are_of_their_kind(numbers: pl.DataFrame) -> None:
    types = phonenumbers.PhoneNumberType
    allowed = {"mobile": types.MOBILE, "fixed_line": types.FIXED_LINE}
    fits = [
        phonenumbers.number_type(phonenumbers.parse(e164)) in (allowed[kind], types.FIXED_LINE_OR_MOBILE)
        for e164, kind in numbers.select("e164", "kind").rows()
    ]
    assert all(fits)


@pytest.mark.parametrize("form", ["national", "international"])
def test_forms_are_those_of_libphonenumber(numbers: pl.DataFrame, form: str) -> None:
    wanted = getattr(phonenumbers.PhoneNumberFormat, form.upper())
    fits = [
        phonenumbers.format_number(phonenumbers.parse(e164), wanted) == text
        for e164, text in numbers.select("e164", form).rows()
    ]
    assert all(fits)


def test_no_number_is_drawn_twice() -> None:
    rng = np.random.default_rng(3)
    first = draw_numbers(rng, "DE", "mobile", 2000, NONE_TAKEN)
    second = draw_numbers(rng, "DE", "mobile", 2000, first)
    distinct = pl.concat([first, second]).n_unique()
    assert distinct == 4000


def test_numbers_begin_in_many_ways() -> None:
    drawn = draw_numbers(np.random.default_rng(3), "GB", "fixed_line", 500, NONE_TAKEN)
    beginnings = drawn.str.head(3).n_unique()
    assert beginnings > 50


def test_rare_kinds_are_found() -> None:
    drawn = draw_numbers(np.random.default_rng(3), "GB", "toll_free", 20, NONE_TAKEN)
    types = {phonenumbers.number_type(phonenumbers.parse(f"+44{number}")) for number in drawn}
    assert types == {phonenumbers.PhoneNumberType.TOLL_FREE}


def test_what_a_plan_does_not_have_is_refused() -> None:
    assert not has_kind("AE", "voip")
    with pytest.raises(ValueError, match="AE has no voip numbers"):
        draw_numbers(np.random.default_rng(3), "AE", "voip", 1, NONE_TAKEN)
    with pytest.raises(ValueError, match="fewer than"):  # +1 800 belongs to the US plan
        draw_numbers(np.random.default_rng(3), "CA", "toll_free", 1, NONE_TAKEN)
    with pytest.raises(ValueError, match="does not know"):
        has_kind("QQ", "mobile")


def test_exit_codes_are_the_regions_own() -> None:
    assert {region: find_idd_prefix(region) for region in ("DE", "US", "JP", "RU")} == {
        "DE": "00",
        "US": "011",
        "JP": "010",
        "RU": "810",
    }

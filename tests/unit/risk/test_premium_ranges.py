"""What is dear to call is what the installed metadata says."""

from datetime import timedelta

import phonenumbers
import polars as pl
from phonenumbers.carrierdata import CARRIER_DATA

from phoneseg.risk.evaluation.drawn_events import START, build_events
from phoneseg.risk.listed_prefixes import signal_high_risk_prefixes
from phoneseg.risk.prefix_lists import PREFIX_LIST_SCHEMA
from phoneseg.risk.premium_ranges import RANGE_KINDS, international_ranges, mark_premium_ranges
from phoneseg.risk.signal_rows import Window
from phoneseg.settings.risk_prefixes import PremiumRangeSettings

SETTINGS = PremiumRangeSettings()
WINDOW = Window(START, START + timedelta(days=1))


def _kind(block: str | None, number_type: str | None = None, carrier: str | None = None) -> str | None:
    schema = {"number_block": pl.String, "number_type": pl.String, "carrier": pl.String}
    row = pl.LazyFrame([[block, number_type, carrier]], schema, orient="row")
    return mark_premium_ranges(row, SETTINGS).collect().item(0, "range_kind")


def test_every_calling_code_without_a_country_but_the_free_one_is_a_range() -> None:
    ranges = international_ranges()
    codes = {str(code) for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS}
    assert set(ranges["prefix"]) == codes - {"800"}
    assert set(ranges["range_kind"]) <= set(RANGE_KINDS)
    told = dict(ranges.iter_rows())
    assert (told["979"], told["808"], told["881"], told["883"]) == (
        "premium_rate",
        "shared_cost",
        "satellite",
        "international_network",
    )


def test_example_numbers_of_the_metadata_get_the_kind_of_their_type() -> None:
    for region in ("DE", "GB", "US", "FR"):
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.PREMIUM_RATE)
        assert number is not None
        block = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:-4]
        assert _kind(block, "PREMIUM_RATE") == "premium_rate"
        assert _kind(block, "MOBILE") is None


def test_satellite_carriers_of_the_metadata_are_told_by_their_names() -> None:
    names = {names["en"] for prefix, names in CARRIER_DATA.items() if prefix.startswith("881")}
    assert names
    assert {_kind("4477", "MOBILE", f"GB:{name}") for name in names} == {"satellite"}
    assert _kind("6142", "MOBILE", "AU:Pivotel Satellite") == "satellite"
    assert _kind("6281", "MOBILE", "ID:Indosat Ooredoo Hutchison") is None


def test_a_number_of_which_nothing_is_known_is_ordinary() -> None:
    assert _kind(None) is None
    assert _kind("49") is None


def test_an_allowed_block_gives_no_signal_a_blocked_one_a_high_one_and_a_dear_one_is_watched() -> None:
    listed = pl.DataFrame(
        [["4930", None, "block", "us", START, None, None], ["4990", None, "allow", "us", START, None, None]],
        PREFIX_LIST_SCHEMA,
        orient="row",
    )
    blocks, types = (
        ["4930", "4930", "4990", "4991", "4940"],
        ["MOBILE", "MOBILE", "PREMIUM_RATE", "PREMIUM_RATE", "MOBILE"],
    )
    columns = {
        "phone_token": pl.Series(list("aabcd")),
        "number_block": pl.Series(blocks),
        "number_type": pl.Series(types),
    }
    events = build_events({**columns, "country": "DE", "occurred_at": pl.Series([START] * 5)}, 5)
    signals = signal_high_risk_prefixes(events.lazy(), listed, WINDOW, SETTINGS)
    told = signals.select("subject", "risk_level", "reasons", "observed").rows()
    assert told == [("4930", "high", "listed_block", 2.0), ("4991", "monitor", "premium_rate", 1.0)]

"""Numbers that are dear to call: premium-rate and shared-cost ranges, satellites, international networks."""

from typing import Final

import polars as pl

from phoneseg.settings.risk_prefixes import PremiumRangeSettings

PREMIUM_RATE, SHARED_COST, UNIVERSAL_NUMBER, SATELLITE, INTERNATIONAL_NETWORK = (
    "premium_rate",
    "shared_cost",
    "universal_number",
    "satellite",
    "international_network",
)
RANGE_KINDS: Final = (SATELLITE, PREMIUM_RATE, SHARED_COST, UNIVERSAL_NUMBER, INTERNATIONAL_NETWORK)

_KIND_OF_TYPE: Final = {
    "PREMIUM_RATE": PREMIUM_RATE,
    "SHARED_COST": SHARED_COST,
    "UAN": UNIVERSAL_NUMBER,
}
_SATELLITE_CODES: Final = ("870", "881")
"""ITU-T, "List of Recommendation ITU-T E.164 assigned country codes": 870 Inmarsat SNAC, 881 Global Mobile Satellite
System. The other codes without a country (882, 883) are networks of many sorts, some on ships and aircraft."""

_FREE_CODES: Final = ("800",)
_PREFIX: Final = pl.Schema({"prefix": pl.String(), "range_kind": pl.String()})


def international_ranges() -> pl.DataFrame:
    """Return the calling codes that belong to no country, and what a call there is, after the installed metadata.

    A code whose numbers are of one type only (979 premium rate, 808 shared cost) is of that; those of E.164's satellite
    codes are satellite; the others are international networks. Free numbers (800) are left out.

    Returns:
        `prefix` (digits of E.164) and `range_kind` (of RANGE_KINDS), sorted.
    """
    from phonenumbers import COUNTRY_CODES_FOR_NON_GEO_REGIONS, PhoneMetadata

    rows = []
    for code in sorted(COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        metadata = PhoneMetadata.metadata_for_nongeo_region(code)
        kinds = [
            kind
            for kind in (PREMIUM_RATE, SHARED_COST, "uan")
            if (described := getattr(metadata, kind, None)) is not None and described.national_number_pattern
        ]
        kind = SATELLITE if str(code) in _SATELLITE_CODES else kinds[0] if kinds else INTERNATIONAL_NETWORK
        if str(code) not in _FREE_CODES:
            rows.append((str(code), UNIVERSAL_NUMBER if kind == "uan" else kind))
    return pl.DataFrame(rows, _PREFIX, orient="row")


def mark_premium_ranges(subjects: pl.LazyFrame, settings: PremiumRangeSettings) -> pl.LazyFrame:
    """Tell which numbers, or blocks of them, are dear to call.

    A satellite by its calling code or the name of its carrier (some countries have national satellite ranges); else by
    the type that the metadata gives the number; else by a calling code without a country.

    Args:
        subjects: Rows with `number_block`, `number_type` and `carrier`, all nullable, such as those of RISK_EVENT.
        settings: Which types count, and what satellite carriers are called.

    Returns:
        The same rows with `range_kind` (of RANGE_KINDS), null for an ordinary number.
    """
    ranges = international_ranges()
    codes = dict(ranges.iter_rows())
    code = pl.col("number_block").str.head(3).replace_strict(codes, default=None, return_dtype=pl.String)
    types = {each: _KIND_OF_TYPE.get(each, each.lower()) for each in settings.number_types}
    by_type = pl.col("number_type").replace_strict(types, default=None, return_dtype=pl.String)
    name = pl.col("carrier").str.to_lowercase()
    has_word = pl.any_horizontal(name.str.contains(word, literal=True) for word in settings.satellite_words)
    is_satellite = has_word.fill_null(False) | (code == SATELLITE).fill_null(False)
    kind = pl.when(is_satellite).then(pl.lit(SATELLITE)).otherwise(pl.coalesce(by_type, code))
    return subjects.with_columns(range_kind=kind)

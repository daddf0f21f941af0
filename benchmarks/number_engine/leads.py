"""What numbers begin with: leads of real ranges, so that random digits behind them give mostly valid numbers."""

import random
from collections import defaultdict
from typing import Final, NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat
from phonenumbers.carrierdata import CARRIER_DATA
from phonenumbers.geodata import GEOCODE_DATA

# Shares of the numbers, in per cent; the other regions share the rest equally.
BIG_REGIONS: Final = {
    "US": 20, "IN": 9, "DE": 7, "BR": 6, "GB": 6, "CN": 6, "FR": 5, "MX": 3, "ID": 3, "IT": 3, "ES": 3, "JP": 2,
    "CA": 2, "PL": 2, "NL": 2, "TR": 2, "AR": 1, "AU": 1, "KR": 1, "NG": 1, "PH": 1, "UA": 1, "ZA": 1, "EG": 1,
}  # fmt: skip
_RANGES_OF_BIG, _RANGES_OF_SMALL = 120, 8
_TRIES, _VALID_TRIES = 5, 4
_KINDS: Final = ("mobile", "fixed_line", "toll_free", "voip", "premium_rate")


class Lead(NamedTuple):
    """How the numbers of a range look."""

    region: str
    calling_code: int
    trunk: str  # what is dialled before the number inside its country, such as 0
    digits: str
    length: int  # of the whole national number, the lead within it
    weight: float


def find_leads(seed: int) -> list[Lead]:
    """Return leads of every region that libphonenumber supports, big countries with more of them and more weight.

    Args:
        seed: Decides which ranges are taken.
    """
    phonenumbers.enable_pattern_cache()
    chance = random.Random(seed)  # noqa: S311 - which ranges a benchmark takes is no secret
    ranges = _ranges_by_calling_code()
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    share_of_small = (100 - sum(BIG_REGIONS.values())) / (len(regions) - len(BIG_REGIONS))
    leads = []
    for region in regions:
        found = _leads_of(region, ranges, chance)
        weight = BIG_REGIONS.get(region, share_of_small) / len(found)
        leads += [lead._replace(weight=weight) for lead in found]
    return leads


def _ranges_by_calling_code() -> dict[int, list[str]]:
    """Return the ranges that have a place or a carrier, without their calling code."""
    ranges = defaultdict(list)
    for written in sorted({*GEOCODE_DATA, *CARRIER_DATA}):
        # No calling code begins another one, so the first that is known is the right one.
        length = next(n for n in (1, 2, 3) if int(written[:n]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
        if written[length:]:
            ranges[int(written[:length])].append(written[length:])
    return ranges


def _leads_of(region: str, ranges: dict[int, list[str]], chance: random.Random) -> list[Lead]:
    calling_code = phonenumbers.country_code_for_region(region)
    metadata = PhoneMetadata.metadata_for_region(region)
    descriptions = [getattr(metadata, kind) for kind in _KINDS]
    examples = [found.example_number for found in descriptions if found and found.example_number]
    # The first two kinds are the ones that ranges of places and carriers have.
    lengths = {len(example) for example in examples[:2]}
    candidates = [(example[:-4], len(example)) for example in examples]
    known = ranges.get(calling_code, [])
    wanted = _RANGES_OF_BIG if region in BIG_REGIONS else _RANGES_OF_SMALL
    candidates += [(digits, n) for digits in chance.sample(known, min(wanted, len(known))) for n in lengths]
    found = [
        Lead(region, calling_code, _trunk(region, digits.ljust(length, "2")), digits, length, 0)
        for digits, length in dict.fromkeys(candidates)
        if length - len(digits) >= 2 and _is_mostly_valid(region, calling_code, digits, length, chance)
    ]
    # No region may be without a lead: then it is an example with another last digit.
    example = examples[0]
    return found or [Lead(region, calling_code, _trunk(region, example), example[:-1], len(example), 0)]


def _number(calling_code: int, digits: str) -> PhoneNumber:
    zeros = len(digits) - len(digits.lstrip("0"))
    return PhoneNumber(
        country_code=calling_code,
        national_number=int(digits),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def _is_mostly_valid(region: str, calling_code: int, digits: str, length: int, chance: random.Random) -> bool:
    misses = 0
    for _ in range(_TRIES):
        tail = str(chance.randrange(10 ** (length - len(digits)))).zfill(length - len(digits))
        misses += not phonenumbers.is_valid_number_for_region(_number(calling_code, digits + tail), region)
        if misses > _TRIES - _VALID_TRIES:
            return False
    return True


def _trunk(region: str, digits: str) -> str:
    """Return the prefix that this number's national format begins with; many countries have one and do not write it."""
    calling_code = phonenumbers.country_code_for_region(region)
    written = phonenumbers.format_number(_number(calling_code, digits), PhoneNumberFormat.NATIONAL)
    metadata = PhoneMetadata.metadata_for_region(region)
    prefix = metadata.national_prefix if metadata else None
    return prefix if prefix and written.lstrip("(").startswith(prefix) and not digits.startswith(prefix) else ""

"""Numbers that are planted in sources, in the ways people write them, and all that tells of them if it turns up."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import phonenumbers
from phonenumbers import PhoneNumberFormat

from phoneseg.privacy import TokenKey

KEY: Final = "a key for canaries alone"
_WIDE: Final = {code: code + 0xFEE0 for code in map(ord, "0123456789-")}
"""Digits as Japanese keyboards write them."""
NUMBERS: Final = {
    "+4915207938164": ("0152 / 0793-8164", "+49 (0)152 07938164", "0049152.0793.8164"),
    "+16502531927": ("(650) 253-1927", "650.253.1927", "1 650 253 1927 ext. 77"),
    "+442079460958": ("020 7946 0958", "+44(0)2079460958", "tel:+44-20-7946-0958"),
    "+33612847395": ("06 12 84 73 95", "+33.6.12.84.73.95", "0033 612847395"),
    "+390669812734": ("06 6981 2734", "+39 06/69812734", "+39-06-6981-2734"),
    "+819037284615": ("090-3728-4615", "090-3728-4615".translate(_WIDE), "+81 90 3728 4615"),
    "+61412739586": ("0412 739 586", "+61 412-739-586", "4.12739586e+8"),
    "+5511972846153": ("(11) 97284-6153", "+55 11 972846153", "011972846153"),
}
"""In E.164, each in three handwritings; the country of a row says how to read it."""
JUNK: Final = ("call 0815-47 only", "99417385296304172859", "+999 82 736 4519", "0152 0793816 4 4 4 4 4 4 4")
"""Cells that become no number, and are kept as they are in the restricted schema."""


def country(number: str) -> str:
    """Return the country of a number."""
    return str(phonenumbers.region_code_for_number(phonenumbers.parse(number)))


def tokens() -> list[str]:
    """Return the tokens of the numbers: no secret where analysts look, but no matter of logs."""
    key = TokenKey(KEY.encode())
    return [key.token(number) for number in NUMBERS]


def texts() -> list[str]:
    """Return texts that must not turn up: every format and handwriting, as it is written anywhere, and plain hashes."""
    found: dict[str, None] = {}
    for number, handwritings in NUMBERS.items():
        for text in {*_written(phonenumbers.parse(number)), *handwritings}:
            found |= dict.fromkeys(_spelled(text))
            found |= dict.fromkeys(_hashed(text))
    for cell in JUNK:
        found |= dict.fromkeys(_spelled(cell))
    return list(found)


def digits() -> list[str]:
    """Return runs of digits that must not turn up, whatever stands between them."""
    cells = (re.sub(r"\D", "", cell) for cell in JUNK)
    return [*map(_national, NUMBERS), *(cell for cell in cells if len(cell) > 8)]


def last_digits() -> list[str]:
    """Return the last seven digits of each number: they must not turn up where they stand alone."""
    return [_national(number)[-7:] for number in NUMBERS]


def _national(number: str) -> str:
    return str(phonenumbers.parse(number).national_number)


def _written(number: phonenumbers.PhoneNumber) -> Iterator[str]:
    for form in (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL):
        yield phonenumbers.format_number(number, form)
    yield phonenumbers.format_number(number, PhoneNumberFormat.RFC3966)
    yield phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")


def _spelled(text: str) -> Iterator[str]:
    """Yield a text as it stands, in JSON, in a URL, in HTML and in base64."""
    yield from {text, json.dumps(text)[1:-1], quote(text), text.replace("+", "&#43;")}
    yield base64.b64encode(text.encode()).decode().rstrip("=")[:-1]


def _hashed(text: str) -> Iterator[str]:
    """Yield plain hashes, which an hour of guessing turns back into the number."""
    for algorithm in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(algorithm, text.encode(), usedforsecurity=False)
        yield digest.hexdigest()
        yield base64.b64encode(digest.digest()).decode().rstrip("=")[:-1]

"""Characters that something in `phonenumbers`, in Python's `re` or in Unicode treats in its own way."""

import re
import unicodedata
from typing import Final

from phonenumbers import phonenumberutil

_ALL: Final = tuple(chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)
_PUNCTUATION_CLASS: Final = re.compile(f"[{phonenumberutil._VALID_PUNCTUATION}]")

DECIMALS: Final = tuple(char for char in _ALL if char.isdecimal())
# One string of ten per set of digits, as U+0660 to U+0669.
DIGIT_SETS: Final = tuple(
    "".join(chr(ord(char) + step) for step in range(10)) for char in DECIMALS if unicodedata.decimal(char) == 0
)
# Digits to unicodedata.digit, but not to a regular expression's \d: superscripts, circled digits and the like.
FALSE_DIGITS: Final = tuple(char for char in _ALL if char.isdigit() and not char.isdecimal())
# Letters or numbers to \w: fractions, Roman numerals, numerals of Chinese.
NUMERALS: Final = (*"½¾⅓ⅧⅫⅷ①⑳㉑〇一九十億௰൰፼ↈ〡㊿", "\U00010107", "\U0001d369")
PUNCTUATION: Final = tuple(filter(_PUNCTUATION_CLASS.fullmatch, _ALL))
PLUSES: Final = "+\uff0b"
FALSE_PLUSES: Final = "\ufe62\u207a\u208a\u2795\u2a01\u00b1"
# Dashes, dots, brackets and slashes that are no punctuation of a number.
FALSE_PUNCTUATION: Final = (
    "\u2016\u2043\u2e3a\ufe58\ufe63_:;,'\"!?&|^`$%=<>@{}\u00b7\u2022\u2024\u3002\uff61\u2044\u2215"
)
SPACES: Final = (
    *(char for char in _ALL if char.isspace()),
    *("\r\n", "\n\n"),
)
INVISIBLE: Final = tuple(
    map(
        chr,
        (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFE0F),
    )
)
CONTROLS: Final = tuple(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
MARKS: Final = "\u0300\u0301\u0303\u0308\u0327\u0338\u0345\u0489\u05b0\u064b\u093f\u20e3\u3099\ufe20"
# Letters that fold to ASCII, change their length in upper case, or match ASCII without regard to case.
FOLDING: Final = (
    "\u017f\u004b\u0131\u0130\u00c5\u00df\u1e9e\u00b5\u03bc\u017f\u0149\u01f0\u03c2\u03c3\u03a3\ufb01\ufb00\ufb06"
)
LETTERS: Final = (
    *"abcdefnoqrstuvwxyzABCDEFINOSTXYZ",
    *"éñóÓöüøłđþ",
    *"доб ДОБтелжя",
    *"αβγΩ",
    *"אבجدहिकกขあア电話전화",
    "\uff21",
    "\uff58",
    "\uff38",
)
ASTRAL: Final = (
    "\U0001f4de",
    "\U0001f600",
    "\U0001f1e9\U0001f1ea",
    "\U00010400",
    "\U0001d400",
    "\U0001d7d8",
    "\U000104a0",
    "\U000e0031",
    "\U0010ffff",
)
DIALLED: Final = "*#~\uff0a\uff03\uff5e\u223c\u2053"
NONCHARACTERS: Final = ("\x00", "\ufffd", "\ufffe", "\uffff", "\ue000")

# What a mutation inserts: all of the above, what is in numbers more often.
ALPHABET: Final = (
    *(*"0123456789" * 6, *"+- ().xX/#*,;~\\" * 4, *"extnsionabckpq" * 2, *"=:\t\n" * 2),
    *(*PLUSES * 4, *FALSE_PLUSES, *FALSE_PUNCTUATION, *PUNCTUATION, *MARKS, *DIALLED, *NONCHARACTERS),
    *(*FOLDING * 2, *LETTERS, *ASTRAL, *INVISIBLE, *SPACES, *CONTROLS[::4], *NUMERALS),
    *(*"\uff10\uff11\uff15\u0660\u0665\u06f3\u0967\u0e54" * 2, *DECIMALS[::17], *FALSE_DIGITS[::7]),
)

"""Hostile and odd texts: what a reader of numbers that is not `phonenumbers` is likely to read otherwise."""

from random import Random
from typing import Final

from tests.parity import characters as chars
from tests.parity import ordinary, plans
from tests.parity.extensions import extension, other_number
from tests.parity.ordinary import Draw, Row
from tests.parity.quirks import country_quirk, odd_region, vanity, zeros
from tests.parity.regex_draw import DIGITS, draw_digits
from tests.parity.rfc3966 import rfc3966

_TOKENS: Final = (
    *("+", "+", "\uff0b", "++", "0", "00", "011", "1", "+1", "+44", "+7", "49", "(0)", "tel:", "Tel: "),
    *(
        ";phone-context=",
        ";phone-context=+1",
        ";isub=",
        ";ext=",
        "ext",
        "ext.",
        "x",
        "X",
        "xx",
        "#",
        "##",
        "~",
        "int",
        "доб",
    ),
    *(
        "extensi\u00f3n",
        "extensio\u0301n",
        "anexo",
        "\uff58",
        "\uff03",
        ",",
        ",,",
        ";",
        ":",
        ".",
        "-",
        " - ",
        " ",
        "  ",
        "\t",
    ),
    *(
        "\n",
        "/",
        "/x",
        "\\ x",
        "\\",
        "/ ",
        "*",
        "**",
        "_",
        "(",
        ")",
        "[",
        "]",
        "\u00a0",
        "\u200b",
        "\u2060",
        "\u00ad",
        "\u3000",
    ),
    *(
        "a",
        "B",
        "abc",
        "FLOWERS",
        "e",
        "n",
        "o",
        "\u0301",
        "\u017f",
        "\u212a",
        "\u0131",
        "\u0130",
        "\u00b2",
        "\u00bd",
        "\u2167",
    ),
    *("\uff11", "\u0665", "\U0001d7d8", "\U0001f4de", "\x00", "\u200f", "=", "%", "'", '"'),
)


def _base(rng: Random) -> tuple[str, str | None]:
    """Draw an ordinary text."""
    text, region = ordinary.KINDS[rng.choice(("formatted", "drawn from the patterns", "with an extension"))][0](rng)
    return text or "", region


def _insert(rng: Random, text: str, piece: str) -> str:
    at = rng.choice((0, len(text), rng.randint(0, len(text))))
    return text[:at] + piece + text[at:]


def _some(rng: Random, alphabet: str | tuple[str, ...], most: int = 3) -> str:
    return "".join(rng.choices(alphabet, k=rng.randint(1, most)))


def digits_of_any_script(rng: Random) -> Row:
    """Digits of one script or of many, all or some of them."""
    text, region = _base(rng)
    if rng.random() < 0.2:
        text = vanity(rng)[0] or ""
    share = rng.choice((0.1, 0.5, 1.0))
    one = rng.choice(chars.DIGIT_SETS)
    mixed = rng.random() < 0.3

    def rewritten(char: str) -> str:
        if char not in DIGITS or rng.random() > share:
            return char
        return (rng.choice(chars.DIGIT_SETS) if mixed else one)[int(char)]

    return "".join(map(rewritten, text)), region


def pieces_of(*alphabets: str | tuple[str, ...]) -> Draw:
    """Return a kind that inserts characters of one of the alphabets, at the ends or inside."""

    def with_pieces(rng: Random) -> Row:
        text, region = _base(rng)
        alphabet = rng.choice(alphabets)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            text = _insert(rng, text, _some(rng, alphabet))
        return text, region

    return with_pieces


def pluses(rng: Random) -> Row:
    """Plus signs, true and false, in all places and any count."""
    text, region = _base(rng)
    for _ in range(rng.randint(1, 2)):
        plus = _some(rng, chars.PLUSES) if rng.random() < 0.8 else _some(rng, chars.FALSE_PLUSES + chars.PLUSES)
        text = rng.choice((plus + text, plus + " " + text, _insert(rng, text, plus), text.replace("+", plus)))
    return text, region


def about_the_length_limit(rng: Random) -> Row:
    """About 250 characters, which are more bytes when they are not ASCII."""
    text, region = _base(rng)
    room = rng.choice((248, 249, 250, 251, 252, 125, 84, 83)) - len(text)
    filling = rng.choice(
        (
            " ",
            "-",
            "0",
            "1",
            "a",
            ",",
            ".",
            "\n",
            "\u00e9",
            "\uff11",
            "\u200b",
            "\U0001f4de",
            "\U0001d7d8",
            "(",
            "x",
            "#",
        )
    )
    pad = filling * (max(room, 0) // len(filling))
    at = rng.choice((0, len(text), rng.randint(0, len(text))))
    return text[:at] + pad + text[at:], region


def huge(rng: Random) -> Row:
    """A cell of a hundred thousand characters."""
    text, region = _base(rng)
    return text + rng.choice(("1", " ", "x", "\u00e9", "\n", "+1", "\uff11")) * 100_000, region


def blank(rng: Random) -> Row:
    """Nothing, or nothing that can be seen."""
    alphabet = rng.choice(
        (chars.SPACES, chars.INVISIBLE, chars.CONTROLS, chars.PUNCTUATION, tuple(chars.DIALLED), ("",))
    )
    return _some(rng, alphabet, 5) if rng.random() < 0.9 else "", rng.choice((None, "", rng.choice(plans.REGIONS)))


def tokens(rng: Random) -> Row:
    """What numbers are written with, in any order."""
    plan = plans.pick_region_plan(rng)
    pieces = rng.choices(_TOKENS, k=rng.randint(1, 6))
    for _ in range(rng.choice((1, 1, 1, 2))):
        start = rng.choice(("", "", str(plan.country_code), f"+{plan.country_code}"))
        pieces.insert(rng.randint(0, len(pieces)), start + plans.national(rng, plan))
    if rng.random() < 0.5:
        pieces.append(draw_digits(rng, rng.randint(1, 5)))
    return "".join(pieces), ordinary.hint(rng, plan)


def tail(rng: Random) -> Row:
    """A number with something behind it that may be an extension, and may not."""
    text, region = _base(rng)
    pieces = [
        rng.choice(_TOKENS) if rng.random() < 0.6 else draw_digits(rng, rng.choice((1, 2, 3, 6, 7, 9, 10)))
        for _ in range(rng.randint(1, 6))
    ]
    return text + "".join(pieces), region


def noise(rng: Random) -> Row:
    """Characters out of the whole alphabet, or of all of Unicode."""
    if rng.random() < 0.2:
        points = (
            rng.choice((rng.randrange(0xD800), rng.randrange(0xE000, 0x110000))) for _ in range(rng.randint(1, 12))
        )
        text = "".join(map(chr, points))
        text = _insert(rng, _base(rng)[0], text) if rng.random() < 0.7 else text
    else:
        text = _some(rng, chars.ALPHABET, 20)
    return text, rng.choice((None, rng.choice(plans.REGIONS)))


def mutated(rng: Random) -> Row:
    """Any other text with one to four characters inserted, replaced, deleted or doubled."""
    text, region = rng.choice(_MUTABLE)(rng)
    text = text or ""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        piece = rng.choice(chars.ALPHABET)
        text = rng.choice(
            (
                text[:at] + piece + text[at:],
                text[:at] + piece + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + text[at : at + 1] + text[at:],
                text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
            )
        )
    return text, region


_KINDS: Final[dict[str, tuple[Draw, int]]] = {
    "digits of any script": (digits_of_any_script, 5),
    "false digits": (pieces_of(chars.FALSE_DIGITS, chars.NUMERALS, chars.DECIMALS), 3),
    "punctuation": (pieces_of(chars.PUNCTUATION, chars.FALSE_PUNCTUATION), 4),
    "pluses": (pluses, 4),
    "extensions": (extension, 14),
    "another number": (other_number, 4),
    "RFC 3966": (rfc3966, 9),
    "vanity letters": (vanity, 4),
    "letters": (pieces_of(chars.LETTERS, chars.FOLDING), 4),
    "stars and hashes": (pieces_of(chars.DIALLED, "_*#"), 3),
    "controls": (pieces_of(chars.CONTROLS, chars.NONCHARACTERS, ("\n", "\r\n", "\t", "\x00")), 3),
    "spaces": (pieces_of(chars.SPACES, chars.INVISIBLE), 4),
    "marks": (pieces_of(chars.MARKS, chars.ASTRAL), 3),
    "about the length limit": (about_the_length_limit, 3),
    "blank": (blank, 1),
    "zeros": (zeros, 3),
    "quirks of countries": (country_quirk, 10),
    "odd regions": (odd_region, 3),
    "tokens": (tokens, 8),
    "tails": (tail, 8),
    "noise": (noise, 3),
}
_MUTABLE: Final = (
    *(draw for draw, weight in _KINDS.values() for _ in range(weight)),
    *(draw for draw, weight in ordinary.KINDS.values() for _ in range(weight)),
)
KINDS: Final[dict[str, tuple[Draw, float]]] = {**_KINDS, "mutated": (mutated, 16), "huge": (huge, 0.05)}

"""Extensions in all spellings and lengths, and second numbers behind the first."""

from random import Random
from typing import Final

from tests.parity import characters as chars
from tests.parity import ordinary
from tests.parity.ordinary import Row
from tests.parity.regex_draw import draw_digits

_LABELS: Final = (
    *("ext", "extn", "xt", "xtn", "extension", "extensio", "extensi\u00f3n", "extensi\u00f3", "extensio\u0301n"),
    *("extensio\u0301", "extensi", "extensions", "exten", "e", "extensi\u014dn", "exte\u0301n", "exs"),
    *(
        "\uff45\uff58\uff54\uff4e",
        "\uff58\uff54\uff4e",
        "\uff45\uff58\uff54",
        "\uff58\uff54",
        "\uff45\uff58",
        "e\uff58\uff54",
    ),
    *("\u0434\u043e\u0431", "\u0434\u043e", "\u0434\u043e\u0431\u0430\u0432", "anexo", "anexos", "anex"),
    *(
        "x",
        "\uff58",
        "#",
        "\uff03",
        "~",
        "\uff5e",
        "\u223c",
        "int",
        "in",
        "\uff49\uff4e\uff54",
        "\uff49n\uff54",
        "intern",
    ),
    *(";ext=", ";ext", "ext=", ";Ext=", ";ext =", ",,", ",", ",,,", ";", ";;", ",;", "-", " ", "- ", ""),
    *("xx", "x x", "##", "~~", "x#", "#x", "extension:", "ext.", "Ext .", "int.", "#:", "ex\u0442", "\u0445"),
)
_BEFORE: Final = (
    "",
    "",
    "",
    " ",
    "  ",
    "\u00a0",
    "\t",
    ",",
    ", ",
    " ,\t",
    "-",
    " - ",
    ".",
    "\u3000",
    "\u2002",
    "\n",
    "(",
    "/",
)
_BEHIND: Final = (
    "",
    "",
    "",
    " ",
    ":",
    ".",
    "\uff0e",
    ": ",
    ". ",
    " .",
    ".:",
    "-",
    " -",
    ",",
    ",,",
    "\t",
    "\u00a0",
    "\u3000",
    "\n",
    "=",
    "(",
)
_SUFFIXES: Final = (
    "",
    "",
    "",
    "",
    "",
    "#",
    "##",
    " #",
    "#1",
    ".",
    " ",
    "\n",
    "*",
    "_",
    "x",
    "a",
    " a",
    ")",
    "\u0301",
    "#\n",
)
_LENGTHS: Final = (*range(1, 23), *(1, 2, 3, 4, 5), *(6, 7, 9, 10, 15, 16, 20, 21) * 2, 0, 0, 40)
_PROPER_LABELS: Final = (
    *("ext", "extn", "xt", "xtn", "extension", "extensio", "extensi\u00f3n", "extensi\u00f3", "extensio\u0301n"),
    *("\uff45\uff58\uff54\uff4e", "\uff58\uff54\uff4e", "\uff45\uff58\uff54", "\u0434\u043e\u0431", "anexo"),
    *("x", "\uff58", "#", "\uff03", "~", "\uff5e", "int", "\uff49\uff4e\uff54", ",,", ",", ",,,", ";"),
    *(
        "EXT",
        "Ext",
        "X",
        "Extn",
        "EXTENSI\u00d3N",
        "ANEXO",
        "Anexo",
        "\u0414\u041e\u0411",
        "INT",
        "\uff38",
        "\uff25\uff38\uff34",
    ),
    *("exten\u017fion", "\u0130nt", "\u0131nt", "extens\u0131on", "exten\u017f\u0130\u00f3n"),
)
_PROPER_BEFORE: Final = ("", "", " ", "  ", "\u00a0", "\t", ", ", " ,\t")
_PROPER_BEHIND: Final = ("", "", " ", ".", ":", "\uff0e", ". ", ": ", ".\u00a0", "-", " - ", ",", ",-,", "\t")
_CASES: Final = (str.upper, str.title, str.swapcase, str.capitalize)
# What matches an ASCII letter, or another letter, without regard to case.
_FOLDED: Final = {"s": "\u017f", "i": "\u0131", "I": "\u0130", "k": "\u212a", "\u043e": "\u041e", "\u0431": "\u1c81"}


def _label(rng: Random) -> str:
    label = rng.choice(_LABELS)
    if rng.random() < 0.2:
        label = rng.choice(_CASES)(label)
    if rng.random() < 0.1:
        folded = rng.choice(tuple(_FOLDED))
        label = label.replace(folded, _FOLDED[folded])
    return label


def _digits(rng: Random) -> str:
    digits = draw_digits(rng, rng.choice(_LENGTHS))
    if rng.random() < 0.15:
        own = rng.choice(chars.DIGIT_SETS)
        return "".join(own[int(digit)] if rng.random() < 0.8 else digit for digit in digits)
    return digits


def _proper_piece(rng: Random) -> str:
    """Draw an extension that is written as it should be, if not for its length."""
    if rng.random() < 0.1:
        return f";ext={_digits(rng)}"
    before, behind = rng.choice(_PROPER_BEFORE), rng.choice(_PROPER_BEHIND)
    return f"{before}{rng.choice(_PROPER_LABELS)}{behind}{_digits(rng)}{rng.choice(('', '', '#'))}"


def piece(rng: Random) -> str:
    """Draw an extension with its label, at times with two."""
    if rng.random() < 0.5:
        return _proper_piece(rng)
    written = rng.choice(_BEFORE) + _label(rng) + rng.choice(_BEHIND) + _digits(rng) + rng.choice(_SUFFIXES)
    return written + piece(rng) if rng.random() < 0.2 else written


def _main_number(rng: Random) -> Row:
    if rng.random() < 0.15:
        return ordinary.short(rng)
    text, region = ordinary.KINDS[rng.choice(("formatted", "drawn from the patterns"))][0](rng)
    return text, region


def extension(rng: Random) -> Row:
    """A number with an extension behind it."""
    text, region = _main_number(rng)
    if rng.random() < 0.1:
        return f"{text}{rng.choice((' - ', '-', ' ', '--', '- -'))}{_digits(rng)}#", region
    return f"{text}{piece(rng)}", region


def other_number(rng: Random) -> Row:
    """A second number or a second extension behind the first."""
    text, region = _main_number(rng)
    joint = rng.choice(
        (
            "/x",
            "/ x",
            "\\x",
            "\\ x",
            "\\  x",
            "/X",
            "/ X",
            "/",
            " / ",
            "//x",
            "/\tx",
            "/\u00a0x",
            ";",
            ",",
            " or ",
            "\n",
            "\uff0fx",
        )
    )
    first = piece(rng) if rng.random() < 0.5 else ""
    second = rng.choice((_digits(rng), _main_number(rng)[0], piece(rng)))
    return f"{text}{first}{joint}{second}", region

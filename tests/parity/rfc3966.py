"""Texts in the manner of RFC 3966: `tel:` before the number, parameters behind it, right and wrong."""

from random import Random
from typing import Final

from tests.parity import plans
from tests.parity.ordinary import Row, drawn, formatted, hint
from tests.parity.regex_draw import draw_digits

_HEADS: Final = (
    "",
    "",
    "tel:",
    "tel:",
    "tel:",
    "TEL:",
    "Tel:",
    "tel: ",
    "xtel:",
    "tel:tel:",
    "tel:+",
    "tel:a",
    "sip:",
    "\ntel:",
)
_CONTEXTS: Final = (
    *(
        "+1",
        "+49",
        "+7",
        "+1-650",
        "+1(650)",
        "+44.20",
        "+",
        "++1",
        "+-",
        "+-1-",
        "+1+",
        " +1",
        "+1 ",
        "+1\n",
        "\uff0b1",
    ),
    *("+\u0661", "+\uff14\uff14", "+0", "+999", "+00", "+1x", "+12345678901234567890", "1", "650", "+1/2", "+1a"),
    *(
        "example.com",
        "example.com.",
        "a.b.c",
        "a-b.c-d",
        "a--b.c",
        "-a.com",
        "a-.com",
        "a.com-",
        ".com",
        "com.",
        ".",
        "",
    ),
    *(
        "1.com",
        "com1",
        "1com",
        "a.1b",
        "a.1",
        "a_b.com",
        "a b.com",
        "a..b",
        "\u00e9.com",
        "a.\u017f",
        "\u212a.com",
        "\u0661.a",
    ),
    *("\uff41.com", "COM", "x" * 60, "a-" * 30 + "b", "a." * 60 + "b", "1" * 60, "+" + "1" * 60, "a" * 60 + "!"),
)
_ISUBS: Final = ("1234", "", "12;ext=3", "abc", "1;phone-context=+1")
_EXTENSIONS: Final = (
    "5",
    "123",
    "12345678901234567890",
    "123456789012345678901",
    "",
    "1-2",
    "x1",
    "\u0661\u0662",
    "1#",
    "1 ",
)
_OTHERS: Final = (
    ";postd=pp22",
    ";a",
    ";",
    ";;",
    ";npdi",
    ";cic=+1",
    "?x=1",
    ";EXT=4",
    ";Ext=44",
    ";ISUB=1",
    ";Phone-Context=+1",
)
_SPELLINGS: Final = (
    "phone-context=",
    "phone-context=",
    "phone-context=",
    "phone-context",
    "phone-context =",
    "phone\u2010context=",
)


def _context(rng: Random) -> str:
    chosen = rng.random()
    if chosen < 0.4:
        context = f"+{rng.choice(plans.CODES)}"
    elif chosen < 0.5:
        context = f"+{rng.choice(plans.CODES)}-{draw_digits(rng, rng.randint(1, 4))}"
    else:
        context = rng.choice(_CONTEXTS)
    return f";{rng.choice(_SPELLINGS) if rng.random() < 0.2 else 'phone-context='}{context}"


def _parameter(rng: Random) -> str:
    return rng.choice(
        (
            _context(rng),
            _context(rng),
            f";isub={rng.choice(_ISUBS)}",
            f";ext={rng.choice(_EXTENSIONS)}",
            rng.choice(_OTHERS),
        )
    )


def rfc3966(rng: Random) -> Row:
    """A text with `tel:` or parameters, in any order, once or several times."""
    plan = plans.pick_plan(rng)
    national = plans.national(rng, plan)
    number, region = rng.choice(
        (
            (national, hint(rng, plan)),
            (f"+{plan.country_code}-{national}", hint(rng, plan)),
            formatted(rng),
            drawn(rng),
        )
    )
    parts = [number, *(_parameter(rng) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3))))]
    if rng.random() < 0.1:
        rng.shuffle(parts)
    return rng.choice(_HEADS) + "".join(parts) + rng.choice(("", "", "", " ", ";", "tel:123")), region

"""Random strings that a regular expression of the metadata matches."""

from collections.abc import Callable, Iterable
from functools import cache
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Final

DIGITS: Final = "0123456789"
_MOST_REPEATS: Final = 12


@cache
def _parsed(pattern: str) -> Any:
    return _parser.parse(pattern)


def _choices(members: Iterable[tuple[Any, Any]]) -> str:
    """Return the characters of a class; metadata has digits only."""
    chosen: list[str] = []
    for kind, value in members:
        if kind is op.LITERAL:
            chosen.append(chr(value))
        elif kind is op.RANGE:
            chosen += map(chr, range(value[0], value[1] + 1))
        elif kind is op.CATEGORY and value is op.CATEGORY_DIGIT:
            chosen += DIGITS
        else:
            raise NotImplementedError(f"a class with {kind} {value}")
    return "".join(chosen)


def _repeated(rng: Random, value: tuple[Any, Any, Any]) -> str:
    least, most, inner = value
    times = rng.randint(least, min(int(most), max(least, _MOST_REPEATS)))
    return "".join(_write(rng, inner) for _ in range(times))


_WRITERS: Final[dict[Any, Callable[[Random, Any], str]]] = {
    op.LITERAL: lambda rng, value: chr(value),
    op.IN: lambda rng, value: rng.choice(_choices(value)),
    op.ANY: lambda rng, value: rng.choice(DIGITS),
    op.BRANCH: lambda rng, value: _write(rng, rng.choice(value[1])),
    op.SUBPATTERN: lambda rng, value: _write(rng, value[3]),
    op.MAX_REPEAT: _repeated,
    op.MIN_REPEAT: _repeated,
    op.AT: lambda rng, value: "",
    op.ASSERT: lambda rng, value: "",
    op.ASSERT_NOT: lambda rng, value: "",
}


def _write(rng: Random, nodes: Iterable[tuple[Any, Any]]) -> str:
    return "".join(_WRITERS[kind](rng, value) for kind, value in nodes)


def draw_match(rng: Random, pattern: str) -> str:
    """Return a random string that `pattern` matches; look-arounds are not heeded."""
    return _write(rng, _parsed(pattern))


def draw_digits(rng: Random, length: int) -> str:
    """Return random ASCII digits."""
    return "".join(rng.choices(DIGITS, k=max(length, 0)))

"""The whole compilation: every calling code, every region, every length."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS

from phoneseg.numbers.compiler import names
from phoneseg.numbers.compiler.class_decisions import UNKNOWN, ClassDecision, Known, classify
from phoneseg.numbers.compiler.packing import pack
from phoneseg.numbers.compiler.parse_decisions import (
    MAX_NATIONAL_LENGTH,
    MIN_NATIONAL_LENGTH,
    ParseDecision,
    read_in_region,
    read_international,
)
from phoneseg.numbers.compiler.symbolic_digits import SymbolicDigits
from phoneseg.numbers.compiler.tries import TrieBuilder
from phoneseg.numbers.tables import MOST_DIGITS, ParseKind, Tables

Item = TypeVar("Item")
Progress = Callable[[str], None]

_FALL_BACK: Final = ParseDecision(ParseKind.FALL_BACK)
NO_NUMBER: Final = ClassDecision(None, UNKNOWN, 0, 0, None, 0, False, 0, (), ())
"""The first leaf: what is said of a cell that is no number."""

# A number that is still undecided after so many digits is asked of `phonenumbers`: each more costs ten times the work.
_MOST_DIGITS_INTERNATIONAL: Final = 12
_MOST_DIGITS_IN_REGION: Final = 8


def compile_tables(version: str, on_progress: Progress = lambda _: None) -> Tables:
    """Compile the metadata of the `phonenumbers` that is imported.

    Args:
        version: Its version.
        on_progress: Gets a line now and then.

    Returns:
        The packed tables.
    """
    on_progress(f"compiling the metadata of phonenumbers {version}: names")
    names.areas(), names.carriers(), names.zones()
    classes, class_roots = _class_tries(on_progress)
    parses, parse_roots = _parse_tries(on_progress)
    return pack(version, parses, parse_roots, classes, class_roots)


def _class_tries(on_progress: Progress) -> tuple[TrieBuilder[ClassDecision], dict[tuple[int, int], int]]:
    """Return the class trie of each calling code and national length."""
    tries: TrieBuilder[ClassDecision] = TrieBuilder()
    tries.add_leaf(NO_NUMBER)
    roots = {}
    for calling_code in _told(sorted(COUNTRY_CODE_TO_REGION_CODE), "calling codes", on_progress):
        decide = partial(_classify, calling_code)
        for length in range(MIN_NATIONAL_LENGTH, MAX_NATIONAL_LENGTH + 1):
            roots[calling_code, length] = tries.build(decide, length, Known(), Known.copy, most_digits=length)
    return tries, roots


def _classify(calling_code: int, known: str, unknown_count: int, answers: Known) -> ClassDecision:
    return classify(calling_code, SymbolicDigits(known, unknown_count), answers)


def _parse_tries(on_progress: Progress) -> tuple[TrieBuilder[ParseDecision], dict[tuple[str, int], int]]:
    """Return the parse trie of each region, and "" for behind a plus, and digit count."""
    tries: TrieBuilder[ParseDecision] = TrieBuilder()
    roots = {}
    for region in _told(["", *sorted(SUPPORTED_REGIONS)], "regions", on_progress):
        for length in range(1, MOST_DIGITS + 1):
            roots[region, length] = tries.build(
                partial(_read, region),
                length,
                None,
                lambda _: None,
                most_digits=_MOST_DIGITS_IN_REGION if region else _MOST_DIGITS_INTERNATIONAL,
                otherwise=_FALL_BACK,
            )
        if roots[region, MOST_DIGITS] != roots[region, MOST_DIGITS - 3]:
            raise ValueError(f"region {region}: numbers of more than {MOST_DIGITS} digits are not all read alike")
    return tries, roots


def _read(region: str, known: str, unknown_count: int, _: None) -> ParseDecision:
    digits = SymbolicDigits(known, unknown_count)
    return read_in_region(digits, region) if region else read_international(digits)


def _told(items: Sequence[Item], what: str, on_progress: Progress) -> Iterator[Item]:
    """Yield the items and tell every tenth part of them."""
    for done, item in enumerate(items):
        if done % (len(items) // 10) == 0:
            on_progress(f"compiling the metadata of phonenumbers: {done} of {len(items)} {what}")
        yield item

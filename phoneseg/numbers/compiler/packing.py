"""Tries and answers as arrays."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np
import phonenumbers
from numpy.typing import NDArray
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS

from phoneseg.numbers.compiler import names
from phoneseg.numbers.compiler.class_decisions import ClassDecision
from phoneseg.numbers.compiler.parse_decisions import MAX_NATIONAL_LENGTH, ParseDecision
from phoneseg.numbers.compiler.plans import main_plan
from phoneseg.numbers.compiler.templates import Template
from phoneseg.numbers.compiler.tries import TrieBuilder
from phoneseg.numbers.languages import WITHOUT_ENGLISH
from phoneseg.numbers.tables import MOST_DIGITS, NO_LEAF, NameTable, Tables

Key = TypeVar("Key", bound=Hashable)

_FIRST_DIGIT_LETTER: Final = ord("a")


def pack(
    version: str,
    parses: TrieBuilder[ParseDecision],
    parse_roots: dict[tuple[str, int], int],
    classes: TrieBuilder[ClassDecision],
    class_roots: dict[tuple[int, int], int],
) -> Tables:
    """Return tries and answers as arrays; indices of regions begin at 1, as 0 is no region."""
    codes = sorted(COUNTRY_CODE_TO_REGION_CODE)
    regions = ["", *sorted({region for of_code in COUNTRY_CODE_TO_REGION_CODE.values() for region in of_code})]
    region_at = {region: at for at, region in enumerate(regions)}
    code_at = {code: at for at, code in enumerate(codes)} | {0: 0}
    national, national_at = _distinct([leaf.national for leaf in classes.leaves])
    international, international_at = _distinct([leaf.international for leaf in classes.leaves])
    return Tables(
        version=version,
        regions=regions,
        is_supported_region=np.array([region in SUPPORTED_REGIONS for region in regions]),
        is_portable_region=np.array([phonenumbers.is_mobile_number_portable_region(region) for region in regions]),
        calling_codes=np.array(codes, np.int16),
        main_region=np.array([region_at[COUNTRY_CODE_TO_REGION_CODE[code][0]] for code in codes], np.uint8),
        extension_prefixes=[main_plan(code).extension_prefix for code in codes],
        length_results=np.array(
            [[main_plan(code).length_result(length) for length in range(MAX_NATIONAL_LENGTH + 1)] for code in codes],
            np.uint8,
        ),
        parse_nodes=np.array(parses.nodes, np.int32),
        parse_roots=_roots(parse_roots, ["" if at == 0 else region for at, region in enumerate(regions)], MOST_DIGITS),
        parse_kind=np.array([leaf.kind for leaf in parses.leaves], np.uint8),
        parse_code_at=np.array([code_at[leaf.calling_code] for leaf in parses.leaves], np.uint8),
        parse_skipped_count=np.array([leaf.skipped_count for leaf in parses.leaves], np.uint8),
        parse_prepended=[leaf.prepended for leaf in parses.leaves],
        parse_error=np.array([leaf.error for leaf in parses.leaves], np.uint8),
        parse_is_code_written=np.array([leaf.is_code_written for leaf in parses.leaves]),
        class_nodes=np.array(classes.nodes, np.int32),
        class_roots=_roots(class_roots, codes, MAX_NATIONAL_LENGTH),
        class_region=np.array([region_at[leaf.region or ""] for leaf in classes.leaves], np.uint8),
        class_type=np.array([leaf.number_type for leaf in classes.leaves], np.uint8),
        class_carrier=np.array([leaf.carrier for leaf in classes.leaves], np.uint16),
        class_area=np.array([leaf.area for leaf in classes.leaves], np.uint16),
        class_country=np.array([region_at[leaf.country or ""] for leaf in classes.leaves], np.uint8),
        class_zones=np.array([leaf.zones for leaf in classes.leaves], np.uint16),
        class_is_geographic=np.array([leaf.is_geographic for leaf in classes.leaves]),
        class_destination_code_length=np.array([leaf.destination_code_length for leaf in classes.leaves], np.uint8),
        class_national=np.array(national_at, np.uint16),
        class_international=np.array(international_at, np.uint16),
        national_templates=[_spelled(template) for template in national],
        international_templates=[_spelled(template) for template in international],
        zones=[",".join(row) for row in names.zones().rows],
        areas=_name_table(names.areas()),
        carriers=_name_table(names.carriers()),
        countries=_country_table(regions),
    )


def _distinct(templates: Sequence[Template]) -> tuple[list[Template], list[int]]:
    """Return each template once, and where each of all is among them."""
    at: dict[Template, int] = {}
    places = [at.setdefault(template, len(at)) for template in templates]
    return list(at), places


def _spelled(template: Template) -> str:
    """Return a template as text: "a" is the first digit, "b" the second, what stands between them itself."""
    return "".join(piece if isinstance(piece, str) else chr(_FIRST_DIGIT_LETTER + piece) for piece in template)


def _roots(roots: Mapping[tuple[Key, int], int], keys: Sequence[Key], most: int) -> NDArray[np.int32]:
    """Return the branch of each key and length; what does not exist is the first leaf."""
    return np.array([[roots.get((key, length), NO_LEAF) for length in range(most + 1)] for key in keys], np.int32)


def _name_table(source: names.PrefixNames) -> NameTable:
    """Return names by language; those that say the same in English are left to English."""
    default = [row[0] for row in source.rows]
    own = {}
    for column, language in enumerate(source.languages):
        usual = [None] * len(default) if language in WITHOUT_ENGLISH or language == "en" else default
        own[language] = {at: row[column] or "" for at, row in enumerate(source.rows) if row[column] != usual[at]}
    return NameTable.of(len(default), own)


def _country_table(regions: Sequence[str]) -> NameTable:
    """Return the names of regions by language; none is left to English."""
    languages = names.country_languages()
    rows = [names.country_names(region, languages) for region in regions]
    own = {
        language: {at: name for at, row in enumerate(rows) if (name := row[column])}
        for column, language in enumerate(languages)
    }
    return NameTable.of(len(regions), own)

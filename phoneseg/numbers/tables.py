"""The packed tables: what the compiler found, as arrays that load in a moment."""

from dataclasses import dataclass, fields
from enum import IntEnum
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phoneseg.numbers.columns import replaced
from phoneseg.numbers.languages import ENGLISH, WITHOUT_ENGLISH

MOST_DIGITS: Final = 32
"""Numbers with more digits are read as numbers with so many: no rule of libphonenumber can tell them apart."""

NO_LEAF: Final = -1
"""The branch of the first leaf."""

FORMAT_VERSION: Final = 1
"""Counts up with every change of the arrays or of what the compiler puts into them."""


class ParseKind(IntEnum):
    """What to do next with a number."""

    NUMBER = 0
    INTERNATIONAL = 1
    """Read it again without its international prefix, as if a plus had stood there."""
    ERROR = 2
    FALL_BACK = 3
    """Ask `phonenumbers`."""


@dataclass(frozen=True)
class NameTable:
    """Names of things in several languages; a language holds only what English does not say for it.

    Attributes:
        row_count: How many things there are.
        languages: The languages.
        row_starts: Where each language begins in `rows`, and where the last one ends.
        rows: Which things are named.
        text_starts: Where each language begins in `texts`, and where the last one ends.
        texts: The names in UTF-8, a line each.
    """

    row_count: NDArray[np.int64]
    languages: list[str]
    row_starts: NDArray[np.int32]
    rows: NDArray[np.uint16]
    text_starts: NDArray[np.int32]
    texts: NDArray[np.uint8]

    @classmethod
    def of(cls, row_count: int, own: dict[str, dict[int, str]]) -> Self:
        """Return the table of each language's own names by row."""
        texts = ["".join(f"{name}\n" for name in names.values()).encode() for names in own.values()]
        return cls(
            np.array([row_count]),
            list(own),
            np.cumsum([0, *map(len, own.values())], dtype=np.int32),
            np.array([row for names in own.values() for row in names], np.uint16),
            np.cumsum([0, *map(len, texts)], dtype=np.int32),
            np.frombuffer(b"".join(texts), np.uint8),
        )

    def names(self, language: str, *, may_be_english: bool = True) -> pl.Series:
        """Return the name of each row in a language; null where there is none.

        Args:
            language: The language.
            may_be_english: Whether English names stand in where a language's readers are offered them.
        """
        if language != ENGLISH and may_be_english and language not in WITHOUT_ENGLISH:
            names = self.names(ENGLISH)
        else:
            names = pl.Series([None], dtype=pl.String).new_from_index(0, int(self.row_count[0]))
        if language not in self.languages:
            return names
        at = self.languages.index(language)
        text = self.texts[self.text_starts[at] : self.text_starts[at + 1]].tobytes().decode()
        own = pl.Series([text.removesuffix("\n")]).str.split("\n").explode().replace("", None)
        return replaced(names, self.rows[self.row_starts[at] : self.row_starts[at + 1]], own)


@dataclass(frozen=True)
class Tables:
    """All that libphonenumber knows of numbers, in one version of its metadata.

    A branch of a trie is an integer: the row of a node where it is not negative, else the leaf `-1 - branch`. Index 0
    of regions, rows of names and class leaves is "none".

    Attributes:
        version: Version of `phonenumbers`.
        regions: Regions, "" first.
        is_supported_region: Whether numbers can be dialled in a region.
        is_portable_region: Whether numbers keep their number when they change their carrier.
        calling_codes: Calling codes, in their order.
        main_region: Index of a calling code's main region.
        extension_prefixes: What stands before an extension, by calling code.
        length_results: `ValidationResult` by calling code and national length.
        parse_nodes: Nodes of the parse tries, a branch per digit.
        parse_roots: Branches by region (the first for what stands behind a plus) and digit count.
        parse_kind: `ParseKind` of each parse leaf.
        parse_code_at: Index of its calling code.
        parse_skipped_count: How many digits are not national.
        parse_prepended: Digits that belong before the national ones.
        parse_error: `NumberParseException` kind of an error.
        parse_is_code_written: Whether the calling code stood in the number.
        class_nodes: Nodes of the class tries, a branch per digit.
        class_roots: Branches by calling code and national length.
        class_region: Index of the region of each class leaf.
        class_type: Its `PhoneNumberType`.
        class_carrier: Its row of `carriers`.
        class_area: Its row of `areas`.
        class_country: Index of the region whose name stands in for an area without one.
        class_zones: Its row of `zones`.
        class_is_geographic: Whether its numbers belong to a place.
        class_destination_code_length: How many of its first digits are the national destination code.
        class_national: Its row of `national_templates`.
        class_international: Its row of `international_templates`.
        national_templates: How numbers are written in NATIONAL: "a" is the first digit, "b" the second.
        international_templates: How they are written in INTERNATIONAL, behind the calling code.
        zones: Time zones, with commas between them.
        areas: Names of areas.
        carriers: Names of carriers.
        countries: Names of regions.
    """

    version: str
    regions: list[str]
    is_supported_region: NDArray[np.bool_]
    is_portable_region: NDArray[np.bool_]
    calling_codes: NDArray[np.int16]
    main_region: NDArray[np.uint8]
    extension_prefixes: list[str]
    length_results: NDArray[np.uint8]
    parse_nodes: NDArray[np.int32]
    parse_roots: NDArray[np.int32]
    parse_kind: NDArray[np.uint8]
    parse_code_at: NDArray[np.uint8]
    parse_skipped_count: NDArray[np.uint8]
    parse_prepended: list[str]
    parse_error: NDArray[np.uint8]
    parse_is_code_written: NDArray[np.bool_]
    class_nodes: NDArray[np.int32]
    class_roots: NDArray[np.int32]
    class_region: NDArray[np.uint8]
    class_type: NDArray[np.uint8]
    class_carrier: NDArray[np.uint16]
    class_area: NDArray[np.uint16]
    class_country: NDArray[np.uint8]
    class_zones: NDArray[np.uint16]
    class_is_geographic: NDArray[np.bool_]
    class_destination_code_length: NDArray[np.uint8]
    class_national: NDArray[np.uint16]
    class_international: NDArray[np.uint16]
    national_templates: list[str]
    international_templates: list[str]
    zones: list[str]
    areas: NameTable
    carriers: NameTable
    countries: NameTable

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays; texts are UTF-8, a line each."""
        return _arrays(self, "")

    def save(self, path: Path) -> None:
        """Write the tables; the file appears when it is whole."""
        content = BytesIO()
        np.savez_compressed(content, allow_pickle=False, **self.arrays())
        unfinished = path.with_suffix(".unfinished")
        try:
            unfinished.write_bytes(content.getvalue())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the tables.

        Raises:
            ValueError: The file is not one of tables.
            OSError: It cannot be read.
        """
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            tables: Self = _read(cls, arrays, "")
            return tables


def _arrays(record: Any, prefix: str) -> dict[str, NDArray[Any]]:  # noqa: ANN401 -- either of the two dataclasses
    arrays: dict[str, NDArray[Any]] = {}
    for field in fields(record):
        name, value = prefix + field.name, getattr(record, field.name)
        if isinstance(value, NameTable):
            arrays |= _arrays(value, f"{name}.")
        elif isinstance(value, np.ndarray):
            arrays[name] = value
        else:
            text = value if isinstance(value, str) else "\n".join(value)
            arrays[name] = np.frombuffer(text.encode(), np.uint8)
    return arrays


def _read(kind: Any, arrays: Any, prefix: str) -> Any:  # noqa: ANN401 -- either of the two dataclasses
    values = {}
    for field in fields(kind):
        name = prefix + field.name
        if field.type is NameTable:
            values[field.name] = _read(NameTable, arrays, f"{name}.")
        elif field.type is str:
            values[field.name] = arrays[name].tobytes().decode()
        elif field.type == list[str]:
            values[field.name] = arrays[name].tobytes().decode().split("\n")
        else:
            values[field.name] = arrays[name]
    return kind(**values)

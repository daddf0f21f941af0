"""Looks for what was planted: in texts, files and their names, and databases, packed or not."""

import base64
import bz2
import gzip
import lzma
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import polars as pl

from tests.dags.canary.planted import digits, last_digits, texts

_UNPACKERS: Final = (zlib.decompress, gzip.decompress, bz2.decompress, lzma.decompress)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_DEEPEST: Final = 3

Leaks = list[str]
"""Where something was found; never what."""


class Search:
    """A search for texts and for digits.

    Attributes:
        places: Where it has looked.
    """

    def __init__(self, *more: str) -> None:
        """Prepare a search for all that was planted.

        Args:
            more: Further texts to search for.
        """
        self.places: set[str] = set()
        self._texts = [_as_read(text.encode()) for text in (*texts(), *more)]
        self._digits = digits()
        # Within a hash, a longer number or a fraction they mean nothing.
        alone = "|".join(r"[\W_]{0,3}".join(each) for each in last_digits())
        self._last_digits = re.compile(rf"(?<![0-9a-fA-F.])(?:{alone})(?![0-9a-fA-F])".encode())

    def text(self, place: str, content: str | bytes) -> Leaks:
        """Search a text, and what is packed in it."""
        self.places.add(place)
        data = list(_unpacked(content.encode() if isinstance(content, str) else content))
        read = pl.Series([_as_read(each) for each in data])
        has_text = read.str.contains_any(self._texts, ascii_case_insensitive=True)
        has_digits = read.str.replace_all("[^0-9A-Za-z]+", "").str.contains_any(self._digits)
        is_found = (has_text | has_digits).any() or any(map(self._last_digits.search, data))
        return [place] if is_found else []

    def files(self, place: str, folder: Path, *, names_only: bool = False) -> Leaks:
        """Search the files in a folder, and the names of files and folders."""
        paths = sorted(folder.rglob("*"))
        found = self.rows(f"{place}: names", [[path.relative_to(folder) for path in paths]])
        for path in paths:
            if path.is_file() and not names_only:
                found += self.text(f"{place}: file {path.suffix}", path.read_bytes())
        return found

    def sqlite(self, place: str, file: Path) -> Leaks:
        """Search every value of every table of a SQLite database, and the names of tables and columns."""
        found: Leaks = []
        with closing(sqlite3.connect(file)) as connection:
            for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
                found += self.text(f"{place}: {name}", str(sql))
                found += self.rows(f"{place}: {name}", connection.execute(f'SELECT * FROM "{name}"'))
        return found

    def rows(self, place: str, rows: Iterable[Iterable[object]]) -> Leaks:
        """Search every value of some rows."""
        values = [value for row in rows for value in row if value is not None]
        packed = [value for value in values if isinstance(value, bytes)]
        # A letter between two values keeps their digits apart.
        found = self.text(place, "\n x \n".join(str(value) for value in values if not isinstance(value, bytes)))
        return [*found, *(each for value in packed for each in self.text(place, value))]


def _as_read(data: bytes) -> str:
    """Return bytes as a text of as many characters, whatever they are."""
    return data.decode("latin-1")


def _unpacked(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield data, and what it is the compressed or encoded form of."""
    yield data
    if depth == _DEEPEST:
        return
    for unpack in _UNPACKERS:
        with suppress(Exception):
            yield from _unpacked(unpack(data), depth + 1)
    for token in _BASE64.findall(data):
        with suppress(ValueError):
            decoded = base64.b64decode(token.translate(bytes.maketrans(b"-_", b"+/")) + b"===")
            yield from _unpacked(decoded, depth + 1)

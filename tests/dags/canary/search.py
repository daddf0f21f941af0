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

_UNPACKERS: Final = (zlib.decompress, gzip.decompress, bz2.decompress, lzma.decompress)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_DEEPEST: Final = 3

Leaks = list[str]
"""Where something was found; never what."""


class Search:
    """A search for some patterns."""

    def __init__(self, patterns: Iterable[bytes]) -> None:
        self._pattern = re.compile(b"|".join(patterns), re.IGNORECASE)
        self.places: list[str] = []

    def text(self, place: str, content: str | bytes) -> Leaks:
        """Search a text, and what is packed in it."""
        self.places.append(place)
        data = content.encode() if isinstance(content, str) else content
        return [place] if any(self._pattern.search(each) for each in _unpacked(data)) else []

    def files(self, place: str, folder: Path, *, names_only: bool = False) -> Leaks:
        """Search the files in a folder, and the names of files and folders."""
        found: Leaks = []
        for path in sorted(folder.rglob("*")):
            where = f"{place}: file {path.suffix or path.parent.name}"
            found += self.text(f"{place}: names", str(path.relative_to(folder)))
            if path.is_file() and not names_only:
                found += self.text(where, path.read_bytes())
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
        found: Leaks = []
        self.places.append(place)
        for row in rows:
            for value in row:
                found += self.text(place, value if isinstance(value, bytes) else str(value))
        return found


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

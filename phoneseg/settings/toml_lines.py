"""Where the keys of a TOML file stand: the parser of the standard library does not say."""

import re
from typing import Final

Path = tuple[str | int, ...]
"""Keys from the outside in; the number of a table, from 0, where its header stands in two brackets."""

_HEADER: Final = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(#.*)?$")
_KEY: Final = re.compile(r"""\s*([\w."'-]+)\s*=""")
# What opens or closes a text of many lines, unless it stands in a text of one line or behind a hash.
_QUOTED: Final = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')


def find_lines(text: str) -> dict[Path, int]:
    """Return the line of each table's header and of each key, by its path.

    Args:
        text: A TOML file that parses.
    """
    lines: dict[Path, int] = {}
    counts: dict[str, int] = {}
    table: Path = ()
    open_quotes: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        was_open, open_quotes = open_quotes, _open_after(line, open_quotes)
        if was_open:
            continue
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                counts[header[2]] = counts.get(header[2], -1) + 1
                table = (*table, counts[header[2]])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key[1])), number)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Return the line of a key, else that of the nearest table around it, else 1."""
    return next((lines[path[:depth]] for depth in range(len(path), 0, -1) if path[:depth] in lines), 1)


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _open_after(line: str, quotes: str | None) -> str | None:
    """Return the quotes of the text of many lines that is open at the end of a line."""
    position = 0
    while True:
        if quotes:
            closing = line.find(quotes, position)
            if closing < 0:
                return quotes
            position, quotes = closing + len(quotes), None
        opening = next((m for m in _QUOTED.finditer(line, position) if m[0] in {'"""', "'''"}), None)
        if opening is None:
            return None
        position, quotes = opening.end(), opening[0]

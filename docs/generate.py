"""Writes the generated pages of docs/ anew: `python docs/generate.py`, or `make docs`.

With `--check` it writes nothing, names the pages that are stale and ends with 1. One module of `docs/pages/` writes one
page, from the code alone: the same code gives the same bytes on every machine.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from docs.pages import checks, cli, dags, definitions, hygiene, numbers, questions, risk, segments, settings, tables

FOLDER: Final = Path(__file__).parent
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "tables.md": tables.render,
    "segments.md": segments.render,
    "definitions.md": definitions.render,
    "questions.md": questions.render,
    "settings.md": settings.render,
    "numbers.md": numbers.render,
    "hygiene.md": hygiene.render,
    "risk.md": risk.render,
    "cli.md": cli.render,
    "checks.md": checks.render,
    "dags.md": dags.render,  # the last: it changes the environment for Airflow
}


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pages.

    Args:
        arguments: Of the command line, without the program's name.

    Returns:
        The exit code: 1 for stale pages.
    """
    parser = argparse.ArgumentParser(prog="docs/generate.py", description="Writes the generated pages of docs/ anew.")
    parser.add_argument("--check", action="store_true", help="write nothing; name the stale pages and end with 1")
    is_check = parser.parse_args(arguments).check
    stale = [name for name, render in PAGES.items() if not _is_fresh(FOLDER / name, render(), write=not is_check)]
    for name in stale:
        sys.stdout.write(f"docs/{name}: {'stale, run `make docs`' if is_check else 'written'}\n")
    return 1 if stale and is_check else 0


def _is_fresh(page: Path, text: str, *, write: bool) -> bool:
    """Return whether the page holds the text already; if not, write it where that is wanted."""
    is_fresh = page.exists() and page.read_bytes() == text.encode()
    if write and not is_fresh:
        page.write_bytes(text.encode())
    return is_fresh


if __name__ == "__main__":
    sys.exit(main())

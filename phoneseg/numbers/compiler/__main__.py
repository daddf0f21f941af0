"""Compile the `phonenumbers` that is imported: `python -m phoneseg.numbers.compiler FILE_OR_FOLDER`."""

import sys
from pathlib import Path

import phonenumbers

from phoneseg.numbers.compiler import compile_tables


def main(target: Path) -> None:
    """Write the tables to a file, or into a folder under the version's name; progress goes to standard error."""
    version = phonenumbers.__version__
    tables = compile_tables(version, lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201 -- a program
    tables.save(target / f"phonenumbers-{version}.npz" if target.is_dir() else target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

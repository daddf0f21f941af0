"""Compile the `phonenumbers` that is imported: `python -m phoneseg.numbers.compiler FILE`."""

import sys
from pathlib import Path

import phonenumbers

from phoneseg.numbers.compiler import compile_tables


def main(target: Path) -> None:
    """Write the tables to a file, telling progress on standard error."""
    compile_tables(phonenumbers.__version__, lambda line: print(line, file=sys.stderr, flush=True)).save(target)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))

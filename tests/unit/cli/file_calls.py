"""What the tests of `phoneseg normalize` share: a few contacts, and a call as from the shell."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from phoneseg import numbers
from phoneseg.cli.normalize_file import FileJob, normalize_file
from phoneseg.numbers import DEFAULT_FIELDS

OK, MEND, USAGE, INTERRUPTED = 0, 1, 2, 130
GERMAN, AMERICAN, BRITISH = "030 901820", "+1 650-253-0000", "+44 20 7946 0018"
CONTACTS = pl.DataFrame(
    {
        "id": ["001", "002", "003", "004", "005", "006"],
        "phone": [GERMAN, AMERICAN, None, "", "call me", BRITISH],
        "country": ["de", "US", "DE", "DE", None, "Germany"],
        "note": ['said "hi"', "one, two", "line\nbreak", "", None, "00"],
    }
)


class Ended(NamedTuple):
    code: object
    out: str
    err: str


Call = Callable[..., Ended]


def one_line(ended: Ended) -> str:
    assert (ended.code, ended.out) == (MEND, "")
    assert ended.err.startswith("phoneseg: ")
    assert ended.err.count("\n") == 1
    assert not re.search(r"\d(\W{0,3}\d){4,}", ended.err)
    return ended.err.removeprefix("phoneseg: ").rstrip("\n")


def run(job: FileJob) -> Any:
    return normalize_file(job, lambda rows, fraction: None)


def read_csv(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, infer_schema=False)


def expected(fields: tuple[str, ...] = DEFAULT_FIELDS) -> pl.DataFrame:
    regions = pl.Series("region", ["DE", "US", "DE", "DE", None, "DE"])
    frame = CONTACTS.with_columns(regions)
    return numbers.normalize(frame, phone="phone", region="region", fields=fields).drop("region")

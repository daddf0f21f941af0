"""What a person gets from `phoneseg normalize IN OUT`: every row, in its order, or one clear line without a number."""

import gzip
import logging
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow
import pytest
from polars.testing import assert_frame_equal
from pyarrow import parquet

from phoneseg import numbers
from phoneseg.cli import main
from phoneseg.cli.normalize_file import FileJob, csv_reader, files, normalize_file, progress
from phoneseg.errors import PhonesegError, SourceError, StopError
from phoneseg.numbers import DEFAULT_FIELDS, FIELDS

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


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Call `phoneseg normalize` as the shell does, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

    def normalize_with(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["phoneseg", "normalize", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(end.value.code, *capsys.readouterr())

    yield normalize_with
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    """Write the contacts as CSV."""
    CONTACTS.write_csv(tmp_path / "in.csv")
    return tmp_path / "in.csv"


def _one_line(ended: Ended) -> str:
    assert (ended.code, ended.out) == (MEND, "")
    assert ended.err.startswith("phoneseg: ")
    assert ended.err.count("\n") == 1
    assert not re.search(r"\d(\W{0,3}\d){4,}", ended.err)
    return ended.err.removeprefix("phoneseg: ").rstrip("\n")


def _run(job: FileJob) -> Any:
    return normalize_file(job, lambda rows, fraction: None)


def _read_csv(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, infer_schema=False)


def _expected(fields: tuple[str, ...] = DEFAULT_FIELDS) -> pl.DataFrame:
    regions = pl.Series("region", ["DE", "US", "DE", "DE", None, "DE"])
    frame = CONTACTS.with_columns(regions)
    return numbers.normalize(frame, phone="phone", region="region", fields=fields).drop("region")


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "tsv.gz", "parquet"])
def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    source, target = tmp_path / f"in.{ending}", tmp_path / "out.parquet"
    if ending == "parquet":
        CONTACTS.write_parquet(source)
    else:
        text = CONTACTS.write_csv(separator="\t" if ending.startswith("tsv") else ",")
        source.write_bytes(gzip.compress(text.encode()) if ending.endswith("gz") else text.encode())
    _run(FileJob(source, target, region_column="country"))
    assert_frame_equal(pl.read_parquet(target), _expected())


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_a_text_holds_the_same_cells_as_a_parquet_file(contacts: Path, tmp_path: Path, ending: str) -> None:
    for name in ("out.parquet", f"out.{ending}"):
        _run(FileJob(contacts, tmp_path / name, region_column="country"))
    text = pl.read_csv(tmp_path / f"out.{ending}", infer_schema=False, separator="\t" if ending == "tsv" else ",")
    joined = pl.read_parquet(tmp_path / "out.parquet").with_columns(pl.col("time_zones").list.join(";"))
    assert_frame_equal(text, joined.cast(pl.String))


def test_several_time_zones_stand_in_one_cell_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("phone\n+18002530000\n", encoding="utf-8")
    _run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", fields=("time_zones",)))
    (zones,) = _read_csv(tmp_path / "out.csv").get_column("time_zones")
    assert {"America/New_York", "America/Los_Angeles"} <= set(zones.split(";"))


def test_what_was_there_comes_out_as_it_went_in(contacts: Path, tmp_path: Path) -> None:
    """Leading zeros, quotes, separators, line breaks, nulls, and texts with nothing in them."""
    _run(FileJob(contacts, tmp_path / "out.csv"))
    assert_frame_equal(_read_csv(tmp_path / "out.csv").select(CONTACTS.columns), CONTACTS)


def test_columns_of_parquet_keep_their_types(tmp_path: Path) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    typed = pl.DataFrame(
        {
            "phone": pl.Series([GERMAN, None], dtype=pl.Categorical),
            "when": [date(2026, 7, 1), None],
            "price": [Decimal("1.50"), None],
            "tags": [["a", "b"], None],
            "place": [{"city": "Berlin"}, None],
            "photo": [b"\x00\xff", None],
            "small": pl.Series([1, None], dtype=pl.UInt8),
            "kind": pl.Series(["a", None], dtype=pl.Enum(["a", "b"])),
        }
    )
    typed.write_parquet(source)
    _run(FileJob(source, target, region="DE", batch_rows=1))
    assert_frame_equal(pl.read_parquet(target).select(typed.columns), typed)
    added = parquet.read_schema(target)
    assert parquet.read_schema(source) == pyarrow.schema(list(added)[: len(typed.columns)])


@pytest.mark.parametrize(("source_ending", "target_ending"), [("csv", "csv"), ("parquet", "parquet")])
@pytest.mark.parametrize("batch_rows", [1, 2, 5])
def test_many_batches_give_what_one_gives(
    tmp_path: Path, source_ending: str, target_ending: str, batch_rows: int
) -> None:
    source = tmp_path / f"in.{source_ending}"
    many = CONTACTS.with_columns(id=pl.int_range(6).cast(pl.String))
    getattr(many, f"write_{source_ending}")(source)
    job = FileJob(source, tmp_path / f"one.{target_ending}", region_column="country")
    one, seen = _run(job), []
    batches = replace(job, target=tmp_path / f"many.{target_ending}", batch_rows=batch_rows)
    result = normalize_file(batches, lambda rows, fraction: seen.append((rows, fraction)))
    read = pl.read_parquet if target_ending == "parquet" else _read_csv
    assert_frame_equal(read(batches.target), read(job.target))
    assert (result.counts, result.columns) == (one.counts, one.columns)
    assert [rows for rows, _ in seen] == [*range(batch_rows, 6, batch_rows), 6]
    assert [fraction for _, fraction in seen] == sorted(fraction for _, fraction in seen)
    assert seen[-1][1] == 1.0


def test_wide_rows_make_smaller_batches(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    pl.DataFrame({"phone": [GERMAN] * 160, "note": ["x" * 2**20] * 160}).write_csv(source)
    seen: list[int] = []
    normalize_file(FileJob(source, tmp_path / "out.parquet", fields=("is_valid",)), lambda rows, _: seen.append(rows))
    assert seen == [seen[0], 160]
    assert seen[0] < 160


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("out", ["csv", "parquet"])
def test_a_file_without_rows_gives_its_columns(tmp_path: Path, ending: str, out: str) -> None:
    source, target = tmp_path / f"in.{ending}", tmp_path / f"out.{out}"
    getattr(CONTACTS.clear(), f"write_{ending}")(source)
    result = _run(FileJob(source, target))
    written = pl.read_parquet(target) if out == "parquet" else _read_csv(target)
    assert (written.columns, len(written), result.counts.rows) == ([*CONTACTS.columns, *DEFAULT_FIELDS], 0, 0)


def test_a_file_of_nothing_but_names_needs_no_line_break(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,phone", encoding="utf-8")
    assert _run(FileJob(tmp_path / "in.csv", tmp_path / "out.parquet")).counts.rows == 0


def test_a_blank_line_is_a_row_where_there_is_one_column(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f'phone\n\n{AMERICAN}\n""\n', encoding="utf-8")
    _run(FileJob(tmp_path / "in.csv", tmp_path / "out.parquet"))
    assert pl.read_parquet(tmp_path / "out.parquet").get_column("phone").to_list() == [None, AMERICAN, ""]


def test_what_was_written_as_parquet_can_be_written_as_csv(contacts: Path, tmp_path: Path) -> None:
    _run(FileJob(contacts, tmp_path / "out.parquet", region_column="country"))
    fields = ("is_geographic",)
    _run(FileJob(tmp_path / "out.parquet", tmp_path / "back.csv", region_column="country", fields=fields))
    back = _read_csv(tmp_path / "back.csv")
    assert back.columns == [*CONTACTS.columns, *DEFAULT_FIELDS, "is_geographic"]
    assert back["time_zones"].to_list()[0] == "Europe/Berlin"


@pytest.mark.parametrize(
    "text", [f"phone,id\n{AMERICAN},1\n{AMERICAN},2,3\n", 'phone,id\n"open,1\n', "phone\n\udcff\n"]
)
def test_a_malformed_file_ends_the_program_with_one_line_and_no_crash(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    command = [sys.executable, "-m", "phoneseg", "normalize", "in.csv", "out.csv"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr.count("\n")) == (MEND, 1)


def test_an_interruption_while_the_program_loads_is_one_line(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'phoneseg.pipeline': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from phoneseg.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (INTERRUPTED, "phoneseg: interrupted; nothing was done\n")


def test_semicolons_windows_line_breaks_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(f"\ufeffphone;name\r\n{AMERICAN};Ann, Bo\r\n\r\n".encode())
    _run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", fields=("is_valid",)))
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == (f'phone,name,is_valid\n{AMERICAN},"Ann, Bo",true\n')


@pytest.mark.parametrize(
    "name", ["raw", "Phone", "phone_number", "PhoneNo", "mobile", "Mobile Phone", "tel", "Cell-Phone"]
)
def test_the_only_column_that_is_called_as_phones_are_is_found(tmp_path: Path, name: str) -> None:
    CONTACTS.rename({"phone": name}).write_csv(tmp_path / "in.csv")
    assert _run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv")).columns.phone == name


def test_numbers_that_are_whole_are_read_as_text(tmp_path: Path) -> None:
    pl.DataFrame({"phone": [4930901820, None]}).write_parquet(tmp_path / "in.parquet")
    _run(FileJob(tmp_path / "in.parquet", tmp_path / "out.parquet", region="de"))
    assert pl.read_parquet(tmp_path / "out.parquet").get_column("phone_e164").to_list() == ["+4930901820", None]


@pytest.mark.parametrize("region", ["DE", "de", "DEU", "Germany"])
def test_one_country_for_all_rows_reads_numbers_without_a_plus(call: Call, contacts: Path, region: str) -> None:
    ended = call("in.csv", "out.csv", "--region", region)
    assert ended.code == OK
    assert _read_csv(contacts.with_name("out.csv")).get_column("phone_e164")[0] == "+4930901820"
    assert "No country was given" not in ended.out


@pytest.mark.usefixtures("contacts")
def test_without_a_country_the_summary_says_what_could_not_be_read(call: Call) -> None:
    ended = call("in.csv", "out.csv")
    assert ended.code == OK
    assert "No country was given: only numbers with a plus were read. See --region-column and --region." in ended.out
    assert re.search(r"^ +1  not readable for want of a country", ended.out, re.MULTILINE)


@pytest.mark.usefixtures("contacts")
def test_the_summary_tells_what_the_rows_were_and_where_they_are(call: Call) -> None:
    ended = call("in.csv", "out.parquet", "--region-column", "country")
    assert ended.code == OK
    lines = [re.sub(r" +", " ", line).strip() for line in ended.out.splitlines()]
    assert lines[0] == "phoneseg: normalized in.csv, column phone"
    for line in (
        "6 rows",
        "2 without a number: null or blank",
        "4 filled",
        "3 read as a number 75.00% of the filled",
        "of which valid",
        "Valid by region: ",
        "1 NOT_A_NUMBER It does not look like a phone number at all.",
    ):
        assert any(line in each for each in lines), line
    assert lines[-2] == "Result: out.parquet"
    assert 'polars.scan_parquet("out.parquet")' in lines[-1]


def test_the_way_to_look_at_the_result_works(call: Call, contacts: Path) -> None:
    last_line = call("in.csv", "my out.csv").out.splitlines()[-1]
    command = last_line.removeprefix("Try:").strip()
    shown = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602
    assert shown.stdout.startswith("id,phone,country,note,phone_e164")
    assert contacts.exists()


def test_the_biggest_regions_are_told_and_the_rest_summed_up(call: Call, tmp_path: Path) -> None:
    codes = ["+41446681800", "+390236618300", "+33140000000", "+34911111111", "+4321234567", "+31201234567"]
    codes += ["+3222345678", "+4532123456", "+4621234567", "+4721234567", "+48123456789", "+351212345678"]
    pl.DataFrame({"phone": [*codes, *[AMERICAN] * 3]}).write_csv(tmp_path / "in.csv")
    ended = call("in.csv", "out.csv", "--field", "is_valid")
    (line,) = (line for line in ended.out.splitlines() if line.startswith("Valid by region"))
    assert line.startswith("Valid by region: US 3, ")
    assert re.search(r", \d more \d$", line)
    assert line.count(",") == 10


def test_a_country_that_nobody_knows_is_counted(tmp_path: Path) -> None:
    rows = pl.DataFrame({"phone": [GERMAN, GERMAN, AMERICAN], "land": ["Nowhere", " ", "Nowhere"]})
    rows.write_csv(tmp_path / "in.csv")
    counts = _run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", region_column="land")).counts
    assert (counts.unknown_region, counts.without_region, counts.parsed) == (2, 2, 1)


def test_columns_come_as_asked_for(call: Call, contacts: Path) -> None:
    ended = call("in.csv", "out.csv", "--field", "validation_result", "--field", "is_valid", "--field", "is_valid")
    assert ended.code == OK
    assert _read_csv(contacts.with_name("out.csv")).columns == [*CONTACTS.columns, "validation_result", "is_valid"]


def test_every_field_can_be_asked_for(contacts: Path, tmp_path: Path) -> None:
    _run(FileJob(contacts, tmp_path / "out.parquet", region_column="country", fields=tuple(FIELDS)))
    assert_frame_equal(pl.read_parquet(tmp_path / "out.parquet"), _expected(tuple(FIELDS)))


def test_names_can_be_asked_for_in_another_language(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("phone\n+41 44 668 18 00\n", encoding="utf-8")
    _run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", fields=("location_name", "location_name_de")))
    assert _read_csv(tmp_path / "out.csv").row(0)[1:] == ("Zurich", "Zürich")


def test_a_column_that_is_only_counted_may_be_there_already(tmp_path: Path) -> None:
    CONTACTS.rename({"note": "validation_result"}).write_csv(tmp_path / "in.csv")
    _run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv"))
    kept = _read_csv(tmp_path / "out.csv").get_column("validation_result")
    assert kept.to_list() == CONTACTS.get_column("note").to_list()


@pytest.mark.usefixtures("contacts")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nope.csv", "out.csv"], "nope.csv: no such file"),
        ([".", "out.csv"], ".: unknown kind of file"),
        (["folder.csv", "out.csv"], "folder.csv: a folder; name a file"),
        (["in.csv", "folder.csv"], "folder.csv: a folder; name a file"),
        (["in.csv", "folder.csv", "--overwrite"], "folder.csv: a folder; name a file"),
        (["in.csv", "nowhere/out.csv"], "nowhere/out.csv: the folder nowhere does not exist; make it first"),
        (["in.xlsx", "out.csv"], "in.xlsx: unknown kind of file; its name should end with .parquet or .csv or .csv.gz"),
        (["in.csv", "out"], "out: unknown kind of file; its name should end with .parquet or .csv or .tsv"),
        (["in.csv", "out.csv.gz"], "out.csv.gz: unknown kind of file"),
        (["in.csv", "in.csv", "--overwrite"], "in.csv: both read and written; name another file to write"),
        (["in.csv", "folder.csv/../in.csv", "--overwrite"], "both read and written"),
        (
            ["in.csv", "out.csv", "--phone", "fon"],
            "in.csv: no column fon (--phone); there is: id, phone, country, note",
        ),
        (["in.csv", "out.csv", "--region-column", "land"], "in.csv: no column land (--region-column); there is: id"),
        (["in.csv", "out.csv", "--region", "Atlantis"], "--region Atlantis: no country is called so; give a code"),
        (["in.csv", "out.csv", "--region", "AQ"], "--region AQ: AQ has no phone numbers of its own"),
        (["in.csv", "out.csv", "--field", "carrier"], "--field: unknown field 'carrier'; there is: phone_e164, "),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(call: Call, tmp_path: Path, arguments: list[str], told: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert told in _one_line(call(*arguments))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder.csv", "in.csv"]


@pytest.mark.usefixtures("contacts")
@pytest.mark.parametrize(
    "arguments", [["in.csv"], ["in.csv", "out.csv", "--region", "DE", "--region-column", "country"]]
)
def test_wrong_usage_ends_with_2(call: Call, arguments: list[str]) -> None:
    ended = call(*arguments)
    assert ended.code == USAGE
    assert "Usage: " in ended.err


TEXTS_AT_FAULT = {
    "empty": (b"", "in.csv: empty; a CSV file needs a first line with the names of its columns"),
    "no phone column": (b"id,name\n1,Ann\n", "no column is called phone; name the one to read with --phone: id, name"),
    "two phone columns": (b"phone,id,mobile\n", "may hold phone numbers; name one with --phone: phone, mobile"),
    "no header": (
        b"+1 650 253 0000,US\n",
        "--phone: 2 columns whose names look like data (is its first line a header?)",
    ),
    "no header either": (b"Ann,ann@example.com\n", "--phone: 2 columns whose names look like data"),
    "a doubled name": (b"phone,id,id\n", "in.csv: more than one column is called id; rename one"),
    "a doubled number": (b"6502530000,6502530000\n", "more than one column is called <digits>"),
    "names missing": (b"phone,,\n", "more than one column is called nothing"),
    "a row too long": (b"phone,id\n6502530000,1\n650,2,6502530000\n", "cells in row 3: 3, in the header (row 1): 2;"),
    "a row too short": (b"phone,id\n6502530000\n", "cells in row 2: 1, in the header (row 1): 2;"),
    "a quote left open": (b'id,phone\n1,"6502530000\n2,6502530001\n', "a quote is left open, and nothing closes it"),
    "not UTF-8": (b"id,phone\n1,650\n2,6502530001 M\xfcller\n", "row 3 (the header is row 1) is not in UTF-8; save"),
    "UTF-16": ("id,phone\n1,6502530000\n".encode("utf-16"), "in.csv: not in UTF-8; save the file as UTF-8"),
    "a field already there": (
        b"phone,is_valid\n6502530000,1\n",
        "in.csv: has a column is_valid already; rename it, or",
    ),
    "a name without end": (b"phone," + b"x" * 200_000, "in.csv: its first line cannot be read as names of columns"),
    "a row without end": (b'id,phone\n1,"650\n' + b"2,6502530001\n" * 400_000, "after row 1 a row is longer than 2 MB"),
}


@pytest.mark.parametrize(("text", "told"), TEXTS_AT_FAULT.values(), ids=TEXTS_AT_FAULT.keys())
def test_a_text_at_fault_is_told_in_one_line_without_a_number(
    call: Call, tmp_path: Path, text: bytes, told: str
) -> None:
    (tmp_path / "in.csv").write_bytes(text)
    assert told in _one_line(call("in.csv", "out.csv"))
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


def test_a_row_at_fault_far_down_is_told_by_its_place(tmp_path: Path) -> None:
    rows = 400_000  # several blocks of Arrow
    (tmp_path / "in.csv").write_text("id,phone\n" + "1,6502530000\n" * rows + "6502530000\n", encoding="utf-8")
    with pytest.raises(SourceError, match=rf"cells in row {rows + 2}: 1, in the header"):
        _run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", fields=("is_valid",)))
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("in.parquet", b"id,phone\n1,6502530000\n", "in.parquet: not a Parquet file, or damaged"),
        ("in.parquet", b"", "in.parquet: not a Parquet file, or damaged"),
        ("in.csv.gz", b"id,phone\n1,6502530000\n", "in.csv.gz: damaged, or not packed by gzip"),
        ("in.csv.gz", gzip.compress(b"id,phone\n" + os.urandom(100_000).hex().encode())[:-2000], "in.csv.gz: "),
    ],
)
def test_a_damaged_file_is_told_in_one_line(call: Call, tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert told in _one_line(call(name, "out.csv"))


def test_a_parquet_file_that_is_damaged_inside_is_told_so(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    pl.DataFrame({"phone": [f"+1650253{n:04}" for n in range(9999)]}).write_parquet(source)
    content = bytearray(source.read_bytes())
    content[1000:3000] = bytes(2000)
    source.write_bytes(content)
    with pytest.raises(SourceError, match=r"in\.parquet: not a Parquet file, or damaged"):
        _run(FileJob(source, tmp_path / "out.parquet", fields=("is_valid",)))
    assert [file.name for file in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (pl.Series([6502530000.0]), r"column phone \(--phone\) is double, and digits may be lost already"),
        (pl.Series([Decimal("6502530000.5")]), r"column phone \(--phone\) is decimal128.*digits may be lost already"),
        (pl.Series([date(2026, 7, 1)]), r"column phone \(--phone\) is date32\[day\], and not text"),
        (pl.Series([["6502530000"]]), r"column phone \(--phone\) is large_list<.*>, and not text"),
    ],
)
def test_a_phone_column_that_holds_something_else_is_told(tmp_path: Path, values: pl.Series, told: str) -> None:
    values.alias("phone").to_frame().write_parquet(tmp_path / "in.parquet")
    with pytest.raises(SourceError, match=told) as error:
        _run(FileJob(tmp_path / "in.parquet", tmp_path / "out.parquet"))
    assert "650" not in str(error.value)


def test_a_country_column_that_holds_numbers_is_told(tmp_path: Path) -> None:
    pl.DataFrame({"phone": [AMERICAN], "country": [49]}).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(SourceError, match=r"column country \(--region-column\) is int64, and not text"):
        _run(FileJob(tmp_path / "in.parquet", tmp_path / "out.parquet", region_column="country"))


@pytest.mark.parametrize("values", [[[1]], [{"a": 1}], [b"a"]])
def test_what_a_text_cannot_hold_is_told_before_the_work_begins(tmp_path: Path, values: list[object]) -> None:
    pl.DataFrame({"phone": [AMERICAN], "extra": values}).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(StopError, match=r"out\.csv: CSV cannot hold column extra .*; write a \.parquet file"):
        _run(FileJob(tmp_path / "in.parquet", tmp_path / "out.csv"))


def test_the_same_call_twice_needs_overwrite(call: Call, contacts: Path) -> None:
    target = contacts.with_name("out.csv")
    assert call("in.csv", "out.csv").code == OK
    before = target.read_bytes()
    told = _one_line(call("in.csv", "out.csv", "--field", "is_valid"))
    assert told == "out.csv: there already; replace it with --overwrite, or name another file"
    assert target.read_bytes() == before
    assert call("in.csv", "out.csv", "--field", "is_valid", "--overwrite").code == OK
    assert _read_csv(target).columns[-1] == "is_valid"


def test_a_file_that_came_meanwhile_is_not_replaced(contacts: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with pytest.raises(StopError, match="there already"):
        normalize_file(FileJob(contacts, target), lambda rows, fraction: target.touch())
    assert target.read_bytes() == b""
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("raised", [KeyboardInterrupt, RuntimeError])
def test_who_stops_half_way_leaves_nothing_new_and_keeps_the_old(
    contacts: Path, tmp_path: Path, ending: str, raised: type[BaseException]
) -> None:
    target = tmp_path / f"out.{ending}"
    target.write_text("old", encoding="utf-8")

    def stop(rows: int, fraction: float) -> None:
        if rows >= 4:
            raise raised

    with pytest.raises(raised):
        normalize_file(FileJob(contacts, target, overwrite=True, batch_rows=2), stop)
    assert target.read_text(encoding="utf-8") == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.csv", target.name]


def test_a_signal_ends_it_with_130_and_leaves_nothing(tmp_path: Path) -> None:
    """In a program of its own, in the middle of its work."""
    with (tmp_path / "in.csv").open("w", encoding="utf-8") as file:
        file.write("phone\n")
        file.writelines(f"+1650{n:07}\n" for n in range(3_000_000))
    command = [sys.executable, "-m", "phoneseg", "normalize", "in.csv", "out.parquet", "--field", "time_zones"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".out.parquet.*.unfinished")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (INTERRUPTED, "")
    assert err.splitlines()[-1] == "phoneseg: interrupted; nothing half-done is visible"
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_full_disk_is_told_and_leaves_nothing(contacts: Path, tmp_path: Path, ending: str) -> None:
    """In a program of its own, whose files may not grow beyond a few kilobytes."""
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); "
        "from phoneseg.cli import main; main()"
    )
    rows = pl.DataFrame({"phone": [AMERICAN], "note": ["x" * 2**16]}).with_columns(
        pl.col("note") + os.urandom(9999).hex()
    )
    rows.write_csv(contacts)
    command = [sys.executable, "-c", code, "normalize", "in.csv", f"out.{ending}", "--field", "is_valid"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (MEND, "")
    assert ended.stderr == f"phoneseg: out.{ending}: cannot be written: File too large\n"
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_a_file_or_folder_without_permission_is_told(contacts: Path, tmp_path: Path) -> None:
    contacts.chmod(0)
    with pytest.raises(SourceError, match=r"in\.csv: cannot be read: Permission denied"):
        _run(FileJob(contacts, tmp_path / "out.csv"))
    contacts.chmod(0o600)
    tmp_path.chmod(0o500)
    with pytest.raises(StopError, match=r"out\.csv: cannot be written: Permission denied"):
        _run(FileJob(contacts, tmp_path / "out.csv"))
    tmp_path.chmod(0o700)


def test_an_unforeseen_error_is_told_without_a_number(
    call: Call, contacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(frame: pl.DataFrame, **_: object) -> None:
        for cell in frame.get_column("raw"):
            raise RuntimeError(f"cannot read {cell}")

    monkeypatch.setattr(files.numbers, "normalize", fail)
    assert "RuntimeError: cannot read <digits>" in _one_line(call("in.csv", "out.csv"))
    assert [file.name for file in contacts.parent.iterdir()] == ["in.csv"]


def test_who_may_read_the_source_may_read_the_result(contacts: Path, tmp_path: Path) -> None:
    contacts.chmod(0o640)
    _run(FileJob(contacts, tmp_path / "out.csv"))
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640
    (tmp_path / "out.csv").chmod(0o600)
    _run(FileJob(contacts, tmp_path / "out.csv", overwrite=True))
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600


def test_a_link_to_the_result_stays_a_link(contacts: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out.csv").symlink_to("elsewhere/real.csv")
    _run(FileJob(contacts, tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").is_symlink()
    assert (tmp_path / "elsewhere/real.csv").is_file()


def test_progress_is_a_line_now_and_then_where_nobody_watches(
    contacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN_LINES", 0.0)
    with caplog.at_level(logging.INFO), progress.shown_progress() as report:
        normalize_file(FileJob(contacts, tmp_path / "out.csv", batch_rows=3), report)
    assert len(caplog.messages) == 2
    assert re.fullmatch(r"normalize: 6 rows, 100 %, [\d,]+ rows a second", caplog.messages[-1])


@pytest.mark.usefixtures("contacts")
def test_a_quick_file_is_done_in_silence(call: Call) -> None:
    assert call("in.csv", "out.csv").err == ""


@pytest.mark.usefixtures("contacts")
def test_progress_is_a_bar_on_a_terminal(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    ended = call("in.csv", "out.csv")
    assert ended.code == OK
    assert "100%" in ended.err
    assert "6 rows, " in ended.err


def test_blocks_of_text_are_read_on_across_their_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "_BLOCK", 64)
    wanted = pl.concat([CONTACTS] * 50)
    wanted.write_csv(tmp_path / "in.csv")
    _run(FileJob(tmp_path / "in.csv", tmp_path / "out.parquet", fields=("is_valid",), batch_rows=7))
    assert_frame_equal(pl.read_parquet(tmp_path / "out.parquet").drop("is_valid"), wanted)


def test_every_error_is_one_of_phonesegs(contacts: Path, tmp_path: Path) -> None:
    with pytest.raises(PhonesegError):
        _run(FileJob(contacts, tmp_path / "out.txt"))

"""What a person gets from `phoneseg normalize IN OUT`: every row, in its order."""

import gzip
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow
import pytest
from polars.testing import assert_frame_equal
from pyarrow import parquet

from phoneseg.cli.normalize_file import FileJob, normalize_file
from phoneseg.numbers import DEFAULT_FIELDS, FIELDS
from tests.unit.cli.file_calls import (
    AMERICAN,
    CONTACTS,
    GERMAN,
    INTERRUPTED,
    MEND,
    OK,
    Call,
    expected,
    read_csv,
    run,
)


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "tsv.gz", "parquet"])
def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    source, target = tmp_path / f"in.{ending}", tmp_path / "out.parquet"
    if ending == "parquet":
        CONTACTS.write_parquet(source)
    else:
        text = CONTACTS.write_csv(separator="\t" if ending.startswith("tsv") else ",")
        source.write_bytes(gzip.compress(text.encode()) if ending.endswith("gz") else text.encode())
    run(FileJob(source, target, region_column="country"))
    assert_frame_equal(pl.read_parquet(target), expected())


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_a_text_holds_the_same_cells_as_a_parquet_file(contacts: Path, tmp_path: Path, ending: str) -> None:
    for name in ("out.parquet", f"out.{ending}"):
        run(FileJob(contacts, tmp_path / name, region_column="country"))
    text = pl.read_csv(tmp_path / f"out.{ending}", infer_schema=False, separator="\t" if ending == "tsv" else ",")
    joined = pl.read_parquet(tmp_path / "out.parquet").with_columns(pl.col("time_zones").list.join(";"))
    assert_frame_equal(text, joined.cast(pl.String))


def test_several_time_zones_stand_in_one_cell_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("phone\n+18002530000\n", encoding="utf-8")
    run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", fields=("time_zones",)))
    (zones,) = read_csv(tmp_path / "out.csv").get_column("time_zones")
    assert {"America/New_York", "America/Los_Angeles"} <= set(zones.split(";"))


def test_what_was_there_comes_out_as_it_went_in(contacts: Path, tmp_path: Path) -> None:
    """Leading zeros, quotes, separators, line breaks, nulls, and texts with nothing in them."""
    run(FileJob(contacts, tmp_path / "out.csv"))
    assert_frame_equal(read_csv(tmp_path / "out.csv").select(CONTACTS.columns), CONTACTS)


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
    run(FileJob(source, target, region="DE", batch_rows=1))
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
    one, seen = run(job), []
    batches = replace(job, target=tmp_path / f"many.{target_ending}", batch_rows=batch_rows)
    result = normalize_file(batches, lambda rows, fraction: seen.append((rows, fraction)))
    read = pl.read_parquet if target_ending == "parquet" else read_csv
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
    result = run(FileJob(source, target))
    written = pl.read_parquet(target) if out == "parquet" else read_csv(target)
    assert (written.columns, len(written), result.counts.rows) == ([*CONTACTS.columns, *DEFAULT_FIELDS], 0, 0)


def test_a_file_of_nothing_but_names_needs_no_line_break(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,phone", encoding="utf-8")
    assert run(FileJob(tmp_path / "in.csv", tmp_path / "out.parquet")).counts.rows == 0


def test_a_blank_line_is_a_row_where_there_is_one_column(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f'phone\n\n{AMERICAN}\n""\n', encoding="utf-8")
    run(FileJob(tmp_path / "in.csv", tmp_path / "out.parquet"))
    assert pl.read_parquet(tmp_path / "out.parquet").get_column("phone").to_list() == [None, AMERICAN, ""]


def test_what_was_written_as_parquet_can_be_written_as_csv(contacts: Path, tmp_path: Path) -> None:
    run(FileJob(contacts, tmp_path / "out.parquet", region_column="country"))
    fields = ("is_geographic",)
    run(FileJob(tmp_path / "out.parquet", tmp_path / "back.csv", region_column="country", fields=fields))
    back = read_csv(tmp_path / "back.csv")
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
    run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", fields=("is_valid",)))
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == (f'phone,name,is_valid\n{AMERICAN},"Ann, Bo",true\n')


@pytest.mark.parametrize(
    "name", ["raw", "Phone", "phone_number", "PhoneNo", "mobile", "Mobile Phone", "tel", "Cell-Phone"]
)
def test_the_only_column_that_is_called_as_phones_are_is_found(tmp_path: Path, name: str) -> None:
    CONTACTS.rename({"phone": name}).write_csv(tmp_path / "in.csv")
    assert run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv")).columns.phone == name


def test_numbers_that_are_whole_are_read_as_text(tmp_path: Path) -> None:
    pl.DataFrame({"phone": [4930901820, None]}).write_parquet(tmp_path / "in.parquet")
    run(FileJob(tmp_path / "in.parquet", tmp_path / "out.parquet", region="de"))
    assert pl.read_parquet(tmp_path / "out.parquet").get_column("phone_e164").to_list() == ["+4930901820", None]


@pytest.mark.parametrize("region", ["DE", "de", "DEU", "Germany"])
def test_one_country_for_all_rows_reads_numbers_without_a_plus(call: Call, contacts: Path, region: str) -> None:
    ended = call("in.csv", "out.csv", "--region", region)
    assert ended.code == OK
    assert read_csv(contacts.with_name("out.csv")).get_column("phone_e164")[0] == "+4930901820"
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
    counts = run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", region_column="land")).counts
    assert (counts.unknown_region, counts.without_region, counts.parsed) == (2, 2, 1)


def test_columns_come_as_asked_for(call: Call, contacts: Path) -> None:
    ended = call("in.csv", "out.csv", "--field", "validation_result", "--field", "is_valid", "--field", "is_valid")
    assert ended.code == OK
    assert read_csv(contacts.with_name("out.csv")).columns == [*CONTACTS.columns, "validation_result", "is_valid"]


def test_every_field_can_be_asked_for(contacts: Path, tmp_path: Path) -> None:
    run(FileJob(contacts, tmp_path / "out.parquet", region_column="country", fields=tuple(FIELDS)))
    assert_frame_equal(pl.read_parquet(tmp_path / "out.parquet"), expected(tuple(FIELDS)))


def test_names_can_be_asked_for_in_another_language(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("phone\n+41 44 668 18 00\n", encoding="utf-8")
    run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", fields=("location_name", "location_name_de")))
    assert read_csv(tmp_path / "out.csv").row(0)[1:] == ("Zurich", "Zürich")


def test_a_column_that_is_only_counted_may_be_there_already(tmp_path: Path) -> None:
    CONTACTS.rename({"note": "validation_result"}).write_csv(tmp_path / "in.csv")
    run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv"))
    kept = read_csv(tmp_path / "out.csv").get_column("validation_result")
    assert kept.to_list() == CONTACTS.get_column("note").to_list()

"""What a person is told where `phoneseg normalize IN OUT` cannot do it: one clear line without a number."""

import gzip
import logging
import os
import re
import signal
import stat
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from phoneseg.cli.normalize_file import FileJob, csv_reader, files, normalize_file, progress
from phoneseg.errors import PhonesegError, SourceError, StopError
from tests.unit.cli.file_calls import (
    AMERICAN,
    CONTACTS,
    INTERRUPTED,
    MEND,
    OK,
    USAGE,
    Call,
    one_line,
    read_csv,
    run,
)


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
    assert told in one_line(call(*arguments))
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
    assert told in one_line(call("in.csv", "out.csv"))
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


def test_a_row_at_fault_far_down_is_told_by_its_place(tmp_path: Path) -> None:
    rows = 400_000  # several blocks of Arrow
    (tmp_path / "in.csv").write_text("id,phone\n" + "1,6502530000\n" * rows + "6502530000\n", encoding="utf-8")
    with pytest.raises(SourceError, match=rf"cells in row {rows + 2}: 1, in the header"):
        run(FileJob(tmp_path / "in.csv", tmp_path / "out.csv", fields=("is_valid",)))
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
    assert told in one_line(call(name, "out.csv"))


def test_a_parquet_file_that_is_damaged_inside_is_told_so(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    pl.DataFrame({"phone": [f"+1650253{n:04}" for n in range(9999)]}).write_parquet(source)
    content = bytearray(source.read_bytes())
    content[1000:3000] = bytes(2000)
    source.write_bytes(content)
    with pytest.raises(SourceError, match=r"in\.parquet: not a Parquet file, or damaged"):
        run(FileJob(source, tmp_path / "out.parquet", fields=("is_valid",)))
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
        run(FileJob(tmp_path / "in.parquet", tmp_path / "out.parquet"))
    assert "650" not in str(error.value)


def test_a_country_column_that_holds_numbers_is_told(tmp_path: Path) -> None:
    pl.DataFrame({"phone": [AMERICAN], "country": [49]}).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(SourceError, match=r"column country \(--region-column\) is int64, and not text"):
        run(FileJob(tmp_path / "in.parquet", tmp_path / "out.parquet", region_column="country"))


@pytest.mark.parametrize("values", [[[1]], [{"a": 1}], [b"a"]])
def test_what_a_text_cannot_hold_is_told_before_the_work_begins(tmp_path: Path, values: list[object]) -> None:
    pl.DataFrame({"phone": [AMERICAN], "extra": values}).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(StopError, match=r"out\.csv: CSV cannot hold column extra .*; write a \.parquet file"):
        run(FileJob(tmp_path / "in.parquet", tmp_path / "out.csv"))


def test_the_same_call_twice_needs_overwrite(call: Call, contacts: Path) -> None:
    target = contacts.with_name("out.csv")
    assert call("in.csv", "out.csv").code == OK
    before = target.read_bytes()
    told = one_line(call("in.csv", "out.csv", "--field", "is_valid"))
    assert told == "out.csv: there already; replace it with --overwrite, or name another file"
    assert target.read_bytes() == before
    assert call("in.csv", "out.csv", "--field", "is_valid", "--overwrite").code == OK
    assert read_csv(target).columns[-1] == "is_valid"


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
        run(FileJob(contacts, tmp_path / "out.csv"))
    contacts.chmod(0o600)
    tmp_path.chmod(0o500)
    with pytest.raises(StopError, match=r"out\.csv: cannot be written: Permission denied"):
        run(FileJob(contacts, tmp_path / "out.csv"))
    tmp_path.chmod(0o700)


def test_an_unforeseen_error_is_told_without_a_number(
    call: Call, contacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(frame: pl.DataFrame, **_: object) -> None:
        for cell in frame.get_column("raw"):
            raise RuntimeError(f"cannot read {cell}")

    monkeypatch.setattr(files.numbers, "normalize", fail)
    assert "RuntimeError: cannot read <digits>" in one_line(call("in.csv", "out.csv"))
    assert [file.name for file in contacts.parent.iterdir()] == ["in.csv"]


def test_who_may_read_the_source_may_read_the_result(contacts: Path, tmp_path: Path) -> None:
    contacts.chmod(0o640)
    run(FileJob(contacts, tmp_path / "out.csv"))
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640
    (tmp_path / "out.csv").chmod(0o600)
    run(FileJob(contacts, tmp_path / "out.csv", overwrite=True))
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600


def test_a_link_to_the_result_stays_a_link(contacts: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out.csv").symlink_to("elsewhere/real.csv")
    run(FileJob(contacts, tmp_path / "out.csv"))
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
    run(FileJob(tmp_path / "in.csv", tmp_path / "out.parquet", fields=("is_valid",), batch_rows=7))
    assert_frame_equal(pl.read_parquet(tmp_path / "out.parquet").drop("is_valid"), wanted)


def test_every_error_is_one_of_phonesegs(contacts: Path, tmp_path: Path) -> None:
    with pytest.raises(PhonesegError):
        run(FileJob(contacts, tmp_path / "out.txt"))

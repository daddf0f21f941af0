"""Reads CSV as texts: a leading zero stays. What is malformed is told by its place, never by its content."""

import csv
import gzip
import io
import re
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

import pyarrow
import pyarrow.csv

from phoneseg.cli.normalize_file.formats import FileFormat
from phoneseg.errors import SourceError

_BLOCK: Final = 2 * 2**20
_LET_GO_S: Final = 2.0
_LINE_BREAKS: Final = (b"\n", b"\r")
_BROKEN_PACKING: Final = (gzip.BadGzipFile, EOFError, zlib.error)


class _Stream(io.RawIOBase):
    """The unpacked bytes of a file, ended with a line break; remembers the last byte that is none."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner
        self._needs_break = False
        self.last_byte = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._inner.read(size)
        if len(chunk) < size and (self._needs_break if not chunk else not chunk.endswith(_LINE_BREAKS)):
            chunk += b"\n"  # the end: Arrow wants one after the header
        self._needs_break = bool(chunk) and not chunk.endswith(_LINE_BREAKS)
        self.last_byte = chunk[-4096:].rstrip(b"\r\n")[-1:] or self.last_byte
        return chunk


class CsvReader:
    """An open CSV file.

    Attributes:
        schema: Its columns, all of them texts.
    """

    def __init__(self, path: Path, file: BinaryIO, stream: _Stream, header: list[str], separator: str) -> None:
        self.schema = pyarrow.schema([(name, pyarrow.string()) for name in header])
        self._path, self._file, self._stream, self._separator = path, file, stream, separator
        self._size = path.stat().st_size
        self._rows_read = self._blocks_read = 0
        self._bad_row: pyarrow.csv.InvalidRow | None = None

    @property
    def fraction(self) -> float:
        """How much of the file is read, by bytes."""
        position = min(self._file.tell(), self._blocks_read * _BLOCK)  # Arrow reads ahead
        return min(position / max(self._size, 1), 1.0)

    def pieces(self) -> Iterator[pyarrow.Table]:
        """Yield its rows in their order; a cell with nothing in it is null, and one with a pair of quotes is empty.

        Raises:
            SourceError: The file is malformed.
        """
        last = self.schema.empty_table()
        reader, holders = None, sys.getrefcount(self._stream)
        try:
            reader = self._open()
            if reader.schema.names != self.schema.names:
                raise SourceError(f"{self._path}: its first line cannot be read as names of columns")
            for batch in reader:
                last = pyarrow.Table.from_batches([batch])
                self._rows_read += len(batch)
                self._blocks_read += 1
                yield last
        except (pyarrow.ArrowException, *_BROKEN_PACKING) as error:
            raise SourceError(f"{self._path}: {self._complaint(error)}") from None
        except OSError as error:
            raise SourceError(f"{self._path}: cannot be read: {error.strerror}") from None
        finally:
            del reader  # an error that is on its way would keep it
            self._wait_until_let_go(holders)
        if self._rows_read == 0:
            yield last
        elif "\n" in (last.column(-1)[-1].as_py() or "") and self._stream.last_byte != b'"':
            raise SourceError(f"{self._path}: {_OPEN_QUOTE}, and nothing closes it to the end of the file")

    def _wait_until_let_go(self, holders: int) -> None:
        """Wait for Arrow's threads, which read ahead: one that still holds our stream when Python ends aborts it."""
        deadline = time.monotonic() + _LET_GO_S
        while sys.getrefcount(self._stream) > holders and time.monotonic() < deadline:
            time.sleep(0.001)

    def _open(self) -> pyarrow.csv.CSVStreamingReader:
        return pyarrow.csv.open_csv(
            self._stream,
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK),  # else rows have no numbers
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=self._separator,
                newlines_in_values=True,
                ignore_empty_lines=len(self.schema) > 1,  # in a file of one column, it is a row
                invalid_row_handler=self._remember,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=self.schema,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )

    def _remember(self, row: pyarrow.csv.InvalidRow) -> str:
        self._bad_row = row
        return "error"

    def _complaint(self, error: Exception) -> str:
        """Return what is wrong, without the words of the library: they quote the row."""
        if self._bad_row is not None:
            row = self._bad_row
            return (
                f"cells in row {row.number}: {row.actual_columns}, in the header (row 1): {row.expected_columns}; "
                "a cell with a separator, a quote or a line break in it needs quotes around it"
            )
        text = str(error)
        if "UTF8" in text:
            place = re.search(r"column #(\d+).*?(?:Row #(\d+))", text)
            where = f"row {place[2]} (the header is row 1) is " if place else ""
            return f"{where}not in UTF-8; save the file as UTF-8"
        if "straddling" in text:
            return f"after row {self._rows_read + 1:,} a row is longer than {_BLOCK // 2**20} MB; {_OPEN_QUOTE}?"
        return _BROKEN if isinstance(error, _BROKEN_PACKING) else "it cannot be read as CSV"


_OPEN_QUOTE: Final = "a quote is left open"
_BROKEN: Final = "damaged, or not packed by gzip"


@contextmanager
def open_csv(path: Path, kind: FileFormat) -> Iterator[CsvReader]:
    """Open a CSV file for reading; semicolons between the names of its columns make them its separator.

    Raises:
        SourceError: It has no header, or is not in UTF-8.
    """
    separator = kind.separator
    header = _read_header(path, kind, separator)
    if len(header) == 1 and ";" in header[0]:
        separator = ";"
        header = _read_header(path, kind, separator)
    with path.open("rb") as file, _unpacked(file, kind) as unpacked:
        yield CsvReader(path, file, _Stream(unpacked), header, separator)


def _read_header(path: Path, kind: FileFormat, separator: str) -> list[str]:
    try:
        with path.open("rb") as file, _unpacked(file, kind) as unpacked:
            lines = io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="surrogateescape", newline="")
            header = next(filter(None, csv.reader(lines, delimiter=separator)), None)
            "".join(header or ()).encode()  # what was no UTF-8 cannot be written as such
            lines.detach()
    except UnicodeEncodeError:
        raise SourceError(f"{path}: not in UTF-8; save the file as UTF-8") from None
    except csv.Error:
        raise SourceError(f"{path}: its first line cannot be read as names of columns") from None
    except _BROKEN_PACKING:
        raise SourceError(f"{path}: {_BROKEN}") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None
    if header is None:
        raise SourceError(f"{path}: empty; a CSV file needs a first line with the names of its columns")
    return header


@contextmanager
def _unpacked(file: BinaryIO, kind: FileFormat) -> Iterator[BinaryIO]:
    if kind.is_gzip:
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield cast(BinaryIO, unpacked)
    else:
        yield file

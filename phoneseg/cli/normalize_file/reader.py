"""Reads a file of any size as Arrow tables, piece by piece, and says how far it is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

import pyarrow
from pyarrow.parquet import ParquetFile

from phoneseg.cli.normalize_file.csv_reader import open_csv
from phoneseg.cli.normalize_file.formats import READ_ENDINGS, file_format
from phoneseg.errors import SourceError, without_values

_PIECE_ROWS: Final = 1 << 14
_PIECE_BYTES: Final = 16 * 2**20
_BATCH_BYTES: Final = 128 * 2**20  # rows may be wide: memory is bounded by bytes, too
_PAGE_BUFFER: Final = 2**20  # with it, Parquet's column chunks are read page-wise, however big they are


class TableReader(Protocol):
    """An open file."""

    @property
    def schema(self) -> pyarrow.Schema:
        """Its columns."""

    @property
    def fraction(self) -> float:
        """How much of it is read, from 0 to 1."""

    def pieces(self) -> Iterator[pyarrow.Table]:
        """Yield its rows in their order, in pieces that are small in memory; at least one, be it empty."""


class _ParquetReader:
    def __init__(self, path: Path, file: ParquetFile) -> None:
        self._path, self._file = path, file
        self._rows_read = 0

    @property
    def schema(self) -> pyarrow.Schema:
        return self._file.schema_arrow

    @property
    def fraction(self) -> float:
        return float(self._rows_read / max(self._file.metadata.num_rows, 1))

    def _piece_rows(self) -> int:
        """Return how many rows to read at a time: fewer where they are wide."""
        metadata = self._file.metadata
        size = sum(int(metadata.row_group(at).total_byte_size) for at in range(metadata.num_row_groups))
        return max(1, min(_PIECE_ROWS, _PIECE_BYTES * int(metadata.num_rows) // max(size, 1)))

    def pieces(self) -> Iterator[pyarrow.Table]:
        with _told_as_damage(self._path):
            for piece in self._file.iter_batches(batch_size=self._piece_rows()):
                self._rows_read += len(piece)
                yield pyarrow.Table.from_batches([piece])
        if self._rows_read == 0:
            yield self.schema.empty_table()


@contextmanager
def open_table(path: Path) -> Iterator[TableReader]:
    """Open a file for reading.

    Raises:
        StopError: Its name does not say what it is.
        SourceError: It is missing, damaged, or not what its name says; no message quotes a cell.
    """
    kind = file_format(path, READ_ENDINGS)
    if not path.is_file():
        raise SourceError(f"{path}: {'a folder; name a file' if path.is_dir() else 'no such file'}")
    if kind.is_parquet:
        with _told_as_damage(path):
            file = ParquetFile(path, buffer_size=_PAGE_BUFFER, pre_buffer=False)
        with file:
            yield _checked(path, _ParquetReader(path, file))
    else:
        with open_csv(path, kind) as reader:
            yield _checked(path, reader)


def in_batches(pieces: Iterator[pyarrow.Table], rows: int) -> Iterator[pyarrow.Table]:
    """Yield the pieces as bigger tables, at least one.

    Args:
        pieces: At least one.
        rows: How many rows a table gets before it is full; 128 MB fill it as well.
    """
    held: list[pyarrow.Table] = []
    size = 0
    for piece in pieces:
        for start in range(0, max(len(piece), 1), rows):
            held.append(piece.slice(start, rows))
            size += held[-1].nbytes
            if size >= _BATCH_BYTES or sum(map(len, held)) >= rows:
                yield pyarrow.concat_tables(held)
                held, size = [], 0
    if held:
        yield pyarrow.concat_tables(held)


def _checked(path: Path, reader: TableReader) -> TableReader:
    names = reader.schema.names
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        name = without_values(doubled[0]) or "nothing"
        raise SourceError(f"{path}: more than one column is called {name}; rename one")
    return reader


@contextmanager
def _told_as_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (pyarrow.ArrowException, OSError) as error:
        number = getattr(error, "errno", None)
        told = f"cannot be read: {os.strerror(number)}" if number else "not a Parquet file, or damaged"
        raise SourceError(f"{path}: {told}") from None

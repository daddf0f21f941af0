"""Writes tables to a file that appears when it is whole."""

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import polars as pl
import pyarrow
from pyarrow.parquet import ParquetWriter

from phoneseg.cli.normalize_file.formats import WRITTEN_ENDINGS, FileFormat, file_format
from phoneseg.errors import StopError, without_values

Append = Callable[[pyarrow.Table], None]


def check_target(target: Path, source: Path, *, overwrite: bool) -> None:
    """Check that a file can be written.

    Raises:
        StopError: It is the source, a folder, in a missing folder, of unknown kind, or there already.
    """
    file_format(target, WRITTEN_ENDINGS)
    if target.is_dir():
        raise StopError(f"{target}: a folder; name a file")
    if not target.parent.is_dir():
        raise StopError(f"{target}: the folder {target.parent} does not exist; make it first")
    if target.exists() and source.exists() and target.samefile(source):
        raise StopError(f"{target}: both read and written; name another file to write")
    _check_not_there(target, overwrite)


def _check_not_there(target: Path, overwrite: bool) -> None:
    if target.exists() and not overwrite:
        raise StopError(f"{target}: there already; replace it with --overwrite, or name another file")


def check_columns(target: Path, schema: pyarrow.Schema) -> None:
    """Check that a file can hold columns.

    Raises:
        StopError: It is CSV, and a column has no single texts, numbers or times.
    """
    if file_format(target, WRITTEN_ENDINGS).is_parquet:
        return
    for field in schema:
        kind = field.type
        if not _is_plain(kind):
            raise StopError(
                f"{target}: CSV cannot hold column {without_values(field.name)} ({kind}); write a .parquet file"
            )


def _is_plain(kind: pyarrow.DataType) -> bool:
    """Return whether CSV can hold values of a type; lists of texts are joined, such as the time zones that we add."""
    types = pyarrow.types
    if types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind):
        return "string" in str(kind.value_type)
    is_text = kind in (pyarrow.string(), pyarrow.large_string(), pyarrow.string_view(), pyarrow.null())
    is_number = types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) or types.is_decimal128(kind)
    return is_text or is_number or types.is_date(kind) or types.is_timestamp(kind) or types.is_time32(kind)


@contextmanager
def appending_to(target: Path, *, like: Path, overwrite: bool) -> Iterator[Append]:
    """Yield a function that appends rows to a file; it appears under its name when the block ends well.

    Args:
        target: The file.
        like: A file; where `target` is new, who may read `like` may read it.
        overwrite: Whether the file may be there already.

    Raises:
        StopError: It cannot be written, or came meanwhile.
    """
    with _told_of(target):
        yield from _append_and_rename(target.resolve(), like, overwrite)


def _append_and_rename(target: Path, like: Path, overwrite: bool) -> Iterator[Append]:
    kind = file_format(target, WRITTEN_ENDINGS)
    unfinished = target.with_name(f".{target.name}.{token_hex(4)}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        write = _writing_parquet(unfinished) if kind.is_parquet else _writing_csv(unfinished, kind)
        with write as append, _behind(append) as append_behind:
            yield append_behind
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.chmod((target if target.exists() else like).stat().st_mode & 0o777 | 0o600)
        _check_not_there(target, overwrite)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _told_of(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        number = error.errno or next(iter(re.findall(r"os error (\d+)", str(error))), 0)  # Polars gives it in words
        raise StopError(f"{target}: cannot be written: {os.strerror(int(number))}") from None


@contextmanager
def _writing_parquet(file: Path) -> Iterator[Append]:
    writer: ParquetWriter | None = None

    def append(table: pyarrow.Table) -> None:
        nonlocal writer
        writer = writer or ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)

    try:
        yield append
    finally:
        if writer is not None:
            writer.close()


@contextmanager
def _writing_csv(file: Path, kind: FileFormat) -> Iterator[Append]:
    with file.open("wb") as stream:

        def append(table: pyarrow.Table) -> None:
            frame = pl.DataFrame(table).with_columns(pl.col(pl.List(pl.String)).list.join(";"))
            frame.write_csv(stream, separator=kind.separator, include_header=stream.tell() == 0)

        yield append


@contextmanager
def _behind(append: Append) -> Iterator[Append]:
    """Append in a thread of its own, one table at a time, while the next is made."""
    pending: list[Future[None]] = []
    with ThreadPoolExecutor(max_workers=1) as thread:

        def append_behind(table: pyarrow.Table) -> None:
            if pending:
                pending.pop().result()
            pending.append(thread.submit(append, table))

        yield append_behind
        if pending:
            pending.pop().result()

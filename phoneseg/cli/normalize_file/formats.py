"""Which kinds of files there are, by their endings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from phoneseg.errors import StopError


@dataclass(frozen=True)
class FileFormat:
    """One kind of file.

    Attributes:
        is_parquet: Whether it is Parquet; else it is text with separators.
        separator: What stands between cells of a text.
        is_gzip: Whether the text is packed by gzip; such files are only read.
    """

    is_parquet: bool = False
    separator: str = ","
    is_gzip: bool = False


_FORMATS: Final = {
    ".parquet": FileFormat(is_parquet=True),
    ".csv": FileFormat(),
    ".csv.gz": FileFormat(is_gzip=True),
    ".tsv": FileFormat(separator="\t"),
    ".tsv.gz": FileFormat(separator="\t", is_gzip=True),
}
READ_ENDINGS: Final = tuple(_FORMATS)
WRITTEN_ENDINGS: Final = tuple(ending for ending, each in _FORMATS.items() if not each.is_gzip)


def file_format(file: Path, endings: tuple[str, ...]) -> FileFormat:
    """Return what kind of file its name says it is.

    Raises:
        StopError: Its name ends with none of the endings.
    """
    for ending in endings:
        if file.name.lower().endswith(ending):
            return _FORMATS[ending]
    raise StopError(f"{file}: unknown kind of file; its name should end with {' or '.join(endings)}")

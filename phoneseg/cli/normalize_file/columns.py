"""Which columns of a file hold the numbers and their countries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow
from phonenumbers import SUPPORTED_REGIONS

from phoneseg.errors import SourceError, StopError, without_values
from phoneseg.extract import resolve_region

_PHONE_NAMES: Final = re.compile(
    r"raw|(raw)?phones?(raw)?|(tele|mobile|cell)?phone(no|nr|number)?|(mobile|cell|tel)(no|nr|number)?|msisdn"
)
_SHOWN_COLUMNS: Final = 40


@dataclass(frozen=True)
class PhoneColumns:
    """The columns of a file that are read.

    Attributes:
        phone: Column with the number as it was written.
        region_column: Column with the country that a number without a plus is read in.
        region: One country for all rows, a code of ISO 3166, instead of a column.
    """

    phone: str
    region_column: str | None = None
    region: str | None = None

    @property
    def has_region(self) -> bool:
        """Whether numbers without a plus can be read."""
        return self.region_column is not None or self.region is not None

    def read(self, table: pyarrow.Table) -> pl.DataFrame:
        """Return the cells: `raw`, `region` as a code or null, and whether a country is there that nobody knows."""
        raw = _texts(table, self.phone).alias("raw")
        if self.region_column is None:
            fixed = pl.lit(self.region, pl.String)
            return raw.to_frame().with_columns(region=fixed, is_region_unknown=pl.lit(False))
        written = _texts(table, self.region_column)
        distinct = written.unique()
        codes = pl.Series([resolve_region(name) for name in distinct], dtype=pl.String)
        region = written.replace_strict(distinct, codes, return_dtype=pl.String).alias("region")
        is_filled = (written.str.strip_chars().str.len_bytes() > 0).fill_null(False)
        return pl.DataFrame([raw, region, (is_filled & region.is_null()).alias("is_region_unknown")])


def choose_columns(
    source: Path, schema: pyarrow.Schema, *, phone: str | None, region_column: str | None, region: str | None
) -> PhoneColumns:
    """Return the columns that are meant.

    Args:
        source: The file.
        schema: Its columns.
        phone: Name of the phone column; without one, the only column that is called as such columns are.
        region_column: Name of the country column.
        region: A country by code or name, for all rows.

    Raises:
        SourceError: A column is missing or holds something else; the message names those that there are.
        StopError: No country goes by the fixed region.
    """
    chosen = _only_phone_column(source, schema) if phone is None else phone
    _check_holds(source, schema, chosen, "--phone", can_be_integer=True)
    if region_column is not None:
        _check_holds(source, schema, region_column, "--region-column", can_be_integer=False)
    return PhoneColumns(chosen, region_column, None if region is None else _code(region))


def check_new(source: Path, schema: pyarrow.Schema, fields: Iterable[str]) -> None:
    """Check that a file has no column yet that is to be added.

    Raises:
        SourceError: It has.
    """
    if doubled := [field for field in fields if field in schema.names]:
        raise SourceError(
            f"{source}: has a column {doubled[0]} already; rename it, or choose the columns to add with --field"
        )


def _only_phone_column(source: Path, schema: pyarrow.Schema) -> str:
    found = [name for name in schema.names if _PHONE_NAMES.fullmatch(_plain(name))]
    if len(found) == 1:
        return str(found[0])
    if found:
        raise SourceError(f"{source}: several columns may hold phone numbers; name one with --phone: {_list(found)}")
    raise SourceError(f"{source}: no column is called phone; name the one to read with --phone: {_list(schema.names)}")


def _check_holds(source: Path, schema: pyarrow.Schema, column: str, option: str, *, can_be_integer: bool) -> None:
    if column not in schema.names:
        raise SourceError(f"{source}: no column {without_values(column)} ({option}); there is: {_list(schema.names)}")
    kind = schema.field(column).type
    if pyarrow.types.is_floating(kind) or pyarrow.types.is_decimal(kind):
        raise SourceError(
            f"{source}: column {without_values(column)} ({option}) is {kind}, and digits may be lost already; "
            "write the file anew with this column as text"
        )
    if not (_is_text(kind) or (can_be_integer and pyarrow.types.is_integer(kind))):
        raise SourceError(f"{source}: column {without_values(column)} ({option}) is {kind}, and not text")


def _is_text(kind: pyarrow.DataType) -> bool:
    if pyarrow.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return str(kind) in {"string", "large_string", "string_view", "null"}


def _code(region: str) -> str:
    code = resolve_region(region)
    if code is None:
        raise StopError(f"--region {region}: no country is called so; give a code such as DE or USA")
    if code not in SUPPORTED_REGIONS:
        raise StopError(f"--region {region}: {code} has no phone numbers of its own")
    return code


def _texts(table: pyarrow.Table, column: str) -> pl.Series:
    return pl.Series(column, table.column(column)).cast(pl.String)


def _plain(name: str) -> str:
    """Return a name without case, blanks, hyphens and underscores."""
    return "".join(each for each in name.casefold() if each not in " -_")


def _list(names: list[str]) -> str:
    """Return names for a person; not those of a file that seems to lack its header, as they are somebody's data."""
    if any("@" in name or without_values(name) != name for name in names):
        return f"{len(names)} columns whose names look like data (is its first line a header?)"
    more = [f"and {len(names) - _SHOWN_COLUMNS} more"] if len(names) > _SHOWN_COLUMNS else []
    return ", ".join([*names[:_SHOWN_COLUMNS], *more])

"""What PostgreSQL's types become in Polars."""

import re
from dataclasses import dataclass
from typing import Final

import polars as pl
import psycopg
import pyarrow
import sqlalchemy as sa

from phoneseg.errors import SourceError

_FAMILIES: Final = {
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "float4": "number",
    "float8": "number",
    "numeric": "number",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "bytea": "binary",
}
_TEXT_CATEGORIES: Final = {"S", "E"}  # strings and enums
_PLAIN: Final = {*_FAMILIES, "text", "varchar"} - {"numeric"}  # others are read as texts
_AS_TEXT: Final = {"inet": "abbrev({})"}  # CAST would show the netmask of a single address
_FIRST_WORD: Final = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(\w*)", re.DOTALL)
# What a date or time of Python can be; infinity, which is the greatest and the least number, is outside.
_DAYS: Final = (-719_162, 2_932_896)
_MICROSECONDS: Final = (_DAYS[0] * 86_400_000_000, (_DAYS[1] + 1) * 86_400_000_000 - 1)


@dataclass(frozen=True)
class ResultColumn:
    """A column that a statement gives.

    Attributes:
        name: Its name.
        type_name: The name of its type in `pg_type`; of a domain, that of the type under it.
        category: The category of its type there, such as `A` for arrays.
    """

    name: str
    type_name: str
    category: str

    @property
    def family(self) -> str:
        """Family of the type, as `Warehouse.source_types` has it."""
        return _FAMILIES.get(self.type_name, "text" if self.category in _TEXT_CATEGORIES else "other")


def describe(connection: sa.Connection, sql: str) -> list[ResultColumn]:
    """Return the columns that a statement would give, without running it; none if it gives no rows.

    Raises:
        psycopg.Error: The statement is wrong.
    """
    session = connection.connection.driver_connection.pgconn  # type: ignore[union-attr]  # psycopg's, and open
    for result in (session.prepare(b"", sql.encode()), session.describe_prepared(b"")):
        if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)
    oids = [result.ftype(position) for position in range(result.nfields)]
    types = {
        row.oid: (row.typname, row.typcategory)
        for row in connection.execute(
            sa.text("SELECT oid, typname, typcategory::text FROM pg_catalog.pg_type WHERE oid = ANY(:oids)"),
            {"oids": oids},
        )
    }
    names = [result.fname(position).decode() for position in range(result.nfields)]
    return [ResultColumn(name, *types[oid]) for name, oid in zip(names, oids, strict=True)]


def as_copied(sql: str, columns: list[ResultColumn]) -> tuple[str, bool]:
    """Return a statement as COPY can take it, and whether COPY takes it at all.

    Args:
        sql: A statement.
        columns: What it gives.

    Raises:
        SourceError: Two columns have one name, or one of them is a row in itself.
    """
    names = [column.name for column in columns]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(f"two columns are called `{doubled[0]}`; name them apart with AS")
    if composite := [column for column in columns if column.category == "C" or column.type_name == "record"]:
        raise SourceError(
            f"column `{composite[0].name}` is a row ({composite[0].type_name}); take single values out of it in a query"
        )
    sql = f"{sql.rstrip().rstrip(';')}\n"  # its last line may be a comment
    is_select = _FIRST_WORD.match(sql)[1].lower() in {"select", "with", "values", "table"}  # type: ignore[index]  # a statement has a first word
    if not is_select or all(column.type_name in _PLAIN for column in columns):
        return sql, is_select
    aliases = [f"c{position}" for position in range(len(columns))]
    selected = (_read(alias, column) for alias, column in zip(aliases, columns, strict=True))
    return f"SELECT {', '.join(selected)} FROM ({sql}) AS source({', '.join(aliases)})", True  # noqa: S608  # a query of the settings


def _read(alias: str, column: ResultColumn) -> str:
    if column.type_name in _PLAIN:
        return alias
    cast = f"CAST({{}} AS {'TEXT[]' if column.category == 'A' else 'TEXT'})"
    return f"{_AS_TEXT.get(column.type_name, cast).format(alias)} AS {alias}"


def read_copied(batch: pyarrow.RecordBatch | pyarrow.Table, columns: list[ResultColumn]) -> pl.DataFrame:
    """Return copied rows as Polars has them.

    Raises:
        SourceError: A date or time is infinite, or before the year 1 or after 9999.
    """
    frame = pl.DataFrame(batch.rename_columns([column.name for column in columns]))
    for column in columns:
        values = frame.get_column(column.name)
        if column.type_name == "numeric":
            # As `extract` writes decimals.
            frame = frame.with_columns(values.str.replace(r"\.0+$", "").replace("NaN", None))
        elif values.dtype.is_temporal() and not _is_in_range(values):
            raise SourceError(
                f"column `{column.name}` holds a {column.type_name} that is infinite, or before the year 1 or after "
                "9999; make it null in a query"
            )
    return frame


def _is_in_range(values: pl.Series) -> bool:
    least, greatest = _DAYS if values.dtype == pl.Date else _MICROSECONDS
    return bool(values.to_physical().is_between(least, greatest).all())

"""A list of prefixes, out of a CSV too: all of it or nothing, and where it is wrong, which line and column."""

import csv
import io
from typing import Final

import polars as pl

from phoneseg.errors import SourceError
from phoneseg.risk.prefix_lists import LIST_LEVELS, PREFIX_LIST_SCHEMA

_REQUIRED: Final = ("list_level", "source", "valid_from")
_OPTIONAL: Final = ("prefix", "region_code", "valid_to", "reason")
_PREFIX: Final = r"^[1-9][0-9]{0,14}$"
_REGION: Final = r"^(?:[A-Z]{2}|001)$"


def read_prefix_list(content: bytes, name: str) -> pl.DataFrame:
    """Read a list of prefixes and countries.

    A heading names the columns, in any order: `prefix` (digits of E.164; a plus, blanks and dashes do not matter) or
    `region_code` (ISO 3166 alpha-2, or 001 for numbers of no country), `list_level`, `source`, `valid_from` and, as
    one likes, `valid_to` and `reason`. Instants are ISO 8601; without a zone they are UTC, a date is its midnight.

    Args:
        content: The file, CSV in UTF-8.
        name: What to call it in an error.

    Returns:
        Rows of PREFIX_LIST_SCHEMA, in the order of the file.

    Raises:
        SourceError: It cannot be read, or a line is wrong; the message names line and column, and no value.
    """
    texts = _read_texts(content, name)
    return check_prefix_list(texts.with_columns(_read_instant("valid_from"), _read_instant("valid_to")), texts, name)


def check_prefix_list(rows: pl.DataFrame, texts: pl.DataFrame, name: str) -> pl.DataFrame:
    """Check a list of prefixes and countries, and return it in the spelling that prefixes are matched by.

    Args:
        rows: `prefix`, `region_code`, `list_level`, `source` and `reason` as texts without blanks around, null where
            empty; `valid_from` and `valid_to` as UTC instants, null where they are empty or none.
        texts: The same rows as they were written, null where empty: to tell what is empty from what is wrong. With
            `line`, where a row has a line.
        name: What to call the list in an error.

    Returns:
        Rows of PREFIX_LIST_SCHEMA, in their order.

    Raises:
        SourceError: A row is wrong; the message names the column, and no value.
    """
    digits = pl.col("prefix").str.replace_all(r"[ ().\-]", "").str.strip_prefix("+")
    level = pl.col("list_level").str.to_lowercase()
    read = rows.with_columns(
        prefix=pl.when(digits.str.contains(_PREFIX)).then(digits),
        region_code=pl.when(pl.col("region_code").str.contains(_REGION)).then("region_code"),
        list_level=pl.when(level.is_in(LIST_LEVELS)).then(level),
    )
    _check_values(texts, read, name)
    _check_rows(texts, read, name)
    return read.select(pl.col(column).cast(dtype) for column, dtype in PREFIX_LIST_SCHEMA.items())


def _read_texts(content: bytes, name: str) -> pl.DataFrame:
    """Return the columns of the list as texts, null where empty, with `line`, the first that a row stands on."""
    rows = _read_rows(content, name)
    if not rows:
        raise SourceError(f"{name}: empty; a heading has to name the columns")
    heading = [column.strip().lower() for column in rows[0][1]]
    for column in _REQUIRED:
        if column not in heading:
            raise SourceError(f"{name}: line 1: no column `{column}`")
    unknown = [place for place, column in enumerate(heading, 1) if column not in (*_REQUIRED, *_OPTIONAL)]
    if unknown or len(set(heading)) < len(heading):
        place = unknown[0] if unknown else len(heading)
        raise SourceError(f"{name}: line 1, column {place}: not a column of such a list, or named twice")
    for line, cells in rows[1:]:
        if len(cells) != len(heading):
            raise SourceError(f"{name}: line {line}: {len(cells)} cells, but the heading names {len(heading)} columns")
    schema = {"line": pl.Int64} | dict.fromkeys(heading, pl.String)
    table = pl.DataFrame([[line, *cells] for line, cells in rows[1:]], schema, orient="row")
    filled = [pl.col(column).str.strip_chars().replace("", None) for column in heading]
    missing = [pl.lit(None, pl.String).alias(column) for column in _OPTIONAL if column not in heading]
    texts = table.with_columns(filled).with_columns(missing)
    return texts.filter(pl.any_horizontal(pl.col(*_REQUIRED, *_OPTIONAL).is_not_null()))


def _read_rows(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    """Return the line and the cells of each row that is not blank."""
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows, line = [], 1
        for cells in lines:
            if cells:
                rows.append((line, cells))
            line = lines.line_num + 1
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not a text in UTF-8") from None
    except csv.Error:
        raise SourceError(f"{name}: line {lines.line_num}: not a CSV, as with a quote that is not closed") from None
    return rows


def _read_instant(column: str) -> pl.Expr:
    text = pl.col(column).str.replace(" ", "T", literal=True).str.replace("Z$", "+00:00")
    with_zone = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us", time_zone="UTC", strict=False)
    plain = text.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    day = text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
    return pl.coalesce(with_zone, plain.dt.replace_time_zone("UTC"), day.dt.replace_time_zone("UTC")).alias(column)


def _check_values(texts: pl.DataFrame, read: pl.DataFrame, name: str) -> None:
    meanings = {
        "prefix": "a prefix: one to fifteen digits that begin with a calling code",
        "region_code": "a country: two capital letters of ISO 3166, or 001",
        "list_level": f"a level: {', '.join(LIST_LEVELS)}",
        "source": "filled, and has to say whose list it is",
        "valid_from": "an instant, such as 2026-06-30 or 2026-06-30T12:00:00Z",
        "valid_to": "an instant, such as 2026-06-30 or 2026-06-30T12:00:00Z",
    }
    for column, meaning in meanings.items():
        is_lost = read[column].is_null()
        if column not in _REQUIRED:
            is_lost &= texts[column].is_not_null()
        _stop_at(texts, is_lost, name, column, f"is not {meaning}")


def _check_rows(texts: pl.DataFrame, read: pl.DataFrame, name: str) -> None:
    has_prefix, has_region = read["prefix"].is_not_null(), read["region_code"].is_not_null()
    _stop_at(texts, has_prefix == has_region, name, "prefix", "has to be filled, or `region_code`, but not both")
    is_over = (read["valid_to"] <= read["valid_from"]).fill_null(False)
    _stop_at(texts, is_over, name, "valid_to", "has to be after `valid_from`")
    columns = ["prefix", "region_code", "source", "valid_from"]
    is_again = ~read.select(pl.struct(columns).is_first_distinct()).to_series()
    _stop_at(texts, is_again, name, "prefix", "says again what the same source says from the same instant on")


def _stop_at(texts: pl.DataFrame, is_wrong: pl.Series, name: str, column: str, what: str) -> None:
    wrong = texts.filter(is_wrong)
    if len(wrong):
        line = f"line {wrong['line'][0]}, " if "line" in texts.columns else ""
        counts = f"{len(wrong):,} of {len(texts):,} rows are like that, and nothing was loaded"
        raise SourceError(f"{name}: {line}column `{column}`: {what}; {counts}")

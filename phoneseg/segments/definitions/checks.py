"""Checks of definitions before a run: each of them an error with file and line."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

import polars as pl
from polars.exceptions import PanicException, PolarsError

from phoneseg.errors import SettingsError
from phoneseg.segments.definitions.sql import Where, WhereError, read_where
from phoneseg.settings.definition_files import CUSTOM, Definition

_KEY: Final = "where"
_WORDS: Final[dict[type[pl.DataType], str]] = {
    pl.String: "text",
    pl.Boolean: "true or false",
    pl.Int64: "number",
    pl.Float64: "number",
    pl.Date: "date",
    pl.Datetime: "instant",
    pl.List: "list of text",
}


def check_names(definitions: Iterable[Definition], kinds: Collection[str], columns: Collection[str]) -> None:
    """Check that groups and codes take no name that is taken.

    Args:
        definitions: The definitions.
        kinds: Names of the segment kinds.
        columns: Names of the columns that definitions can read whatever their codes are.

    Raises:
        SettingsError: A group is called as a kind, or a code gives the name of such a column.
    """
    for each in definitions:
        if each.group in {*kinds, CUSTOM}:
            raise SettingsError(f"{each.at('group')}: `{each.group}` is a segment kind already: choose another name")
        if f"is_{each.code}" in columns:
            raise SettingsError(f"{each.at('code')}: `is_{each.code}` is a column already: choose another code")


def check_where(definition: Definition, columns: Mapping[str, pl.DataType], sample: pl.DataFrame) -> Where:
    """Read the rule of a definition, and check its columns and types.

    Args:
        definition: The definition.
        columns: Dtypes of all columns that it can read.
        sample: Some rows of them.

    Raises:
        SettingsError: It is not SQL over one row, reads a column that there is not, or mixes types.
    """
    place = definition.at(_KEY)
    try:
        where = read_where(definition.where)
    except WhereError as error:
        raise SettingsError(f"{place}: {error}") from None
    for name in sorted(where.columns - set(columns)):
        raise SettingsError(f"{place}: {_unknown(name, columns, is_text=chr(34) + name + chr(34) in definition.where)}")
    told = ", ".join(f"`{name}` {_WORDS[columns[name].base_type()]}" for name in sorted(where.columns))
    told = f"; it reads: {told}" if told else ""
    try:
        found = sample.select(where.rule).to_series()
    except (PolarsError, PanicException) as error:
        raise SettingsError(f"{place}: {str(error).splitlines()[0]}{told}") from None
    if found.dtype != pl.Boolean:
        what = _WORDS.get(found.dtype.base_type(), str(found.dtype).lower())
        raise SettingsError(f"{place}: `where` is true or false for a contact; this one is a {what}{told}")
    if not where.columns:  # such as TRUE, for the rest of a group
        return replace(where, rule=pl.lit(found.item()))
    if len(found) != len(sample):
        raise SettingsError(f"{place}: `where` is the same for all contacts, whatever they are{told}")
    return where


def _unknown(name: str, columns: Collection[str], *, is_text: bool) -> str:
    lower = {column.lower(): column for column in columns}
    nearest = get_close_matches(name.lower(), lower, n=1)
    hint = f"; did you mean `{lower[nearest[0]]}`?" if nearest else ""
    hint += "; text stands in single quotes" if is_text and not nearest else ""
    return f"no column `{name}`{hint or '; docs/definitions.md lists them'}"

"""docs/numbers.md: the fields of a number, the expressions and the languages, out of phoneseg.numbers."""

import inspect
from collections.abc import Callable
from typing import Any, Final

import polars as pl

from docs.pages.markdown import code, code_block, code_list, page, table
from phoneseg.numbers import DEFAULT_FIELDS, FIELDS, PhoneExpressions, languages
from phoneseg.numbers.fields import MEANINGS, NAME_FIELDS
from phoneseg.numbers.scalar import NUMBER_TYPES, PARSE_ERRORS, VALIDATION_RESULTS

_EXAMPLE: Final = """
import polars as pl
from phoneseg.numbers import normalize

frame = pl.DataFrame({"raw": ["030 12345678", "+44 20 7946 0018 ext. 5"], "region": ["DE", None]})
shown = normalize(frame, fields=["phone_international", "number_type", "location_name_de"])
"""
_CALL: Final = (
    '`normalize(frame, phone="raw", region="region", fields=None)` takes a DataFrame or a LazyFrame. `phone` names the '
    "column with the numbers as they were written: texts, or whole numbers. A column of floats is refused, as digits "
    "may be lost already. `region` names the column with the region that a number without a plus is read in, ISO 3166 "
    'alpha-2 in any case; it may also be an expression, such as `pl.lit("DE")` for one region in all rows, or None. An '
    "unknown region is none."
)
_NAMESPACE: Final = (
    "With `import phoneseg.numbers`, expressions of Polars have a namespace `phone`. `region` is a code for all rows, "
    'such as `"DE"`, or an expression, such as `pl.col("country")`. What comes out has the name of the column that '
    'went in, so give it another one: `phone_e164=pl.col("mobile").phone.e164()`. Several fields of a column are read '
    "fastest by `parse`."
)


def render() -> str:
    """Return the page."""
    return page(
        "Reading phone numbers",
        "phoneseg/numbers",
        "phoneseg reads a column of phone numbers by the rules of libphonenumber: every field is what the installed "
        "Python package `phonenumbers` says of the number, cell by cell. Its metadata is compiled into decision tries, "
        "which a whole column walks at once; the few cells that the tries do not speak of are asked of `phonenumbers` "
        "itself. Nothing is repaired here; a run of the warehouse repairs damaged cells before it reads them.",
        _example(),
        _fields(),
        _values(),
        _expressions(),
        _files(),
        _versions(),
    )


def _example() -> str:
    names: dict[str, Any] = {}
    exec(_EXAMPLE, names)  # noqa: S102 -- the text above, so that what the page shows is what it gives
    with pl.Config(
        tbl_hide_dataframe_shape=True, tbl_width_chars=110, fmt_str_lengths=40, tbl_formatting="ASCII_MARKDOWN"
    ):
        shown = str(names["shown"])
    return f"{code_block('python', _EXAMPLE)}\n\n{code_block('text', shown)}\n\n{_CALL}"


def _fields() -> str:
    rows = [
        (code(name), str(dtype), "yes" if name in DEFAULT_FIELDS else "", MEANINGS[name])
        for name, dtype in FIELDS.items()
    ]
    return (
        f"## Fields\n\n{table(('field', 'type', 'by default', 'meaning'), rows)}\n\n"
        "Of a null or an unparseable number every field is null, but `validation_result`, which names the parse error. "
        "Empty names are null. Only the fields that are asked for are worked out.\n\n"
        f"{code_list(NAME_FIELDS)} are English. With a language behind, such as `location_name_de`, they are in that "
        "language; places and carriers without a name in it have their English one, but for Chinese, Japanese and "
        "Korean. There are "
        f"{len(languages())} languages: {', '.join(languages())}."
    )


def _values() -> str:
    return (
        f"## Values\n\n`number_type` is one of {code_list(NUMBER_TYPES.values())}.\n\n"
        f"`validation_result` is one of {code_list(VALIDATION_RESULTS.values())}, or of the parse errors "
        f"{code_list(PARSE_ERRORS.values())}."
    )


def _expressions() -> str:
    methods = [
        (name, method) for name, method in inspect.getmembers(PhoneExpressions, inspect.isfunction) if name[0] != "_"
    ]
    rows = [(code(f".phone.{name}{_arguments(method)}"), _first_line(method)) for name, method in methods]
    return f"## Expressions\n\n{_NAMESPACE}\n\n{table(('expression', 'gives'), rows)}"


def _arguments(method: Callable[..., Any]) -> str:
    parameters = inspect.signature(method).parameters.values()
    shown = [
        each.name if each.default in (each.empty, None) else f'{each.name}="{each.default}"' for each in parameters
    ]
    return f"({', '.join(shown[1:])})"


def _first_line(method: Callable[..., Any]) -> str:
    line = (inspect.getdoc(method) or "").partition("\n")[0].removeprefix("Return ")
    return line[:1].upper() + line[1:]


def _files() -> str:
    return (
        "## Files\n\n"
        "[`phoneseg normalize IN OUT`](cli.md#phoneseg-normalize) does the same for CSV and Parquet files of any size."
    )


def _versions() -> str:
    return (
        "## Versions of the metadata\n\n"
        "phoneseg ships the tables of the `phonenumbers` that its lock file names. Where another version is installed, "
        "its tables are compiled when they are first asked for, which takes about a minute, and kept in the user's "
        "cache. [`phoneseg metadata diff A B`](cli.md#phoneseg-metadata-diff) tells what a new version changes, and "
        "for how many of the published numbers. What the older version knows is read by the rules of the installed one."
    )

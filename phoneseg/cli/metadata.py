"""The commands `phoneseg metadata ...`: what libphonenumber knows, by version."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from phoneseg.errors import StopError
from phoneseg.numbers import load_tables
from phoneseg.numbers.engine import Engine, Lookup
from phoneseg.numbers.metadata_diff import COMPARED_FIELDS, diff_numbers, diff_ranges
from phoneseg.publish import read_numbers
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse

app = typer.Typer(help="What libphonenumber knows of numbers, by version.", no_args_is_help=True)

_WORDS: Final = {"true": "valid", "false": "invalid"}
_NOTHING: Final = "-"
_LEAST_WIDTH: Final = 110  # names are long; where nobody looks at a terminal, none is cut


@app.callback()
def _group() -> None:
    """Keep `diff` a command of its own, as it is the only one."""


@app.command()
def diff(
    before: Annotated[
        str,
        typer.Argument(
            metavar="A", help="A version of phonenumbers, the path of its wheel, or of the folder that it stands in."
        ),
    ],
    after: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    config: Annotated[
        Path | None, typer.Option(help="Settings file: counts what changes for the numbers that are published.")
    ] = None,
    rows: Annotated[int, typer.Option(min=0, help="Ranges, and changes of published numbers, to show at most.")] = 40,
    out: Annotated[Path | None, typer.Option(help="CSV file for all ranges; one that is there is replaced.")] = None,
) -> None:
    """Show which numbers' validity, type, region, carrier or area change between two versions of the metadata.

    Each line is a range of national numbers of one length and what is said of them before and after; "-" is nothing.
    With --config, the published numbers are looked up in both versions and counted by what changes. Tables of a version
    that is neither shipped nor in the cache are compiled, which takes about a minute.
    """
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise StopError(f"--out {out}: {'a folder; name a file' if out.is_dir() else 'its folder does not exist'}")
    settings = None if config is None else load_settings(config)
    tables = load_tables(before), load_tables(after)
    versions = tables[0].version, tables[1].version
    ranges = diff_ranges(*map(Lookup, tables))
    console = Console(highlight=False)
    console.width = max(console.width, _LEAST_WIDTH)
    console.print(f"[bold]Ranges that change from {versions[0]} to {versions[1]}[/bold]")
    _print_sums(console, ranges, "ranges")
    _print_ranges(console, ranges.sort("number_count", descending=True, maintain_order=True).head(rows))
    if settings is not None:
        console.print("\n[bold]Published numbers that change[/bold]")
        changes = _count_published(settings, *map(Engine, tables))
        _print_sums(console, changes, "changes")
        _print_changes(console, changes.sort(-pl.col("number_count"), "field", "before", "after").head(rows))
    if out is not None:
        ranges.write_csv(out)
        console.print(f"All {len(ranges):,} ranges: {out}")


def _count_published(settings: Settings, before: Engine, after: Engine) -> pl.DataFrame:
    """Return the changes among the numbers of the restricted table, as `diff_numbers` has them."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        counted = [diff_numbers(phones, before, after) for phones in read_numbers(warehouse, connection)]
    return pl.concat(counted).group_by("field", "before", "after").agg(pl.col("number_count").sum())


def _print_sums(console: Console, changes: pl.DataFrame, what: str) -> None:
    for field in COMPARED_FIELDS:
        of_field = changes.filter(pl.col("field") == field)
        console.print(f"{len(of_field):>10,} {what}, {of_field['number_count'].sum():>20,} numbers: {field}")


def _print_ranges(console: Console, ranges: pl.DataFrame) -> None:
    grid = _grid("range", "length", "numbers", "field", "before", "after")
    for code, length, first, last, count, field, old, new in ranges.iter_rows():
        grid.add_row(f"+{code} {_shown(first, last)}", str(length), f"{count:,}", field, *_words((old, new)))
    console.print(grid)


def _print_changes(console: Console, changes: pl.DataFrame) -> None:
    grid = _grid("numbers", "field", "before", "after")
    for field, old, new, count in changes.iter_rows():
        grid.add_row(f"{count:,}", field, *_words((old, new)))
    console.print(grid)


def _grid(*headings: str) -> Table:
    grid = Table(box=None, pad_edge=False)
    for heading in headings:
        grid.add_column(heading, overflow="fold")
    return grid


def _shown(first: str, last: str) -> str:
    """Return a range by the digits that differ: 1512000 to 1515999 is "1512-1515"."""
    while first and first[-1] == "0" and last[-1] == "9":
        first, last = first[:-1], last[:-1]
    if not first:
        return "(all)"
    return first if first == last else f"{first}-{last}"


def _words(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(_WORDS.get(value, value) or _NOTHING for value in values)

"""The command `phoneseg normalize`."""

from pathlib import Path
from typing import Annotated

import typer

from phoneseg.cli.normalize_file.files import FileJob, normalize_file
from phoneseg.cli.normalize_file.progress import shown_progress
from phoneseg.cli.normalize_file.summary import print_file_summary
from phoneseg.numbers import DEFAULT_FIELDS, FIELDS


def normalize(
    source: Annotated[Path, typer.Argument(metavar="IN", help="File to read: .parquet, .csv, .tsv, .csv.gz, .tsv.gz.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File to write: .parquet, .csv or .tsv.")],
    phone: Annotated[
        str | None,
        typer.Option(
            help="Column with the numbers (default: the only one called phone, mobile, tel ...).", metavar="COLUMN"
        ),
    ] = None,
    region_column: Annotated[
        str | None, typer.Option(help="Column with each number's country, by code or name.", metavar="COLUMN")
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="One country for all rows instead, such as DE.", metavar="COUNTRY")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Column to add: {', '.join(FIELDS)}, or a name in another language, such as location_name_de; can be "
            "given more than once (default: nine of them, see docs/numbers.md).",
            metavar="NAME",
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT where it is there already.")] = False,
) -> None:
    """Read the phone numbers of a file of any size; write its rows with what each number says.

    Without a country, only numbers with a plus can be read. CSV is UTF-8 with a header; all its columns are text.
    Semicolons in the header are taken for separators as well; OUT has commas, and semicolons between time zones.
    """
    if region is not None and region_column is not None:
        raise typer.BadParameter("give either --region or --region-column, not both")
    job = FileJob(
        source=source,
        target=target,
        phone=phone,
        region_column=region_column,
        region=region,
        fields=tuple(field or DEFAULT_FIELDS),
        overwrite=overwrite,
    )
    with shown_progress() as report:
        result = normalize_file(job, report)
    print_file_summary(job, result)

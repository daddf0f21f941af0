"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None, typer.Option(help="Settings file (default: $PHONESEG_CONFIG, else phoneseg.toml).", show_default=False)
]
AsOf = Annotated[
    str | None,
    typer.Option(help="End of the data interval, an ISO date or time in UTC (default: the last midnight)."),
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Read this contact source only; can be given more than once.")
]
Full = Annotated[bool, typer.Option("--full", help="Read the sources whole, whatever the watermarks say.")]
AcceptDrift = Annotated[
    bool,
    typer.Option("--accept-drift", help="Go on though a source shrank, or the types of its columns changed."),
]
AcceptSizes = Annotated[
    bool,
    typer.Option("--accept-sizes", help="Go on though segments grew or shrank beyond segments.max_change_pct."),
]

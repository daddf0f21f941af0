"""The commands `phoneseg risk ...`: how sure signals of risk are."""

from pathlib import Path
from typing import Annotated, Final

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from phoneseg.cli.options import Config
from phoneseg.errors import StopError
from phoneseg.risk.evaluation.families import FAMILIES, average_seeds
from phoneseg.risk.evaluation.plots import draw_evaluation
from phoneseg.settings import load_settings
from phoneseg.settings.risk import RiskSettings

app = typer.Typer(help="Signals of risk: how good their detectors are.", no_args_is_help=True)

_LEAST_WIDTH: Final = 130  # names are long; where nobody looks at a terminal, none is cut
_SHARES: Final = ("precision", "recall", "f1")
_NOTHING: Final = "-"


@app.callback()
def _group() -> None:
    """Keep `evaluate` a command of its own."""


@app.command()
def evaluate(
    config: Config = None,
    family: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(FAMILIES)}; all without it, may be repeated.")
    ] = None,
    seed: Annotated[list[int] | None, typer.Option(min=0, help="Seed of the data; figures are means of all.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for evaluation.csv and a plot of each family.")] = None,
) -> None:
    """Measure every detector on generated data whose truth is known: precision, recall, false alarms, delay.

    The thresholds are those of the settings file, where one is given, else the defaults. Scenarios are named by how
    hard the culprits try not to be found. Takes one to two minutes a seed.
    """
    settings = RiskSettings() if config is None else load_settings(config).risk
    families, seeds = _chosen(family), seed or [101]
    if out is not None:
        _make_folder(out)
    console = Console(highlight=False)
    console.width = max(console.width, _LEAST_WIDTH)
    evaluated = []
    for name in families:
        with console.status(f"{name}: {len(seeds)} {'seed' if len(seeds) == 1 else 'seeds'}"):
            rows = average_seeds([FAMILIES[name](each, settings) for each in seeds])
        evaluated.append(rows.select(pl.lit(name).alias("family"), pl.all()))
        _print(console, name, rows)
        if out is not None:
            draw_evaluation(name, rows, out / f"{name}.png")
    if out is not None:
        pl.concat(evaluated).write_csv(out / "evaluation.csv", float_precision=3)
        console.print(f"Figures and plots: {out}", soft_wrap=True)


def _chosen(family: list[str] | None) -> list[str]:
    if unknown := [name for name in family or () if name not in FAMILIES]:
        raise StopError(f"--family {unknown[0]}: there is {', '.join(FAMILIES)}")
    return [name for name in FAMILIES if not family or name in family]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StopError(f"--out {folder}: {error.strerror}") from None


def _print(console: Console, family: str, rows: pl.DataFrame) -> None:
    table = Table(title=family.replace("_", " "), title_justify="left")
    table.add_column("detector", no_wrap=True)
    table.add_column("scenario", no_wrap=True)
    for heading in ("true", *_SHARES, "false alarms a day", "hours to detection"):
        table.add_column(heading, justify="right")
    for row in rows.iter_rows(named=True):
        shares = (_told(row[name], 3) for name in _SHARES)
        counts = _told(row["false_alarms_per_day"], 2), _told(row["detection_h"], 1)
        table.add_row(row["detector"], row["scenario"], str(row["true_count"]), *shares, *counts)
    console.print(table)


def _told(figure: float | None, decimals: int) -> str:
    return _NOTHING if figure is None else f"{figure:.{decimals}f}"

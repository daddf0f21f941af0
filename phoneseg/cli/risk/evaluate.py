"""`phoneseg risk evaluate`: how good the detectors are, on reviewed signals or on generated data."""

from pathlib import Path
from typing import Annotated, Final

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from phoneseg.errors import StopError
from phoneseg.publish import read_reviewed
from phoneseg.risk.evaluation.families import FAMILIES, average_seeds
from phoneseg.risk.evaluation.plots import draw_evaluation
from phoneseg.risk.evaluation.reviewed import SCENARIO, evaluate_reviewed
from phoneseg.settings import Settings, load_settings
from phoneseg.settings.risk import RiskSettings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import check_tables

_LEAST_WIDTH: Final = 130  # names are long; where nobody looks at a terminal, none is cut
_SHARES: Final = ("precision", "recall", "f1")
_COUNTS: Final = {"flagged_count": "flagged", "reviewed_count": "reviewed"}
_NOTHING: Final = "-"


def evaluate(
    config: Annotated[
        Path | None, typer.Option(help="Settings file; without one, no file is looked for.", show_default=False)
    ] = None,
    is_generated: Annotated[
        bool, typer.Option("--generated", help="On generated data, with the thresholds of the settings file.")
    ] = False,
    family: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(FAMILIES)}; all without it, may be repeated.")
    ] = None,
    seed: Annotated[list[int] | None, typer.Option(min=0, help="Seed of the data; figures are means of all.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for evaluation.csv and a plot of each family.")] = None,
) -> None:
    """Measure every detector: precision, recall, false alarms, delay.

    With a settings file, on its signals that people have labelled; where fraud is that no detector flags, nobody knows,
    so that recall is of all that any of them flagged. Without one, or with --generated, on generated data whose truth
    is known: the thresholds are those of the settings file, else the defaults. Scenarios are named by how hard the
    culprits try not to be found. Takes one to two minutes a seed.
    """
    if config is not None and not is_generated:
        if family or seed:
            raise StopError("--family and --seed are of generated data, and --config of your own: add --generated")
        _evaluate_reviewed(load_settings(config), out)
    else:
        settings = RiskSettings() if config is None else load_settings(config).risk
        _evaluate_generated(settings, _chosen(family), seed or [101], out)


def _evaluate_reviewed(settings: Settings, out: Path | None) -> None:
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        check_tables(warehouse, connection, settings)
        reviewed = read_reviewed(warehouse, connection)
    rows = evaluate_reviewed(reviewed.flagged, reviewed.days)
    if not rows["reviewed_count"].sum():
        raise StopError(
            f"nothing is reviewed: {rows['flagged_count'].sum():,} flagged numbers and clusters have no label; "
            "`phoneseg risk review` lists them, `phoneseg risk label` writes what they are"
        )
    if out is not None:
        _make_folder(out)
    console = _open_console()
    _print(console, f"{SCENARIO} signals of {reviewed.days:,.0f} days", rows)
    if out is not None:
        rows.write_csv(out / "evaluation.csv", float_precision=3)
        console.print(f"Figures: {out}", soft_wrap=True)


def _evaluate_generated(settings: RiskSettings, families: list[str], seeds: list[int], out: Path | None) -> None:
    if out is not None:
        _make_folder(out)
    console = _open_console()
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


def _open_console() -> Console:
    console = Console(highlight=False)
    console.width = max(console.width, _LEAST_WIDTH)
    return console


def _print(console: Console, title: str, rows: pl.DataFrame) -> None:
    table = Table(title=title.replace("_", " "), title_justify="left")
    table.add_column("detector", no_wrap=True)
    table.add_column("scenario", no_wrap=True)
    counts = [name for name in _COUNTS if name in rows.columns]
    headings = (*(_COUNTS[name] for name in counts), "true", *_SHARES, "false alarms a day", "hours to detection")
    for heading in headings:
        table.add_column(heading, justify="right")
    for row in rows.iter_rows(named=True):
        shares = (_told(row[name], 3) for name in _SHARES)
        times = _told(row["false_alarms_per_day"], 2), _told(row["detection_h"], 1)
        counted = (str(row[name]) for name in (*counts, "true_count"))
        table.add_row(row["detector"], row["scenario"], *counted, *shares, *times)
    console.print(table)


def _told(figure: float | None, decimals: int) -> str:
    return _NOTHING if figure is None else f"{figure:.{decimals}f}"

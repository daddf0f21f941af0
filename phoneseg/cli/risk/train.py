"""`phoneseg risk train`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from phoneseg.cli.options import Config
from phoneseg.errors import SettingsError, StopError
from phoneseg.monitor.training import train_sim_box_model
from phoneseg.risk.read_times import ends_day
from phoneseg.run import as_utc, parse_instant
from phoneseg.settings import load_settings


def train(
    config: Config = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Up to when events are read, a midnight in UTC as an ISO date (default: the last one)."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="Numbers that were first flagged in so many days count.")] = 28,
    out: Annotated[
        Path | None, typer.Option(help="File of the model (default: risk.sim_box_model_file).", show_default=False)
    ] = None,
) -> None:
    """Train the model of SIM boxes on the numbers that people have labelled; it takes the place of a model in the file.

    It reads the monitored sources over the days in which they were flagged, and publishes nothing.
    """
    settings = load_settings(config)
    named = settings.risk.sim_box_model_file
    file = settings.resolve(named) if out is None and named is not None else out
    if file is None:
        raise SettingsError(f"{settings.config_file.name}: neither risk.sim_box_model_file nor --out names a file")
    _check_folder(file)
    end = _last_midnight() if as_of is None else as_utc(parse_instant(as_of, "--as-of"))
    if not ends_day(end):
        raise SettingsError(f"--as-of {as_of}: it has to be a midnight in UTC, such as 2026-07-01")
    model = train_sim_box_model(settings, end, days)
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.write_text(model.to_json(), encoding="utf-8")
    unfinished.rename(file)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    learned = f"{model.fraud_count:,} numbers of SIM boxes and {model.legitimate_count:,} others"
    console.print(f"Learned from {learned}: {file}")
    if named is None:
        console.print("Name it in risk.sim_box_model_file, so that `phoneseg monitor` tells SIM boxes by it, too.")


def _last_midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _check_folder(file: Path) -> None:
    """Tell before anything is read that the file cannot be written."""
    if not file.parent.is_dir():
        raise StopError(f"{file}: there is no such folder")

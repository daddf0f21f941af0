"""The commands `phoneseg risk ...`: how sure signals of risk are, and what people make of them."""

import typer

from phoneseg.cli.risk.evaluate import evaluate
from phoneseg.cli.risk.review import label_subject, review
from phoneseg.cli.risk.train import train

app = typer.Typer(help="Signals of risk: what is flagged, and how good the detectors are.", no_args_is_help=True)
app.command("evaluate")(evaluate)
app.command("review")(review)
app.command("label")(label_subject)
app.command("train")(train)

__all__ = ["app"]
